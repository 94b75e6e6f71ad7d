"""Figure 4: bit error rate and key rate of raw and preprocessed CSI at three places."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from samefade.study import Lab, Result, Spec, Verdict, overall
from wskg2025 import bars, reciprocity
from wskg2025.grid import FULL, QUICK, table
from wskg2025.orderings import ERRORS, Interval, Seen, all_seen
from wskg2025.reciprocity import ARMS, PAPERS, PROCESSED, RATE, TOGETHER, places_of, reliable, tracked
from wskg2025.wording import ORDER, counted, means, ranged, tally

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

SPEC = Spec("Bit error rate and key rate of raw, Golay-filtered and FFT-reconstructed CSI", FULL, QUICK)


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Evaluate the arms without synchronisation at every place."""
    rows, notes = table(spec, lab, ARMS)
    return Result(rows, notes=notes)


def draw(result: Result) -> "Picture":
    """Draw bit error rate and key rate at the simulated scenarios and at the real sets."""
    panels = (("bit error rate of all keys", ERRORS), ("key rate at ≤ 20 of 256 wrong (bits a packet)", RATE))
    return bars.grouped(result, panels, ARMS[:-1], secure=RATE)


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 3, 4 and 12."""
    seen = Seen(result)
    return {3: _tracks(seen), 4: _raises(seen), 12: _area(seen)}


def _tracks(seen: Seen) -> Verdict:
    found = {name: tracked(seen, places, PAPERS, "pearson") for name, places in places_of(seen).items()}
    singly = {
        name: reliable(tracked(seen, place, PAPERS, "pearson"), 1) for name, place in reciprocity.alone(seen).items()
    }
    return overall(
        {name: reliable(one, 1) for name, one in found.items()},
        f"Rank correlation of Pearson's r with key rate and bit error rate, over places and three preparations: "
        f"{_told(found)}; tracking asks for an interval beyond 0.5. Within single places, over preparations and "
        f"records, that is {tally(singly)}.",
    )


def _told(found: Mapping[str, tuple[Interval, Interval]]) -> str:
    parts = [
        f"{'simulated' if name == TOGETHER else 'recorded'} {ranged(rate)} and {ranged(errors)}"
        for name, (rate, errors) in found.items()
    ]
    return "; ".join(parts) or "none could be taken"


def _raises(seen: Seen) -> Verdict:
    asked = {
        place: [
            seen.compare(place, arm, "raw-nosync", metric, "below" if metric == ERRORS else "above")
            for arm in PROCESSED
            for metric in ("pearson", RATE, ERRORS)
        ]
        for place in seen.places()
    }
    marks = {place: all_seen(found) for place, found in asked.items()}
    every = [one for found in asked.values() for one in found]
    return overall(
        marks,
        f"r is {means(seen, 'raw-nosync', 'pearson')} raw, {means(seen, PROCESSED[0], 'pearson')} after Golay and "
        f"{means(seen, PROCESSED[1], 'pearson')} after FFT ({ORDER}, simulated), the key rate "
        f"{means(seen, 'raw-nosync', RATE)}, {means(seen, PROCESSED[0], RATE)} and {means(seen, PROCESSED[1], RATE)}; "
        f"both filters raise both and lower the bit errors in {counted(every)}: {tally(marks)}.",
    )


def _area(seen: Seen) -> Verdict:
    found = {name: tracked(seen, places, PAPERS[:1], "coherence_area") for name, places in places_of(seen).items()}
    return overall(
        {name: reliable(one, 1, least=0.0) for name, one in found.items()},
        f"Rank correlation of raw CSI's share of high coherence with key rate and bit error rate over places: "
        f"{_told(found)}; the claim wants the first above and the second below zero.",
    )
