"""Hold what the field reports of a scheme against what the frequencies that it keeps can carry.

A key rate counts bits that agree; smooth bits agree very well and repeat themselves, so it can exceed by far what the
two ends share at all.
Of a band, Gaussian series share no more than −∫ log2(1 − C(f)) df, C their coherence as heard (Gelfand and Yaglom
1957): whoever keeps that band and claims more counts the same bits again.
"""

from dataclasses import dataclass
from math import ceil, inf
from typing import Any

from samefade.align import trim
from samefade.api.report import Report
from samefade.entropy import Information, mutual_information
from samefade.errors import NotEnough, OutOfRange
from samefade.types import Band, Kept, Pair

FIELD = 20  # of 256 bits may differ in what the field calls a key
_BINS, _SEGMENT = 8, 256  # bins within a band at the least; samples of a segment where there is no band
_FEWEST = 4  # segments, not overlapping, that a record must hold


@dataclass(frozen=True)
class Overclaim:
    """The field's own number of a scheme, and what its band can hold.

    Attributes:
        claimed: Bits a packet in keys with at most 20 of 256 bits wrong, as the field reports them.
        band: The frequencies that the scheme keeps, Hz; None for all of them.
        information: What the two ends' samples share in that band; None where the record is too short to say.
    """

    claimed: float
    band: tuple[float, float] | None
    information: Information | None

    @property
    def overclaims(self) -> bool:
        """Say whether more is claimed than the upper end of the 95 % interval of what the band holds."""
        return self.information is not None and self.claimed > self.information.high

    @property
    def times(self) -> float:
        """Return how many times what the band holds is claimed; infinite where it holds nothing."""
        if self.information is None or not self.claimed:
            return 0.0
        return self.claimed / self.information.per_sample if self.information.per_sample > 0 else inf

    def __str__(self) -> str:
        """Say it in a few words; nothing where no more is claimed than there is."""
        if not self.overclaims:
            return ""
        where = "the channel" if self.band is None else "its band"
        if self.times >= 10_000:
            return f"claims bits, but {where} holds none"
        return f"claims {self.times:,.{0 if self.times >= 10 else 1}f}× what {where} can hold"

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers, for a row of `samefade.compare/1`."""
        found = self.information
        return {
            "claimed_bits_per_sample": self.claimed,
            "band_hz_judged": None if self.band is None else list(self.band),
            "band_information_per_sample": None if found is None else found.per_sample,
            "band_information_interval": None if found is None else [found.low, found.high],
            "overclaims": self.overclaims,
        }


def overclaim(report: Report, kept: Pair[Kept]) -> Overclaim:
    """Return the field's number of a scheme beside what its band can hold.

    Args:
        report: What a run of the scheme found.
        kept: The kept half of the same pair, with the tones that the scheme uses.
    """
    band = None if report.terms.band is None else edges(report.terms.band)
    return Overclaim(report.key_rate[FIELD], band, shared(kept, report.terms.lag, band))


def edges(band: Band) -> tuple[float, float]:
    """Return the lowest and the highest frequency of a band, Hz: half a voice beyond its outermost rows."""
    half = 2 ** (1 / (2 * band.voices))
    return band.low / half, band.high * half


def shared(kept: Pair[Kept], lag: int, band: tuple[float, float] | None) -> Information | None:
    """Return what both ends' samples share in a band, whoever else knows it.

    A record too short to resolve the band is judged over all frequencies, which hold at least as much.
    """
    a, b = (trim(end, lag).values for end in (kept.a, kept.b))
    segment = _SEGMENT
    if band is not None:
        segment = max(_SEGMENT, ceil(_BINS * kept.rate / (band[1] - band[0])))
        if _FEWEST * segment > len(a):
            band, segment = None, _SEGMENT
    try:
        return mutual_information(a, b, kept.rate, segment, band=band)
    except (NotEnough, OutOfRange):  # too few samples for so many tones, or tones that make one another up
        return None
