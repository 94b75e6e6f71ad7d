"""Keep what is strong or slow in the Fourier transform (Zhang et al. 2016, "FFT" in the 2025 paper).

The published idea is to keep low-frequency bins whose power exceeds a preset threshold; its value was not found.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.restore.admit import admit, period, restored
from samefade.restore.parts import Parts, smoothed
from samefade.types import Feature, Half, Terms


@dataclass(frozen=True)
class Fft:
    """Fourier filter.

    Attributes:
        share: Bins with less than this share of the strongest bin's power (the mean apart) are set to zero.
            Each end chooses its own bins by its own noise, so the two filters differ a little.
        cutoff: Hz; when given, all bins up to it are kept and `share` is not used: a plain linear low-pass.
    """

    share: float = 0.01
    cutoff: float | None = None

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:  # noqa: ARG002 -- every restorer takes terms
        """Return the inverse transform of the kept bins, (n,) or (n, k), each tone apart; the mean stays.

        With `cutoff`, one period of it at each end is not usable (the transform closes the record to a ring), and
        gaps below half a period are bridged.
        With `share`, the kernel depends on the values, so nothing but what was not heard is marked: a mark that
        depended on the values would tell about them.

        Raises:
            ConstantSignal: When no tone varies.
            OutOfRange: When `share` is not between 0 and 1, or `cutoff` is not between 0 and half of the rate.
            TooFewSamples: When the record is not longer than its edges.
        """
        from scipy import fft

        self._check(x.rate)
        values = admit(x)
        n = len(values)
        spectrum = fft.rfft(values, axis=0)
        power = np.abs(spectrum) ** 2
        power[0] = 0.0
        if self.cutoff is None:
            kept = power >= self.share * power.max(axis=0)
        else:
            kept = (fft.rfftfreq(n, 1 / x.rate) <= self.cutoff).reshape(-1, *[1] * (values.ndim - 1))
        spectrum[1:] *= np.broadcast_to(kept, power.shape)[1:]
        smooth = fft.irfft(spectrum, n, axis=0)
        if self.cutoff is None:
            return restored(x, smooth)
        return restored(x, smooth, reach=period(x.rate, self.cutoff), bridge=x.rate / (2 * self.cutoff))

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:  # noqa: ARG002 -- every decomposition takes terms
        """Return what `restore` keeps as large scale and the rest as small scale.

        With `cutoff` that is a high-pass above it.
        With `share` each end chooses its own bins, and the weak ones are mostly noise: that split is for looking at.

        Raises:
            ConstantSignal, OutOfRange, TooFewSamples: As in `restore`.
        """
        return smoothed(self, x)

    def _check(self, rate: float) -> None:
        if not 0 <= self.share <= 1:
            raise OutOfRange("share", self.share, "0 to 1")
        if self.cutoff is not None and not 0 < self.cutoff <= rate / 2:
            raise OutOfRange("cutoff", self.cutoff, f"above 0 and up to {rate / 2:g} Hz")
