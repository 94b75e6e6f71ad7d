"""Sums of a frame's bits with random signs: what they tell, what that costs, and the few errors that explain them.

Notation: x the frame of end a, y that of end b, (N,); A a public matrix of signs ±1, (M, N); s = A x the sums.
b computes s − A y = A (x − y). Where y has a 0 the difference is 0 or 1, where it has a 1 it is 0 or −1, so with
D = diag(1 − 2y) this is A D f, f the errors, (N,) of 0 and 1, found by orthogonal matching pursuit
(J. A. Tropp and A. C. Gilbert, IEEE Transactions on Information Theory 53, 2007).

What it costs: M sums are M integers and not M bits. With p_i negative signs in row i, s_i + p_i counts how many bits of
x differ from a public pattern, so for a random x it follows the binomial law of N fair coins, with entropy
½·log2(πeN/2): 4.5 bits for N = 128. The charge is −log2 of the product of these laws at the sums told, which is the
length of a prefix code (Kraft), hence sound for any x; it is that entropy on average. It is never more than the
whole frame and one bit that says so.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache
from hashlib import shake_256

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ProtocolError
from samefade.reconcile.sketch.code import Count, Real
from samefade.types import BitArray

_M = struct.Struct("<H")
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """M sums with random signs of frames of `width` bits.

    Attributes:
        width: Bits of a frame, N.
        measurements: Sums of each frame, M.
        seed: Public seed of the signs.
    """

    width: int
    measurements: int
    seed: bytes

    @property
    def name(self) -> str:
        """Return what the ledger calls it."""
        return "compressive sensing"

    @property
    def settings(self) -> bytes:
        """Return M, as it crosses the air."""
        return _M.pack(self.measurements)

    @staticmethod
    def read(settings: bytes, width: int, seed: bytes) -> "Sums":
        """Read how many sums are asked for.

        Raises:
            ProtocolError: When the settings are malformed, or there are none or more sums than bits.
        """
        if len(settings) != _M.size:
            raise ProtocolError(settings_bytes=len(settings))
        (m,) = _M.unpack(settings)
        if not 1 <= m <= width:
            raise ProtocolError(measurements=m)
        return Sums(width, m, seed)

    @property
    def told(self) -> int:
        """Return the bits that are sent of a frame: each sum as a number from 0 to N."""
        return self.measurements * self._wide

    @property
    def _wide(self) -> int:
        return self.width.bit_length()

    @property
    def signs(self) -> Whole:
        """Return A, (M, N) of ±1."""
        return _signs(self.seed, self.measurements, self.width)

    def tell(self, frames: BitArray) -> BitArray:
        """Return the sums of each frame (m, width), shifted to begin at 0, as bits, (m, told)."""
        sums = frames.astype(np.int64) @ self.signs.T + self._negative
        places = np.arange(self._wide - 1, -1, -1)
        return ((sums[:, :, None] >> places) & 1).astype(np.uint8).reshape(len(frames), -1)

    def correct(self, frames: BitArray, said: BitArray) -> tuple[BitArray, Count]:
        """Return the frames corrected, and how many bits were wrong in each, −1 where that cannot be found."""
        theirs = self._counts(said) - self._negative
        out, errors = frames.copy(), np.zeros(len(frames), np.int64)
        for row, frame in enumerate(frames):
            own = self.signs @ frame.astype(np.int64)
            wrong = _pursue(self.signs * (1 - 2 * frame.astype(np.int64)), theirs[row] - own)
            errors[row] = -1 if wrong is None else len(wrong)
            out[row, [] if wrong is None else wrong] ^= 1
        return out, errors

    def cost(self, said: BitArray, sizes: Count) -> Real:
        """Return what the sums told of each frame: −log2 of their probability, no more than the frame; and one bit."""
        from scipy.special import gammaln

        n, counts = self.width, self._counts(said)
        likely = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1) - n * np.log(2)
        return np.asarray(1.0 + np.minimum(-likely.sum(axis=1) / np.log(2), sizes))

    @property
    def _negative(self) -> Whole:
        return np.asarray(np.count_nonzero(self.signs < 0, axis=1), np.int64)

    def _counts(self, said: BitArray) -> Whole:
        places = 1 << np.arange(self._wide - 1, -1, -1)
        sums = said.reshape(len(said), self.measurements, self._wide).astype(np.int64) @ places
        return np.asarray(np.minimum(sums, self.width), np.int64)


@lru_cache(maxsize=16)
def _signs(seed: bytes, m: int, n: int) -> Whole:
    told = b"samefade compressive sensing" + struct.pack("<II", m, n) + seed
    bits = np.unpackbits(np.frombuffer(shake_256(told).digest(-(-m * n // 8)), np.uint8), count=m * n)
    out = (1 - 2 * bits.astype(np.int64)).reshape(m, n)
    out.setflags(write=False)
    return out


def _pursue(columns: Whole, left: Whole) -> Whole | None:
    """Return which columns (M, N) add up to `left` (M,), few of them, or None when they are not found."""
    chosen: list[int] = []
    weights: NDArray[np.float64] = np.zeros(0)
    residue = left.astype(np.float64)
    while np.abs(residue).max() > 1e-6:
        if len(chosen) >= len(left) // 2:
            return None
        score = np.abs(columns.T @ residue)
        score[chosen] = -1.0
        chosen.append(int(score.argmax()))
        part = columns[:, chosen].astype(np.float64)
        weights = np.asarray(np.linalg.lstsq(part, left.astype(np.float64), rcond=None)[0])
        residue = np.asarray(left - part @ weights, np.float64)
    found = np.array(chosen, np.int64)
    if not len(found):
        return found
    right = found[np.rint(weights) == 1]
    return right if np.array_equal(columns[:, right].sum(axis=1), left) else None
