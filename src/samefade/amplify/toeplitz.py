"""Toeplitz hashing: a universal₂ family, so the leftover hash lemma holds.

M. N. Wegman and J. L. Carter 1981; H. Krawczyk 1994; the lemma as in Bennett, Brassard, Crépeau and Maurer 1995 and
Tomamichel et al. 2011: from min-entropy H, l ≤ H − 2·log2(1/ε) + 2 bits are within ε of uniform.

*Notation.* x is the string, (n,); s the public seed bits, (n + l − 1,); y_i = Σ_j s_{i − j + n − 1} x_j mod 2.

It assumes that the seed is uniform, public, authenticated, and drawn after the samples were.
A seed shorter than n + l − 1 bits is expanded with SHAKE-256; then the claim is computational.
"""

import hashlib
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange, TooFewSamples, TooLittleEntropy
from samefade.types import BitArray, Bits, Claim, Key, Ledger

_SHORTEST_SEED = 16


@dataclass(frozen=True)
class Toeplitz:
    """Hash the agreed string to a key by a random Toeplitz matrix.

    Attributes:
        bits: Length of the key, a positive multiple of 8.
        epsilon: How far the key may be from uniform, as a statistical distance.

    Raises:
        OutOfRange: When a parameter makes no sense.
    """

    bits: int = 256
    epsilon: float = 2**-64

    def __post_init__(self) -> None:
        """Refuse absurd parameters."""
        if self.bits < 8 or self.bits % 8:
            raise OutOfRange("bits", self.bits, "a positive multiple of 8")
        if not 0 < self.epsilon < 1:
            raise OutOfRange("epsilon", self.epsilon, "between 0 and 1, both excluded")

    def margin(self) -> float:
        """Return what the leftover hash lemma costs, bits: 2·log2(1/ε) − 2, at least 0."""
        return max(0.0, 2 * log2(1 / self.epsilon) - 2)

    def amplify(self, fixed: Bits, ledger: Ledger, seed: bytes, claim: Claim = "estimate") -> Key:
        """Return the key, if the ledger can pay for it.

        Args:
            fixed: The agreed string.
            ledger: Its account, every public bit paid; the margin is paid here.
            seed: Public random bytes, at least 16, the same at both ends.
            claim: What the entropy in the account rests on.

        Raises:
            TooLittleEntropy: When less is left than the key is long.
            TooFewSamples: When the string is empty or shorter than the key.
            OutOfRange: When the seed is too short.
        """
        left = ledger.pay("margin of the leftover hash lemma", self.margin())
        if left.secure_bits < self.bits:
            raise TooLittleEntropy(have=left.balance, need=self.bits)
        if len(fixed) < self.bits:
            raise TooFewSamples(have=len(fixed), need=self.bits)
        hashed = toeplitz(fixed.values, expand(seed, len(fixed) + self.bits - 1), self.bits)
        return Key(np.packbits(hashed).tobytes(), claim)


def expand(seed: bytes, bits: int) -> BitArray:
    """Return that many public bits: the seed's own where it is long enough, else SHAKE-256 of it (FIPS 202).

    Raises:
        OutOfRange: When the seed has fewer than 16 bytes.
    """
    if len(seed) < _SHORTEST_SEED:
        raise OutOfRange("seed", f"{len(seed)} bytes", "at least 16 bytes")
    size = (bits + 7) // 8
    stream = seed[:size] if len(seed) >= size else hashlib.shake_256(b"samefade toeplitz seed 1" + seed).digest(size)
    return np.unpackbits(np.frombuffer(stream, np.uint8), count=bits)


def toeplitz(x: BitArray, s: BitArray, length: int) -> BitArray:
    """Multiply a string by the Toeplitz matrix that the seed bits define, over GF(2).

    The convolution is done by a floating-point FFT; its result is an integer below n, so double precision
    leaves a wide margin, which is checked.

    Args:
        x: The string, (n,) of 0 and 1.
        s: The seed, (n + length − 1,) of 0 and 1.
        length: Rows of the matrix.

    Returns:
        (length,) of 0 and 1.

    Raises:
        OutOfRange: When the seed has another length, or the string is too long to be exact.
    """
    from scipy import fft

    n = len(x)
    if len(s) != n + length - 1:
        raise OutOfRange("seed bits", len(s), f"{n + length - 1}")
    size = fft.next_fast_len(len(s), real=True)  # a cyclic convolution: only its wrapped-free part is read
    product = fft.irfft(fft.rfft(_spread(s), size) * fft.rfft(_spread(x), size), size)
    exact = product[n - 1 : n - 1 + length]
    whole = np.rint(exact)
    if length and float(np.max(np.abs(exact - whole))) > 0.25:
        raise OutOfRange("length of the string", n, "short enough for exact floating-point hashing")
    return (whole.astype(np.int64) & 1).astype(np.uint8)


def _spread(bits: BitArray) -> NDArray[np.float64]:
    return bits.astype(np.float64)
