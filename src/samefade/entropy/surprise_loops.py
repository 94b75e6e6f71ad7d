"""The inner loop of `chain`: by how much the cells of normal values surprise."""

from math import erfc, log2, sqrt

import numpy as np

from samefade.compiled import compiled
from samefade.types import Float

_ROOT = 1 / sqrt(2.0)
_REACH = 8.5  # standard deviations beyond which cells add less to the sums than rounding does
_MOST = 64.0  # bits; a cell that the law calls rarer is credited no more


@compiled
def surprise(values: Float, centre: Float, spread: Float, edges: Float) -> tuple[float, float, float]:
    """Return the sums of what cells are expected to surprise by, of what they did, and of the variance, bits and bits².

    Args:
        values: (n,) values that were quantised.
        centre: (n,) what the law expects of each.
        spread: (n,) standard deviation of that.
        edges: (L − 1,) thresholds, increasing.
    """
    expected, realised, variance = 0.0, 0.0, 0.0
    count = len(edges)
    for i in range(len(values)):
        mean, deviation = centre[i], spread[i]
        cell = np.searchsorted(edges, values[i], side="right")
        first = np.searchsorted(edges, mean - _REACH * deviation)
        last = np.searchsorted(edges, mean + _REACH * deviation)
        low, mass, square, own = -np.inf, 0.0, 0.0, _MOST
        for j in range(first, last + 1):
            high = (edges[j] - mean) / deviation if j < count else np.inf
            # the smaller tail on either side keeps its digits
            if high <= 0:
                chance = 0.5 * (erfc(-high * _ROOT) - erfc(-low * _ROOT))
            elif low >= 0:
                chance = 0.5 * (erfc(low * _ROOT) - erfc(high * _ROOT))
            else:
                chance = 1.0 - 0.5 * (erfc(-low * _ROOT) + erfc(high * _ROOT))
            low = high
            if chance <= 0:
                continue
            bits = -log2(chance)
            mass += chance * bits
            square += chance * bits * bits
            if j == cell:
                own = min(bits, _MOST)
        expected += mass
        realised += own
        variance += max(square - mass * mass, 0.0)
    return expected, realised, variance
