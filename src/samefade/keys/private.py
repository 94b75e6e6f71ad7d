"""Files that only their owner may read: whole or not there."""

import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import IO

from samefade.errors import CannotWrite
from samefade.keys.errors import OthersMayRead


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read; one that is there stays.

    On Linux the file has no name before it is whole, so that not even a kill leaves a part of a secret behind;
    elsewhere a kill within the write may leave a file `tmp…` beside it, which only its owner may read.

    Raises:
        CannotWrite: When it exists, or the system refuses; nothing is left half-written.
    """
    try:
        if not _linked(path, content):
            _moved(path, content)
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from None


def _linked(path: Path, content: bytes) -> bool:
    """Give a nameless file its name once it is whole; return whether the system knows nameless files."""
    try:
        number = os.open(path.parent, getattr(os, "O_TMPFILE", 0) | os.O_WRONLY, 0o600)
    except OSError as error:
        if error.errno in (errno.EISDIR, errno.EOPNOTSUPP, errno.EINVAL, errno.EACCES):
            return False  # no such system, no such file system, or no leave, which the other way will say, too
        raise
    with os.fdopen(number, "wb") as file:
        _write(file, content)
        here = os.open(path.parent, os.O_RDONLY)
        try:
            os.link(f"/proc/self/fd/{number}", path.name, dst_dir_fd=here, follow_symlinks=True)
        except FileNotFoundError:  # no /proc
            return False
        finally:
            os.close(here)
    return True


def _moved(path: Path, content: bytes) -> None:
    number, part = tempfile.mkstemp(dir=path.parent)  # 0600 and O_EXCL
    try:
        with os.fdopen(number, "wb") as file:
            _write(file, content)
        os.link(part, path)  # whole or not at all, and never over a file that is there
    finally:
        Path(part).unlink()


def _write(file: IO[bytes], content: bytes) -> None:
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def refuse_open(path: Path) -> None:
    """Return when only the owner may read and write the file.

    Raises:
        OthersMayRead: When others may, too.
        OSError: When there is no such file.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise OthersMayRead(path, mode)
