"""The BCH code of a slice: its syndrome, what that tells, and the errors that follow from it."""

import struct
from dataclasses import dataclass

import numpy as np

from samefade.errors import ProtocolError
from samefade.reconcile.bch.choice import useful
from samefade.reconcile.bch.code import Code, code, most_errors, tables
from samefade.reconcile.sketch.code import Count, Real
from samefade.types import BitArray

_CODE = struct.Struct("<BH")


@dataclass(frozen=True)
class SliceCode:
    """A BCH code, shortened to slices of `width` bits."""

    width: int
    bch: Code

    @property
    def name(self) -> str:
        """Return what the ledger calls it."""
        return "slices, bch"

    @property
    def settings(self) -> bytes:
        """Return the field's degree and the errors to correct, as they cross the air."""
        return _CODE.pack(self.bch.m, self.bch.t)

    @staticmethod
    def read(settings: bytes, m: int, width: int) -> "SliceCode":
        """Read a code over GF(2^m).

        Raises:
            ProtocolError: When there is none such, or its syndrome would tell a whole slice.
        """
        if len(settings) != _CODE.size:
            raise ProtocolError(settings_bytes=len(settings))
        theirs, t = _CODE.unpack(settings)
        if theirs != m or not 1 <= t <= most_errors(m) or code(m, t).t != t or code(m, t) not in useful(m, width):
            raise ProtocolError(degree=theirs, errors_to_correct=t)
        return SliceCode(width, code(m, t))

    @property
    def told(self) -> int:
        """Return the bits of a syndrome."""
        return self.bch.redundancy

    def tell(self, frames: BitArray) -> BitArray:
        """Return the syndrome of each slice (m, width), (m, told)."""
        return self.bch.remainders(frames)

    def correct(self, frames: BitArray, said: BitArray) -> tuple[BitArray, Count]:
        """Return the slices corrected, and how many bits were wrong in each, −1 where that cannot be found."""
        from samefade.reconcile.bch.loops import decode

        flips = np.zeros(frames.shape, np.uint8)
        power, logarithm = tables(self.bch.m)
        difference = np.ascontiguousarray(self.tell(frames) ^ said)
        errors = decode(difference, self.bch.t, power, logarithm, flips)
        return frames ^ flips, errors

    def cost(self, said: BitArray, sizes: Count) -> Real:
        """Return the rank of what was said of each slice: its redundancy, no more than the slice has bits."""
        del said
        return np.minimum(self.told, sizes).astype(np.float64)
