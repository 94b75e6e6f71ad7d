"""Discrete wavelets: the approximation is large scale, the details are small scale, the finest may hold the noise.

Mallat 1989 for the transform; Donoho and Johnstone 1994 for the threshold σ√(2 ln n) of the finest details, with σ
from their median magnitude (over .6745). PyWavelets computes it.

Above 2^level samples of a period lies the approximation, a half-band at r/2^(level+1) with soft edges.
Where fading is independent from probe to probe, half of it is in the finest details: a threshold there, which each
end sets by its own samples, takes away what is private. So it is off by default and on for channels sampled often.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from samefade.errors import OutOfRange
from samefade.restore.admit import admit, restored
from samefade.restore.parts import Parts, parted
from samefade.types import Feature, Float, Half, Terms

_MEDIAN = 0.6745  # median magnitude of a standard normal variable


@dataclass(frozen=True)
class Dwt:
    """Wavelet details without the approximation.

    Attributes:
        wavelet: A discrete wavelet that PyWavelets knows by name.
        level: Octaves of details; what is slower than about 2^(level+1) samples is large scale.
        finest: What becomes of the finest octave: "keep"; "threshold", where small coefficients become zero and the
            others stay; or "zero". What is taken away is noise.
    """

    wavelet: str = "db4"
    level: int = 3
    finest: Literal["keep", "threshold", "zero"] = "keep"

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return the small-scale part, (n,) or (n, k), each tone apart.

        Raises:
            ConstantSignal, OutOfRange, TooFewSamples: As in `split`.
        """
        return self.split(x, terms).small

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:  # noqa: ARG002 -- every decomposition takes terms
        """Return the approximation, the details, and what was taken from the finest of them.

        Half of the support of the slowest wavelet, (2^level − 1)(taps − 1)/2 samples, is not usable at either end and
        beside gaps longer than half of the approximation's spacing; shorter gaps are bridged and not usable themselves.

        Args:
            x: The observation, (n,) or (n, k).
            terms: Not used.

        Raises:
            ConstantSignal: When no tone varies, or nothing but rounding is left.
            OutOfRange: When the wavelet is not known, the level not 1 to 20, or `finest` no such word.
            TooFewSamples: When the record is not longer than its edges.
        """
        import pywt

        support = self._support()
        values = admit(x, least=support + 1).astype(np.float64, copy=False)
        approximation, *details = pywt.wavedec(values, self.wavelet, "symmetric", self.level, axis=0)

        def rebuilt(*bands: Float) -> Float:
            return np.asarray(pywt.waverec(list(bands), self.wavelet, "symmetric", axis=0)[: len(values)])

        empty = [np.zeros_like(band) for band in details]
        slow = rebuilt(approximation, *empty)
        gone = self._taken(details[-1])
        noise = None if gone is None else rebuilt(np.zeros_like(approximation), *empty[:-1], gone)
        small = values - slow if noise is None else values - slow - noise
        usable = restored(x, slow, reach=support // 2, bridge=2 ** (self.level - 1)).usable
        return parted(x, values, small, usable & x.mask, noise=noise, gain=4.0)

    def _taken(self, finest: Float) -> Float | None:
        """Return the finest coefficients that count as noise; None where all are kept."""
        if self.finest == "keep":
            return None
        if self.finest == "zero":
            return finest
        magnitude = np.abs(finest)
        limit = np.median(magnitude, axis=0) / _MEDIAN * np.sqrt(2 * np.log(max(2, len(finest))))
        return np.asarray(np.where(magnitude < limit, finest, 0.0))

    def _support(self) -> int:
        import pywt

        if not 1 <= self.level <= 20:
            raise OutOfRange("level", self.level, "1 to 20")
        if self.wavelet not in pywt.wavelist(kind="discrete"):
            raise OutOfRange("wavelet", self.wavelet, "the name of a discrete wavelet, such as db4, sym5 or coif3")
        if self.finest not in ("keep", "threshold", "zero"):
            raise OutOfRange("finest", self.finest, "keep, threshold or zero")
        return int((2**self.level - 1) * (pywt.Wavelet(self.wavelet).dec_len - 1) + 1)
