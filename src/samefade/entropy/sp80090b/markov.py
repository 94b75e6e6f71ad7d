"""Estimate min-entropy by the likeliest string of a Markov chain (SP 800-90B, section 6.3.3; bits only)."""

from math import inf, log2

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b.alphabet import checked

_NEED = 2
_LENGTH = 128  # of the string whose likelihood is looked for


def markov(bits: NDArray[np.uint8]) -> float:
    """Return the Markov estimate, bits a bit.

    Args:
        bits: (n,) zeros and ones.

    Raises:
        OutOfRange: When the bits are no bytes 0 and 1.
        TooFewSamples: When there are fewer than 2.
    """
    n = len(checked(bits, 2, need=_NEED))
    begins = np.bincount(bits, minlength=2) / n
    pairs = np.bincount(bits[:-1] * np.uint8(2) + bits[1:], minlength=4).reshape(2, 2)
    follows = pairs / np.maximum(1, pairs.sum(axis=1, keepdims=True))
    a, b = _bits(begins[0]), _bits(begins[1])
    (aa, ab), (ba, bb) = ((_bits(p) for p in row) for row in follows)
    strings = (  # the six of step 3; any other string of 128 bits is less likely than one of them
        a + 127 * aa,
        a + 64 * ab + 63 * ba,
        a + ab + 126 * bb,
        b + ba + 126 * aa,
        b + 64 * ba + 63 * ab,
        b + 127 * bb,
    )
    return min(min(strings) / _LENGTH, 1.0)


def _bits(p: float) -> float:
    return abs(log2(p)) if p > 0 else inf
