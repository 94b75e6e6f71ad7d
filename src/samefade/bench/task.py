"""Tasks: cells that share a source, as many together as are worth the trouble of sending them somewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from samefade.bench.cell import Cell, Row, evaluate
from samefade.bench.cost import Costs
from samefade.bench.grid import Planned

WORTH = 1.0  # seconds of work that a task should hold: far above what sending it costs, little to lose in a kill
_PAIRS = 4.0  # a source is cut in two only where each piece takes this many times what making its pair again takes


@dataclass(frozen=True)
class Task:
    """Cells that are computed together.

    Attributes:
        cells: Their ids and themselves, those of one source beside each other.
        seconds: What they take together, as far as is known.
    """

    cells: tuple[tuple[str, Cell], ...]
    seconds: float


def compute(task: Task) -> list[Row]:
    """Return the rows of a task, each with its cell's id; made to run in another process."""
    ids, cells = zip(*task.cells, strict=True)
    return [{"id": name, **row} for name, row in zip(ids, evaluate(cells), strict=True)]


def tasks(planned: Sequence[Planned], costs: Costs) -> list[Task]:
    """Cut cells into tasks, in their order; a source whose cost is not known is a task of its own."""
    made: list[Task] = []
    held: list[Planned] = []
    seconds = 0.0  # of what is held
    for source, group in groupby(planned, key=lambda one: one.cell.source):
        pair = costs.of_source(source)
        seconds += pair
        own = 0.0  # of this source's cells among what is held
        for one in group:
            if own and seconds >= WORTH and own >= _PAIRS * pair:
                made.append(_task(held, seconds))
                held, seconds, own = [], pair, 0.0
            cost = costs.of_cell(one.cell)
            own += cost or 0.0
            seconds += WORTH if cost is None else cost
            held.append(one)
        if seconds >= WORTH:
            made.append(_task(held, seconds))
            held, seconds = [], 0.0
    return [*made, _task(held, seconds)] if held else made


def _task(cells: Sequence[Planned], seconds: float) -> Task:
    return Task(tuple((one.id, one.cell) for one in cells), seconds)
