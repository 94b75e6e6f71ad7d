"""A grid: which schemes on which data, what is asked, and the cells that this makes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from json import dumps
from typing import Any, Literal, NamedTuple

from samefade import __version__
from samefade.bench.cell import Cell
from samefade.bench.needed import Needed, scheme_hash
from samefade.bench.source import Source, fingerprint


@dataclass(frozen=True)
class Place:
    """One line of a grid's data: a simulated scenario under many seeds, or a record in blocks.

    Attributes:
        label: How it is called in tables.
        source: Its first world or block.
        seeds: Seeds of a simulated one; one, of no meaning, for a record.
    """

    label: str
    source: Source
    seeds: tuple[int, ...] = (0,)

    def sources(self) -> Iterator[Source]:
        """Return every world of it, and every block of each."""
        for seed in self.seeds:
            for block in range(self.source.blocks):
                yield replace(self.source, seed=seed, block=block)


class Planned(NamedTuple):
    """A cell in its grid.

    Attributes:
        id: What it is known by: the same for the same question to the same data and the same version of samefade.
        label: How its place is called.
        cell: The cell.
    """

    id: str
    label: str
    cell: Cell


@dataclass(frozen=True)
class Grid:
    """Schemes × data × metrics × seeds.

    Attributes:
        schemes: Names of schemes, or `file.py:ClassName`.
        data: Where to look.
        metrics: What is asked of every cell.
        minutes: How much of each record is spoken; by default a quarter.
        trained: Where the public terms are learnt, when that is not each record's own spoken half.
        terms: "learnt", or "oracle" as in `Cell`.
    """

    schemes: tuple[str, ...]
    data: tuple[Place, ...]
    metrics: tuple[str, ...]
    minutes: float | None = None
    trained: Source | None = None
    terms: Literal["learnt", "oracle"] = "learnt"

    def planned(self) -> list[Planned]:
        """Return every cell with its identity, those of one source beside each other.

        Raises:
            SamefadeError: When a file or a public set is not here.
        """
        files = {name: scheme_hash(name) for name in self.schemes}
        trained = None if self.trained is None else fingerprint(self.trained)
        asked: dict[str, Any] = {
            "metrics": self.metrics, "minutes": self.minutes, "terms": self.terms, "trained": trained,
            "samefade": __version__,
        }  # fmt: skip
        cells: list[Planned] = []
        for place in self.data:
            for source in place.sources():
                about = {**asked, "source": fingerprint(source)}
                for name in self.schemes:
                    cell = Cell(source, name, self.metrics, self.minutes, self.trained, self.terms)
                    cells.append(Planned(_hash({**about, "scheme": [name, files[name]]}), place.label, cell))
        return cells

    def needed(self) -> Needed:
        """Return what has to be found under the same names wherever the cells are computed."""
        sources = [place.source for place in self.data] + ([] if self.trained is None else [self.trained])
        return Needed(
            {source: source.hashes() for source in sources if source.kind != "sim"},
            {name: scheme_hash(name) for name in self.schemes},
        )

    def to_json(self) -> dict[str, Any]:
        """Return the grid as plain values."""
        return asdict(self)


def _hash(about: dict[str, Any]) -> str:
    return sha256(dumps(about, sort_keys=True).encode()).hexdigest()[:32]
