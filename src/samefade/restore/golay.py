"""Savitzky–Golay smoothing: a polynomial fitted to a moving window.

Savitzky and Golay 1964; "Golay" in the 2025 paper, after LoRa-LiSK (Junejo et al. 2022).
Window and order are in neither; (11, 2) is what a public notebook on the paper's data uses, and (51, 2) a slower one.
"""

from dataclasses import dataclass

from samefade.errors import OutOfRange
from samefade.restore.admit import admit, restored
from samefade.restore.parts import Parts, smoothed
from samefade.types import Feature, Half, Terms


@dataclass(frozen=True)
class Golay:
    """Savitzky–Golay filter.

    Attributes:
        window: Odd number of samples that one polynomial is fitted to.
        order: Degree of the polynomial, below the window.
    """

    window: int = 11
    order: int = 2

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:  # noqa: ARG002 -- every restorer takes terms
        """Return the smoothed values, (n,) or (n, k), each tone apart.

        At the edges the outermost polynomial is continued; window // 2 samples there are not usable.
        Gaps shorter than 1 / h₀ samples are bridged, h₀ the middle coefficient: so many does the filter average.

        Raises:
            ConstantSignal: When no tone varies.
            OutOfRange: When the window is even or below 3, or the order is negative or not below the window.
            TooFewSamples: When the record is not longer than the window.
        """
        from scipy import signal

        if self.window < 3 or self.window % 2 == 0:
            raise OutOfRange("window", self.window, "an odd number of at least 3")
        if not 0 <= self.order < self.window:
            raise OutOfRange("order", self.order, f"0 to {self.window - 1}")
        values = admit(x, least=self.window + 1)
        smooth = signal.savgol_filter(values, self.window, self.order, axis=0, mode="interp")
        middle = float(signal.savgol_coeffs(self.window, self.order)[self.window // 2])
        return restored(x, smooth, reach=self.window // 2, bridge=1 / middle)

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:  # noqa: ARG002 -- every decomposition takes terms
        """Return the smoothed values as large scale and what smoothing takes away as small scale.

        A polynomial of degree 2 or 3 follows faster changes than a moving average of the same window does: of white
        noise it keeps the share h₀ (.21 for 11 samples and degree 2) where the average keeps 1 / window.
        Samples that were not heard are not usable, nor those at the edges and in long gaps (`restore`).

        Raises:
            ConstantSignal, OutOfRange, TooFewSamples: As in `restore`.
        """
        return smoothed(self, x)
