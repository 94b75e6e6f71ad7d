"""A plain Fourier filter with the edges of an agreed band: the fair rival of `CoherentBand`.

The inverse wavelet transform over a range of rows is a fixed linear filter, so what the wavelet adds is the choice of
the band; this filter uses that choice and nothing else.
"""

from dataclasses import dataclass

import numpy as np

from samefade.restore.admit import admit, agreed_band, period, restored
from samefade.restore.coherent_band import CoherentBand
from samefade.types import Band, Feature, Half, Observation, Terms

HALF_GAIN = 0.95763
"""Where the wavelet's filter edge has gain ½, in units of the edge row's frequency (half a voice outward).

G(u) = (1/C_ψ) ∫₀^u 2 exp(−(v − 6)²/2) / v dv reaches ½ at u = 5.8245, and u = 2πfs with s = 1/(1.0330 f_row).
"""


@dataclass(frozen=True)
class BandFilter:
    """Brick-wall filter between the half-gain points of the agreed band's wavelet filter.

    Attributes:
        rule: How the band is found.
    """

    rule: CoherentBand = CoherentBand()

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with the band that the wavelet scheme itself would agree on.

        Raises:
            TypeError, ConstantSignal, EndsDisagree, NotReciprocal, OutOfRange, TooFewSamples:
                As in `CoherentBand.agree`.
        """
        return self.rule.agree(a, b, terms)

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return what lies within the band, and the mean, (n,) or (n, k), each tone apart.

        The record is continued by its mirror image, so that its ends do not jump.
        One period of the upper edge is not usable at either end and beside gaps; gaps below half a period are bridged.

        Args:
            x: The observation.
            terms: Terms with a band.

        Raises:
            ConstantSignal: When no tone varies.
            OutOfRange: When the terms have no band or a silly one.
            TooFewSamples: When the record is not longer than its edges.
        """
        from scipy import fft

        band = agreed_band(terms, x.rate)
        values = admit(x)
        low, high = half_gain(band)
        n = len(values)
        bins = fft.dct(values, axis=0, norm="ortho")  # the Fourier transform of the record and its mirror image
        frequency = np.arange(n) * x.rate / (2 * n)
        outside = (frequency < low) | (frequency > high)
        outside[0] = False
        bins[outside] = 0.0
        smooth = fft.idct(bins, axis=0, norm="ortho")
        return restored(x, smooth, reach=period(x.rate, band.high), bridge=x.rate / (2 * band.high))


def half_gain(band: Band) -> tuple[float, float]:
    """Return the two frequencies where the wavelet filter of the band has gain ½, Hz.

    Rows reach half a voice beyond their own frequency.
    A band of a few rows has a lower gain everywhere; its edges are where those of a wide one would be.
    """
    half_voice = 2 ** (1 / (2 * band.voices))
    return HALF_GAIN * band.low / half_voice, HALF_GAIN * band.high * half_voice
