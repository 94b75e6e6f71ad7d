"""Measure how alike two series run: Pearson's r, whole, without trend and of the steps; the effective sample size.

Sources: the 2025 paper, Sec. III-A1; Bartlett 1935 for the effective sample size of correlated series.
"""

import numpy as np
from numpy.typing import ArrayLike

from samefade.errors import OutOfRange, TooFewSamples
from samefade.metrics.series import Series, both, centred


def pearson(a: ArrayLike, b: ArrayLike) -> float:
    """Return Pearson's correlation r = Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)² Σ(y−ȳ)²), −1 to 1.

    Args:
        a: One end, (n,).
        b: The other end, (n,).

    Raises:
        ConstantSignal: When either end does not vary: r is then undefined, not zero.
        EndsDisagree: When the lengths differ.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When an array is complex or not one-dimensional.
        TooFewSamples: With fewer than 2 samples.
    """
    x, y = both(a, b)
    return _correlate(centred(x, "a"), centred(y, "b"))


def detrended(a: ArrayLike, b: ArrayLike, *, window: int = 21) -> float:
    """Return Pearson's r after taking a centred moving average away from each end.

    What is left is what changes within `window` samples; a slow trend, such as path loss, is gone.
    Samples without a whole window (window // 2 at each end) are left out.

    Args:
        a: One end, (n,).
        b: The other end, (n,).
        window: Odd number of samples that are averaged, at least 3.

    Raises:
        ConstantSignal: When nothing is left at either end.
        OutOfRange: When the window is even or shorter than 3.
        TooFewSamples: With fewer than window + 1 samples.
        EndsDisagree: When the lengths differ.
        NotFinite: When a value is NaN or infinite.
    """
    if window < 3 or window % 2 == 0:
        raise OutOfRange("window", window, "an odd number of at least 3")
    x, y = both(a, b, least=window + 1)
    return _correlate(*(_residual(centred(s, end), window, end) for s, end in ((x, "a"), (y, "b"))))


def difference(a: ArrayLike, b: ArrayLike) -> float:
    """Return Pearson's r of the first differences, which sees only what changes from sample to sample.

    Args:
        a: One end, (n,).
        b: The other end, (n,).

    Raises:
        ConstantSignal: When the steps of either end are all equal.
        EndsDisagree: When the lengths differ.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When an array is complex or not one-dimensional.
        TooFewSamples: With fewer than 3 samples.
    """
    x, y = both(a, b, least=3)
    return pearson(np.diff(centred(x, "a")), np.diff(centred(y, "b")))


def effective_samples(a: ArrayLike, b: ArrayLike) -> float:
    """Return how many independent samples the pair is worth for a test of its correlation, 1 to n.

    N_eff = n / (1 + 2 Σ_k (1 − k/n) ρ_a(k) ρ_b(k)) (Bartlett 1935), summed up to the first lag where either
    autocorrelation is no longer positive: beyond it the estimates are noise and their sum does not settle.
    Two autoregressions with coefficient φ have N_eff = n (1 − φ²) / (1 + φ²).

    Args:
        a: One end, (n,).
        b: The other end, (n,).

    Raises:
        ConstantSignal: When either end does not vary.
        EndsDisagree: When the lengths differ.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When an array is complex or not one-dimensional.
        TooFewSamples: With fewer than 4 samples.
    """
    x, y = both(a, b, least=4)
    n = len(x)
    first, second = _autocorrelation(centred(x, "a")), _autocorrelation(centred(y, "b"))
    ends = np.flatnonzero((first <= 0) | (second <= 0))
    stop = int(ends[0]) if len(ends) else n
    k = np.arange(1, stop)
    inflation = 1 + 2 * float(np.sum((1 - k / n) * first[1:stop] * second[1:stop]))
    return float(np.clip(n / inflation, 1.0, n))


def _correlate(x: Series, y: Series) -> float:
    # both come centred; the norms are taken apart so that their product cannot underflow
    return float(np.clip(np.dot(x / np.linalg.norm(x), y / np.linalg.norm(y)), -1.0, 1.0))


def _residual(x: Series, window: int, end: str) -> Series:
    half = window // 2
    trend = np.convolve(x, np.full(window, 1 / window), "valid")
    left = x[half : len(x) - half] - trend
    if len(left) < 2:
        raise TooFewSamples(have=len(x), need=window + 1)
    if np.abs(left).max() < 1e-13:  # a straight line leaves rounding only: x is scaled to 1
        left = np.zeros_like(left)
    return centred(left, end)


def _autocorrelation(x: Series) -> Series:
    from scipy import fft

    size = fft.next_fast_len(2 * len(x), real=True)
    power = np.abs(fft.rfft(x, size)) ** 2
    raw = fft.irfft(power, size)[: len(x)]
    return np.asarray(raw / raw[0])
