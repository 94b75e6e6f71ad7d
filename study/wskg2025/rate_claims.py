"""Judge the claims on key rates (sections V-B1 to V-B4 and VII of the paper) from the rows of figure 16.

Claims on WSKG are judged on reading C, the protocol; what the offline oracle (reading E) does is said beside.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from samefade.study import Mark, Result, Verdict, overall
from wskg2025 import learned_claims
from wskg2025.grid import LEARNED, ORACLE
from wskg2025.orderings import ERRORS, RATES, Comparison, Interval, Seen, about_equal, all_seen, joint, ratio, resampled
from wskg2025.questions import LOCATED, METRICS, better, directed, located, steps, thresholds
from wskg2025.wording import ORDER, counted, means, number, ranged, tally, untested

RATE = "key_rate_20"
RIVALS = ("raw-nosync", "golay-nosync", "golay", "fft-nosync", "fft", "packet", *(f"{name}, once" for name in LEARNED))
SYNCED = ("golay", "fft", "wskg")  # the paper shows these with and without
MARGINAL = 1.5  # times: an advantage up to here is called marginal
_LEAST = 7


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 30, 38 to 48, 51 and 74."""
    seen = Seen(result)
    return {
        30: _stable(seen),
        38: _best(seen),
        39: _against(seen, "raw-nosync", _in_sight(seen)),
        40: _against_all(seen),
        41: _beats(seen, "wskg", ("fft", "golay"), "WSKG over synchronised FFT and Golay"),
        42: _beats(seen, "wskg-nosync", ("golay-nosync", "fft-nosync"), "WSKG over Golay and FFT, all without lag,"),
        43: _packet(seen),
        44: _marginal(seen),
        45: learned_claims.like_raw(seen),
        46: learned_claims.drift(seen),
        47: _synchronised(seen),
        48: _located(seen),
        51: _thresholds(seen),
        74: _doubled(seen),
    }


def _judged(
    seen: Seen,
    asked: Mapping[str, list[Comparison]],
    what: str,
    told: str,
    mark: Callable[[list[Comparison]], Mark] = all_seen,
) -> Verdict:
    """Return the verdict on comparisons by place, with how many of them and of the places show what is claimed."""
    marks = {place: mark(found) for place, found in asked.items()}
    every = [one for found in asked.values() for one in found]
    short = [one for one in every if one.metric == RATE]
    where = tally(marks)
    return overall(marks, f"{told}; {what} is {where} ({counted(every)}){untested(short)}.")


def _rates(seen: Seen, *arms: str) -> str:
    parts = [f"{arm} {means(seen, arm, RATE)}" for arm in arms if seen.has(arm)]
    return f"Key rates at ≤ 20 of 256 wrong are {', '.join(parts)} bits a packet ({ORDER}, simulated)"


def _stable(seen: Seen) -> Verdict:
    """Judge that WSKG keeps more of its key rate from the best to the worst scenario than FFT does."""
    simulated = seen.places("simulated")
    if len(simulated) < 2:
        return Verdict("cannot be tested", "It takes two scenarios to compare.")
    found = {arm: _kept(seen, (simulated[-1], arm, RATE), (simulated[0], arm, RATE)) for arm in ("wskg", "fft", ORACLE)}
    gap = _kept_more(
        seen,
        ((simulated[-1], "wskg", RATE), (simulated[0], "wskg", RATE)),
        ((simulated[-1], "fft", RATE), (simulated[0], "fft", RATE)),
    )
    mark: Mark = "cannot be tested" if not np.isfinite(gap.low) else "holds" if gap.low > 0 else "differs"
    why = (
        f"From LoS-Short to NLoS-Long WSKG keeps {ranged(found['wskg'])} of its key rate, FFT {ranged(found['fft'])}, a "
        f"difference of {ranged(gap)}; the offline oracle (E) keeps {ranged(found[ORACLE])}."
    )
    return overall({"the three scenarios together, simulated": mark}, why)


Column = tuple[str, str, str]  # place, arm, metric


def _stacked(seen: Seen, *columns: Column) -> NDArray[np.float64]:
    """Return columns of the worlds that all of them have, (columns, worlds)."""
    found = [seen.column(*column) for column in columns]
    shared = sorted(set.intersection(*(set(one) for one in found)))
    table = np.array([[one[world] for world in shared] for one in found]).reshape(len(found), len(shared))
    return np.asarray(table[:, np.isfinite(table).all(0)])


def _kept(seen: Seen, less: Column, more: Column) -> Interval:
    return ratio(*_stacked(seen, less, more))


def _kept_more(seen: Seen, x: tuple[Column, Column], y: tuple[Column, Column]) -> Interval:
    """Return by how much x's ratio of means is above y's; NaN where worlds are too few."""
    a, b, c, d = _stacked(seen, *x, *y)
    if len(a) < _LEAST:
        return Interval(*[float("nan")] * 3)
    return resampled(lambda w: np.asarray(a[w].mean(1) / b[w].mean(1) - c[w].mean(1) / d[w].mean(1)), len(a))


def _best(seen: Seen) -> Verdict:
    """Judge "best in almost all": above every rival at two thresholds of three at least, and with fewest errors."""

    def mostly(found: list[Comparison]) -> Mark:
        by_metric = [all_seen(one for one in found if one.metric == metric) for metric in RATES]
        errors = all_seen(one for one in found if one.metric == ERRORS)
        if "cannot be tested" in by_metric and "differs" not in by_metric and "holds" not in by_metric:
            return errors
        return joint([errors, "holds" if by_metric.count("holds") >= 2 else "differs"])

    asked = {place: better(seen, place, "wskg", RIVALS) for place in seen.places()}
    told = _rates(seen, "wskg", *RIVALS, ORACLE, "fft_band")
    return _judged(seen, asked, "WSKG above every rival of the paper at two thresholds or three", told, mostly)


def _in_sight(seen: Seen) -> list[str]:
    return [p for p in seen.places() if "los" in p.lower() and "nlos" not in p.lower()]


def _against(seen: Seen, rival: str, places: list[str]) -> Verdict:
    asked = {place: better(seen, place, "wskg", (rival,)) for place in places}
    told = f"{_rates(seen, 'wskg', rival, ORACLE)} and errors of all keys {means(seen, 'wskg', ERRORS)} against "
    return _judged(seen, asked, "WSKG over raw in sight", told + means(seen, rival, ERRORS))


def _against_all(seen: Seen) -> Verdict:
    places = [place for place in seen.places("simulated") if place.startswith("NLoS-Long")]
    asked = {place: better(seen, place, "wskg", RIVALS) for place in places}
    told = _rates(seen, "wskg", *RIVALS, ORACLE)
    return _judged(seen, asked, "WSKG above every rival in NLoS-Long (the threshold is lost: every one asked)", told)


def _beats(seen: Seen, arm: str, rivals: tuple[str, ...], what: str) -> Verdict:
    asked = {place: better(seen, place, arm, rivals) for place in seen.places()}
    beside = "wskg-nosync, oracle" if arm.endswith("nosync") else ORACLE
    return _judged(seen, asked, f"{what} in every rate and in errors", _rates(seen, arm, *rivals, beside))


def _packet(seen: Seen) -> Verdict:
    """Judge that WSKG beats wavelet packets, and that these are about equal to Golay and FFT."""
    asked = {place: better(seen, place, "wskg", ("packet",)) for place in seen.places()}
    alike = {
        place: [about_equal(seen.compare(place, "packet", rival, RATE, "above")) for rival in ("golay", "fft")]
        for place in seen.places()
    }
    marks = {place: joint([all_seen(asked[place]), *alike[place]]) for place in asked}
    equal = [mark for both in alike.values() for mark in both if mark != "cannot be tested"]
    every = [one for found in asked.values() for one in found]
    why = (
        f"{_rates(seen, 'wskg', 'packet', 'golay', 'fft', ORACLE)}; WSKG is above wavelet packets in {counted(every)}, and "
        f"these are within ±0.05 of Golay or FFT in {equal.count('holds')} of {len(equal)}: "
        f"{tally(marks)}."
    )
    return overall(marks, why)


def _marginal(seen: Seen) -> Verdict:
    """Judge that FFT is above Golay, but by no more than half."""
    marks: dict[str, Mark] = {}
    told = []
    for place in seen.places():
        above = directed(seen, place, "fft", "golay", RATE)
        times = _kept(seen, (place, "fft", RATE), (place, "golay", RATE))
        marks[place] = "differs" if above.mark == "holds" and times.value > MARGINAL else above.mark
        if above.mark != "cannot be tested":
            told.append(f"{ranged(times)} at {place}")
    why = (
        f"FFT's key rate at ≤ 20 over Golay's is {', '.join(told) or 'nowhere testable'}; marginal is taken as above "
        f"Golay and at most {MARGINAL} times."
    )
    return overall(marks, why)


def _synchronised(seen: Seen) -> Verdict:
    asked = {
        place: [directed(seen, place, arm, f"{arm}-nosync", metric) for arm in SYNCED for metric in METRICS]
        for place in seen.places("simulated")
    }
    marks = {place: all_seen(found) for place, found in asked.items()}
    marks |= dict.fromkeys(seen.places("real"), "cannot be tested")  # matched by exchange already
    every = [one for found in asked.values() for one in found]
    parts = [f"{arm} {means(seen, f'{arm}-nosync', RATE)} to {means(seen, arm, RATE)}" for arm in (*SYNCED, "raw")]
    clock = [
        f"{arm} {means(seen, f'{arm}, by clock', RATE)}"
        for arm in SYNCED
        if seen.has(f"{arm}, by clock", seen.places("simulated")[0])
    ]
    ours = f"; matching by clock first gives {', '.join(clock)}" if clock else ""
    why = (
        f"One lag takes the key rate at ≤ 20 from {', '.join(parts)} ({ORDER}, simulated), an improvement seen in "
        f"{counted(every)}{ours}; the real sets are matched by exchange, where no lag can help."
    )
    return overall(marks, why)


def _located(seen: Seen) -> Verdict:
    asked = {
        f"{near} above {far}": [
            located(seen, arm, metric, near, far) for arm in LOCATED if seen.has(arm, near) for metric in METRICS
        ]
        for near, far in steps(seen)
    }
    marks = {step: all_seen(found) for step, found in asked.items()}
    every = [one for found in asked.values() for one in found]
    failed = sorted({one.x for one in every if one.mark == "differs"})
    why = (
        f"{_rates(seen, 'raw-nosync', 'golay', 'fft', 'wskg', ORACLE)}; nearer is better in {counted(every)}"
        f"{', not always for ' + ', '.join(failed) if failed else ''}, seeds paired by number and the two real offices "
        f"block by block."
    )
    return overall(marks, why)


def _thresholds(seen: Seen) -> Verdict:
    """Judge that the key rate falls with the threshold, and relatively less for WSKG."""
    marks: dict[str, Mark] = {}
    told = []
    for place in seen.places():
        falls = [one for arm in ("raw", "golay", "fft", "wskg") for one in thresholds(seen, place, arm)]
        gaps = {}
        for arm in ("raw", "golay", "fft"):
            sides = [((place, who, RATES[0]), (place, who, RATES[2])) for who in ("wskg", arm)]
            gaps[arm] = _kept_more(seen, sides[0], sides[1])
        less: list[Mark] = ["holds" if gap.low > 0 else "differs" for gap in gaps.values() if np.isfinite(gap.low)]
        marks[place] = joint([all_seen(falls), *less])
        if marks[place] != "cannot be tested":
            told.append(f"{', '.join(_share(seen, place, arm) for arm in ('wskg', 'fft', 'golay', 'raw'))} at {place}")
    why = (
        f"Of the key rate at ≤ 20 this share is left at ≤ 5: {'; '.join(told) or 'nowhere testable'}; a lower threshold "
        f"can only lower the rate, and WSKG is said to lose least."
    )
    return overall(marks, why)


def _share(seen: Seen, place: str, arm: str) -> str:
    return f"{arm} {number(_kept(seen, (place, arm, RATES[0]), (place, arm, RATES[2])).value)}"


def _doubled(seen: Seen) -> Verdict:
    """Judge "doubles": twice Golay's key rate or more, with an interval above one."""
    marks: dict[str, Mark] = {}
    told = []
    for place in seen.places():
        over, under = _stacked(seen, (place, "wskg", RATE), (place, "golay", RATE))
        times = ratio(over, under)
        if len(over) < _LEAST or not (over.any() or under.any()):
            marks[place] = "cannot be tested"
            continue
        marks[place] = "holds" if times.value >= 2 and times.low > 1 else "differs"
        oracle = _kept(seen, (place, ORACLE, RATE), (place, "golay", RATE))
        told.append(f"{ranged(times)} at {place} (offline oracle {number(oracle.value)})")
    why = (
        f"WSKG's key rate at ≤ 20 over Golay's, both synchronised, is {', '.join(told) or 'nowhere testable'}; a factor "
        f"of two or more with an interval above one is asked for, and the cost of the devices is not tested here."
    )
    return overall(marks, why)
