"""Figure 3: Pearson's r, Jeffreys divergence and Wasserstein distance of raw and preprocessed CSI at three places."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade import metrics
from samefade.api.running import halves
from samefade.bench import Row
from samefade.errors import SamefadeError
from samefade.study import Lab, Result, Spec, Verdict
from wskg2025 import bars, likeness
from wskg2025.grid import FULL, QUICK, World, table, worlds
from wskg2025.places import label
from wskg2025.reciprocity import ARMS

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

SPEC = Spec("Pearson's r, Jeffreys divergence and Wasserstein distance, raw and preprocessed", FULL, QUICK)
PANELS = (
    ("(a) Pearson's r", "pearson"),
    ("(b) Jeffreys divergence (nats)", "jeffreys"),
    ("(c) Wasserstein distance", "wasserstein"),
)


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Evaluate the arms without synchronisation, and what the ends' means do to the Wasserstein distance."""
    rows, notes = table(spec, lab, ARMS)
    found, _ = worlds(spec, lab)
    shifted = lab.map(offset, found, "means of the ends")
    return Result([*rows, *(row for row in shifted if row is not None)], notes=notes)


def offset(world: World) -> Row | None:
    """Return how far apart the ends' means are, and the distance that is left without them; None for a bad record."""
    try:
        _, kept = halves(world.source.pair().one_tone(), None)
    except SamefadeError:
        return None
    heard = kept.a.mask & kept.b.mask
    a, b = (np.ravel(end.values)[heard] for end in (kept.a, kept.b))
    if not len(a):
        return None
    return {
        "kind": "means",
        "place": label(world.source),
        "role": world.role,
        "world": world.number,
        "offset": float(abs(a.mean() - b.mean())),
        "wasserstein": metrics.wasserstein(a, b),
        "wasserstein_centred": metrics.wasserstein(a - a.mean(), b - b.mean()),
    }


def draw(result: Result) -> "Picture":
    """Draw the three likenesses at the simulated scenarios and at the real sets."""
    return bars.grouped(result, PANELS, ARMS[:-1])


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 2, 5 to 9, 14 and 24."""
    return likeness.judge(result)
