"""One Reed–Solomon code, shortened to the frames of a string: what it tells of them, and which errors follow."""

import struct
from dataclasses import dataclass

import numpy as np

from samefade.errors import ProtocolError
from samefade.reconcile.reed_solomon.field import Symbols, explain, syndromes
from samefade.reconcile.sketch.code import Count, Real
from samefade.types import BitArray

_T = struct.Struct("<B")


@dataclass(frozen=True)
class RsCode:
    """Reed–Solomon over GF(2^8) for frames of `width` bits.

    Attributes:
        width: Bits of a frame, at most 2,040; the last symbol is padded with zeros.
        t: Symbols that can be corrected.
    """

    width: int
    t: int

    @property
    def name(self) -> str:
        """Return what the ledger calls it."""
        return "reed_solomon"

    @property
    def settings(self) -> bytes:
        """Return t, as it crosses the air."""
        return _T.pack(self.t)

    @staticmethod
    def read(settings: bytes, width: int) -> "RsCode":
        """Read a code.

        Raises:
            ProtocolError: When there is none such, or its syndrome would tell a whole frame.
        """
        if len(settings) != _T.size:
            raise ProtocolError(settings_bytes=len(settings))
        (t,) = _T.unpack(settings)
        if not 1 <= t <= most_errors(width):
            raise ProtocolError(errors_to_correct=t)
        return RsCode(width, t)

    @property
    def told(self) -> int:
        """Return the bits of a syndrome: 2t symbols."""
        return 16 * self.t

    def tell(self, frames: BitArray) -> BitArray:
        """Return the syndrome of each frame (m, width), (m, told)."""
        said = np.array([syndromes(frame, self.t) for frame in _symbols(frames)], np.uint8).reshape(len(frames), -1)
        return np.unpackbits(said, axis=1)

    def correct(self, frames: BitArray, said: BitArray) -> tuple[BitArray, Count]:
        """Return the frames corrected, and how many bits were wrong in each, −1 where that cannot be found."""
        theirs = np.packbits(said, axis=1).astype(np.int64)
        out, errors = frames.copy(), np.zeros(len(frames), np.int64)
        for row, symbols in enumerate(_symbols(frames)):
            fixed = self._fixed(symbols, theirs[row])
            if fixed is None:
                errors[row] = -1
                continue
            out[row] = fixed
            errors[row] = np.count_nonzero(fixed != frames[row])
        return out, errors

    def cost(self, said: BitArray, sizes: Count) -> Real:
        """Return the rank of what was said of each frame: 2t symbols, no more than the frame has bits."""
        del said
        return np.minimum(self.told, sizes).astype(np.float64)

    def _fixed(self, symbols: Symbols, theirs: Symbols) -> BitArray | None:
        found = explain(syndromes(symbols, self.t) ^ theirs, len(symbols))
        if found is None:
            return None
        right = symbols.copy()
        right[found[0]] ^= found[1]
        bits = np.unpackbits(right.astype(np.uint8))
        # what is wrong in the padding is no error of the channel: the frame has more errors than the code corrects
        return None if bits[self.width :].any() else bits[: self.width]


def most_errors(width: int) -> int:
    """Return the most symbols that a code can correct whose syndrome is shorter than a frame of `width` bits."""
    return min(127, (width - 1) // 16)


def _symbols(frames: BitArray) -> Symbols:
    """Pack eight bits a symbol, the last one padded with zeros, (m, ⌈width / 8⌉)."""
    return np.packbits(frames, axis=1).astype(np.int64)
