"""Estimate min-entropy by the most common value (SP 800-90B, section 6.3.1)."""

from math import log2, sqrt

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b.alphabet import checked

Z_99 = 2.5758293035489008  # a standard normal value lies between −Z and Z with probability 0.99
_NEED = 2


def raised(p: float, n: int) -> float:
    """Return the upper end of the 99 % interval of a share p of n trials, at most 1 (6.3.1, step 2)."""
    return min(1.0, p + Z_99 * sqrt(p * (1 - p) / (n - 1)))


def most_common_value(symbols: NDArray[np.uint8]) -> float:
    """Return −log2 of the upper bound on the share of the most common symbol, bits a symbol.

    Args:
        symbols: (n,) symbols.

    Raises:
        OutOfRange: When the symbols are no bytes.
        TooFewSamples: When there are fewer than 2.
    """
    n = len(checked(symbols, 256, need=_NEED))
    return abs(log2(raised(int(np.bincount(symbols).max()) / n, n)))
