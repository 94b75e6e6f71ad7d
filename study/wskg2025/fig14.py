"""Figure 14: wavelet coherence of six reconstructions in NLoS-LongRange."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from samefade.bench import paired
from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025.contrasts import brief, joint, told
from wskg2025.methods import FEWER, FULL, against, measured, median, picture, values
from wskg2025.signals import places

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "Wavelet coherence of six reconstructions, NLoS-LongRange",
    {**FULL, "scenarios": ["nlos-long"], "sets": ["lora-indoor"]},
    FEWER | {"sets": []},
)
OTHERS = ("pearson", "jeffreys", "wasserstein")


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Measure the coherence of every reconstruction."""
    return measured(spec, lab)


def draw(result: Result) -> "Figure":
    """Draw the six panels of the scenario and of the recording."""
    return picture(
        result,
        "Wavelet coherence without line of sight, long range; arrows: phase, shaded: cone of influence",
    )


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 37 and 73: what WT does without synchrony, and which metric sees preprocessing and synchrony."""
    return {37: _unsynced(result), 73: _registers(result)}


def _unsynced(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result):
        area = against(result, place, "wt", "raw", "area")
        phase = against(result, place, "wt", "raw", "in_phase_area")
        marks[place] = joint([area, phase])
        strangers = [median(result, place, name, "area", chance=True) for name in ("wt", "raw")]
        parts.append(
            f"{brief(place)} area {area}, in phase {phase}, r {median(result, place, 'wt', 'pearson'):.2f} against "
            f"{median(result, place, 'raw', 'pearson'):.2f}, but strangers' area {strangers[0]:.2f} "
            f"against {strangers[1]:.2f}"
        )
    return overall(marks, "WT against raw, both without sync: " + told(parts))


def _registers(result: Result) -> Verdict:
    """Say whether coherence changes with preparation and with synchrony; what other measures do is told beside."""
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result, "simulated", "authors"):
        both: dict[str, bool | None] = {}
        for name, metric in {"coherence": "in_phase_area", **{other: other for other in OTHERS}}.items():
            seen = [_moved(result, place, x, y, metric) for x, y in (("wt", "raw"), ("wt + sync", "wt"))]
            both[name] = None if None in seen else all(seen)
        own = both["coherence"]
        marks[place] = "cannot be tested" if own is None else "holds" if own else "differs"
        parts.append(f"{brief(place)} " + (", ".join(name for name, yes in both.items() if yes) or "none"))
    untested: dict[str, Mark] = {name: "cannot be tested" for name, _ in places(result, "real")}
    why = "Measures that change with preparation (WT against raw) and with synchrony: "
    return overall(marks | untested, why + told(parts))


def _moved(result: Result, place: str, x: str, y: str, metric: str) -> bool | None:
    """Say whether a metric changes in either direction; None with too few worlds."""
    found = paired(values(result, place, x, metric).tolist(), values(result, place, y, metric).tolist()).direction()
    return None if found == "too few pairs" else found in ("above", "below")
