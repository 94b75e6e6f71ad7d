"""Bring a data set to this machine: from the mirror folder, from the cache, or from its authors; always by its hash."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any

from samefade.data.registry import DataFile, DataSet, Role, find
from samefade.errors import DataUnavailable

MIRROR = "SAMEFADE_DATA"

Progress = Callable[[str, int, int], None]
"""Hears of every piece that arrives: the file, bytes so far, bytes in all."""


def path(name: str) -> dict[Role, Path]:
    """Return the files of a data set that is on this machine, each checked by its hash; no network is used.

    Raises:
        UnknownName: When no data set has this name.
        DataUnavailable: When a file is neither in the mirror folder nor in the cache, or has another hash.
    """
    entry = find(name)
    return {file.role: _local(entry, file) or _refuse(entry, f"{file.path} is not here") for file in entry.files}


def get(name: str, progress: Progress | None = None) -> dict[Role, Path]:
    """Return the files of a data set, downloading to the cache what is not on this machine yet.

    A file is put in the cache only when it has arrived whole and its hash is right.

    Args:
        name: Its name, or the last part of it where only one ends so.
        progress: Told of every piece that arrives, with (file, bytes so far, bytes in all).

    Raises:
        UnknownName: When no data set has this name.
        DataUnavailable: When a file is not here and cannot be had, or has another hash than the registry says.
    """
    entry = find(name)
    return {file.role: _local(entry, file) or _download(entry, file, progress) for file in entry.files}


def _local(entry: DataSet, file: DataFile) -> Path | None:
    mirror = os.environ.get(MIRROR)
    if mirror and (place := Path(mirror).expanduser() / file.path).is_file():
        found = _hash(entry, place)
        if found != file.sha256:
            reason = f"{place} has SHA-256 {found}, not {file.sha256}: it is another file; remove or replace it"
            raise DataUnavailable(entry.name, reason)
        return place
    place = _cache() / file.path
    # another hash in the cache is a file that its authors changed since: to be fetched anew, not an error
    return place if place.is_file() and _hash(entry, place) == file.sha256 else None


def _cache() -> Path:
    import pooch

    return Path(pooch.os_cache("samefade"))


def _hash(entry: DataSet, place: Path) -> str:
    try:
        with place.open("rb") as content:
            return file_digest(content, "sha256").hexdigest()
    except OSError as refused:
        raise DataUnavailable(entry.name, f"{place} cannot be read: {refused.strerror}") from refused


def _refuse(entry: DataSet, reason: str) -> Path:
    mirror = os.environ.get(MIRROR)
    where = f"looked in {mirror} ({MIRROR}) and the cache" if mirror else f"{MIRROR} is not set, looked in the cache"
    raise DataUnavailable(entry.name, f"{reason}; {where}")


def _download(entry: DataSet, file: DataFile, progress: Progress | None) -> Path:
    if file.address is None:
        return _refuse(entry, f"{file.path} has no public address")
    import pooch

    place = _cache() / file.path
    with _quiet(pooch.get_logger()):
        try:
            fetched = pooch.retrieve(
                file.address,
                f"sha256:{file.sha256}",
                fname=place.name,
                path=place.parent,
                downloader=pooch.HTTPDownloader(timeout=30, progressbar=progress and _Bar(file, progress)),
            )
        except (OSError, ValueError) as refused:  # requests' errors are OSErrors; pooch refuses a hash by ValueError
            raise DataUnavailable(entry.name, f"{file.address} could not be fetched: {refused}") from refused
    return Path(fetched)


@contextmanager
def _quiet(logger: Any) -> Iterator[None]:  # noqa: ANN401 -- a logging.Logger, which nothing else here needs
    level = logger.level
    logger.setLevel("CRITICAL")
    try:
        yield
    finally:
        logger.setLevel(level)


class _Bar:
    """What pooch wants of a progress bar, told on to a function."""

    def __init__(self, file: DataFile, tell: Progress) -> None:
        self.total = file.size  # pooch overwrites it by what the server says, which may be the compressed size
        self._name, self._size, self._tell, self._done = Path(file.path).name, file.size, tell, 0

    def update(self, count: int) -> None:
        self._done += count
        self._tell(self._name, min(self._done, self._size), self._size)

    def reset(self) -> None:
        """Pass over it: pooch starts again at the end only to fill bars that fell short."""

    def close(self) -> None:
        self._tell(self._name, self._size, self._size)
