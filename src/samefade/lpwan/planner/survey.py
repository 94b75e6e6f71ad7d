"""Plan the same device at every spreading factor and over many speeds, for a picture.

Over NB-IoT repetitions stand where LoRa has spreading factors: they set how long a frame is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from samefade.errors import OutOfRange
from samefade.lpwan.nbiot import REPETITIONS
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
        factors: (f,) spreading factors, or repetitions over NB-IoT.
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
    factors: Sequence[int] | None = None,
    speeds: Sequence[float] = SPEEDS,
    *,
    told: Callable[[int, int], object] = lambda *_: None,
) -> Survey:
    """Plan at each spreading factor, or number of repetitions, and each speed.

    Args:
        of: The plan of the chosen point; all else is as it is there.
        factors: Spreading factors, or repetitions over NB-IoT; None for all.
        speeds: m/s, above 0.
        told: Called with how many factors are done, and of how many.
    """
    repeats = of.asked.probing == "nb-iot"
    if factors is None:
        factors = REPETITIONS if repeats else FACTORS
    correlation, hours = np.full((2, len(factors), len(speeds)), np.nan)
    for f, factor in enumerate(factors):
        told(f, len(factors))
        try:
            block = replace(of.asked.narrowband, repetitions=factor)
            rows = _row(replace(of.asked, narrowband=block) if repeats else replace(of.asked, sf=factor), speeds)
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
