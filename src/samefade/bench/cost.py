"""What cells cost: measured on a few of them, or remembered from those that are finished."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from statistics import median
from time import perf_counter

from samefade.bench.cell import Cell, Row, evaluate
from samefade.bench.grid import Planned
from samefade.bench.source import Source

QUICK, BUDGET = 10.0, 30.0  # seconds: a source this quick is tried twice; when to stop trying


def kind(cell: Cell) -> Cell:
    """Return the cell with which all those that cost alike agree: its first seed and block."""
    return replace(cell, source=_first(cell.source))


def _first(source: Source) -> Source:
    return replace(source, seed=0, block=0)


@dataclass
class Costs:
    """Seconds of one core by kind of cell, and by kind of source for making its pair."""

    cells: dict[Cell, list[float]] = field(default_factory=dict)
    sources: dict[Source, list[float]] = field(default_factory=dict)

    def learn(self, planned: Iterable[Planned], rows: Mapping[str, Row]) -> None:
        """Take up what finished cells took."""
        for one in planned:
            row = rows.get(one.id)
            if row is not None:
                self.cells.setdefault(kind(one.cell), []).append(_seconds(row, "wall_s"))
                self.sources.setdefault(_first(one.cell.source), []).append(_seconds(row, "source_s"))

    def of_cell(self, cell: Cell) -> float | None:
        """Return what such a cell takes beside its pair, or None when none was seen yet."""
        seen = self.cells.get(kind(cell))
        return median(seen) if seen else None

    def of_source(self, source: Source) -> float:
        """Return what making such a pair takes, as far as was seen."""
        seen = self.sources.get(_first(source))
        return median(seen) if seen else 0.0

    def of(self, planned: Sequence[Planned]) -> tuple[float, int]:
        """Return what cells take together, and how many of them are of a kind that was never seen."""
        known = [self.of_cell(one.cell) for one in planned]
        sources = {one.cell.source for one in planned}
        total = sum(cost for cost in known if cost is not None) + sum(map(self.of_source, sources))
        return total, known.count(None)


def _seconds(row: Row, name: str) -> float:
    return float(row.get(name) or 0.0)


def tried(planned: Sequence[Planned], costs: Costs) -> list[Row]:
    """Compute a few cells of every kind that was never seen, learn what they cost, and return their rows.

    The first source of each kind is tried; where that was quick, a second one too, and it alone counts: the first pays
    for what is loaded and compiled. After half a minute no more are tried.
    """
    rows: list[Row] = []
    began = perf_counter()
    for _, several in groupby(planned, key=lambda one: _first(one.cell.source)):
        sources = [list(group) for _, group in groupby(several, key=lambda one: one.cell.source)]
        for cells in _new(sources[:2], costs):
            if perf_counter() - began > BUDGET:
                return rows
            rows += _tried(cells, costs)
    return rows


def _new(sources: Sequence[list[Planned]], costs: Costs) -> Iterable[list[Planned]]:
    """Return the sources worth trying; how long the first took is known when the second is asked for."""
    first = [one for one in sources[0] if costs.of_cell(one.cell) is None]
    if not first:
        return
    began = perf_counter()
    yield first
    if len(sources) > 1 and perf_counter() - began < QUICK:
        kinds = {kind(one.cell) for one in first}
        yield [one for one in sources[1] if kind(one.cell) in kinds]


def _tried(cells: Sequence[Planned], costs: Costs) -> list[Row]:
    rows = [{"id": one.id, **row} for one, row in zip(cells, evaluate(one.cell for one in cells), strict=True)]
    for one in cells:
        costs.cells.pop(kind(one.cell), None)
        costs.sources.pop(_first(one.cell.source), None)
    costs.learn(cells, {str(row["id"]): row for row in rows})
    return rows
