"""What bit error rate to expect from a correlation.

*Notation.* (X, Y) is standard bivariate normal with correlation r; L equiprobable levels, Gray coded.
The expected error rate is the mean Hamming distance of the two codewords over log2 L.
Assumes jointly normal features; used only to start the error-correcting code, never in the account.
"""

from functools import lru_cache
from math import log2

import numpy as np

from samefade.errors import OutOfRange


@lru_cache(maxsize=256)
def expected_errors(correlation: float, levels: int, points: int = 400) -> float:
    """Compute the expected bit error rate, kept between 0.001 and 0.49 so that a code can start from it.

    Args:
        correlation: Correlation of the two features, −1 to 1.
        levels: Number of equiprobable levels, a power of two.
        points: Points of the integration over x.

    Raises:
        OutOfRange: When the correlation is outside −1 … 1.
    """
    from scipy.stats import norm

    if not -1 <= correlation <= 1:
        raise OutOfRange("correlation", correlation, "−1 to 1")
    r = min(max(correlation, 0.0), 0.999999)
    edges = norm.ppf(np.arange(levels + 1) / levels)
    x = norm.ppf((np.arange(points) + 0.5) / points)  # (points,) of equal weight
    own = np.minimum((np.arange(points) + 0.5) / points * levels, levels - 1).astype(int)
    cdf = norm.cdf((edges[None, :] - r * x[:, None]) / np.sqrt(1 - r * r))
    other = np.diff(cdf, axis=1)  # (points, levels) P(y in level | x)
    code = np.arange(levels) ^ (np.arange(levels) >> 1)
    distance = np.array([[bin(p ^ q).count("1") for q in code] for p in code])
    rate = float(np.mean(np.sum(other * distance[own], axis=1)) / log2(levels))
    return min(max(rate, 0.001), 0.49)
