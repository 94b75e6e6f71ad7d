"""What a grid needs of the machine that computes it: recordings and schemes, under the same names as here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from samefade import data, schemes
from samefade.bench.digest import digest
from samefade.bench.source import Source
from samefade.errors import SamefadeError


@dataclass(frozen=True)
class Needed:
    """Names and what must be found under them.

    Attributes:
        sources: Records → SHA-256 of their files.
        schemes: Schemes → SHA-256 of the file of one that lies in a file, None for an installed one.
    """

    sources: Mapping[Source, Mapping[str, str]]
    schemes: Mapping[str, str | None]

    def missing(self) -> str | None:
        """Return a sentence about the first thing that this machine lacks, or None when it has everything."""
        try:
            for source, hashes in self.sources.items():
                if source.kind == "set":
                    data.path(source.about)
                if source.hashes() != hashes:
                    return f"{source.name} holds something else there"
            for name, hash_ in self.schemes.items():
                schemes.find(name)
                if hash_ is not None and scheme_hash(name) != hash_:
                    return f"{name} is another file there"
        except SamefadeError as why:
            return str(why)
        return None


def scheme_file(scheme: str) -> Path | None:
    """Return the file of a scheme that is named as `file.py:ClassName`, None for an installed one."""
    path, _, name = scheme.rpartition(":")
    return Path(path) if name and path.endswith(".py") else None


def scheme_hash(scheme: str) -> str | None:
    """Return the SHA-256 of that file, None for an installed scheme.

    Raises:
        UnreadableRecording: When the file is not there.
    """
    file = scheme_file(scheme)
    return None if file is None else digest(file)
