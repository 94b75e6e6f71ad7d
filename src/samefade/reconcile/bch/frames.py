"""Deal a string out to frames of one code's length, the last one shorter, and know what each tells and corrects."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.reconcile.bch.code import Code, tables
from samefade.reconcile.sheet import Sheet
from samefade.types import BitArray, Mask

Count = NDArray[np.int64]


@dataclass(frozen=True)
class Frames(Sheet):
    """Frames of the full length, and a shorter last one: a short frame costs as much syndrome as a full one.

    The bits are dealt out like cards: those numbered 0, rows, 2·rows, … come first, then 1, rows + 1, …, and this
    order is cut into frames. So errors that come together fall into different frames, and a microcontroller needs
    no table for it. Nothing else is shuffled; the seed keys the tags.
    """

    @property
    def sizes(self) -> Count:
        """Return the bits of each frame, (rows,)."""
        return np.minimum(self.frame, self.length - self.frame * np.arange(self.rows))

    @property
    def width(self) -> int:
        """Return the bits of the longest frame."""
        return min(self.frame, self.length)

    @property
    def dealt(self) -> Count:
        """Return which bits of the string the frames hold, frame after frame, (length,)."""
        return np.concatenate([np.arange(first, self.length, self.rows) for first in range(self.rows)])

    def spread(self, values: BitArray) -> BitArray:
        """Lay the string (length,) out as a matrix (rows, width)."""
        return super().spread(values[self.dealt])

    def gather(self, matrix: BitArray, keep: Mask) -> BitArray:
        """Return the kept frames of the matrix (rows, width) as one string, in the string's own order."""
        values = np.empty(self.length, np.uint8)
        values[self.dealt] = super().gather(matrix, np.ones(self.rows, np.bool_))
        return values[self._kept(keep)]

    def _kept(self, keep: Mask) -> Mask:
        out = np.empty(self.length, np.bool_)
        out[self.dealt] = np.repeat(keep, self.sizes)
        return out


@dataclass(frozen=True)
class Group:
    """Frames of one size, with one code.

    Attributes:
        rows: Which frames, first and one past the last.
        size: Bits of each.
        code: Their code, shortened where its length exceeds the size.
    """

    rows: tuple[int, int]
    size: int
    code: Code

    @property
    def told(self) -> int:
        """Return the bits told of each frame.

        This is the rank of what is told: in the remainders of x^0, x^1, … the first n − k are independent.
        """
        return min(self.code.redundancy, self.size)

    def tell(self, matrix: BitArray) -> BitArray:
        """Return the syndromes of the group's frames in the matrix (rows of all, width), (rows of this, told)."""
        frames = matrix[slice(*self.rows), : self.size]
        return frames if self.told == self.size else self.code.remainders(frames)

    def errors(self, difference: BitArray) -> tuple[BitArray, Count]:
        """Find the errors from the difference of the two ends' syndromes, (rows, told).

        Returns:
            Where they are, (rows, size), and how many, (rows,), −1 for a frame that cannot be decoded.
        """
        if self.told == self.size:
            return difference, difference.sum(axis=1, dtype=np.int64)
        from samefade.reconcile.bch.loops import decode

        flips = np.zeros((len(difference), self.size), np.uint8)
        power, logarithm = tables(self.code.m)
        return flips, decode(np.ascontiguousarray(difference), self.code.t, power, logarithm, flips)


@dataclass(frozen=True)
class Plan:
    """Which code each frame has: one for full frames, one for the last where that is shorter."""

    groups: tuple[Group, ...]

    @staticmethod
    def of(frames: Frames, first: Code, last: Code) -> "Plan":
        """Give the full frames the first code, and a shorter last one the last.

        Where the only frame is a short one, it is the first.
        """
        sizes = frames.sizes
        full = int(np.count_nonzero(sizes == sizes[0]))
        groups = [Group((0, full), int(sizes[0]), first)]
        if full < frames.rows:
            groups.append(Group((full, frames.rows), int(sizes[-1]), last))
        return Plan(tuple(groups))

    @property
    def told(self) -> Count:
        """Return the bits told of each frame, (rows,)."""
        return np.concatenate([np.full(group.rows[1] - group.rows[0], group.told) for group in self.groups])

    def tell(self, matrix: BitArray) -> BitArray:
        """Return the syndromes of all frames of the matrix (rows, width), one behind the other."""
        return np.concatenate([group.tell(matrix).ravel() for group in self.groups])

    def correct(self, matrix: BitArray, syndromes: BitArray) -> tuple[BitArray, Count]:
        """Return the matrix corrected towards the other end's syndromes, and the errors found in each frame.

        −1 stands for a frame that cannot be decoded; it stays as it is.
        """
        out, found, at = matrix.copy(), [], 0
        for group in self.groups:
            own = group.tell(matrix)
            difference = own ^ syndromes[at : at + own.size].reshape(own.shape)
            flips, errors = group.errors(difference)
            out[slice(*group.rows), : group.size] ^= flips
            found.append(errors)
            at += own.size
        return out, np.concatenate(found)
