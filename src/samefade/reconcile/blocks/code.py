"""The code of a block: a BCH syndrome for its errors, and a CRC-8 that says whether they were found."""

from dataclasses import dataclass

import numpy as np

from samefade.reconcile.bch.code import Code
from samefade.reconcile.sketch.code import Count
from samefade.reconcile.slices.code import SliceCode
from samefade.types import BitArray

_CRC, _CRC_BITS = 0b1_0000_0111, 8  # x^8 + x^2 + x + 1, of many small protocols


@dataclass(frozen=True)
class BlockCode(SliceCode):
    """A BCH code, shortened to blocks of `width` bits, and a CRC-8 of each."""

    @property
    def name(self) -> str:
        """Return what the ledger calls it."""
        return "blocks, bch and crc"

    @staticmethod
    def read(settings: bytes, m: int, width: int) -> "BlockCode":
        """Read a code over GF(2^m), as `SliceCode.read` does.

        Raises:
            ProtocolError: When there is none such, or its syndrome would tell a whole block.
        """
        return BlockCode(width, SliceCode.read(settings, m, width).bch)

    @property
    def told(self) -> int:
        """Return the bits of a syndrome and a CRC."""
        return self.bch.redundancy + _CRC_BITS

    def tell(self, frames: BitArray) -> BitArray:
        """Return syndrome and CRC of each block (m, width), (m, told)."""
        return np.hstack([self.bch.remainders(frames), _crc(self.bch, frames)])

    def correct(self, frames: BitArray, said: BitArray) -> tuple[BitArray, Count]:
        """Return the blocks corrected, and how many bits were wrong in each, −1 where its CRC says otherwise."""
        syndrome, check = np.split(said, [self.bch.redundancy], axis=1)
        fixed, errors = SliceCode(self.width, self.bch).correct(frames, syndrome)
        right = (_crc(self.bch, fixed) == check).all(axis=1) & (errors >= 0)
        return np.where(right[:, None], fixed, frames), np.where(right, errors, -1)


def _crc(bch: Code, frames: BitArray) -> BitArray:
    """Return x^8 · block modulo the CRC's polynomial: `Code.remainders` with another generator."""
    shifted = np.hstack([frames, np.zeros((len(frames), _CRC_BITS), np.uint8)])
    return Code(bch.m + 1, 0, _CRC).remainders(shifted)
