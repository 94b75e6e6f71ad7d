"""List the public recordings: where each lies, who made it, under which licence, and how it is read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from samefade.errors import UnknownName

Role = Literal["a", "b", "both", "eve", "one"]


@dataclass(frozen=True)
class DataFile:
    """One file of a data set.

    Attributes:
        role: Whose it is: "a", "b", "both" ends in one file, "eve", or "one" end without the other.
        path: Where it lies below a mirror folder or the cache, with forward slashes.
        size: Bytes.
        sha256: Its SHA-256, hexadecimal.
        address: Where its authors publish it, at a fixed commit; None where only a mirror can have it.
        format: The name of the format as `files.read` takes it; None where the reader is found by looking.
        options: How it is read: columns, sign, rate in Hz; the options of that format's reader.
    """

    role: Role
    path: str
    size: int
    sha256: str
    address: str | None = None
    format: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the options."""
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))


@dataclass(frozen=True)
class DataSet:
    """One public recording of a link, or of one end of it.

    Attributes:
        name: Its name here, "source/scene".
        description: What was measured, in words.
        ends: Who recorded, in words.
        licence: As its authors state it; "none stated" where they do not.
        citation: The paper or project to cite.
        source: The page of its authors.
        files: Its files, each with another role.
        rate_hz: Exchanges per second, about; None where the file alone says, or nobody does.
        half_duplex: Whether the samples of one end lie midway between two of the other.
        warning: What must be said wherever it is used: a trap, a negative control; None where there is nothing.
    """

    name: str
    description: str
    ends: str
    licence: str
    citation: str
    source: str
    files: tuple[DataFile, ...]
    rate_hz: float | None = None
    half_duplex: bool = False
    warning: str | None = None

    @property
    def size(self) -> int:
        """Return the bytes of all its files."""
        return sum(file.size for file in self.files)


def sets() -> tuple[DataSet, ...]:
    """Return every data set that samefade knows, in the order of the registry."""
    table = tomllib.loads(files("samefade.data").joinpath("registry.toml").read_text("utf-8"))
    return tuple(_entry(dict(row)) for row in table["set"])


def find(name: str) -> DataSet:
    """Return one data set; the last part of its name is enough where only one ends so.

    Raises:
        UnknownName: When no set or more than one fits; it lists those that do or come close.
    """
    known = {entry.name: entry for entry in sets()}
    if name in known:
        return known[name]
    fits = tuple(full for full in known if name in {_short(full), _group(full)})
    if len(fits) == 1:
        return known[fits[0]]
    raise UnknownName("data set", name, fits or _close(name, tuple(known)))


def _close(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    near = get_close_matches(name, known, n=5, cutoff=0.5)
    near += [full for full in known if get_close_matches(name, [_short(full), _group(full)], cutoff=0.7)]
    return tuple(dict.fromkeys(near)) or known


def _short(name: str) -> str:
    return name.rpartition("/")[2]


def _group(name: str) -> str:
    return name.partition("/")[0]


def _entry(row: dict[str, Any]) -> DataSet:
    return DataSet(files=tuple(DataFile(**file) for file in row.pop("file")), **row)
