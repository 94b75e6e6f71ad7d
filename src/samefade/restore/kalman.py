"""Track the shadowing with a Kalman filter and keep what it did not foresee: the innovation.

The model is Gudmundson's, seen through fading: s[n] = φ s[n−1] + w[n] is the large scale (an autoregression of order
one with φ = exp(−1/(r·T)), T seconds of memory), x[n] = mean + s[n] + v[n] is what is heard, and v is the fading, white
from probe to probe. `ratio` is var s / var v. (Kalman 1960; the filter is the best linear one for this model.)
The innovation e[n] = x[n] − mean − φ ŝ[n−1] is white where the model is true, and its variance is known: a gap only
widens the forecast, so that unlike a fixed predictor (`Innovation`) it goes on at once after a lost probe.

It looks at the past only, as a device does that hears its samples one by one.
It assumes fading that forgets itself from probe to probe; where it does not, what the fading keeps is foreseen too.
"""

from dataclasses import dataclass, replace
from math import exp

import numpy as np

from samefade.errors import NotReciprocal, OutOfRange, TooFewSamples
from samefade.restore.admit import admit
from samefade.restore.parts import Parts, parted
from samefade.restore.windows import Real, autocovariance, checked
from samefade.types import Feature, Half, Mask, Observation, Terms

_LAGS = 64
_FEWEST = 4
_MEMORIES = 400
_SURE = 1.1  # a forecast that varies more than this over the steady one is not used
_MOST = 1e9


@dataclass(frozen=True)
class Kalman:
    """Innovation of a first-order state in white fading.

    Attributes:
        seconds: T, where it is known: decorrelation distance over speed; else learnt from spoken samples.
        ratio: var s / var v, where it is known: (σ / 5.57 dB)² for Rayleigh fading in dB; else learnt.
    """

    seconds: float | None = None
    ratio: float | None = None

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with φ and the ratio, the same for both ends; learnt from both where they are not given.

        Learnt is the exponential that fits the mean autocorrelation of both ends best, from lag 1 to where it has
        fallen to half of what it was there (lag 4 at least, 64 at most): what follows is mostly error.

        Raises:
            NotReciprocal: When nothing slow is there: no exponential fits.
            OutOfRange: When `seconds` or `ratio` is not positive.
            TypeError, ConstantSignal, EndsDisagree, NotFinite, TooFewSamples: As in `windows.checked`, for windows of
                8 samples.
        """
        x, y = checked(a, b, terms, 8)
        most = min(_LAGS, len(a) // 4)
        along = [autocovariance(v, e.mask, most + 1) for v, e in ((x, a), (y, b))]
        phi, ratio = fitted(np.mean([one / one[0] for one in along], axis=0))
        phi = phi if self.seconds is None else self._phi(a.rate)
        told = (phi, ratio if self.ratio is None else self.ratio)
        _check(*told)
        return replace(terms, predictors={**terms.predictors, "a": told, "b": told})

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return the innovation, (n,) or (n, k), each tone apart.

        Raises:
            ConstantSignal, NotFinite, OutOfRange, TooFewSamples: As in `split`.
        """
        return self.split(x, terms).small

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:
        """Return the forecast with the mean as large scale, and the innovation as small scale.

        A sample is usable when it was heard and its forecast was nearly as good as it gets: not the first samples of
        the record, nor those behind a long gap. The mean is that of what this end heard in the record.

        Args:
            x: The observation.
            terms: Terms with φ and the ratio of end a; not needed where both are given.

        Raises:
            ConstantSignal: When no tone varies, or the forecast is right up to rounding.
            NotFinite: When a value is NaN or infinite.
            OutOfRange: When φ and the ratio are missing or silly.
            TooFewSamples: When fewer than 2 samples are usable.
        """
        values = admit(x).astype(np.float64, copy=False)
        phi, ratio = self._told(x.rate, terms)
        gain, sure = gains(x.mask, phi, ratio)
        level = values[x.mask].mean(axis=0)
        forecast = np.empty_like(values)
        state = np.zeros_like(level)
        for n, heard in enumerate(values - level):
            forecast[n] = state
            state = phi * (state + gain[n] * (heard - state))
        large = level + forecast
        return parted(x, values, values - large, x.mask & sure, gain=4.0)

    def _phi(self, rate: float) -> float:
        if self.seconds is None or not 0 < self.seconds < float("inf"):
            raise OutOfRange("seconds", self.seconds, "a finite number above 0")
        return exp(-1 / (rate * self.seconds))

    def _told(self, rate: float, terms: Terms | None) -> tuple[float, float]:
        if self.seconds is not None and self.ratio is not None:
            told: tuple[float, ...] = (self._phi(rate), self.ratio)
        else:
            told = () if terms is None else terms.predictors.get("a", ())
        if len(told) != 2:
            raise OutOfRange("terms.predictors of end a", f"{len(told)} numbers", "φ and the ratio, from Kalman.agree")
        phi, ratio = told
        _check(phi, ratio)
        return phi, ratio


def fitted(along: Real) -> tuple[float, float]:
    """Return φ and var s / var v of S·φ^k, the exponential that fits an autocorrelation best from lag 1 to its half.

    Args:
        along: (m + 1,) autocorrelation at lags 0 … m, 1 at lag 0.

    Raises:
        NotReciprocal: When no share S above nothing fits.
        TooFewSamples: When there are fewer than 2 lags beyond 0.
    """
    if len(along) < 3:
        raise TooFewSamples(have=len(along), need=3)
    fallen = np.flatnonzero(along[1:] < along[1] / 2)
    most = min(len(along) - 1, max(_FEWEST, fallen[0] + 1 if len(fallen) else len(along)))
    lags = np.arange(1, most + 1)
    phis = np.exp(-1 / np.geomspace(0.3, 20 * len(along), _MEMORIES))
    shapes = phis[:, None] ** lags
    power = (shapes**2).sum(axis=1)
    share = np.clip(shapes @ along[lags] / power, 0.0, 1.0)
    left = ((along[lags] - share[:, None] * shapes) ** 2).sum(axis=1)
    best = int(left.argmin())
    if not share[best] > 0:
        raise NotReciprocal(correlation=float(along[1]), lag=0, why="nothing slow is there to track")
    return float(phis[best]), float(min(share[best] / max(1 - share[best], 1 / _MOST), _MOST))


def gains(mask: Mask, phi: float, ratio: float) -> tuple[Real, Mask]:
    """Return the filter's gain at each sample, and where its forecast is nearly as good as it gets, (n,) each.

    Both follow from the mask alone: what is usable tells nothing of the values.
    """
    drive = ratio * (1 - phi**2)  # in units of the fading's variance
    # the steady forecast's variance: P = φ² P / (1 + P) + drive
    half = (phi**2 + drive - 1) / 2
    steady = half + (half**2 + drive) ** 0.5
    gain, sure, variance = np.zeros(len(mask)), np.zeros(len(mask), dtype=np.bool_), ratio
    for n, heard in enumerate(mask.tolist()):
        sure[n] = variance + 1 <= _SURE * (steady + 1)
        gain[n] = variance / (variance + 1) if heard else 0.0
        variance = phi**2 * variance * (1 - gain[n]) + drive
    return gain, sure


def _check(phi: float, ratio: float) -> None:
    if not 0 <= phi < 1:
        raise OutOfRange("φ of the state", phi, "0 to below 1")
    if not 0 < ratio <= _MOST:
        raise OutOfRange("ratio", ratio, f"above 0, up to {_MOST:g}")
