"""Figure 12: wavelet coherence of six reconstructions in LoS-ShortRange."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from samefade.study import Lab, Mark, Result, Spec, Verdict, overall
from wskg2025.contrasts import alike, brief, joint, told
from wskg2025.methods import FEWER, FULL, NOT_LATE, against, measured, median, picture, untested, values
from wskg2025.signals import places

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "Wavelet coherence of six reconstructions, LoS-ShortRange",
    {**FULL, "scenarios": ["los-short"], "sets": ["skyglow/office-los"]},
    FEWER | {"blocks": 1},
)
ALIKE = 0.05  # two areas are alike where the interval of their mean difference lies within this; ours
TEN_MINUTES = (5.0, 20.0)  # what "about 10 minutes" may mean; ours


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Measure the coherence of every reconstruction."""
    return measured(spec, lab)


def draw(result: Result) -> "Figure":
    """Draw the six panels of the scenario and of the recording."""
    return picture(
        result,
        "Wavelet coherence with line of sight; arrows: phase (→ in phase), shaded: cone of influence",
    )


def judge(result: Result) -> dict[int, Verdict]:
    """Claims 31 to 35: what each reconstruction does to the coherence."""
    return {31: _alike(result), 32: _widens(result), 33: best(result), 34: _sync(result), 35: _wider(result)}


def _alike(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result):
        adds = [against(result, place, name, "raw", "area") for name in ("golay", "fft")]
        like, low, high = alike(*(values(result, place, name, "area") for name in ("golay", "fft")), ALIKE)
        marks[place] = joint([*adds, like])
        raw = median(result, place, "raw", "area")
        by_chance = [median(result, place, name, "area", chance=True) for name in ("raw", "golay", "fft")]
        parts.append(
            f"{brief(place)}, area raw {raw:.2f}, Golay {adds[0].x:.2f}, FFT {adds[1].x:.2f} "
            f"(strangers {by_chance[0]:.2f}, {by_chance[1]:.2f}, {by_chance[2]:.2f}), "
            f"Golay − FFT {low:.2f} to {high:.2f}"
        )
    return overall(marks, told(parts))


def _widens(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result):
        area = against(result, place, "wt", "raw", "area")
        reach = against(result, place, "wt", "raw", "coherent_up_to")
        marks[place] = joint([area, reach])
        inside = median(result, place, "wt", "change_inside")
        chance = median(result, place, "wt", "area", chance=True), median(result, place, "raw", "area", chance=True)
        parts.append(
            f"{brief(place)}, area {area}, coherent up to {reach} of the packet rate, but inside the band "
            f"R² changes by {inside:.3f}, and strangers score {chance[0]:.2f} against {chance[1]:.2f}"
        )
    return overall(marks, told(parts))


def best(result: Result) -> Verdict:
    """Say whether WT + sync has more coherent and in-phase area than the others; Golay + sync is told beside it."""
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result):
        rivals = {
            name: against(result, place, "wt + sync", name, "in_phase_area") for name in ("raw", "golay", "fft", "wt")
        }
        if place in untested(result):
            rivals.pop("wt")  # no lag: the same signal
        marks[place] = joint(rivals.values())
        other = against(result, place, "wt + sync", "golay + sync", "in_phase_area")
        parts.append(
            f"{brief(place)}, WT + sync {other.x:.2f} against "
            + ", ".join(f"{name} {one.y:.2f}" for name, one in rivals.items())
            + f", Golay + sync {other.y:.2f}"
        )
    return overall(marks, "Coherent and in-phase area: " + told(parts))


def _sync(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result, "simulated", "authors"):
        seen = []
        for name in ("golay", "wt"):
            area = against(result, place, f"{name} + sync", name, "area")
            phase = against(result, place, f"{name} + sync", name, "phase_deg", "below")
            seen += [area, phase]
            lag = np.median(np.abs(values(result, place, f"{name} + sync", "lag")))
            parts.append(f"{brief(place)}, {name}: area {area}, mean phase {phase} degrees, |lag| {lag:.3g}")
        marks[place] = joint(seen)
    return overall(marks | untested(result), told([*parts, NOT_LATE]))


def _wider(result: Result) -> Verdict:
    marks: dict[str, Mark] = {}
    parts = []
    for place, _ in places(result):
        wider = against(result, place, "golay + sync", "wt + sync", "area")
        minutes = values(result, place, "golay + sync", "minutes_above")
        few: Mark = "holds" if TEN_MINUTES[0] <= np.nanmedian(minutes) <= TEN_MINUTES[1] else "differs"
        if place in untested(result) or np.count_nonzero(np.isfinite(minutes)) < 7:
            few = "cannot be tested"  # a recording's length is not an hour
        marks[place] = joint([wider, few])
        chance = median(result, place, "raw", "minutes_above", chance=True)
        share = median(result, place, "golay + sync", "share_above")
        parts.append(
            f"{brief(place)}, area {wider}; rows above WT's band are coherent for {np.nanmedian(minutes):.1f} minutes "
            f"({share:.0%}) after Golay + sync, and raw strangers for {chance:.1f}"
        )
    return overall(marks, told(parts))
