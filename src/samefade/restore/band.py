"""A plain Fourier filter with the edges of an agreed band: the fair rival of `CoherentBand`.

The inverse wavelet transform over a range of rows is a fixed linear filter, so what the wavelet adds is the choice of
the band; this filter uses that choice and nothing else.
"""

from dataclasses import dataclass, replace

from samefade.errors import OutOfRange
from samefade.restore.admit import admit, agreed_band, period, restored
from samefade.restore.brick_wall import brick_wall, half_gain, within
from samefade.restore.coherent_band import CoherentBand
from samefade.restore.parts import Parts
from samefade.types import Band, Feature, Half, Observation, Terms


@dataclass(frozen=True)
class FixedBand:
    """A rule that learns nothing: the same band whatever was heard, for `BandFilter(rule=FixedBand(…))`.

    Attributes:
        slow: Longest period, samples.
        fast: Shortest period, samples, at least 2.
    """

    slow: float = 21.0
    fast: float = 2.0

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:  # noqa: ARG002 -- it learns nothing
        """Return the terms with the band.

        Raises:
            OutOfRange: When the periods are out of order, or the shorter one is below 2 samples.
        """
        if not 2 <= self.fast <= self.slow < float("inf"):
            raise OutOfRange("periods", f"{self.slow:g} and {self.fast:g}", "finite, the longer first, both at least 2")
        return replace(terms, band=Band(terms.rate / self.slow, terms.rate / self.fast))


@dataclass(frozen=True)
class BandFilter:
    """Brick-wall filter between the half-gain points of the agreed band's wavelet filter.

    Attributes:
        rule: How the band is found.
    """

    rule: CoherentBand | FixedBand = CoherentBand()

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
        band = agreed_band(terms, x.rate)
        values = admit(x)
        smooth = brick_wall(values, x.rate, *half_gain(band))
        return restored(x, smooth, reach=period(x.rate, band.high), bridge=x.rate / (2 * band.high))

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:
        """Return what lies below the band, with the mean, as large scale, the band as small, what lies above as noise.

        A band that begins at the slowest row of the record has nothing below it: then what is slow is in the small
        scale, and Eve's correlation shows it. `BandPass` sets a lower edge.

        Args:
            x: The observation.
            terms: Terms with a band.

        Raises:
            ConstantSignal, OutOfRange, TooFewSamples: As in `restore`.
        """
        return within(self.restore(x, terms), agreed_band(terms, x.rate))
