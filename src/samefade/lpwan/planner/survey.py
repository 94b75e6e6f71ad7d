"""Plan the same device at every spreading factor and over many speeds, for a picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from samefade.errors import OutOfRange
from samefade.lpwan.planner.circumstances import Circumstances
from samefade.lpwan.planner.exchange import exchange
from samefade.lpwan.planner.planning import Plan, decided, rival
from samefade.lpwan.planner.reciprocity import over_speeds
from samefade.types import Float

FACTORS = (7, 8, 9, 10, 11, 12)
SPEEDS = tuple(np.geomspace(0.02, 20, 41).tolist())


@dataclass(frozen=True, eq=False)
class Survey:
    """Plans over spreading factor and speed.

    Attributes:
        of: The plan of the chosen point.
        factors: (f,) spreading factors.
        speeds: (v,) m/s.
        correlation: (f, v) of both readings in dB, without shadowing unless it counts as secret; NaN where the region
            allows no such frame.
        hours: (f, v) for a key; infinite where there is none, NaN where the region allows no such frame.
    """

    of: Plan
    factors: tuple[int, ...]
    speeds: Float
    correlation: Float
    hours: Float


def survey(
    of: Plan,
    factors: Sequence[int] = FACTORS,
    speeds: Sequence[float] = SPEEDS,
    *,
    told: Callable[[int, int], object] = lambda *_: None,
) -> Survey:
    """Plan at each spreading factor and speed; over NB-IoT the factors make no difference.

    Args:
        of: The plan of the chosen point; all else is as it is there.
        factors: Spreading factors.
        speeds: m/s, above 0.
        told: Called with how many factors are done, and of how many.
    """
    correlation, hours = np.full((2, len(factors), len(speeds)), np.nan)
    for f, sf in enumerate(factors):
        told(f, len(factors))
        try:
            rows = _row(replace(of.asked, sf=sf), speeds)
        except OutOfRange:
            continue  # the region allows no such frame: the map has no colour there
        found = [plan.reciprocity for plan in rows]
        correlation[f] = [(each.raw if of.asked.shadows_are_secret else each.fading).ends for each in found]
        hours[f] = [plan.key.hours if plan.key else np.inf for plan in rows]
    return Survey(of, tuple(factors), np.asarray(speeds), correlation, hours)


def _row(asked: Circumstances, speeds: Sequence[float]) -> list[Plan]:
    probe = exchange(asked)
    found = over_speeds(asked, probe, speeds)
    edhoc = rival(asked)
    return [decided(replace(asked, speed=v), probe, each, edhoc) for v, each in zip(speeds, found, strict=True)]
