"""Judge the claims on shares and ratios of key rates (figure 16): stability, margins, thresholds, the factor of two.

A ratio is one of means over the same worlds, with a bootstrap interval over worlds.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from samefade.bench.paired import FEWEST
from samefade.study import Mark, Verdict, overall
from wskg2025 import questions
from wskg2025.contrasts import brief
from wskg2025.grid import ORACLE
from wskg2025.orderings import RATES, Interval, Seen, joint, ratio, resampled
from wskg2025.reciprocity import TOGETHER
from wskg2025.wording import ORDER, number, ranged

RATE = "key_rate_20"
MARGINAL = 1.5  # times: an advantage up to here is called marginal

Column = tuple[str, str, str]  # place, arm, metric


def stacked(seen: Seen, *columns: Column) -> NDArray[np.float64]:
    """Return columns of the worlds that all of them have, (columns, worlds)."""
    found = [seen.column(*column) for column in columns]
    shared = sorted(set.intersection(*(set(one) for one in found)))
    table = np.array([[one[world] for world in shared] for one in found]).reshape(len(found), len(shared))
    return np.asarray(table[:, np.isfinite(table).all(0)])


def kept(seen: Seen, less: Column, more: Column) -> Interval:
    """Return the ratio of the means of two columns over the worlds that both have."""
    return ratio(*stacked(seen, less, more))


def kept_more(seen: Seen, x: tuple[Column, Column], y: tuple[Column, Column]) -> Interval:
    """Return by how much x's ratio of means is above y's; NaN where worlds are too few."""
    a, b, c, d = stacked(seen, *x, *y)
    if len(a) < FEWEST:
        return Interval(*[float("nan")] * 3)
    return resampled(lambda w: np.asarray(a[w].mean(1) / b[w].mean(1) - c[w].mean(1) / d[w].mean(1)), len(a))


def stable(seen: Seen) -> Verdict:
    """Judge that WSKG keeps more of its key rate from the best to the worst scenario than FFT does."""
    simulated = seen.places("simulated")
    if len(simulated) < 2:
        return Verdict("cannot be tested", "It takes two scenarios to compare.")
    found = {arm: kept(seen, (simulated[-1], arm, RATE), (simulated[0], arm, RATE)) for arm in ("wskg", "fft", ORACLE)}
    gap = kept_more(
        seen,
        ((simulated[-1], "wskg", RATE), (simulated[0], "wskg", RATE)),
        ((simulated[-1], "fft", RATE), (simulated[0], "fft", RATE)),
    )
    mark: Mark = "cannot be tested" if not np.isfinite(gap.low) else "holds" if gap.low > 0 else "differs"
    why = (
        f"From LoS-Short to NLoS-Long WSKG keeps {ranged(found['wskg'])} of its key rate, FFT "
        f"{ranged(found['fft'])}, a difference of {ranged(gap)}; the offline oracle (E) keeps {ranged(found[ORACLE])}."
    )
    return overall({TOGETHER: mark}, why)


def marginal(seen: Seen) -> Verdict:
    """Judge that FFT is above Golay, but by no more than half."""
    marks: dict[str, Mark] = {}
    told = []
    for place in seen.places():
        above = questions.directed(seen, place, "fft", "golay", RATE)
        times = kept(seen, (place, "fft", RATE), (place, "golay", RATE))
        marks[place] = "differs" if above.mark == "holds" and times.value > MARGINAL else above.mark
        if above.mark != "cannot be tested":
            told.append(f"{number(times.value)} at {brief(place)}")
    why = (
        f"FFT's key rate at ≤ 20 over Golay's is {', '.join(told) or 'nowhere testable'}; slightly better is taken as "
        f"above Golay by the paired test, and at most {MARGINAL} times."
    )
    return overall(marks, why)


def thresholds(seen: Seen) -> Verdict:
    """Judge that WSKG loses relatively less at a lower threshold; that no rate rises there is arithmetic."""
    marks: dict[str, Mark] = {}
    told = []
    for place in seen.places():
        gaps = {}
        for arm in ("raw", "golay", "fft"):
            sides = [((place, who, RATES[0]), (place, who, RATES[2])) for who in ("wskg", arm)]
            gaps[arm] = kept_more(seen, sides[0], sides[1])
        marks[place] = joint("holds" if gap.low > 0 else "differs" for gap in gaps.values() if np.isfinite(gap.low))
        if marks[place] != "cannot be tested":
            told.append(
                f"{', '.join(_share(seen, place, arm) for arm in ('wskg', 'fft', 'golay', 'raw'))} at {brief(place)}"
            )
    why = (
        f"A lower threshold cannot raise the rate. Of the rate at ≤ 20 this share is left at ≤ 5, where WSKG is said "
        f"to lose least: {'; '.join(told) or 'nowhere testable'}."
    )
    return overall(marks, why)


def _share(seen: Seen, place: str, arm: str) -> str:
    return f"{arm} {number(kept(seen, (place, arm, RATES[0]), (place, arm, RATES[2])).value)}"


def doubled(seen: Seen) -> Verdict:
    """Judge "doubles": twice Golay's key rate or more, over the scenarios together and at each recording."""
    asked = {place: [place] for place in seen.places("real")}
    if seen.places("simulated"):
        asked = {TOGETHER: seen.places("simulated"), **asked}
    marks: dict[str, Mark] = {}
    told = []
    for name, places in asked.items():
        over, under = (_mean_of(seen, places, arm) for arm in ("wskg", "golay"))
        times = ratio(over, under)
        if len(over) < FEWEST or not (over.any() or under.any()):
            marks[name] = "cannot be tested"
            continue
        marks[name] = "holds" if times.value >= 2 and times.low > 1 else "differs"
        told.append(f"{ranged(times)} at {name}")
    single = [number(kept(seen, (p, "wskg", RATE), (p, "golay", RATE)).value) for p in seen.places("simulated")]
    oracle = [number(kept(seen, (p, ORACLE, RATE), (p, "golay", RATE)).value) for p in seen.places("simulated")]
    why = (
        f"WSKG's key rate at ≤ 20 over Golay's is {', '.join(told) or 'nowhere testable'}; singly {' / '.join(single)} "
        f"({ORDER}), by the offline oracle {' / '.join(oracle)}. Twice, with an interval above one, is asked for; how "
        f"low-cost boards degrade is not tested."
    )
    return overall(marks, why)


def _mean_of(seen: Seen, places: Sequence[str], arm: str) -> NDArray[np.float64]:
    """Return an arm's key rate, the mean over places for each world that both arms have everywhere."""
    table = stacked(seen, *((place, who, RATE) for who in ("wskg", "golay") for place in places))
    first = 0 if arm == "wskg" else len(places)
    return np.asarray(table[first : first + len(places)].mean(axis=0))
