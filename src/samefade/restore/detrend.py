"""Take away what moves slowly: path loss, shadowing and drift, which an eavesdropper metres away hears too.

A centred moving average is subtracted; smoothing keeps exactly the part that is subtracted here.
The filter is 1 − sin(πfw/r)/(w sin(πf/r)) for a window of w samples at rate r: a straight line vanishes, half of the
amplitude stays at f = .60 r/w, what is much slower is left with (πfw/r)²/6 of it, and nothing grows by more than 22 %.

It assumes that the private part fades within a window, and the shared part takes several.
It helps against nothing fast that is shared: a line of sight, or a body that blocks both links at once.
What is left of white noise is not quite white: its autocorrelation is about −1/w for lags up to the window.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.restore.admit import admit
from samefade.restore.parts import Parts, parted
from samefade.types import Feature, Float, Half, Mask, Terms

HEARD = 0.5
"""Least share of either half of the window that must have been heard: else its mean is not centred."""


@dataclass(frozen=True)
class Detrend:
    """Difference from a centred moving average.

    Attributes:
        window: Odd number of samples that are averaged.
        seconds: Their duration; when given, the nearest odd number of samples (of two, the
            larger) counts and `window` is not used.
    """

    window: int = 21
    seconds: float | None = None

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:  # noqa: ARG002 -- every restorer takes terms
        """Return each value less the mean of those heard around it, (n,) or (n, k), each tone apart.

        Gaps are left out of the mean and not usable; nor is a sample with less than half of either side heard, and
        window // 2 samples at each end of the record.

        Args:
            x: The observation.
            terms: Not used.

        Raises:
            ConstantSignal: When no tone varies, or none by more than rounding once the trend is gone.
            NotFinite: When a value is NaN or infinite.
            OutOfRange: When the window is even or below 3, or `seconds` is below 3 samples.
            TooFewSamples: When the record is not longer than the window, or fewer than 2 samples are usable.
        """
        return self.split(x).small

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:  # noqa: ARG002 -- every decomposition takes terms
        """Return the moving average as large scale and each value less it as small scale; both usable as in `restore`.

        Args:
            x: The observation.
            terms: Not used.

        Raises:
            ConstantSignal, NotFinite, OutOfRange, TooFewSamples: As in `restore`.
        """
        half = self._samples(x.rate) // 2
        values = admit(x, least=2 * half + 2).astype(np.float64, copy=False)
        trend, usable = _trend(values, x.mask, half)
        return parted(x, values, values - trend, usable)

    def _samples(self, rate: float) -> int:
        if self.seconds is None:
            if self.window < 3 or self.window % 2 == 0:
                raise OutOfRange("window", self.window, "an odd number of at least 3")
            return self.window
        if not (np.isfinite(self.seconds) and self.seconds * rate >= 2):
            raise OutOfRange("seconds", self.seconds, f"a finite number of at least {2 / rate:g} s, 3 samples")
        return 2 * int(self.seconds * rate / 2) + 1


def _trend(values: Float, mask: Mask, half: int) -> tuple[Float, Mask]:
    """Return the mean of what was heard within `half` samples on either side, and where it is centred."""
    from scipy import signal

    n = len(values)
    tones = (1,) * (values.ndim - 1)
    level = values[mask].mean(axis=0)  # taken away first: sums around zero round less
    heard = (values - level) * mask.reshape(n, *tones)
    total = signal.oaconvolve(heard, np.ones((2 * half + 1, *tones)), mode="same", axes=0)
    counted = np.concatenate(([0], np.cumsum(mask)))
    i = np.arange(n)
    start, stop = np.maximum(i - half, 0), np.minimum(i + half + 1, n)
    before, after = counted[i] - counted[start], counted[stop] - counted[i + 1]
    count = (before + after + mask).reshape(n, *tones)
    trend = np.where(count > 0, level + total / np.maximum(count, 1), values)
    usable = mask & (np.minimum(before, after) >= HEARD * half)
    usable[:half] = False
    usable[n - half :] = False
    return trend, usable
