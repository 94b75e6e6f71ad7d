"""Correlation over lags with its significance: what matching by the signals themselves needs.

The correlation at each lag uses only the samples that overlap there, with their own means.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.types import Float, Integer

# One false match in a thousand pairs of unrelated recordings, each looked at in up to four ways.
CHANCE = 1e-3 / 4


class Peak(NamedTuple):
    """The best lag of two series.

    Attributes:
        lag: Samples by which the second is late, with a fraction by parabola.
        correlation: Pearson r at the nearest whole lag.
        score: Fisher's z in standard deviations, given the effective number of samples.
        significant: Whether chance gives such a score over all the lags searched at most once in 4,000 times.
    """

    lag: float
    correlation: float
    score: float
    significant: bool


def correlogram(x: Float, y: Float, lags: Integer) -> Float:
    """Correlate x[n] with y[n + k] at every lag k, by FFT.

    Args:
        x: (n,) values.
        y: (m,) values.
        lags: (k,) whole lags; each must leave at least two samples of overlap.

    Returns:
        (k,) Pearson r; 0 where either side is constant on the overlap.
    """
    from scipy import fft

    x, y = x - x.mean(), y - y.mean()
    size = fft.next_fast_len(len(x) + len(y), real=True)
    product = fft.irfft(np.conj(fft.rfft(x, size)) * fft.rfft(y, size), size)[lags % size]
    low, high, count = _overlap(len(x), len(y), lags)
    sx, sxx = _sums(x, low, high)
    sy, syy = _sums(y, low + lags, high + lags)
    vx, vy = sxx - sx * sx / count, syy - sy * sy / count
    floor = 1e-12 * max(1e-300, float(x @ x), float(y @ y))
    good = (vx > floor) & (vy > floor)
    r = np.zeros(len(lags))
    r[good] = (product - sx * sy / count)[good] / np.sqrt(vx[good] * vy[good])
    return np.clip(r, -1.0, 1.0)


def memory(x: Float, y: Float) -> float:
    """Estimate how many samples of two series hold one independent sample (Bartlett's formula), at least 1.

    One plus twice the sum over lags of the product of both autocorrelations, at the lag where that sum is largest:
    fading oscillates, and what its later lobes add counts too.
    """
    depth = max(2, min(len(x), len(y)) // 4)
    product = autocorrelation(x, depth) * autocorrelation(y, depth)
    return 1 + 2 * max(0.0, float(np.max(np.cumsum(product[1:]))))


def autocorrelation(x: Float, depth: int) -> Float:
    """Return the biased autocorrelation at lags 0 … depth − 1, (depth,); all zeros after lag 0 for a constant."""
    from scipy import fft

    x = x - x.mean()
    size = fft.next_fast_len(len(x) + depth, real=True)
    r = fft.irfft(np.abs(fft.rfft(x, size)) ** 2, size)[:depth]
    out = np.zeros(depth)
    out[0] = 1.0
    if r[0] > 0:
        out = r / r[0]
    return np.asarray(out)


def peak(x: Float, y: Float, lags: Integer) -> Peak:
    """Find the lag where x[n] and y[n + lag] agree best, by the score, which a small overlap cannot inflate."""
    from scipy.special import ndtri

    r = correlogram(x, y, lags)
    held = memory(x, y)
    effective = np.maximum(_overlap(len(x), len(y), lags)[2] / held - 3, 0.0)
    score = np.arctanh(np.clip(r, -0.999999, 0.999999)) * np.sqrt(effective)
    best = int(np.argmax(score))
    tries = max(1.0, len(lags) / held)
    return Peak(
        lag=float(lags[best]) + _vertex(score, best),
        correlation=float(r[best]),
        score=float(score[best]),
        significant=bool(score[best] > -ndtri(CHANCE / tries)),
    )


def _vertex(curve: Float, best: int) -> float:
    if not 0 < best < len(curve) - 1:
        return 0.0
    left, middle, right = (float(curve[best + step]) for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    return 0.5 * (left - right) / bend if bend < 0 else 0.0


def _overlap(n: int, m: int, lags: Integer) -> tuple[NDArray[np.int64], NDArray[np.int64], Float]:
    low = np.maximum(0, -lags).astype(np.int64)
    high = np.maximum(np.minimum(n, m - lags).astype(np.int64), low)
    return low, high, np.maximum(high - low, 1).astype(np.float64)


def _sums(x: Float, low: Integer, high: Integer) -> tuple[Float, Float]:
    total = np.concatenate([[0.0], np.cumsum(x)])
    square = np.concatenate([[0.0], np.cumsum(x * x)])
    return total[high] - total[low], square[high] - square[low]
