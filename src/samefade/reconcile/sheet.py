"""Lay a string out in frames, and shuffle each frame in public."""

import struct
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import shake_256

import numpy as np
from numpy.typing import NDArray

from samefade.types import BitArray, Bits, Ledger, Mask

Order = NDArray[np.int32]


@dataclass(frozen=True)
class Sheet:
    """How a string of bits is cut into frames, and how each pass orders each frame.

    The frames lie in the rows of a matrix, padded with zeros on the right.
    A shuffle sorts the positions by 64-bit keys from SHAKE-256 of the seed, the pass and the frame:
    any language computes the same one.

    Attributes:
        length: Bits in the string, at least 1.
        frame: Bits in a frame at most; the frames of a string differ by one bit at most.
        seed: Public seed of the shuffles.
    """

    length: int
    frame: int
    seed: bytes

    @property
    def rows(self) -> int:
        """Return the number of frames."""
        return -(-self.length // self.frame)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Return the bits of each frame, (rows,)."""
        least, longer = divmod(self.length, self.rows)
        return np.full(self.rows, least) + (np.arange(self.rows) < longer)

    @property
    def width(self) -> int:
        """Return the bits of the longest frame."""
        return -(-self.length // self.rows)

    def spread(self, values: BitArray) -> BitArray:
        """Lay the string (length,) out as a matrix (rows, width)."""
        out = np.zeros((self.rows, self.width), np.uint8)
        out[self._inside()] = values
        return out

    def gather(self, matrix: BitArray, keep: Mask) -> BitArray:
        """Return the kept frames of the matrix (rows, width) as one string."""
        return matrix[self._inside() & keep[:, None]]

    def agreed(self, bits: Bits, matrix: BitArray, keep: Mask, ledger: Ledger) -> Bits:
        """Return `bits` with the values of the matrix and a new ledger, cut to the kept frames."""
        kept = self._kept(keep)
        edges = np.cumsum([0, *bits.layers])
        layers = np.diff(np.append(0, np.cumsum(kept))[edges])
        return replace(
            bits,
            values=self.gather(matrix, keep),
            ledger=ledger,
            reliability=None if bits.reliability is None else bits.reliability[kept],
            layers=tuple(int(length) for length in layers),
            belief=None,  # it was about the errors, and there are none left
        )

    def _kept(self, keep: Mask) -> Mask:
        """Return which bits of the string lie in kept frames, (length,)."""
        return np.repeat(keep, self.sizes)

    def shuffle(self, turn: int, row: int) -> Order:
        """Return the order in which pass `turn` reads frame `row`, (size,)."""
        return _shuffle(self.seed, turn, row, int(self.sizes[row]))

    def order(self, turn: int) -> Order:
        """Return the order of every frame, (rows, width); the padding stays where it is."""
        out = np.tile(np.arange(self.width, dtype=np.int32), (self.rows, 1))
        for row, size in enumerate(self.sizes):
            out[row, :size] = self.shuffle(turn, row)
        return out

    def _inside(self) -> Mask:
        return np.arange(self.width) < self.sizes[:, None]


@lru_cache(maxsize=256)
def _shuffle(seed: bytes, turn: int, row: int, size: int) -> Order:
    """Draw a public order; both ends ask for the same ones, and a replay holds both ends."""
    told = b"samefade cascade shuffle" + struct.pack("<II", turn, row) + seed
    keys = np.frombuffer(shake_256(told).digest(8 * size), "<u8")
    order: Order = np.argsort(keys, kind="stable").astype(np.int32)
    order.setflags(write=False)
    return order


def prefix(bits: BitArray, order: Order) -> BitArray:
    """Return the parity of the first 0 … width shuffled bits of each frame, (rows, width + 1)."""
    out = np.zeros((bits.shape[0], bits.shape[1] + 1), np.uint8)
    np.bitwise_xor.accumulate(np.take_along_axis(bits, order, axis=1), axis=1, out=out[:, 1:])
    return out
