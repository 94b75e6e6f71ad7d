"""Keep the parser of other network cards, csiread, at arm's length: in a process of its own.

csiread reads all five public captures at hand (Intel 5300, Nexmon, PicoScenes); CSIKit 2.5 fails on four with numpy 2.
A damaged file can make its compiled code end the process, and that must not be ours.
"""

import importlib.util
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.errors import MissingExtra, OutOfRange, UnreadableRecording

PATIENCE = 20.0  # seconds, and one more for each megabyte; whole captures parse at a hundred times that


def first_bytes(path: Path, count: int) -> bytes:
    """Return at most so many bytes from the beginning of a file; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""


def parsed(path: Path, kind: str, names: Sequence[str], *args: object, **settings: object) -> dict[str, NDArray[Any]]:
    """Let one of the parser's classes read a file, and return the named fields.

    Raises:
        MissingExtra: When the extra `nics` is not installed.
        UnreadableRecording: When the parser fails, in whichever way, or finds nothing.
    """
    if importlib.util.find_spec("csiread") is None:
        raise MissingExtra("nics")
    order = json.dumps([kind, str(path.absolute()), args, settings, list(names)])
    command = [sys.executable, "-P", str(Path(__file__).with_name("child.py"))]
    patience = PATIENCE + path.stat().st_size / 1e6
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and our own file
            command,
            input=order.encode(),
            capture_output=True,
            check=False,
            timeout=patience,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except subprocess.TimeoutExpired as endless:
        raise UnreadableRecording(path, reason=f"damaged: not parsed within {patience:.0f} s") from endless
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        why = f"the parser crashed, signal {-done.returncode}" if done.returncode < 0 else said[-1:]
        raise UnreadableRecording(path, reason=f"damaged: {why if isinstance(why, str) else ''.join(why)}")
    with np.load(io.BytesIO(done.stdout), allow_pickle=False) as packed:
        found = {name: packed[name] for name in packed.files}
    if not found["count"]:
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
