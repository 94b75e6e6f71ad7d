"""Keep results on disk: a small table as text, one row a line, and arrays beside it.

A table is JSON, with its provenance at the top, so that it can be read in a browser and compared by `git diff`.
Arrays that are small lie in `NAME.npz`, large ones in `NAME.large.npz`, which repositories leave out; a result without
them stays as it was judged and drawn, until it is computed anew.
"""

import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from samefade.bench import Row
from samefade.bench.parts import whole
from samefade.errors import CannotWrite
from samefade.study.figure import Result, Verdict
from samefade.study.packing import document, plain, unpacked

SCHEMA = "samefade.study-figure/1"
LARGE = 200_000  # bytes of an .npz from which it is called large
DAMAGE = (
    OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, MemoryError, BadZipFile,
    TokenError, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Shelved:
    """A result as it lies on disk.

    Attributes:
        figure: Name of the figure.
        about: Everything but the rows: title, identity, specification, provenance.
        result: Rows, arrays and notes.
        verdicts: Claim → what was said of it.
        whole: Whether all its arrays are here.
    """

    figure: str
    about: Mapping[str, Any]
    result: Result
    verdicts: Mapping[int, Verdict]
    whole: bool

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Return where it comes from."""
        found: Mapping[str, Any] = self.about["provenance"]
        return found


@dataclass(frozen=True)
class Shelf:
    """A folder of results.

    Attributes:
        folder: Where they lie.
        also: Where they are looked for when they are not there; nothing is written to it.
    """

    folder: Path
    also: Path | None = None

    def read(self, figure: str) -> Shelved | None:
        """Return a result, or None where there is none that can be read."""
        found = _read(self.folder, figure)
        return found if found is not None or self.also is None else _read(self.also, figure)

    def write(self, figure: str, about: Mapping[str, Any], result: Result) -> Shelved:
        """Keep a result, without verdicts yet; return it as it will be read.

        Raises:
            CannotWrite: When the operating system refuses.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write_arrays(figure, result.arrays)
        except OSError as why:
            raise CannotWrite(self.folder, why.strerror or str(why)) from why
        shapes = {name: f"{array.dtype}{list(array.shape)}" for name, array in sorted(result.arrays.items())}
        self._write(figure, {**about, "notes": list(result.notes), "arrays": shapes}, result.rows, {})
        found = _read(self.folder, figure)
        if found is None:
            raise CannotWrite(self.folder / f"{figure}.json", "it cannot be read again")
        return found

    def judged(self, shelved: Shelved, title: str, verdicts: Mapping[int, Verdict]) -> Shelved:
        """Keep the verdicts on a result, and its title, and write only where they changed.

        Raises:
            CannotWrite: When the operating system refuses.
        """
        about = {**shelved.about, "title": title}
        if plain(_told(verdicts)) != plain(_told(shelved.verdicts)) or about != shelved.about:
            self._write(shelved.figure, about, shelved.result.rows, verdicts)
        return Shelved(shelved.figure, about, shelved.result, verdicts, shelved.whole)

    def _write_arrays(self, figure: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        small, large = self.folder / f"{figure}.npz", self.folder / f"{figure}.large.npz"
        if not arrays:
            small.unlink(missing_ok=True)
            large.unlink(missing_ok=True)
            return
        part = self.folder / f".{figure}.{os.getpid()}.part.npz"
        named: dict[str, Any] = {name: np.asarray(array) for name, array in arrays.items()}
        try:
            np.savez_compressed(part, **named)
            kept, other = (large, small) if part.stat().st_size > LARGE else (small, large)
            part.replace(kept)  # first: a kill must not leave a result without its arrays
            other.unlink(missing_ok=True)
        finally:
            part.unlink(missing_ok=True)

    def _write(
        self, figure: str, about: Mapping[str, Any], rows: Sequence[Row], verdicts: Mapping[int, Verdict]
    ) -> None:
        told = {"schema": SCHEMA, **about, "verdicts": _told(verdicts)}
        write(self.folder / f"{figure}.json", document(told, rows))


def _read(folder: Path, figure: str) -> Shelved | None:
    try:
        told = json.loads((folder / f"{figure}.json").read_text("utf-8"))
        if told.pop("schema") != SCHEMA:
            return None
        rows = unpacked(told.pop("columns"), told.pop("same"), told.pop("rows"))
        arrays, whole = _arrays(folder, figure, told["arrays"])
        verdicts = {int(n): Verdict(**verdict) for n, verdict in told.pop("verdicts").items()}
        return Shelved(figure, told, Result(rows, arrays, tuple(told["notes"])), verdicts, whole)
    except DAMAGE:
        return None


def _arrays(folder: Path, figure: str, wanted: Mapping[str, str]) -> tuple[dict[str, NDArray[Any]], bool]:
    for name in (f"{figure}.npz", f"{figure}.large.npz"):
        if wanted and (folder / name).is_file():
            with (folder / name).open("rb") as held, np.load(held, allow_pickle=False) as file:
                found = {key: file[key] for key in file.files}
            return found, set(found) == set(wanted)
    return {}, not wanted


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        CannotWrite: When the operating system refuses.
    """
    put(path, text.encode())


def put(path: Path, content: bytes) -> None:
    """Write bytes whole or not at all, whoever else writes the same file.

    Raises:
        CannotWrite: When the operating system refuses.
    """

    def writing(part: Path) -> None:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)

    whole(path, writing)


def _told(verdicts: Mapping[int, Verdict]) -> dict[str, dict[str, Any]]:
    return {str(n): {"mark": v.mark, "why": v.why, "places": dict(v.places)} for n, v in sorted(verdicts.items())}
