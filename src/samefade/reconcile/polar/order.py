"""Say which transformed bits of a frame are told first, and how many in each round: the same on every machine.

The order is the beta expansion, a polarisation weight: G. He et al., "β-expansion: a theoretical framework for fast and
recursive construction of polar codes" (2017).
Their base 2^(1/4) = 1.19 suits decoding without a list; a list decoder does better with a smaller base, nearer to
a Reed–Muller code, the more so the less is told (measured here, see `base`).
It is computed in integers, and the amounts with IEEE 754's basic operations alone, so nothing depends on a
machine's library of functions.
"""

from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Order = NDArray[np.int64]

DESIGNS = 128  # a layer's entropy is told as one of so many values
DESIGN_BITS = 7


def entropy_of(design: int) -> float:
    """Return the entropy of a bit (bits) that a design stands for: finer where there is little of it."""
    return (design / (DESIGNS - 1)) ** 2


def design_of(entropy: float) -> int:
    """Return the design nearest to the entropy of a bit (bits, 0 to 1)."""
    return min(DESIGNS - 1, max(0, round(sqrt(max(entropy, 0.0)) * (DESIGNS - 1))))


def base(design: int, *, soft: bool) -> int:
    """Return the base of the weights in hundredths: what told least with lists of 32 paths (measured)."""
    if soft:
        return 118
    steps = np.searchsorted((0.02, 0.06, 0.15, 0.35, 0.65), entropy_of(design))
    return (107, 109, 111, 114, 116, 118)[steps]


def order_of(size: int, design: int, *, soft: bool) -> Order:
    """Return the transformed bits of a frame of `size` bits, the least reliable first, (size,)."""
    return _order(size, base(design, soft=soft))


@lru_cache(maxsize=64)
def _order(size: int, hundredths: int) -> Order:
    at = np.arange(size)
    weight = np.zeros(size, np.int64)
    for bit in range(max(1, (size - 1).bit_length())):
        weight += ((at >> bit) & 1) * ((hundredths**bit << 32) // 100**bit)
    found: Order = np.argsort(weight, kind="stable")
    found.setflags(write=False)
    return found


@lru_cache(maxsize=1024)
def amounts(size: int, design: int, check: int) -> tuple[int, ...]:
    """Return how many transformed bits of a frame have been told after each round; the last is all of them.

    With all told no check is needed; so where bits and check would be no fewer than all, all are told.
    The numbers were fitted to frames of 64 to 2,048 bits, so that two rounds on average tell almost the least.
    """
    content = size * entropy_of(design)
    told, step = content + 0.33 * sqrt(content) - 1, 0.77 * sqrt(content) + 0.012 * content + 3.4
    out: list[int] = []
    while max(0, int(told)) + check < size:
        out.append(max(0, int(told)))
        told += step
        step *= 1.12
    return (*out, size)


def padded(size: int) -> int:
    """Return the length of the transform of a frame: the next power of two."""
    return 1 << max(0, int(size) - 1).bit_length()
