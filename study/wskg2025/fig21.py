"""Figure 21: bit error rate and key rate by board, indoors, of the simulated network; the claims join both places."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from samefade.study import Lab, Result, Spec, Verdict
from wskg2025 import devices, network
from wskg2025.board_claims import indoors

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

SPEC = Spec("Bit errors and key rates of a network indoors, by board, simulated", network.FULL, network.QUICK)


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Evaluate the schemes on every link of both places, because the claims speak of both."""
    return network.compute(spec, lab)


def draw(result: Result) -> "Picture":
    """Draw the links indoors."""
    return devices.draw(result, "indoor")


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 61 to 64."""
    return indoors(result)
