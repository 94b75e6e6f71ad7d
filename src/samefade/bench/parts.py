"""Keep finished rows in Parquet files that are written whole or not at all, and find them again after a kill.

A part appears under its name only when it is complete, and carries a digest of its rows and of what it says of itself,
because Parquet's own checksums leave out the names of columns.
Losing one costs time and nothing else: its cells are computed again.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from samefade.bench.cell import Row
from samefade.errors import CannotWrite, MissingExtra

FORMAT, VERSION = b"samefade.bench", 2
MANY = 64  # parts that are joined into one when a grid is taken up again
_TEXTS = {
    "id", "data", "name", "by", "scheme", "trained", "terms", "claim", "refusal", "samefade", "commit", "metric",
}  # fmt: skip
_COUNTS = {"seed", "block", "blocks", "tone", "samples", "lag", "bits", "secure_bits", "worlds", "numbers", "refused"}
_FLAGS = {"all_tones"}


def arrow() -> Any:  # noqa: ANN401 -- pyarrow comes without types
    """Import pyarrow.

    Raises:
        MissingExtra: When it is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError as missing:
        raise MissingExtra("tables") from missing
    return pa


def write_table(rows: Sequence[Row], path: Path, about: Mapping[str, Any]) -> None:
    """Write rows as one Parquet file, all or nothing; columns are those of the first row.

    Args:
        rows: At least one row.
        path: Where to.
        about: What goes into the file's own description, as JSON.

    Raises:
        CannotWrite: When the operating system refuses.
    """
    pa = arrow()
    names = list(rows[0])
    columns = [pa.array([row.get(name) for row in rows], _type(pa, name)) for name in names]
    table = pa.Table.from_arrays(columns, names=names)
    told = {**about, "digest": _digest(table.to_pylist(), about)}
    described = {FORMAT: json.dumps({"version": VERSION, **told}, sort_keys=True)}
    table = table.replace_schema_metadata(described)
    whole(path, lambda part: pa.parquet.write_table(table, part, compression="zstd", write_page_checksum=True))


def whole(path: Path, write: Any) -> None:  # noqa: ANN401 -- a function of a path
    """Let a function write a file beside its place, and then put it there.

    Raises:
        CannotWrite: When the operating system refuses.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(part)
        part.replace(path)
    except OSError as refused:
        raise CannotWrite(path, refused.strerror or str(refused)) from refused
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def read_table(path: Path) -> tuple[list[Row], dict[str, Any]]:
    """Return the rows of a Parquet file of ours and what it says of itself.

    Raises:
        ValueError: When it is damaged, or none of ours.
    """
    pa = arrow()
    try:
        table = pa.parquet.ParquetFile(path, page_checksum_verification=True).read()
        about = json.loads((table.schema.metadata or {})[FORMAT])
        if (version := about.pop("version")) != VERSION:
            raise ValueError(f"version {version}")
        rows, digest = table.to_pylist(), about.pop("digest")
        if digest != _digest(rows, about):
            raise ValueError("its rows are not those that were written")
        return rows, about
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as damage:
        raise ValueError(f"{path.name} is damaged: {damage}") from damage


def _digest(rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    return sha256(json.dumps([dict(about), *rows], sort_keys=True).encode()).hexdigest()


def _type(pa: Any, name: str) -> Any:  # noqa: ANN401 -- pyarrow comes without types
    if name in _TEXTS:
        return pa.string()
    return pa.int64() if name in _COUNTS else pa.bool_() if name in _FLAGS else pa.float64()


class Parts:
    """The finished rows of a grid, in a folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when the first part is written."""
        self.folder = folder
        self.damaged: list[str] = []
        self.made_by: list[dict[str, Any]] = []

    def read(self) -> dict[str, Row]:
        """Return every finished row by its id; name in `damaged` what could not be read, and in `made_by` by what."""
        rows: dict[str, Row] = {}
        arrow()
        self.damaged, self.made_by = [], []
        for path in self._paths():
            try:
                found, about = read_table(path)
                rows |= {str(row["id"]): row for row in found}
            except (ValueError, KeyError):
                self.damaged.append(path.name)
                continue
            self._heard(about)
        return rows

    def add(self, rows: Sequence[Row], about: Mapping[str, Any]) -> Path:
        """Write rows as one part.

        Raises:
            CannotWrite: When the operating system refuses.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as refused:
            raise CannotWrite(self.folder, refused.strerror or str(refused)) from refused
        path = self.folder / f"part-{uuid4().hex}.parquet"
        write_table(rows, path, about)
        self._heard(about)
        return path

    def tidy(self, rows: Iterable[Row]) -> None:
        """Join many parts into few, each of rows with the same columns; put damaged ones aside under another name.

        Raises:
            CannotWrite: When the operating system refuses.
        """
        for name in self.damaged:
            with suppress(FileNotFoundError):  # another run of the grid may have put it aside, or joined it
                (self.folder / name).replace(self.folder / f"damaged-{name}")
        old = self._paths()
        if len(old) <= MANY:
            return
        alike: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            alike.setdefault(tuple(row), []).append(row)
        by = {"joined": list(self.made_by)}
        for group in alike.values():
            self.add(group, by)
        for path in old:  # only now: a kill in between leaves rows twice, which is harmless
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget everything, what is damaged, too."""
        for path in self._paths():
            path.unlink(missing_ok=True)
        self.damaged, self.made_by = [], []

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("part-*.parquet"))

    def _heard(self, about: Mapping[str, Any]) -> None:
        for made in about.get("joined", [about]):
            if made not in self.made_by:
                self.made_by.append(made)
