"""Measure the correlation of two series at many lags (the 2025 paper, Sec. III-B1)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from samefade.errors import OutOfRange
from samefade.metrics.series import Series, both, centred
from samefade.types import Integer


class Lagged(NamedTuple):
    """Correlation over lags.

    Attributes:
        lag: (2·most + 1,) samples; positive where b is late.
        correlation: (2·most + 1,) Pearson's r on the overlap; NaN where an overlap does not vary.
    """

    lag: Integer
    correlation: Series

    @property
    def best(self) -> int:
        """Return the lag of the largest correlation; of equal ones the one nearest to zero."""
        top = np.flatnonzero(self.correlation == self.peak)
        return int(self.lag[top[np.argmin(np.abs(self.lag[top]))]])

    @property
    def peak(self) -> float:
        """Return the largest correlation; over many lags it is biased upwards."""
        return float(np.nanmax(self.correlation))  # lag 0 is always defined


def lagged(a: ArrayLike, b: ArrayLike, most: int | None = None) -> Lagged:
    """Return ρ(k) = Pearson's r of a[t] and b[t + k] on their overlap, means taken anew at each lag.

    One FFT gives the products of all lags and running sums give the means: equal to the direct formula to 1e-10.
    Where an overlap holds too little of the power for that, the direct formula is used.

    Args:
        a: One end, (n,).
        b: The other end, (n,).
        most: The largest lag, samples; by default a quarter of the length.

    Raises:
        ConstantSignal: When either end does not vary.
        EndsDisagree: When the lengths differ.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When `most` is negative or leaves an overlap of fewer than 2 samples.
        TooFewSamples: With fewer than 2 samples.
    """
    x, y = both(a, b)
    n = len(x)
    most = n // 4 if most is None else most
    if not 0 <= most <= n - 2:
        raise OutOfRange("most", most, f"0 to {n - 2} samples")
    lag = np.arange(-most, most + 1)
    x, y = centred(x, "a"), centred(y, "b")
    before, after = np.maximum(-lag, 0), np.maximum(lag, 0)  # where the overlap starts in x and in y
    m = n - np.abs(lag)
    covariance = _products(x, y, lag) - _sums(x, before, m) * _sums(y, after, m) / m
    spread_x = _sums(x * x, before, m) - _sums(x, before, m) ** 2 / m
    spread_y = _sums(y * y, after, m) - _sums(y, after, m) ** 2 / m
    weak = np.flatnonzero((spread_x < 1e-3 * spread_x[most]) | (spread_y < 1e-3 * spread_y[most]))
    spread_x[weak] = spread_y[weak] = 1.0
    correlation = covariance / np.sqrt(spread_x * spread_y)
    for i in weak:
        correlation[i] = _direct(x[before[i] : before[i] + m[i]], y[after[i] : after[i] + m[i]])
    return Lagged(lag, np.clip(correlation, -1.0, 1.0))


def _products(x: Series, y: Series, lag: Integer) -> Series:
    from scipy import fft

    size = fft.next_fast_len(len(x) + int(lag[-1]), real=True)
    spectrum = np.conj(fft.rfft(x, size)) * fft.rfft(y, size)
    return np.asarray(fft.irfft(spectrum, size)[lag])  # a negative lag counts from the end: the transform is circular


def _sums(x: Series, start: Integer, count: Integer) -> Series:
    total = np.concatenate(([0.0], np.cumsum(x)))
    return np.asarray(total[start + count] - total[start])


def _direct(x: Series, y: Series) -> float:
    x, y = x - x.mean(), y - y.mean()
    norm = float(np.linalg.norm(x) * np.linalg.norm(y))
    return float(np.dot(x, y)) / norm if norm > 1e-14 else float("nan")
