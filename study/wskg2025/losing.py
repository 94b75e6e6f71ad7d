"""The cases of figures 7 and 8, and what two readers make of each: by the zone's width, and by following the lag."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from samefade import reciprocity, wavelet
from samefade.bench import Row
from samefade.types import Float
from samefade.wavelet import Coherence
from wskg2025.coherence import sampled
from wskg2025.zones import Cut, Treatment, Zone, height, lose, zones

COLUMNS = 3600  # points in time at which zones are looked for


class Case(NamedTuple):
    """What is lost: (place in the record, share of the record) each, and at which end."""

    losses: tuple[tuple[float, float], ...] = ()
    end: Literal["a", "b"] = "a"

    def cuts(self, n: int) -> list[Cut]:
        """Return the losses in rows of a record of n."""
        return [Cut(round(place * n), round(share * n)) for place, share in self.losses]


class Whole(NamedTuple):
    """A record before anything was taken from it: both ends, their coherence, and its usual R² in the fastest rows."""

    a: Float
    b: Float
    rate: float
    found: Coherence
    usual: float

    @property
    def fastest(self) -> tuple[float, float]:
        """Return the two fastest octaves, Hz: where a zone's edges are sharpest."""
        return self.rate / 8, self.rate / 2


def whole(a: Float, b: Float, rate: float) -> Whole:
    """Measure a record without losses."""
    record = Whole(a, b, rate, wavelet.coherence(a, b, rate=rate), 0.0)
    heights = height(sampled(record.found, COLUMNS, None), record.fastest)
    return record._replace(usual=float(np.median(heights)))


def cases(told: Mapping[str, Any]) -> dict[str, Case]:
    """Return the cases of a specification: name → {"losses": [[place, share], …], "end": "a" or "b"}."""
    return {
        name: Case(tuple((float(p), float(s)) for p, s in case.get("losses", [])), case.get("end", "a"))
        for name, case in told.items()
    }


def damaged(record: Whole, case: Case, how: Treatment) -> tuple[Float, Float, Coherence]:
    """Return both ends after the losses of a case, and their coherence."""
    if not case.losses:
        return record.a, record.b, record.found
    a, b = lose(record.a, record.b, case.cuts(len(record.a)), how, case.end)
    return a, b, wavelet.coherence(a, b, rate=record.rate)


def read(record: Whole, case: Case, found: Coherence) -> Row:
    """Read the losses off the coherence as the paper does: the widest zones, as many as there are losses.

    The paper speaks of areas of zero coherence; here a zone is where the fastest rows have less than half of their
    usual R², which even rows that agree by chance alone can show.

    `zone_packets` is their width times the rate, `zone_first` and `zone_second` each one's, and `zone_places` how many
    of them lie over a loss.
    """
    heights = height(sampled(found, COLUMNS, None), record.fastest)
    step = found.n / len(heights)
    seen = zones(heights, record.usual, step)[: max(1, len(case.losses))]
    seen = sorted(seen) + [Zone(0, 0)] * (2 - len(seen))
    cuts = case.cuts(len(record.a))
    over = sum(
        any(z.width and z.first < c.first + c.packets and c.first < z.first + z.width for z in seen) for c in cuts
    )
    return {
        "packets": sum(cut.packets for cut in cuts),
        "zone_packets": sum(zone.width for zone in seen),
        "zone_first": seen[0].width,
        "zone_second": seen[1].width,
        "zone_start_s": seen[0].first / record.rate if seen[0].width else None,
        "zone_places": over,
    }


def inspect(record: Whole, case: Case, a: Float, b: Float) -> Row:
    """Let `samefade.reciprocity.losses` look at the rows; it needs rows that are closed up."""
    seen = reciprocity.losses(a, b, rate=record.rate)
    ends = {loss.end for loss in seen}
    return {
        "inspected_packets": sum(loss.packets for loss in seen),
        "inspected_first": seen[0].packets if seen else 0,
        "inspected_second": seen[1].packets if len(seen) > 1 else 0,
        "inspected_losses": len(seen),
        "inspected_start_s": seen[0].start_s if seen else None,
        "inspected_end": ("right" if ends == {case.end} else "wrong") if ends else None,
    }
