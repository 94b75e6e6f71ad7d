"""Find the time shift between two ends: the lag of the largest correlation, and the samples that it costs.

The 2025 paper, Sec. III-B1 and IV-A: the shift comes from half-duplex turns and lost packets; it is found on spoken
samples, told in public, and both ends drop what has no partner.
One lag undoes one shift: several losses inside a record need sequence numbers.
"""

from dataclasses import dataclass
from operator import index
from typing import cast

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ConstantSignal, EndsDisagree, OutOfRange, TooFewSamples
from samefade.types import Feature, Half, Observation

Real = NDArray[np.float64]


@dataclass(frozen=True)
class Lag:
    """Time-lagged cross-correlation.

    Attributes:
        seconds: The largest shift that is looked for, either way.
            No lag counts that leaves fewer than half of the samples in common, because a maximum over thin
            overlaps is chance.
    """

    seconds: float = 30.0

    def align(self, a: Feature[Half], b: Feature[Half]) -> int:
        """Return the lag k, in samples, whose correlation of a[t] and b[t + k] is largest; k > 0 means b is late.

        Only samples that are usable at both ends count; of several tones the correlations are averaged.
        Means and spreads are taken anew at each lag.
        Of equal correlations the lag nearest to zero wins.

        Raises:
            ConstantSignal: When the usable values of an end do not vary in any tone.
            EndsDisagree: When shapes or rates differ.
            OutOfRange: When `seconds` is negative or not finite.
            TooFewSamples: When an end has fewer than 8 usable samples, or no lag has 8 in common.
        """
        if not (np.isfinite(self.seconds) and self.seconds >= 0):
            raise OutOfRange("seconds", self.seconds, "a finite number of at least 0")
        _check_pair(a, b)
        most = min(round(self.seconds * a.rate), len(a) // 2)
        lags = np.arange(-most, most + 1)
        overlap = np.rint(_products(a.usable.astype(float), b.usable.astype(float), lags))
        if overlap.max() < LEAST:
            raise TooFewSamples(have=int(overlap.max()), need=LEAST)
        thin = overlap < max(LEAST, overlap.max() / 2)
        score = np.where(thin, -np.inf, _correlation(a, b, lags))
        top = lags[score >= score.max() - 1e-12]  # rounding must not choose between equals
        return int(top[np.argmin(np.abs(top))])


@dataclass(frozen=True)
class NoLag:
    """No alignment: the baseline "without synchronisation"."""

    def align(self, a: Feature[Half], b: Feature[Half]) -> int:
        """Return 0.

        Raises:
            EndsDisagree: When shapes or rates differ.
        """
        _same_grid(a, b)
        return 0


LEAST = 8  # fewer common samples than this correlate highly by chance


def trim(x: Half, lag: int) -> Half:
    """Drop the |lag| samples that have no partner at the other end.

    With lag > 0, b is late: b drops its first samples and a its last; with lag < 0 the other way round.
    Eve drops like a: the lag is public, and so is where it counts from.

    Args:
        x: An observation of end "a", "b" or "e".
        lag: Samples by which b is late, from `Lag.align`.

    Raises:
        OutOfRange: When the lag is not a whole number.
        TooFewSamples: When nothing would be left.
    """
    try:
        shift = index(lag)
    except TypeError:
        raise OutOfRange("lag", lag, "a whole number of samples") from None
    n = len(x)
    if abs(shift) >= n:
        raise TooFewSamples(have=n, need=abs(shift) + 1)
    from_the_front = (shift > 0) == (x.end == "b")
    part = x.window(abs(shift), n) if from_the_front else x.window(0, n - abs(shift))
    return cast("Half", part)  # window keeps the type, which its annotation cannot say


def _same_grid(a: Feature[Half], b: Feature[Half]) -> None:
    if a.values.shape != b.values.shape:
        raise EndsDisagree("shape", a.values.shape, b.values.shape)
    if a.rate != b.rate:
        raise EndsDisagree("rate in Hz", a.rate, b.rate)


def _check_pair(a: Feature[Half], b: Feature[Half]) -> None:
    _same_grid(a, b)
    for x in (a, b):
        heard = int(np.count_nonzero(x.usable))
        if heard < LEAST:
            raise TooFewSamples(have=heard, need=LEAST)
        used = x.values[x.usable]
        if not np.any(np.ptp(used, axis=0) > 0):
            source: Observation = x.source
            raise ConstantSignal(source.end, float(used.flat[0]))


def _correlation(a: Feature[Half], b: Feature[Half], lags: NDArray[np.int_]) -> Real:
    tones = [(x.values.reshape(len(x), -1), x.usable) for x in (a, b)]
    rows = [
        _masked(
            _standard(tones[0][0][:, i], a.usable), a.usable, _standard(tones[1][0][:, i], b.usable), b.usable, lags
        )
        for i in range(tones[0][0].shape[1])
    ]
    return np.asarray(np.mean(rows, axis=0))


def _standard(x: NDArray[np.floating], usable: NDArray[np.bool_]) -> Real:
    values = np.where(usable, x, 0.0).astype(np.float64)
    values[usable] -= values[usable].mean()
    return np.asarray(values / max(float(np.abs(values).max()), 1e-300))


def _masked(x: Real, p: NDArray[np.bool_], y: Real, q: NDArray[np.bool_], lags: NDArray[np.int_]) -> Real:
    # x and y are 0 where their masks are False, so each sum over the overlap is one product with the other mask
    P, Q = p.astype(np.float64), q.astype(np.float64)
    m = np.maximum(np.rint(_products(P, Q, lags)), 1.0)
    sx, sy = _products(x, Q, lags), _products(P, y, lags)
    vx = _products(x * x, Q, lags) - sx**2 / m
    vy = _products(P, y * y, lags) - sy**2 / m
    floor_x, floor_y = 1e-12 * np.sum(x * x), 1e-12 * np.sum(y * y)
    flat = (vx <= floor_x) | (vy <= floor_y)
    covariance = _products(x, y, lags) - sx * sy / m
    score = covariance / np.sqrt(np.where(flat, 1.0, vx) * np.where(flat, 1.0, vy))
    return np.where(flat, 0.0, score)


def _products(x: Real, y: Real, lags: NDArray[np.int_]) -> Real:
    from scipy import fft

    size = fft.next_fast_len(len(x) + int(lags[-1]), real=True)
    spectrum = np.conj(fft.rfft(x, size)) * fft.rfft(y, size)
    return np.asarray(fft.irfft(spectrum, size)[lags])
