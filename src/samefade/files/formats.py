"""Find the reader that knows a file, and let it read."""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from samefade.errors import OutOfRange, UnknownName, UnreadableRecording
from samefade.files.container import READER as CONTAINER
from samefade.files.esp32_tool import READER as ESP32_TOOL
from samefade.files.esp_csi import READER as ESP_CSI
from samefade.files.intel import READER as INTEL
from samefade.files.netstar import READER as NETSTAR
from samefade.files.nexmon import READER as NEXMON
from samefade.files.one_log import mark
from samefade.files.picoscenes import READER as PICOSCENES
from samefade.files.reader import Reader
from samefade.files.skyglow import READER as SKYGLOW
from samefade.files.sounding import READER as SOUNDING
from samefade.files.strangers import described
from samefade.files.table import READER as TABLE
from samefade.types import Recording

# asked in this order: the plain table takes nearly any columns of numbers, so it comes last
FORMATS: tuple[Reader, ...] = (
    CONTAINER, ESP32_TOOL, ESP_CSI, SOUNDING, SKYGLOW, INTEL, NEXMON, PICOSCENES, NETSTAR, TABLE,
)  # fmt: skip


def read(path: str | PathLike[str], *, format: str | None = None, **options: Any) -> tuple[Recording, ...]:  # noqa: A002, ANN401 -- `format` is the word for it, and each format has its own options
    """Read a recording: one `Recording` for each end or transmitter in the file.

    Args:
        path: The file; text formats may be compressed with gzip.
        format: Name of the format (see `FORMATS`); without it every reader is asked whether it knows the file.
        options: What the format's reader takes, such as `part="lltf"`, `rate=10.0` or `a="GW RSSI"`;
            a rate says nothing to a format that always has a clock, and is passed over there.

    Returns:
        The recordings; in a log of several transmitters the one heard most comes first.

    Raises:
        UnreadableRecording: When there is no such file, nobody knows it, or it holds no packet.
        UnknownName: When there is no such format, or the format has no such option.
        OutOfRange: When an option makes no sense.
        MissingExtra: When the format needs a part of samefade that is not installed.
    """
    where = Path(path)
    reader, known = reader_of(where, {"format": format, **options})
    return accepted(reader, where, known)


def reader_of(path: Path, options: Mapping[str, Any]) -> tuple[Reader, dict[str, Any]]:
    """Return the reader that knows a file, and of the options those that it takes.

    Raises:
        UnreadableRecording: As `read`.
        UnknownName: As `read`.
        OutOfRange: As `read`.
    """
    own = dict(options)
    name = own.pop("format", None)
    reader = _named(name) if name is not None else None
    _look(path)
    if reader not in (None, CONTAINER) and path.is_dir():
        raise UnreadableRecording(path, reason="this is a folder")
    if reader is None:
        reader = _known(path, own)
    return reader, _accepted(reader, own)


def accepted(reader: Reader, path: Path, options: Mapping[str, Any]) -> tuple[Recording, ...]:
    """Let a reader read.

    Raises:
        UnreadableRecording: When it cannot, whatever the system says.
    """
    try:
        found = reader.read(path, **options)
    except OSError as refused:
        raise UnreadableRecording(path, reason=refused.strerror or str(refused)) from refused
    more = {} if reader is CONTAINER else mark([len(one) for one in found])
    return tuple(replace(one, about={**one.about, **more}) for one in found) if more else found


def _named(name: str) -> Reader:
    for reader in FORMATS:
        if reader.name == name:
            return reader
    raise UnknownName("format", name, tuple(reader.name for reader in FORMATS))


def _look(path: Path) -> None:
    """Refuse what is no readable file before anybody opens it: a pipe would wait, a device would never end."""
    try:
        if not path.exists():
            raise UnreadableRecording(path, reason="there is no such file")
        if path.is_dir():
            return
        if not path.is_file():
            raise UnreadableRecording(path, reason="this is not a regular file")
        if not path.stat().st_size:
            raise UnreadableRecording(path, reason="the file is empty")
        path.open("rb").close()
    except (OSError, ValueError) as refused:  # a name with a zero byte is a ValueError
        raise UnreadableRecording(path, reason=getattr(refused, "strerror", None) or str(refused)) from refused


def _known(path: Path, options: Mapping[str, Any]) -> Reader:
    """Return the first reader that knows the file, and rather one that takes every option: columns are of tables."""
    found = None
    for reader in (CONTAINER,) if path.is_dir() else FORMATS:
        if reader.can_read(path):
            if set(options) - {"rate"} <= set(inspect.signature(reader.read).parameters):
                return reader
            found = found or reader
    if found is not None:
        return found
    if path.is_dir():
        raise UnreadableRecording(path, reason="this is a folder, and not a samefade container")
    tried = ", ".join(reader.title for reader in FORMATS)
    raise UnreadableRecording(path, reason=described(path) or f"no known format; tried {tried}")


def _accepted(reader: Reader, options: dict[str, Any]) -> dict[str, Any]:
    """Refuse an option that the reader does not have, and a rate that is none; return the reader's own."""
    known = inspect.signature(reader.read).parameters
    names = tuple(name for name, about in known.items() if about.kind is about.KEYWORD_ONLY)
    for name in options:
        if name not in (*names, "rate"):
            raise UnknownName(f"option of {reader.name}", name, names)
    rate = options.get("rate")
    if rate is not None and not (isinstance(rate, int | float) and 0 < rate < float("inf")):
        raise OutOfRange("rate", rate, "a positive number of hertz")
    return {name: value for name, value in options.items() if name in names}
