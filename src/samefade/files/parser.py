"""Keep the parser of other network cards, csiread, quiet and at arm's length.

csiread reads all five public captures at hand (Intel 5300, Nexmon, PicoScenes); CSIKit 2.5 fails on four with numpy 2.
"""

import contextlib
import io
from pathlib import Path
from types import ModuleType
from typing import Any

from samefade.errors import MissingExtra, OutOfRange, UnreadableRecording


def engine() -> ModuleType:
    """Return the parser.

    Raises:
        MissingExtra: When the extra `nics` is not installed.
    """
    try:
        import csiread
    except ImportError as absent:
        raise MissingExtra("nics") from absent
    return csiread  # type: ignore[no-any-return]  # it ships no types


def parsed(path: Path, make: Any, *args: Any, **settings: Any) -> Any:  # noqa: ANN401 -- the parser is not typed
    """Let one of the parser's readers read a file, without a word.

    Raises:
        UnreadableRecording: When it fails, in whichever way, or finds nothing.
    """
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            found = make(str(path), *args, if_report=False, **settings)
            found.read()
    except Exception as failure:  # it raises bare Exception on damaged files
        raise UnreadableRecording(path, reason=f"damaged: {failure}") from failure
    if not found.count:
        raise UnreadableRecording(path, reason="no packet with channel state in it")
    return found


def antenna(name: str, value: int, count: int) -> int:
    """Return the index of an antenna or stream.

    Raises:
        OutOfRange: When the file has no such.
    """
    if not (isinstance(value, int) and 0 <= value < count):
        raise OutOfRange(name, value, f"0 to {count - 1}, as the file has {count}")
    return value
