"""Judge the claims on likenesses (section III of the paper) from the rows of figure 3."""

import numpy as np

from samefade.study import Mark, Result, Verdict, overall
from wskg2025.contrasts import either
from wskg2025.orderings import ERRORS, Comparison, Seen, all_seen, joint, mean_interval
from wskg2025.questions import directed, paired_by_row, steps
from wskg2025.reciprocity import PAPERS, PROCESSED, RATE, TOGETHER, places_of, reliable, tracked
from wskg2025.wording import ORDER, means, number, ranged, tally

RAW = "raw-nosync"
LOW, HIGH = 0.2, 0.5  # of Pearson's r: "very low", and high enough to speak of reciprocity
RECORDED_STEP = "a step away, recorded"
STEPS = {"a step away, simulated": True, RECORDED_STEP: False}  # name → whether it is simulated
BLIND = 0.1  # a distance that falls by less than this share of its raw value does not show an improvement


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 2, 5 to 9, 14 and 24."""
    seen = Seen(result)
    return {
        2: _very_low(seen),
        5: _jeffreys(seen),
        6: _jeffreys_rises(seen),
        7: _distance(seen),
        8: _blind(seen),
        9: _offset(seen, result),
        14: _reliable(seen),
        24: _shift(seen),
    }


def _very_low(seen: Seen) -> Verdict:
    """Judge by recordings: how low the simulated r is was put in; one place shows it, and none disproves it."""
    marks: dict[str, Mark] = dict.fromkeys(seen.places(), "cannot be tested")
    told = []
    for place in seen.places("real"):
        found = seen.mean(place, RAW, "pearson")
        if seen.enough(place, RAW, "pearson") and found.high < LOW:
            marks[place] = "holds"
        if np.isfinite(found.value):
            told.append((found.value, f"{number(found.value)} at {place}"))
    least = f"the lowest mean r of a recording is {min(told)[1]}" if told else "no recording is here"
    why = (
        f"Raw r paired by row is {means(seen, RAW, 'pearson')} ({ORDER}, simulated), which was put in; {least}, where "
        f"an interval below {LOW} would show it. That something can happen is not disproved where it does not."
    )
    return overall(marks, why)


def _farther(seen: Seen, metric: str) -> list[Comparison]:
    """Ask of raw CSI whether a distance of distributions grows from each place to the farther one."""
    return [seen.between(RAW, metric, far, near) for near, far in steps(seen)]


def _jeffreys(seen: Seen) -> Verdict:
    """Judge "in part": it grows at one step away at least, and is high where keys are few."""
    grows = {one.place: one.mark for one in _farther(seen, "jeffreys")}
    marks = {
        name: either(m for step, m in grows.items() if ("simulated" in step) is own) for name, own in STEPS.items()
    }
    rate, errors = tracked(seen, seen.places("simulated"), (RAW,), "jeffreys")
    marks[TOGETHER] = reliable((rate, errors), -1, least=0.0)
    why = (
        f"Raw divergence is {means(seen, RAW, 'jeffreys', 3)} nats against key rates of {means(seen, RAW, RATE)} "
        f"({ORDER}, simulated), and grows {_steps(grows)}. Its rank correlation with the key rate is {ranged(rate)}, "
        f"with the errors {ranged(errors)}; the claim wants the first below and the second above zero."
    )
    return overall({name: mark for name, mark in marks.items() if name != RECORDED_STEP or seen.places("real")}, why)


def _jeffreys_rises(seen: Seen) -> Verdict:
    """Judge that smoothing raises the divergence out of sight, although keys improve."""
    marks: dict[str, Mark] = {}
    for place in seen.places():
        if "nlos" in place.lower():
            rises = [seen.compare(place, arm, RAW, "jeffreys", "above") for arm in PROCESSED]
            improves = [directed(seen, place, arm, RAW, metric) for arm in PROCESSED for metric in (RATE, ERRORS)]
            marks[place] = all_seen([*rises, *improves])
    why = (
        f"The divergence is {means(seen, RAW, 'jeffreys', 3)} raw, {means(seen, PROCESSED[0], 'jeffreys', 3)} after "
        f"Golay and {means(seen, PROCESSED[1], 'jeffreys', 3)} after FFT ({ORDER}, simulated); that it rises while key "
        f"rate and bit error rate improve is {tally(marks)} out of sight."
    )
    return overall(marks, why)


def _distance(seen: Seen) -> Verdict:
    marks = {one.place: one.mark for one in _farther(seen, "wasserstein")}
    why = (
        f"The raw distance is {means(seen, RAW, 'wasserstein')} ({ORDER}, simulated, amplitude of one tone), and a "
        f"step away raises it {_steps(marks)}; the paper's own text contradicts itself on what follows for keys."
    )
    return overall(marks, why)


def _steps(marks: dict[str, Mark]) -> str:
    tested = [mark for mark in marks.values() if mark != "cannot be tested"]
    return f"in {tested.count('holds')} of {len(tested)} steps"


def _blind(seen: Seen) -> Verdict:
    """Judge that the distance stays where it was although Golay and FFT improve keys."""
    marks: dict[str, Mark] = {}
    for place in seen.places():
        parts: list[Mark] = []
        for arm in PROCESSED:
            better = seen.compare(place, arm, RAW, RATE, "above")
            moved = seen.compare(place, arm, RAW, "wasserstein", "above")
            if better.mark == "holds":  # else there is no effect to see
                parts.append("holds" if moved.found.low > -BLIND * moved.means[1] else "differs")
        marks[place] = joint(parts)
    why = (
        f"The distance is {means(seen, RAW, 'wasserstein')} raw, "
        f"{means(seen, PROCESSED[0], 'wasserstein')} after Golay and {means(seen, PROCESSED[1], 'wasserstein')} after "
        f"FFT ({ORDER}, simulated). That it falls by less than {BLIND:.0%} where these raise the key rate is "
        f"{tally(marks)}."
    )
    return overall(marks, why)


def _offset(seen: Seen, result: Result) -> Verdict:
    """Judge that the means make up most of the distance where r is high."""
    marks: dict[str, Mark] = {}
    told = []
    for place in seen.places():
        rows = [row for row in result.where(kind="means", place=place) if row["wasserstein"]]
        share = mean_interval([float(row["offset"] or 0) / float(row["wasserstein"] or 1) for row in rows])
        alike = seen.mean(place, RAW, "pearson").value >= HIGH
        known = seen.enough(place, RAW, "pearson") and np.isfinite(share.low)
        tested = alike and known and place not in seen.places("simulated")  # all simulated radios have one level
        marks[place] = "cannot be tested" if not tested else "holds" if share.low > 0.5 else "differs"
        if tested:
            told.append(f"{number(share.value)} at {place}")
    why = (
        f"Where raw r is {HIGH} or more, the difference of the ends' means makes up this share of the distance: "
        f"{', '.join(told) or 'no such place could be tested'}; more than half is asked for. Simulated radios have "
        "one nominal level, so they cannot test it."
    )
    return overall(marks, why)


def _reliable(seen: Seen) -> Verdict:
    marks: dict[str, Mark] = {}
    told = []
    for name, places in places_of(seen).items():
        found = {m: tracked(seen, places, PAPERS, m) for m in ("pearson", "coherence_area", "jeffreys", "wasserstein")}
        good = [reliable(found[m], 1) for m in ("pearson", "coherence_area")]
        bad = [_not(reliable(found[m], -1)) for m in ("jeffreys", "wasserstein")]
        marks[name] = joint([*good, *bad])
        rates = ", ".join(f"{m.replace('_', ' ')} {number(rate.value)}" for m, (rate, _) in found.items())
        told.append(f"{name} {rates}")
    why = (
        f"Rank correlations with the key rate over places and preparations: {'; '.join(told) or 'none'}. The claim "
        f"wants the first two beyond 0.5, the others not beyond −0.5, and the like for bit errors."
    )
    return overall(marks, why)


def _not(mark: Mark) -> Mark:
    return {"holds": "differs", "differs": "holds"}.get(mark, "cannot be tested")  # type: ignore[return-value]


def _shift(seen: Seen) -> Verdict:
    """Judge that r at lag zero misses what r at the best lag sees; the lag was found on spoken samples."""
    marks: dict[str, Mark] = dict.fromkeys(seen.places(), "cannot be tested")  # matched by exchange: nothing to shift
    for place in filter(paired_by_row, marks):
        marks[place] = seen.compare(place, "raw", RAW, "pearson", "above").mark
    why = (
        f"r at lag zero is {means(seen, RAW, 'pearson')}, at the lag found before {means(seen, 'raw', 'pearson')} "
        f"({ORDER}, simulated): a shift is hidden where the second is larger. Recordings are matched by exchange and "
        f"have none; that coherence alone shows time and frequency is true by what it is."
    )
    return overall(marks, why)
