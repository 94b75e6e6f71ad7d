"""Make a band-pass of a coherent band: what is slow is coherent, too, but it is not private.

The coherent band of the 2025 paper begins where the record ends, so shadowing stays in it (lpwan.md, section 2, asks
for it "as a band-pass, not only a low-pass"). Here the band is agreed as ever, and then cut at its lower edge.

The rule asks for nine tenths of the rows by default: rows lie evenly in octaves, so that the half with which the paper
is content is the slow half, and nothing would be left above the cut.
"""

from dataclasses import dataclass, replace

from samefade.errors import NotReciprocal, OutOfRange
from samefade.restore.band import BandFilter
from samefade.restore.coherent_band import CoherentBand
from samefade.restore.parts import Parts
from samefade.types import Band, Feature, Half, Observation, Terms


@dataclass(frozen=True)
class BandPass:
    """A band that holds nothing slower than a period of so many samples.

    Attributes:
        of: The filter, with the rule that finds its band.
        period: Samples; rows of a longer period are large scale, however coherent they are.
    """

    of: CoherentBand | BandFilter = CoherentBand(share=0.9, longest_run=True)
    period: int = 21

    def agree(self, a: Observation, b: Observation, terms: Terms) -> Terms:
        """Return the terms with the band of the rule, cut at its lower edge.

        Raises:
            NotReciprocal: When nothing of the band is fast enough.
            OutOfRange: When the period is below 2 samples.
            SamefadeError: As the rule's own `agree`.
        """
        if self.period < 2:
            raise OutOfRange("period", self.period, "at least 2 samples")
        found = self.of.agree(a, b, terms)
        band = Band(0.0, 0.0) if found.band is None else found.band
        slowest = found.rate / self.period
        if band.high < slowest:
            why = f"no coherent frequency is above {slowest:.3g} Hz, a period of {self.period} samples"
            raise NotReciprocal(correlation=float("nan"), lag=0, why=why)
        return replace(found, band=band._replace(low=max(band.low, slowest)))

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:
        """Return what lies in the band, without the mean, (n,) or (n, k).

        Raises:
            SamefadeError: As the filter's own `restore`.
        """
        return self.split(x, terms).small

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:
        """Return what lies below, in and above the band.

        Raises:
            SamefadeError: As the filter's own `split`.
        """
        return self.of.split(x, terms)
