"""Measure how alike two distributions are: Jeffreys' divergence and the first Wasserstein distance.

Neither sees time: a shuffled copy is as near as the original (the 2025 paper, Sec. III-A2 and III-A3).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from samefade.errors import OutOfRange
from samefade.metrics.series import Series, series


class Jeffreys(NamedTuple):
    """Jeffreys' divergence and the histogram that it was taken from.

    Attributes:
        value: J = Σ(p − q) ln(p/q), nats.
        bins: How many bins the pooled range was cut into; the value means little without it.
    """

    value: float
    bins: int


def jeffreys(a: ArrayLike, b: ArrayLike, *, bins: int | None = None, most: int = 256) -> Jeffreys:
    """Return J = KL(P‖Q) + KL(Q‖P) in nats, from histograms with common bins.

    The paper does not state its histogram.
    Here the pooled range is cut by Freedman and Diaconis' rule on the pooled data, into `most` bins at most, and
    every bin counts half a sample more, so that an empty one stays finite.
    Two Gaussians: ½(σ₁²/σ₂² + σ₂²/σ₁² − 2) + ½Δμ²(1/σ₁² + 1/σ₂²).

    Args:
        a: One end, (n,).
        b: The other end, (m,); the lengths may differ.
        bins: Number of bins, instead of the rule.
        most: The most bins that the rule may choose.

    Raises:
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When `bins` or `most` is below 1, or an array is complex or not one-dimensional.
        TooFewSamples: When an array is empty.
    """
    x, y = series(a, "a"), series(b, "b")
    for name, count in (("bins", bins), ("most", most)):
        if count is not None and count < 1:
            raise OutOfRange(name, count, "at least 1")
    pooled = np.concatenate((x, y))
    low, high = float(pooled.min()), float(pooled.max())
    if low == high:  # both are the same constant
        return Jeffreys(0.0, 1)
    count = _freedman_diaconis(pooled, most) if bins is None else bins
    p, q = (_smoothed(np.histogram(s, count, (low, high))[0]) for s in (x, y))
    return Jeffreys(float(np.sum((p - q) * np.log(p / q))), count)


def wasserstein(a: ArrayLike, b: ArrayLike) -> float:
    """Return the first Wasserstein distance ∫|F − G|, in the unit of the values.

    For equal lengths it is the mean of |a₍ᵢ₎ − b₍ᵢ₎| over the sorted values.
    Two distributions of one shape differ by |Δμ|, however well they correlate.

    Args:
        a: One end, (n,).
        b: The other end, (m,); the lengths may differ.

    Raises:
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When an array is complex or not one-dimensional.
        TooFewSamples: When an array is empty.
    """
    x, y = np.sort(series(a, "a")), np.sort(series(b, "b"))
    if len(x) == len(y):
        return float(np.mean(np.abs(x - y)))
    steps = np.sort(np.concatenate((x, y)))
    F = np.searchsorted(x, steps[:-1], side="right") / len(x)
    G = np.searchsorted(y, steps[:-1], side="right") / len(y)
    return float(np.sum(np.abs(F - G) * np.diff(steps)))


def _freedman_diaconis(pooled: Series, most: int) -> int:
    quarter, three_quarters = np.quantile(pooled, (0.25, 0.75))
    width = 2 * (three_quarters - quarter) / len(pooled) ** (1 / 3)
    if width == 0:  # more than half of the values are equal: the rule has no answer, so take the finest
        return most
    return int(np.clip(np.ceil(np.ptp(pooled) / width), 1, most))


def _smoothed(counts: np.ndarray[tuple[int, ...], np.dtype[np.integer]]) -> Series:
    return np.asarray((counts + 0.5) / (counts.sum() + 0.5 * len(counts)))
