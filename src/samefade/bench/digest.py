"""The SHA-256 of a recording's file or folder, computed again only where something changed."""

from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path

from samefade.errors import UnreadableRecording

Stamp = tuple[str, int, int]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; of a folder, that of the names and hashes of all its files.

    Raises:
        UnreadableRecording: When it is not there, or cannot be read.
    """
    try:
        if path.is_dir():
            parts = [
                f"{file.relative_to(path).as_posix()} {_of(file)}" for file in sorted(path.rglob("*")) if file.is_file()
            ]
            return sha256("\n".join(parts).encode()).hexdigest()
        return _of(path)
    except OSError as refused:
        raise UnreadableRecording(path, reason=refused.strerror or str(refused)) from refused


def _of(file: Path) -> str:
    about = file.stat()
    return _hashed((str(file.resolve()), about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=1 << 16)  # a container of a long record has thousands of files
def _hashed(stamp: Stamp) -> str:
    with Path(stamp[0]).open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
