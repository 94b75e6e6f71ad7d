"""Figure 17: bit error rate of the accepted keys by scheme, place and error threshold."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025 import ladder
from wskg2025.grid import FULL, QUICK, table
from wskg2025.orderings import Seen
from wskg2025.questions import LOCATED
from wskg2025.wording import ORDER, means, tally

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

SPEC = Spec("Bit error rate of accepted keys by scheme, place and error threshold", FULL, QUICK)
_ACCEPTED = ("accepted_error_rate_5", "accepted_error_rate_10", "accepted_error_rate_20")


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Evaluate the whole grid."""
    rows, notes = table(spec, lab)
    return Result(rows, notes=notes)


def draw(result: Result) -> "Picture":
    """Draw the errors of accepted keys at three thresholds over each other."""
    layers = [
        (metric, f"keys with ≤ {t} of 256 wrong", shade)
        for metric, t, shade in zip(_ACCEPTED, (5, 10, 20), ladder.SHADES, strict=True)
    ]
    return ladder.ladder(result, layers, "bit error rate of accepted keys (no bar: none accepted)")


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claim 52."""
    seen = Seen(result)
    marks = {place: _falls(seen, place) for place in seen.places()}
    why = (
        f"WSKG's accepted keys err in {means(seen, 'wskg', _ACCEPTED[0])} of their bits at ≤ 5 and "
        f"{means(seen, 'wskg', _ACCEPTED[2])} at ≤ 20 ({ORDER}, simulated); {tally(marks)}. This is arithmetic: a "
        f"lower threshold only leaves out the worst of the same keys."
    )
    return {52: overall(marks, why)}


def _falls(seen: Seen, place: str) -> Mark:
    """Say whether no arm's errors rise, and some arm's fall, from the highest to the lowest threshold."""
    fell = False
    for arm in LOCATED:
        strict, _, loose = (seen.column(place, arm, metric) for metric in _ACCEPTED)
        gaps = np.array([loose[world] - strict[world] for world in strict if np.isfinite(strict[world])])
        if (gaps < 0).any():
            return "differs"
        fell |= seen.enough(place, arm, "samples") and bool((gaps > 0).any())
    return "holds" if fell else "cannot be tested"
