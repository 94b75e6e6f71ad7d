"""Judge the claims on key rates (sections V-B1 to V-B4 and VII of the paper) from the rows of figure 16.

Claims on WSKG are judged on reading C, the protocol; what the offline oracle (reading E) does is said beside.
"""

from collections.abc import Callable, Iterable, Mapping

from samefade.study import Mark, Result, Verdict, overall
from wskg2025 import learned_claims, shares
from wskg2025.contrasts import PUT_IN, either
from wskg2025.grid import LEARNED, ORACLE
from wskg2025.orderings import ERRORS, MARGIN, RATES, Comparison, Seen, about_equal, all_seen, joint
from wskg2025.questions import LOCATED, METRICS, better, directed, located, paired_by_row, steps
from wskg2025.wording import ORDER, counted, means, said, tally

RATE = "key_rate_20"
RIVALS = ("raw-nosync", "golay-nosync", "golay", "fft-nosync", "fft", "packet", *(f"{name}, once" for name in LEARNED))
ALMOST, MOST = 0.9, 0.75  # what "almost all" is taken to mean: of all places, thresholds and errors; of one place's
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
    why = f"{told}. {what}: {counted(every)}; by the offline oracle (E) {offline}."
    return overall(marks, why)


def _asked(seen: Seen, places: Iterable[str], arm: str, rivals: tuple[str, ...]) -> dict[str, list[Comparison]]:
    return {place: better(seen, place, arm, rivals) for place in places}


def _rates(seen: Seen, *arms: str) -> str:
    parts = [f"{said(arm)} {means(seen, arm, RATE)}" for arm in arms if seen.has(arm)]
    return f"Bits a packet at ≤ 20 wrong ({ORDER}, simulated): {', '.join(parts)}"


def _best(seen: Seen) -> Verdict:
    """Judge "best in almost all": above every rival in nine of ten of the places, thresholds and errors."""
    asked = _asked(seen, seen.places(), "wskg", RIVALS)
    marks = {
        (place, metric): all_seen(one for one in found if one.metric == metric)
        for place, found in asked.items()
        for metric in METRICS
    }
    by_place = {place: _almost((mark for (where, _), mark in marks.items() if where == place), MOST) for place in asked}
    tested = [mark for mark in marks.values() if mark != "cannot be tested"]
    every = [one for found in asked.values() for one in found]
    why = (
        f"{_rates(seen, 'wskg', 'raw-nosync', 'golay', 'fft', ORACLE)}. WSKG is above every rival of the paper in "
        f"{tested.count('holds')} of {len(tested)} pairs of a place and a threshold or all errors "
        f"({counted(every)}); almost all is taken as {ALMOST:.0%}."
    )
    return Verdict(_almost(marks.values(), ALMOST), why, by_place)


def _almost(marks: Iterable[Mark], share: float) -> Mark:
    tested = [mark for mark in marks if mark != "cannot be tested"]
    if not tested:
        return "cannot be tested"
    return "holds" if tested.count("holds") >= share * len(tested) else "differs"


def _in_sight(seen: Seen) -> list[str]:
    return [p for p in seen.places() if "los" in p.lower() and "nlos" not in p.lower()]


def _against_raw(seen: Seen) -> Verdict:
    sides = [_asked(seen, _in_sight(seen), arm, ("raw-nosync",)) for arm in ("wskg", ORACLE)]
    errors = f"{means(seen, 'wskg', ERRORS)} against {means(seen, 'raw-nosync', ERRORS)}"
    told = f"{_rates(seen, 'wskg', 'raw-nosync', ORACLE)}; errors of all keys {errors}"
    return _judged(sides[0], "WSKG over raw in sight", told, sides[1])


def _at_one(found: list[Comparison]) -> Mark:
    """Return the mark of a claim on errors and on one threshold, which is lost: one that shows it is enough."""
    errors = all_seen(one for one in found if one.metric == ERRORS)
    return joint([errors, either(all_seen(one for one in found if one.metric == metric) for metric in RATES)])


def _against_all(seen: Seen) -> Verdict:
    places = [place for place in seen.places("simulated") if place.startswith("NLoS-Long")]
    sides = [_asked(seen, places, arm, RIVALS) for arm in ("wskg", ORACLE)]
    what = "WSKG above every rival in NLoS-Long at one threshold at least (which one is lost) and in errors"
    return _judged(sides[0], what, _rates(seen, "wskg", "golay", "fft", ORACLE), sides[1], _at_one)


def _beats(seen: Seen, arm: str, rivals: tuple[str, ...], what: str) -> Verdict:
    oracle = "wskg-nosync, oracle" if arm.endswith("nosync") else ORACLE
    sides = [_asked(seen, seen.places(), one, rivals) for one in (arm, oracle)]
    return _judged(sides[0], f"{what} in every rate and in errors", _rates(seen, arm, *rivals, oracle), sides[1])


def _packet(seen: Seen) -> Verdict:
    """Judge that WSKG beats wavelet packets, and that these are about equal to Golay or to FFT."""
    asked = {place: better(seen, place, "wskg", ("packet",)) for place in seen.places()}
    alike = {
        place: either(about_equal(seen.compare(place, "packet", rival, RATE, "above")) for rival in ("golay", "fft"))
        for place in seen.places()
    }
    marks = {place: joint([all_seen(asked[place]), alike[place]]) for place in asked}
    every = [one for found in asked.values() for one in found]
    why = (
        f"{_rates(seen, 'wskg', 'packet', 'golay', 'fft', ORACLE)}. WSKG is above wavelet packets in "
        f"{counted(every)}; that these are within ±{MARGIN} of Golay or FFT is {tally(alike)}."
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
    parts = [f"{arm} {means(seen, f'{arm}-nosync', RATE)} to {means(seen, arm, RATE)}" for arm in SYNCED]
    clock = [
        f"{arm} {means(seen, f'{arm}, by clock', RATE)}"
        for arm in SYNCED
        if seen.has(f"{arm}, by clock", seen.places("simulated")[0])
    ]
    ours = f"; matching by clock first gives {', '.join(clock)}" if clock else ""
    why = (
        f"One lag takes bits a packet at ≤ 20 wrong from {', '.join(parts)} ({ORDER}, simulated), better in "
        f"{counted(every)}{ours}. Recordings are matched by exchange: no lag can help."
    )
    return overall(marks, why)


def _located(seen: Seen) -> Verdict:
    """Judge by recordings: which simulated place is the better one was put in."""
    asked = {
        f"{near} above {far}": [
            located(seen, arm, metric, near, far) for arm in LOCATED if seen.has(arm, near) for metric in METRICS
        ]
        for near, far in steps(seen)
    }
    marks: dict[str, Mark] = {
        step: "cannot be tested" if step.endswith("simulated") else all_seen(found) for step, found in asked.items()
    }
    parts = [f"{counted(found)} ({step.replace(', simulated', '')})" for step, found in asked.items()]
    why = (
        f"Nearer is better, over schemes, thresholds and errors, in {'; '.join(parts)}. Of the simulated places, "
        f"{PUT_IN}."
    )
    return overall(marks, why)
