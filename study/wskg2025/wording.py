"""How judgements on key rates say their numbers."""

from collections.abc import Iterable, Mapping

import numpy as np

from samefade.study import Mark
from wskg2025.orderings import Comparison, Interval, Seen

ORDER = "LoS-Short / NLoS-Short / NLoS-Long"


def means(seen: Seen, arm: str, metric: str, digits: int = 2) -> str:
    """Return the means of an arm at the simulated scenarios in the order of `ORDER`: "0.49 / 0.07 / 0.00"."""
    found = [seen.mean(place, arm, metric).value for place in seen.places("simulated")]
    return " / ".join(f"{value:.{digits}f}" if np.isfinite(value) else "none" for value in found)


def said(arm: str) -> str:
    """Return an arm's name as a list of names can hold it: "wskg (oracle)"."""
    name, _, kind = arm.partition(", ")
    return f"{name} ({kind})" if kind else name


def number(value: float) -> str:
    """Return a number with two digits after the point, "∞" or "none"."""
    return f"{value:.2f}" if np.isfinite(value) else "∞" if np.isposinf(value) else "none"


def ranged(one: Interval) -> str:
    """Return an estimate with its interval, or "unknown"."""
    if np.isnan(one.value):
        return "unknown"
    return f"{number(one.value)} [{number(one.low)}, {number(one.high)}]"


def tally(places: Mapping[str, Mark]) -> str:
    """Say at how many simulated scenarios (or steps between them) and how many recordings a claim is seen."""
    alone = {place: mark for place, mark in places.items() if "together" not in place}
    parts = []
    for what, own in (("simulated places", True), ("recordings", False)):
        tested = [
            mark for place, mark in alone.items() if place.endswith("simulated") is own and mark != "cannot be tested"
        ]
        if tested:
            parts.append(f"{tested.count('holds')} of {len(tested)} {what}")
    return "seen at " + " and ".join(parts) if parts else "testable nowhere"


def counted(comparisons: Iterable[Comparison]) -> str:
    """Say how many of some comparisons show the claimed direction, and how many the opposite one."""
    tested = [one for one in comparisons if one.mark != "cannot be tested"]
    against = sum(one.found.direction() in {"above", "below"} and one.mark == "differs" for one in tested)
    opposite = f", the opposite in {against}" if against else ""
    return f"{sum(one.mark == 'holds' for one in tested) or 'none'} of {len(tested) or 'the'} comparisons{opposite}"
