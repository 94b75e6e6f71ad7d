"""Figure 4: bit error rate and key rate of raw and preprocessed CSI at three places."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from samefade.study import Lab, Result, Spec, Verdict, overall
from wskg2025 import bars
from wskg2025.grid import FULL, QUICK, table
from wskg2025.orderings import ERRORS, Seen, all_seen
from wskg2025.reciprocity import ARMS, PAPERS, PROCESSED, RATE, TOGETHER, places_of, reliable, tracked
from wskg2025.wording import ORDER, means, ranged, tally

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
    marks = {name: reliable(one, 1) for name, one in found.items()}
    rate, errors = found.get(TOGETHER, next(iter(found.values())))
    return overall(
        marks,
        f"Over the simulated scenarios and the three preprocessings together Pearson's r has a rank correlation of "
        f"{ranged(rate)} with the key rate and {ranged(errors)} with the bit error rate (tracking asks for 0.5 or "
        f"more); {tally(marks)} when each place is taken alone.",
    )


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
    return overall(
        marks,
        f"At {ORDER} r is {means(seen, 'raw-nosync', 'pearson')} raw, {means(seen, PROCESSED[0], 'pearson')} after "
        f"Golay and {means(seen, PROCESSED[1], 'pearson')} after FFT, the key rate {means(seen, 'raw-nosync', RATE)}, "
        f"{means(seen, PROCESSED[0], RATE)} and {means(seen, PROCESSED[1], RATE)}; that both filters raise both and "
        f"lower the bit errors is {tally(marks)}.",
    )


def _area(seen: Seen) -> Verdict:
    raw = ("raw-nosync",)
    found = {name: tracked(seen, places, raw, "coherence_area") for name, places in places_of(seen).items()}
    marks = {name: reliable(one, 1, least=0.0) for name, one in found.items()}
    rate, errors = found.get(TOGETHER, next(iter(found.values())))
    return overall(
        marks,
        f"Of raw CSI over the simulated scenarios the share of high coherence has a rank correlation of {ranged(rate)} "
        f"with the key rate and {ranged(errors)} with the bit error rate; within single places that is "
        f"{tally(marks)}.",
    )
