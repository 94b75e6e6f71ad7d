"""Judge the claims on key rates (sections V-B1 to V-B4 and VII of the paper) from the rows of figure 16.

Claims on WSKG are judged on reading C, the protocol; what the offline oracle (reading E) does is said beside.
"""

from collections.abc import Callable, Iterable, Mapping

from samefade.study import Mark, Result, Verdict, overall
from wskg2025 import learned_claims, shares
from wskg2025.grid import LEARNED, ORACLE
from wskg2025.orderings import ERRORS, RATES, Comparison, Seen, about_equal, all_seen, joint
from wskg2025.questions import LOCATED, METRICS, better, directed, located, paired_by_row, steps
from wskg2025.wording import ORDER, counted, means, said, tally, untested

RATE = "key_rate_20"
RIVALS = ("raw-nosync", "golay-nosync", "golay", "fft-nosync", "fft", "packet", *(f"{name}, once" for name in LEARNED))
SHOWN = ("raw-nosync", "golay", "fft", "packet", *(f"{name}, once" for name in LEARNED))
SYNCED = ("golay", "fft", "wskg")  # the paper shows these with and without


def judge(result: Result) -> dict[int, Verdict]:
    """Judge claims 30, 38 to 48, 51 and 74."""
    seen = Seen(result)
    return {
        30: shares.stable(seen),
        38: _best(seen),
        39: _against_raw(seen),
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
    oracle: Mapping[str, list[Comparison]],
    mark: Callable[[list[Comparison]], Mark] = all_seen,
) -> Verdict:
    """Return the verdict on comparisons by place, with how many of them and of the places show what is claimed.

    Args:
        asked: Place → what the claim says there.
        what: The claim in short.
        told: The numbers, as the first part of a sentence.
        oracle: The same asked of the offline oracle, which is only told.
        mark: How a place's comparisons become one mark.
    """
    marks = {place: mark(found) for place, found in asked.items()}
    every = [one for found in asked.values() for one in found]
    offline = tally({place: mark(found) for place, found in oracle.items()})
    short = untested(one for one in every if one.metric == RATE)
    return overall(
        marks, f"{told}; {what} is {tally(marks)} ({counted(every)}), for the offline oracle (E) {offline}{short}."
    )


def _asked(seen: Seen, places: Iterable[str], arm: str, rivals: tuple[str, ...]) -> dict[str, list[Comparison]]:
    return {place: better(seen, place, arm, rivals) for place in places}


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

    sides = [_asked(seen, seen.places(), arm, RIVALS) for arm in ("wskg", ORACLE)]
    told = _rates(seen, "wskg", *SHOWN, ORACLE, "fft_band")
    return _judged(sides[0], "WSKG above every rival of the paper at two thresholds or three", told, sides[1], mostly)


def _in_sight(seen: Seen) -> list[str]:
    return [p for p in seen.places() if "los" in p.lower() and "nlos" not in p.lower()]


def _against_raw(seen: Seen) -> Verdict:
    sides = [_asked(seen, _in_sight(seen), arm, ("raw-nosync",)) for arm in ("wskg", ORACLE)]
    errors = f"{means(seen, 'wskg', ERRORS)} against {means(seen, 'raw-nosync', ERRORS)}"
    told = f"{_rates(seen, 'wskg', 'raw-nosync', ORACLE)} and errors of all keys {errors}"
    return _judged(sides[0], "WSKG over raw in sight", told, sides[1])


def _against_all(seen: Seen) -> Verdict:
    places = [place for place in seen.places("simulated") if place.startswith("NLoS-Long")]
    sides = [_asked(seen, places, arm, RIVALS) for arm in ("wskg", ORACLE)]
    what = "WSKG above every rival in NLoS-Long (the threshold is lost: every one asked)"
    return _judged(sides[0], what, _rates(seen, "wskg", *SHOWN, ORACLE), sides[1])


def _beats(seen: Seen, arm: str, rivals: tuple[str, ...], what: str) -> Verdict:
    oracle = "wskg-nosync, oracle" if arm.endswith("nosync") else ORACLE
    sides = [_asked(seen, seen.places(), one, rivals) for one in (arm, oracle)]
    return _judged(sides[0], f"{what} in every rate and in errors", _rates(seen, arm, *rivals, oracle), sides[1])


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
