"""What a figure computes with: cells of a grid, work on many items in parallel, and the recordings that are there."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

from samefade import data
from samefade.bench import Cell, Row, cores, each, evaluate
from samefade.errors import DataUnavailable

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
    """

    def __init__(
        self, *, quick: bool = False, workers: int | None = None, told: Told = lambda _done, _all, _what: None
    ) -> None:
        """Take how many processes there are, and who is told how much is done."""
        self.quick, self.workers, self._told = quick, workers or cores(), told

    def grid(self, cells: Sequence[Cell], label: str = "cells") -> list[Row]:
        """Evaluate cells in parallel, those of one source in one process; return their rows in the cells' order."""
        groups = [list(group) for _, group in groupby(cells, key=lambda cell: cell.source)]
        return [row for rows in self.map(evaluate, groups, label) for row in rows]

    def map(self, work: Callable[[T], R], items: Sequence[T], label: str) -> list[R]:
        """Apply a function of a module to every item in parallel; return the results in the items' order."""
        results: dict[int, R] = {}
        for place, result in each(work, items, workers=self.workers):
            results[place] = result
            self._told(len(results), len(items), label)
        return [results[i] for i in range(len(items))]

    def sets(self, names: Sequence[str] = REAL) -> tuple[list[str], tuple[str, ...]]:
        """Return which public recordings are here, and a sentence about each one that is not."""
        here: list[str] = []
        absent: list[str] = []
        for name in names:
            try:
                data.path(name)
                here.append(name)
            except DataUnavailable:
                absent.append(f"{name} is not here: SAMEFADE_DATA names a folder that holds it")
        return here, tuple(absent)
