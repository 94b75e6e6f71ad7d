"""Judge the claims on key rates (sections V-B1 to V-B4 and VII of the paper) from the rows of figure 16.

Claims on WSKG are judged on reading C, the protocol; what the offline oracle (reading E) does is said beside.
"""

from collections.abc import Callable, Mapping

from samefade.study import Mark, Result, Verdict, overall
from wskg2025 import learned_claims, shares
from wskg2025.grid import LEARNED, ORACLE
from wskg2025.orderings import ERRORS, RATES, Comparison, Seen, about_equal, all_seen, joint
from wskg2025.questions import LOCATED, METRICS, better, directed, located, paired_by_row, steps
from wskg2025.wording import ORDER, counted, means, said, tally, untested

RATE = "key_rate_20"
RIVALS = ("raw-nosync", "golay-nosync", "golay", "fft-nosync", "fft", "packet", *(f"{name}, once" for name in LEARNED))
SYNCED = ("golay", "fft", "wskg")  # the paper shows these with and without


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 30, 38 to 48, 51 and 74."""
    seen = Seen(result)
    return {
        30: shares.stable(seen),
        38: _best(seen),
        39: _against(seen, "raw-nosync", _in_sight(seen)),
        40: _against_all(seen),
        41: _beats(seen, "wskg", ("fft", "golay"), "WSKG over synchronised FFT and Golay"),
        42: _beats(seen, "wskg-nosync", ("golay-nosync", "fft-nosync"), "WSKG over Golay and FFT, all without lag,"),
        43: _packet(seen),
        44: shares.marginal(seen),
        45: learned_claims.like_raw(seen),
        46: learned_claims.drift(seen),
        47: _synchronised(seen),
        48: _located(seen),
        51: shares.thresholds(seen),
        74: shares.doubled(seen),
    }


def _judged(
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
    parts = [f"{said(arm)} {means(seen, arm, RATE)}" for arm in arms if seen.has(arm)]
    return f"Key rates at ≤ 20 of 256 wrong are {', '.join(parts)} bits a packet ({ORDER}, simulated)"


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
    return _judged(asked, "WSKG above every rival of the paper at two thresholds or three", told, mostly)


def _in_sight(seen: Seen) -> list[str]:
    return [p for p in seen.places() if "los" in p.lower() and "nlos" not in p.lower()]


def _against(seen: Seen, rival: str, places: list[str]) -> Verdict:
    asked = {place: better(seen, place, "wskg", (rival,)) for place in places}
    told = f"{_rates(seen, 'wskg', rival, ORACLE)} and errors of all keys {means(seen, 'wskg', ERRORS)} against "
    return _judged(asked, "WSKG over raw in sight", told + means(seen, rival, ERRORS))


def _against_all(seen: Seen) -> Verdict:
    places = [place for place in seen.places("simulated") if place.startswith("NLoS-Long")]
    asked = {place: better(seen, place, "wskg", RIVALS) for place in places}
    told = _rates(seen, "wskg", *RIVALS, ORACLE)
    return _judged(asked, "WSKG above every rival in NLoS-Long (the threshold is lost: every one asked)", told)


def _beats(seen: Seen, arm: str, rivals: tuple[str, ...], what: str) -> Verdict:
    asked = {place: better(seen, place, arm, rivals) for place in seen.places()}
    beside = "wskg-nosync, oracle" if arm.endswith("nosync") else ORACLE
    return _judged(asked, f"{what} in every rate and in errors", _rates(seen, arm, *rivals, beside))


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
        f"{_rates(seen, 'wskg', 'packet', 'golay', 'fft', ORACLE)}; WSKG is above wavelet packets in {counted(every)}, "
        f"and these are within ±0.05 of Golay or FFT in {equal.count('holds')} of {len(equal)}: "
        f"{tally(marks)}."
    )
    return overall(marks, why)


def _synchronised(seen: Seen) -> Verdict:
    asked = {
        place: [directed(seen, place, arm, f"{arm}-nosync", metric) for arm in SYNCED for metric in METRICS]
        for place in seen.places()
        if paired_by_row(place)
    }
    marks: dict[str, Mark] = dict.fromkeys(seen.places(), "cannot be tested")  # what is matched by exchange
    marks |= {place: all_seen(found) for place, found in asked.items()}
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
        f"{', not always for ' + ', '.join(map(said, failed)) if failed else ''}, seeds paired by number and "
        "the two real offices block by block."
    )
    return overall(marks, why)
