"""What a figure computes with: cells of a grid, work on many items in parallel, and the recordings that are there."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

from samefade import data
from samefade.bench import Cell, Row, Source, cores, each, evaluate, netstar_sources
from samefade.errors import DataUnavailable, SamefadeError
from samefade.study.cells import Cells
from samefade.study.pool import Pool

T = TypeVar("T")
R = TypeVar("R")
Told = Callable[[int, int, str], None]

# two-ended recordings of others; negative controls and traps stand in a list of their own
REAL = (
    "skyglow/office-los",
    "skyglow/office-nlos",
    "skyglow/mobile",
    "skyglow/outdoor-mobile",
    "lora-indoor",
    "lorawan-campus/walking",
    "ble-channel-sounding",
)


class Lab:
    """Where a figure is computed.

    Attributes:
        quick: Whether the quick study runs.
        workers: Processes.
        authors: Whether the paper's own recordings, which a user may have, are among the recordings.
    """

    def __init__(
        self,
        *,
        quick: bool = False,
        workers: int | None = None,
        told: Told = lambda _done, _all, _what: None,
        cells: Cells | None = None,
        authors: bool = False,
        pool: Pool | None = None,
    ) -> None:
        """Take how many processes there are, who is told how much is done, and where evaluated cells are kept.

        With a pool, its processes are used, and stay.
        """
        self.quick, self.workers, self._told = quick, pool.workers if pool else workers or cores(), told
        self._pool = pool
        self._cells, self.authors = cells, authors
        self._began = process_time()
        self._data: dict[str, dict[str, str]] = {}
        self._absent: set[str] = set()
        self._seeds: set[int] = set()
        self._cost: dict[str, float] = {}
        self._mapped, self._inside, self._reused = 0.0, 0.0, 0.0
        self._evaluated, self._cached = 0, 0

    def grid(self, cells: Sequence[Cell], label: str = "cells") -> list[Row]:
        """Evaluate cells in parallel, those of one source in one process; return their rows in the cells' order.

        What was evaluated before, by another figure or before a kill, is not evaluated again.
        """
        self._note(cells)
        todo = [cell if self._cells is None else self._cells.missing(cell) for cell in cells]
        for cell, missing in zip(cells, todo, strict=True):
            if missing is None and self._cells is not None:
                self._paid(cell, self._cells.cost(cell), reused=True)
        left = [cell for cell in dict.fromkeys(todo) if cell is not None]
        fresh = self._evaluate(left, label, already=len(cells) - len(left), of=len(cells))
        rows: list[Row] = []
        for cell, missing in zip(cells, todo, strict=True):
            kept = None if self._cells is None else self._cells.row(cell)
            lacking: Row = {} if missing is None else {**dict.fromkeys(cell.metrics), **fresh[missing]}
            rows.append({**cell.key(), **lacking} if kept is None else kept)
        return rows

    def map(self, work: Callable[[T], R], items: Sequence[T], label: str) -> list[R]:
        """Apply a function of a module to every item in parallel; return the results in the items' order."""
        results: dict[int, R] = {}
        with closing(self._each(work, items)) as done:
            for place, result, seconds in done:
                results[place] = result
                self._mapped += seconds
                self._told(len(results), len(items), label)
        return [results[i] for i in range(len(items))]

    def sets(self, names: Sequence[str] = REAL) -> tuple[list[str], tuple[str, ...]]:
        """Return which public recordings are here, and a sentence about each one that is not.

        Where the user named the folder of the paper's own recordings, those follow as `netstar:EXPERIMENT`.
        """
        here: list[str] = []
        absent: list[str] = []
        for name in names:
            try:
                data.path(name)
                here.append(name)
                self._data[name] = {file.path: file.sha256 for file in data.find(name).files}
            except DataUnavailable:
                absent.append(f"{name} is not here: SAMEFADE_DATA names a folder that holds it")
                self._absent.add(name)
        theirs = netstar_sources() if self.authors else []
        self._note_files(theirs)
        return here + [source.name for source in theirs], tuple(absent)

    def quiet(self) -> None:
        """Wait until this process has the machine for itself, as far as the study is concerned: for timings."""
        if self._pool is not None:
            self._pool.quiet()

    def spent(self) -> dict[str, Any]:
        """Return what was used so far: data by their hashes, seeds, and seconds of a processor.

        `cost_s` names every family of cells, evaluated here or before, and the rest; `reused_s` of it was not spent.
        """
        other = self._mapped + max(0.0, process_time() - self._began - self._inside)
        return {
            "data": self._data,
            "absent": sorted(self._absent),
            "seeds": sorted(self._seeds),
            "cells_evaluated": self._evaluated,
            "cells_reused": self._cached,
            "cost_s": {**{name: round(s, 2) for name, s in sorted(self._cost.items())}, "other": round(other, 2)},
            "reused_s": round(self._reused, 2),
        }

    def _evaluate(self, cells: Sequence[Cell], label: str, *, already: int, of: int) -> dict[Cell, Row]:
        rows: dict[Cell, Row] = {}
        groups = [list(group) for _, group in groupby(cells, key=lambda cell: cell.source)]
        self._told(already, of, label)
        with closing(self._each(evaluate, groups)) as done:  # a full disk ends what the other processes are at
            for place, found, seconds in done:
                for cell, row in zip(groups[place], found, strict=True):
                    share = seconds / len(found)
                    rows[cell] = row
                    self._evaluated += 1
                    self._paid(cell, share)
                    if self._cells is not None:
                        self._cells.put(cell, row, share)
                self._told(already + len(rows), of, label)
        return rows

    def _each(self, work: Callable[[T], R], items: Sequence[T]) -> Generator[tuple[int, R, float]]:
        alone = min(self.workers, len(items)) <= 1  # then `each` works in this process, whose time is counted, too
        timed = partial(_timed, work)
        done = each(timed, items, workers=self.workers) if self._pool is None else self._pool.each(timed, items)
        with closing(done):
            for place, (result, seconds) in done:
                self._inside += seconds if alone else 0.0
                yield place, result, seconds

    def _note(self, cells: Sequence[Cell]) -> None:
        sources = dict.fromkeys(cell.source for cell in cells)
        self._seeds |= {source.seed for source in sources if source.kind == "sim"}
        self._note_files(source for source in sources if source.kind != "sim")

    def _note_files(self, sources: Iterable[Source]) -> None:
        for source in sources:
            name = _short(source.about) if source.kind == "files" else source.about
            if name not in self._data:
                with suppress(SamefadeError):  # its row says why
                    self._data[name] = source.hashes()

    def _paid(self, cell: Cell, seconds: float, *, reused: bool = False) -> None:
        source = cell.source
        name = "files" if source.kind == "files" else source.name
        family = name if source.seconds is None else f"{name} {source.seconds:g} s"
        self._cost[family] = self._cost.get(family, 0.0) + seconds
        if reused:
            self._cached += 1
            self._reused += seconds


def _short(files: str) -> str:
    return ",".join(Path(file).name for file in files.split(","))  # where a user keeps them is nobody's business


def _timed(work: Callable[[T], R], item: T) -> tuple[R, float]:
    began = process_time()
    result = work(item)
    return result, process_time() - began
