"""Say whether a correlation is more than chance: Fisher's z with the effective number of samples.

Every threshold in this room comes from here: one-sided, one false alarm in a thousand, and for the best of many lags
one in a thousand over all of them.
Sources: Fisher 1921 for z; Bartlett 1935 for the effective number of samples (`samefade.observe.correlogram.memory`).
"""

from dataclasses import dataclass

import numpy as np

from samefade import metrics
from samefade.observe.correlogram import memory
from samefade.types import Float

CHANCE = 1e-3
TREND_SAMPLES = 21  # formats.md section 13 gives the detrended correlations of public sets for this window
LEAST = 16


@dataclass(frozen=True)
class Correlation:
    """A correlation with what chance alone would give.

    Attributes:
        value: Pearson r of the two ends at lag 0.
        lag: Where within the window r is largest, samples; positive where b is late.
        best: r at that lag.
        effective: How many independent samples it rests on.
        threshold: What r at lag 0 must exceed; 1 where there are too few independent samples.
        best_threshold: What the best of all those lags must exceed.
    """

    value: float
    lag: int
    best: float
    effective: float
    threshold: float
    best_threshold: float

    @property
    def significant(self) -> bool:
        """Say whether r is positive beyond chance, at lag 0 or at the best lag."""
        return self.value > self.threshold or self.best > self.best_threshold

    @property
    def negative(self) -> bool:
        """Say whether r at lag 0 is negative beyond chance."""
        return self.value < -self.threshold


def correlate(a: Float, b: Float, *, most: int, at: int | None = None) -> Correlation:
    """Correlate two series at lag 0 and at the best lag within ±`most`, or at the lag `at`.

    Args:
        a: One end, (n,).
        b: The other end, (n,).
        most: Half the window of lags, samples.
        at: Take this lag instead of the best; its threshold is still that of a search.

    Raises:
        ConstantSignal: When either end does not vary.
        TooFewSamples: With fewer than 4 samples.
    """
    lags = metrics.lagged(a, b, most)
    effective = max(1.0, len(a) / memory(a, b))
    tries = max(1.0, len(lags.lag) * effective / len(a))  # lags closer than the memory are one try
    lag = lags.best if at is None else at
    return Correlation(
        value=float(lags.correlation[most]),
        lag=lag,
        best=float(lags.correlation[most + lag]),
        effective=effective,
        threshold=threshold(effective),
        best_threshold=threshold(effective, tries),
    )


def threshold(effective: float, tries: float = 1.0) -> float:
    """Return the correlation that independent series exceed once in a thousand times, 0 to 1.

    Args:
        effective: Number of independent samples; with three or fewer nothing is significant.
        tries: Over how many independent lags the best was taken.
    """
    if effective <= 3:
        return 1.0
    from scipy.special import ndtri

    return float(np.tanh(-ndtri(CHANCE / max(1.0, tries)) / np.sqrt(effective - 3)))


def without_trend(x: Float, window: int = TREND_SAMPLES) -> Float:
    """Take a centred moving average of `window` samples (at most a third of the record) away; (n − window + 1,)."""
    from scipy.ndimage import uniform_filter1d

    window = min(window | 1, (len(x) // 3 - 1) | 1)
    half = window // 2
    centred = x - x.mean()
    trend = uniform_filter1d(centred, window)
    return np.asarray((centred - trend)[half : len(x) - half])
