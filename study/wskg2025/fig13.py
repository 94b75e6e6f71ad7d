"""Figure 13: wavelet coherence of six reconstructions in NLoS-ShortRange."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from samefade.study import Lab, Result, Spec, Verdict
from wskg2025.fig12 import best
from wskg2025.methods import FEWER, FULL, measured, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPEC = Spec(
    "Wavelet coherence of six reconstructions, NLoS-ShortRange",
    {**FULL, "scenarios": ["nlos-short"], "sets": ["skyglow/office-nlos"]},
    FEWER | {"sets": []},
)


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Measure the coherence of every reconstruction."""
    return measured(spec, lab)


def draw(result: Result) -> "Figure":
    """Draw the six panels of the scenario and of the recording."""
    return picture(
        result,
        "Wavelet coherence without line of sight, short range; arrows: phase, shaded: cone of influence",
    )


def judge(result: Result) -> dict[int, Verdict]:
    """Claim 36: without line of sight, too, the others are limited and WT + sync is best."""
    return {36: best(result)}  # at short range; what long range shows stands in figure 14
