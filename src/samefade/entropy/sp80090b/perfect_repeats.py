"""Say what the t-tuple and the longest repeated substring estimates give of perfect symbols."""

from math import ceil, log, log2, nan, sqrt

import numpy as np

from samefade.entropy.sp80090b.most_common import raised
from samefade.entropy.sp80090b.quantiles import LEVELS
from samefade.entropy.sp80090b.repeats import OFTEN

_LONG = 1000  # how many of the longest repeats are told one by one


def most_often(mean: float, cells: int, level: float) -> int:
    """Return a quantile of the largest of so many Poisson counts.

    Args:
        mean: The mean of each count.
        cells: How many counts; of the places of a string, they are all but independent.
        level: The probability of the quantile.
    """
    from scipy.special import pdtrc

    low, high = -1, ceil(mean + 15 * sqrt(mean) + 100)
    while high - low > 1:
        m = (low + high) // 2
        low, high = (m, high) if (1 - float(pdtrc(m, mean))) ** cells < level else (low, m)
    return high


def _tuples(n: int, k: int, level: float) -> tuple[float, int]:
    """Return the largest share, to the power of 1/t, of strings that are there 35 times; and the length of no such."""
    best, t = 0.0, 1
    while t < n and (most := most_often((n - t + 1) / k**t, k**t, level)) >= OFTEN:
        best = max(best, min(1.0, most / (n - t + 1)) ** (1 / t))
        t += 1
    return best, t


def perfect_t_tuple(n: int, k: int) -> float:
    """Return the mean t-tuple estimate of n symbols out of k, bits a symbol."""
    found = [_tuples(n, k, level)[0] for level in LEVELS]
    return float(np.mean([-log2(raised(p, n)) for p in found if p > 0])) if any(found) else nan


def perfect_lrs(n: int, k: int) -> float:
    """Return the mean longest repeated substring estimate of n symbols out of k, bits a symbol."""
    u = _tuples(n, k, 0.5)[1]
    found = [_longest(n, k, u, level) for level in LEVELS]
    return float(np.mean([-log2(raised(p, n)) for p in found if p > 0])) if any(found) else nan


def _longest(n: int, k: int, u: int, level: float) -> float:
    """Return the largest share of pairs that hold the same string, to the power of 1/w, over the lengths w ≥ u.

    Of pairs of places, n(n − 1)/2·(1 − 1/k)·k^−w begin a repeat of length w or more: the j-th longest repeat lies
    where this number is the j-th arrival of a Poisson process, a Gamma variable (Wilson and Hilferty 1931).
    """
    from scipy.special import ndtri

    j = np.arange(1, _LONG + 1)
    arrivals = j * np.maximum(1e-3, 1 - 1 / (9 * j) + float(ndtri(1 - level)) / (3 * np.sqrt(j))) ** 3
    arrivals[0] = -log(level)
    longest = np.minimum(n - 1, np.floor(np.log(n * (n - 1) / 2 * (1 - 1 / k) / arrivals) / log(k)))
    best = 0.0
    for w in range(u, int(longest[0]) + 1):
        pairs = (n - w + 1) * (n - w) / 2
        told = float(np.maximum(0, longest - w + 1).sum()) if longest[-1] < w else pairs / k**w
        best = max(best, (told / pairs) ** (1 / w))
    return min(1.0, best)
