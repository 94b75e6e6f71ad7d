"""Compute a grid into a folder: what is finished stays finished, whatever happens to whoever computes.

The folder holds `parts/`, the finished rows as they came, and at the end `table.parquet`, `summary.parquet` and
`summary.json`.
"""

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from samefade.bench.cell import Row
from samefade.bench.cost import Costs, tried
from samefade.bench.grid import Grid, Planned
from samefade.bench.local import each
from samefade.bench.parts import Parts, whole, write_table
from samefade.bench.provenance import made_by, stamp
from samefade.bench.summary import summary
from samefade.bench.task import Task, compute, tasks

Each = Callable[[Callable[[Task], list[Row]], Sequence[Task]], Generator[tuple[int, list[Row]]]]


@dataclass(frozen=True)
class Estimate:
    """What is left to do, and about how long it takes.

    Attributes:
        cells: Cells that are not finished.
        seconds: What they take on one core of this machine.
        unknown: How many of them are of a kind that was not tried; they are not in the seconds.
    """

    cells: int
    seconds: float
    unknown: int

    def hours(self, workers: int) -> float:
        """Return the hours that so many processes need."""
        return self.seconds / 3600 / max(1, workers)


@dataclass
class Campaign:
    """A grid and the folder of its results.

    Attributes:
        grid: The grid.
        out: The folder.
        planned: Its cells.
        rows: Finished rows by id, among them such as this grid does not ask for any more.
        costs: What cells cost.
        parts: The finished rows on disk.
    """

    grid: Grid
    out: Path
    planned: list[Planned] = field(init=False)
    rows: dict[str, Row] = field(init=False)
    costs: Costs = field(init=False, default_factory=Costs)
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        """Plan the cells and find what is finished.

        Raises:
            MissingExtra: When pyarrow is not installed.
            SamefadeError: When a file of the grid is not here.
        """
        self.planned = self.grid.planned()
        self.parts = Parts(self.out / "parts")
        self.rows = self.parts.read()
        self.costs.learn(self.planned, self.rows)

    def left(self) -> list[Planned]:
        """Return the cells that are not finished, each once."""
        return list({one.id: one for one in self.planned if one.id not in self.rows}.values())

    def measure(self, *, keep: bool = True) -> int:
        """Try cells of every kind that was never seen; return how many. Their rows are kept, but for a dry run."""
        rows = tried(self.left(), self.costs)
        if keep and rows:
            self._finished(rows)
        return len(rows)

    def estimate(self) -> Estimate:
        """Return what is left to do and how long that takes."""
        left = self.left()
        return Estimate(len(left), *self.costs.of(left))

    def forget(self) -> None:
        """Throw away what is finished."""
        self.parts.clear()
        self.rows, self.costs = {}, Costs()

    def tidy(self) -> None:
        """Join small parts and put damaged ones aside, before more are written."""
        self.parts.tidy(self.rows.values())

    def run(self, place: Each = each) -> Generator[tuple[Task, float]]:
        """Compute what is left; yield every task when its rows are on disk, and the seconds of all tasks together.

        Args:
            place: Where: `each`, or a cluster's.

        Raises:
            WorkersDied: When process after process dies.
            CannotWrite: When the disk is full.
        """
        todo = tasks(self.left(), self.costs)
        together = sum(task.seconds for task in todo)
        with closing(place(compute, todo)) as done:  # what fails here ends what runs there
            for i, rows in done:
                self._finished(rows)
                yield todo[i], together

    def _finished(self, rows: Sequence[Row]) -> None:
        stamped = [{**row, **stamp()} for row in rows]
        self.parts.add(stamped, made_by())
        self.rows |= {str(row["id"]): row for row in stamped}

    def table(self) -> list[Row]:
        """Return one tidy row for every cell of the grid, in the grid's order."""
        return [{"data": one.label, **self.rows[one.id]} for one in self.planned]

    def finish(self) -> list[Row]:
        """Write the table and its summary; return the summary."""
        table = self.table()
        lines = summary(table, self.grid.metrics)
        about = {"grid": self.grid.to_json(), "made_by": self.parts.made_by}
        write_table(table, self.out / "table.parquet", about)
        write_table(lines, self.out / "summary.parquet", about)
        text = json.dumps({"schema": "samefade.bench-summary/1", **about, "summary": finite(lines)}, indent=1)
        whole(self.out / "summary.json", lambda part: part.write_text(text + "\n", encoding="utf-8"))
        return lines


def finite(rows: Sequence[Row]) -> list[Row]:
    """Return rows with None for every number that is not finite, because JSON has none."""
    return [{k: None if isinstance(v, float) and v - v != 0 else v for k, v in row.items()} for row in rows]
