"""Go along columns of numbers a piece at a time, whether they lie in memory or on the disk.

A column is whatever has a length and gives an array for a slice.
Sums are made piece by piece in both cases, so that a log gives the same numbers however it is read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from samefade.types import Float

PIECE = 1 << 16
SAMPLE = 1 << 20  # values that an order statistic is taken of, evenly spread over a longer column


class Column(Protocol):
    """Numbers in a row."""

    def __len__(self) -> int:
        """Return how many."""
        ...

    def __getitem__(self, rows: slice, /) -> Float:
        """Return some of them, (m,) float64; the slice has a start and a stop."""
        ...


@dataclass(frozen=True)
class OnDisk:
    """One column of a table of float64 in a file, row by row.

    Attributes:
        path: The file.
        width: Numbers in a row.
        at: Which of them.
        rows: How many rows there are.
    """

    path: Path
    width: int
    at: int
    rows: int

    def __len__(self) -> int:
        """Return how many."""
        return self.rows

    def __getitem__(self, rows: slice, /) -> Float:
        """Return some of them."""
        start, stop = max(0, rows.start or 0), min(self.rows, self.rows if rows.stop is None else rows.stop)
        return table(self.path, self.width, start, stop)[:, self.at]


@dataclass(frozen=True, eq=False)
class Mapped:
    """A function of every number of a column.

    Attributes:
        column: The numbers.
        function: What is made of them.
    """

    column: Column
    function: Callable[[Float], Float]

    def __len__(self) -> int:
        """Return how many."""
        return len(self.column)

    def __getitem__(self, rows: slice, /) -> Float:
        """Return some of them."""
        return self.function(self.column[rows])


@dataclass(frozen=True)
class Rows:
    """The numbers from 0 on.

    Attributes:
        count: How many.
    """

    count: int

    def __len__(self) -> int:
        """Return how many."""
        return self.count

    def __getitem__(self, rows: slice, /) -> Float:
        """Return some of them."""
        return np.arange(rows.start or 0, min(self.count, self.count if rows.stop is None else rows.stop)) * 1.0


def table(path: Path, width: int, start: int, stop: int) -> Float:
    """Return rows of a table of float64 in a file, (m, width)."""
    found = np.fromfile(path, np.float64, max(0, stop - start) * width, offset=8 * width * start)
    return found.reshape(-1, width)


def pieces(*columns: Column) -> Iterator[tuple[Float, ...]]:
    """Yield the columns side by side, 65,536 rows at a time."""
    for start in range(0, len(columns[0]), PIECE):
        yield tuple(column[start : start + PIECE] for column in columns)


def whole(column: Column) -> Float:
    """Return all of a column, (n,)."""
    return np.concatenate([np.zeros(0), *(piece for (piece,) in pieces(column))])


def total(function: Callable[..., Float], *columns: Column) -> float:
    """Sum a function of rows over all of them."""
    return float(sum(float(np.sum(function(*piece))) for piece in pieces(*columns)))


def every(function: Callable[..., bool | np.bool_], *columns: Column) -> bool:
    """Say whether something holds in every piece."""
    return all(bool(function(*piece)) for piece in pieces(*columns))


def spread(function: Callable[..., Float], *columns: Column) -> float:
    """Return the standard deviation of a function of rows."""
    n = total(lambda *x: np.ones_like(function(*x)), *columns)
    mean = total(function, *columns) / n
    return float(np.sqrt(total(lambda *x: (function(*x) - mean) ** 2, *columns) / n))


def sample(function: Callable[..., Float], *columns: Column) -> Float:
    """Return a function of rows, of a long column every so manieth, (m,)."""
    stride = max(1, -(-len(columns[0]) // SAMPLE))
    return np.concatenate([np.zeros(0), *(function(*(x[::stride] for x in piece)) for piece in pieces(*columns))])


def backward(column: Column) -> int:
    """Count how often a column falls."""
    last: Float = np.zeros(0)
    count = 0
    for (piece,) in pieces(column):
        count += int(np.count_nonzero(np.diff(np.concatenate([last, piece])) < 0))
        last = piece[-1:]
    return count


def reach(column: Column) -> float:
    """Return the greatest less the least."""
    ends = [(float(piece.min()), float(piece.max())) for (piece,) in pieces(column)]
    return max(high for _, high in ends) - min(low for low, _ in ends)
