"""Count the independent parities among those that were asked: the rank of a matrix over GF(2)."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from samefade.reconcile.sheet import Order
from samefade.types import BitArray

_ROWS_AT_ONCE = 256  # a few megabytes of unpacked rows at the longest frame


def parity_rank(size: int, cuts: Mapping[int, NDArray[np.int64]], shuffle: Callable[[int], Order]) -> int:
    """Return how many independent parities of one frame a listener knows.

    The blocks asked in one pass cut its shuffled frame into cells, and every asked parity is a sum of cells.
    So the cells' rank is never below the rank of the parities; where every block of the pass was asked, as
    Cascade does, it is equal.
    The cells of the first pass are disjoint, hence independent: they are divided out before the elimination.

    Args:
        size: Bits in the frame.
        cuts: Pass → where its asked blocks begin and end.
        shuffle: Pass → its order, (size,).
    """
    turns = sorted(turn for turn, cut in cuts.items() if len(cut))
    if not turns:
        return 0
    first, *others = turns
    cells = _cells(size, np.unique(cuts[first]))
    place = np.empty(size, np.int64)
    place[shuffle(first)] = np.arange(size)
    # one bit of each cell stands for the cell; position 0 of a cell is its own stand-in
    stand_in = np.searchsorted(cells, np.arange(size), side="right") - 1
    rows: list[int] = []
    for turn in others:
        rows += _rows(_cells(size, np.unique(cuts[turn])), place[shuffle(turn)], cells[stand_in])
    return len(cells) + _rank(sorted(rows, key=int.bit_count))


def _cells(size: int, cut: NDArray[np.int64]) -> NDArray[np.int64]:
    # where each cell begins; what lies outside every asked block is taken for a cell too: never an undercount
    return np.unique(np.concatenate([[0], cut[cut < size]])).astype(np.int64)


def _rows(begins: NDArray[np.int64], columns: NDArray[np.int64], stand_in: NDArray[np.int64]) -> Iterable[int]:
    """Yield each cell of a later pass as an integer whose bits are the columns of the first pass's order."""
    label = np.empty(len(columns), np.int64)
    label[columns] = np.searchsorted(begins, np.arange(len(columns)), side="right") - 1
    theirs = label[stand_in]
    for start in range(0, len(begins), _ROWS_AT_ONCE):
        cell = np.arange(start, min(start + _ROWS_AT_ONCE, len(begins)))[:, None]
        bits: BitArray = ((label == cell) ^ (theirs == cell)).astype(np.uint8)
        for packed in np.packbits(bits, axis=1):
            yield int.from_bytes(packed.tobytes(), "big")


def _rank(rows: Iterable[int]) -> int:
    """Return the rank over GF(2) of rows given as integers, by elimination on their leading bits."""
    basis: dict[int, int] = {}
    for row in rows:
        left = row
        while left:
            lead = left.bit_length()
            if lead not in basis:
                basis[lead] = left
                break
            left ^= basis[lead]
    return len(basis)
