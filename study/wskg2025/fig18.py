"""Figure 18: bit error rate over all keys, accepted or not."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025 import ladder
from wskg2025.grid import FULL, QUICK, table
from wskg2025.orderings import ERRORS, MARGIN, Seen, all_seen
from wskg2025.questions import LOCATED
from wskg2025.wording import ORDER, counted, means, number, said

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

SPEC = Spec("Bit error rate over all keys by scheme and place", FULL, QUICK)
COMPARABLE = ("wskg", "autoencoder, once", "bcfl, once", "golay", "fft")


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Evaluate the whole grid."""
    rows, notes = table(spec, lab)
    return Result(rows, notes=notes)


def draw(result: Result) -> "Picture":
    """Draw one bar for each arm and place."""
    return ladder.ladder(result, [(ERRORS, "all keys", ladder.SHADES[1])], "bit error rate of all keys (0.5: guessing)")


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 49 and 50."""
    seen = Seen(result)
    return {49: _worst(seen), 50: _comparable(seen)}


def _worst(seen: Seen) -> Verdict:
    simulated = seen.places("simulated")
    far = [place for place in simulated if place.startswith("NLoS-Long")]
    pairs = [(far[0], near) for near in simulated if near not in far] if far else []
    marks: dict[str, Mark] = {}
    every = []
    for here, there in pairs:
        found = [seen.between(arm, ERRORS, here, there) for arm in LOCATED if seen.has(arm, here)]
        marks[f"{here} against {there}"] = all_seen(found)
        every += found
    marks |= dict.fromkeys(seen.places("real"), "cannot be tested")  # one recording each, of places of their own
    failed = sorted({one.x for one in every if one.mark == "differs"})
    why = (
        f"Errors over all keys are {means(seen, 'raw-nosync', ERRORS)} raw, {means(seen, 'golay', ERRORS)} Golay, "
        f"{means(seen, 'fft', ERRORS)} FFT and {means(seen, 'wskg', ERRORS)} WSKG ({ORDER}, simulated); NLoS-Long is "
        f"worst in {counted(every)}{', not for ' + ', '.join(map(said, failed)) if failed else ''}."
    )
    return overall(marks, why)


def _comparable(seen: Seen) -> Verdict:
    """Judge that five schemes err about alike: the largest and the smallest mean lie within the margin."""
    marks: dict[str, Mark] = {}
    told = []
    for place in seen.places():
        if not (place.startswith("NLoS-Long") or "nlos" in place):
            continue
        found = {arm: seen.mean(place, arm, ERRORS).value for arm in COMPARABLE if seen.has(arm, place)}
        values = [value for value in found.values() if np.isfinite(value)]
        if len(values) < 3 or not seen.enough(place, "wskg", ERRORS):
            marks[place] = "cannot be tested"
            continue
        marks[place] = "holds" if np.ptp(values) <= MARGIN else "differs"
        told.append(f"{place}: " + ", ".join(f"{said(arm)} {number(value)}" for arm, value in found.items()))
    why = (
        f"{'; '.join(told) or 'Too few schemes or records could be evaluated'}: comparable is taken as all means "
        f"within {MARGIN}, and near 0.5, where bits are guessed, all schemes are."
    )
    return overall(marks, why)
