"""Figure 16: key rate of every scheme by place and error threshold, with every ordering tested."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from samefade.study import Lab, Result, Spec, Verdict
from wskg2025 import ladder, rate_claims
from wskg2025.grid import FULL, QUICK, table
from wskg2025.orderings import Seen
from wskg2025.questions import ordering_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

SPEC = Spec("Key rate by scheme, place and error threshold, with secure rates beside", FULL, QUICK)


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Evaluate the whole grid, and test every ordering on it: rows of kind "cell" and "ordering"."""
    rows, notes = table(spec, lab)
    return Result([*rows, *ordering_rows(Seen(Result(rows)))], notes=notes)


def draw(result: Result) -> "Picture":
    """Draw the key rates at three thresholds over each other, the secure rates as numbers."""
    layers = [
        (f"key_rate_{t}", f"≤ {t} of 256 wrong", shade) for t, shade in zip((5, 10, 20), ladder.SHADES, strict=True)
    ]
    return ladder.ladder(result, layers, "key rate (bits a packet; not secrecy)", honest=True)


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 30, 38 to 48, 51 and 74."""
    return rate_claims.judge(result)
