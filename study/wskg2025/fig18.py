"""Figure 18: bit error rate over all keys, accepted or not."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025 import contrasts, ladder
from wskg2025.grid import FULL, QUICK, table
from wskg2025.orderings import ERRORS, MARGIN, Seen
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
    """Say what the model shows: that NLoS-Long is the worst place was put in, and no recording is of its kind."""
    simulated = seen.places("simulated")
    far = [place for place in simulated if place.startswith("NLoS-Long")]
    found = [
        seen.between(arm, ERRORS, far[0], near)
        for near in simulated
        if far and near not in far
        for arm in LOCATED
        if seen.has(arm, near)
    ]
    failed = sorted({one.x for one in found if one.mark == "differs"})
    why = (
        f"Errors over all keys are {means(seen, 'golay', ERRORS)} Golay, {means(seen, 'fft', ERRORS)} FFT and "
        f"{means(seen, 'wskg', ERRORS)} WSKG ({ORDER}, simulated); NLoS-Long is worst in {counted(found)}"
        f"{', not always for ' + ', '.join(map(said, failed)) if failed else ''}. But {contrasts.PUT_IN}."
    )
    return overall(dict.fromkeys(seen.places(), "cannot be tested"), why)


def _comparable(seen: Seen) -> Verdict:
    """Judge that five schemes err about alike: the largest and the smallest mean lie within the margin."""
    marks: dict[str, Mark] = {}
    told = []
    for place in seen.places("simulated"):
        if not place.startswith("NLoS-Long"):  # the paper's context
            continue
        found = {arm: seen.mean(place, arm, ERRORS).value for arm in COMPARABLE if seen.has(arm, place)}
        values = [value for value in found.values() if np.isfinite(value)]
        told.append(", ".join(f"{said(arm)} {number(value)}" for arm, value in found.items()))
        tested = len(values) >= 3 and seen.enough(place, "wskg", ERRORS)
        marks[place] = "cannot be tested" if not tested else "holds" if np.ptp(values) <= MARGIN else "differs"
    why = (
        f"Errors over all keys in NLoS-Long, simulated: {'; '.join(told) or 'none'}. About the same is taken as all "
        f"means within {MARGIN}; near 0.5, where bits are guessed, all schemes are alike."
    )
    return overall(marks, why)
