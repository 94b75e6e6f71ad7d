"""What bit error rate to expect: that of the spoken samples, which are burnt and may be compared openly.

Used to start the error-correcting code and to choose between settings, never in the account.
"""

from math import log2

import numpy as np

from samefade.quantize import edges
from samefade.types import Feature, Float, Integer, Spoken

LEAST, MOST = 0.001, 0.49


def expected_errors(a: Feature[Spoken], b: Feature[Spoken], levels: int) -> float:
    """Return the share of Gray-coded bits that differ between two spoken features, each cut at its own quantiles.

    Args:
        a: One end's feature, (n,) or (n, k).
        b: The other end's.
        levels: Number of equiprobable levels, a power of two.

    Returns:
        The rate with one error added, between 0.001 and 0.49, so that a code can start from it.

    Raises:
        ConstantSignal: When an end does not vary.
        TooFewSamples: When there are fewer usable samples than levels.
    """
    both = a.usable & b.usable
    x, y = (_code(np.ravel(f.values[both]), edges(f, levels)) for f in (a, b))
    wrong = int(np.bitwise_count(x ^ y).sum())
    rate = (wrong + 1) / (len(x) * log2(levels) + 2)
    return min(max(rate, LEAST), MOST)


def least_told(bits: float, errors: float) -> float:
    """Return the least that correcting so many bits must tell: n·h(p) (Slepian and Wolf 1973).

    Args:
        bits: How many bits, n.
        errors: Share of them that differ, p, within (0, 1).
    """
    return -bits * (errors * log2(errors) + (1 - errors) * log2(1 - errors))


def _code(values: Float, thresholds: tuple[float, ...]) -> Integer:
    level = np.searchsorted(thresholds, values, side="right")
    gray: Integer = level ^ (level >> 1)
    return gray
