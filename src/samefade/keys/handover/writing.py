"""Put secret files in place: for their owner alone, whole or not at all, and never over another file."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from samefade.errors import CannotWrite
from samefade.keys.handover.handover import SecretFile


def admit(folder: Path) -> None:
    """Make the folder if it is not there, and check it: to be called before a key is taken out of its store.

    Raises:
        CannotWrite: When it is no folder, others may write in it, or the system refuses.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = folder.stat().st_mode
    except OSError as refused:
        raise CannotWrite(folder, refused.strerror or str(refused)) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotWrite(folder, "it may not be written in")
    if mode & (stat.S_IWGRP | stat.S_IWOTH) and not mode & stat.S_ISVTX:
        raise CannotWrite(folder, "others may write in it, and could put their own key in place of this one")


def write(files: tuple[SecretFile, ...], folder: Path) -> tuple[Path, ...]:
    """Write the files below a folder and return where they lie.

    A file has mode 0600 and a folder 0700; each is on the disk before it has its name.

    Raises:
        CannotWrite: When one of the names is taken, others may write in the folder, or the system refuses;
            nothing is left then.
    """
    admit(folder)
    try:
        tops = list(dict.fromkeys(file.name.split("/")[0] for file in files))
        bench = Path(tempfile.mkdtemp(prefix=".handover.", suffix=".part", dir=folder))  # mode 0700
        try:
            for file in files:
                _stage(file, bench)
            _publish(tops, bench, folder)
        finally:
            shutil.rmtree(bench, ignore_errors=True)
    except OSError as refused:
        raise CannotWrite(refused.filename2 or refused.filename or folder, refused.strerror or str(refused)) from None
    return tuple(folder / file.name for file in files)


def _stage(file: SecretFile, bench: Path) -> None:
    path = bench / file.name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as out:  # noqa: PTH123 -- a descriptor, not a path
        out.write(file.text.encode())
        out.flush()
        os.fsync(handle)


def _publish(tops: list[str], bench: Path, folder: Path) -> None:
    """Give each its name; a folder comes last, as it is the one thing that a link cannot place."""
    for name in tops:
        if os.path.lexists(folder / name):
            raise CannotWrite(folder / name, "it exists, and a secret is written once")
    placed: list[Path] = []
    try:
        for name in tops:
            if (bench / name).is_dir():
                _sync(bench / name)
                (bench / name).rename(folder / name)
            else:
                os.link(bench / name, folder / name)  # unlike a rename, it refuses a name that is taken
            placed.append(folder / name)
        _sync(folder)
    except OSError:
        for path in reversed(placed):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
