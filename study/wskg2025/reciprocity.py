"""What figures 3 and 4 share: the arms without synchronisation, and whether a likeness tracks what keys come of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from samefade.bench.paired import FEWEST
from samefade.study import Mark
from wskg2025.orderings import ERRORS, TRACKS, Interval, Seen, joint, tracking

RATE = "key_rate_20"  # the paper's single threshold of section III is lost
PROCESSED = ("golay-nosync", "fft-nosync")
PAPERS = ("raw-nosync", *PROCESSED)  # section III comes before synchronisation
ARMS = (*PAPERS, "fft_band-nosync", "raw")
TOGETHER = "the three scenarios together, simulated"
RECORDED = "the recordings together"


def gathered(seen: Seen, places: Sequence[str], arms: Sequence[str], metric: str) -> NDArray[np.float64]:
    """Return a metric as (worlds, cells of a world) over places and arms, of the worlds that all places have."""
    columns = [seen.column(place, arm, metric) for place in places for arm in arms]
    shared = sorted(set.intersection(*(set(column) for column in columns))) if columns else []
    return np.array([[column[world] for column in columns] for world in shared]).reshape(len(shared), len(columns))


def tracked(seen: Seen, places: Sequence[str], arms: Sequence[str], metric: str) -> tuple[Interval, Interval]:
    """Return the rank correlation of a likeness with key rate and with bit error rate; NaN where worlds are too few."""
    x = gathered(seen, places, arms, metric)
    if len(x) < FEWEST:
        none = Interval(*[float("nan")] * 3)
        return none, none
    rate, errors = (tracking(x, gathered(seen, places, arms, name)) for name in (RATE, ERRORS))
    return rate, errors


def reliable(found: tuple[Interval, Interval], sign: int, least: float = TRACKS) -> Mark:
    """Say whether a likeness tracks key rate and errors: each 95 % interval lies beyond `least` on the right side.

    Args:
        found: Rank correlations with key rate and bit error rate.
        sign: 1 where more means more alike, −1 for a distance.
        least: From which rank correlation a number tracks another.
    """
    sides = [sign * found[0].value, sign * found[0].low, sign * found[0].high]
    other = [-sign * found[1].value, -sign * found[1].low, -sign * found[1].high]
    marks: list[Mark] = []
    for side in (sides, other):
        seen = np.isfinite(side[0])
        marks.append("cannot be tested" if not seen else "holds" if min(side) >= least else "differs")
    return joint(marks)


def places_of(seen: Seen) -> dict[str, list[str]]:
    """Return name → places over which a measure shall follow what keys come of it, as the paper asks: several at once.

    Of recordings those count that have enough blocks.
    """
    simulated = seen.places("simulated")
    recorded = [place for place in seen.places("real") if seen.enough(place, PAPERS[0], ERRORS)]
    return {name: places for name, places in ((TOGETHER, simulated), (RECORDED, recorded)) if len(places) > 1}


def alone(seen: Seen) -> dict[str, list[str]]:
    """Return name → place for every place alone, where only the preparations differ."""
    return {place: [place] for place in seen.places()}
