"""Judge the claims on learned schemes (section V-B1 of the paper) from the rows of figure 16.

"Equivalent to raw" is a question of equivalence: the 95 % interval of the mean difference in key rate lies within
± `MARGIN`. "Worse than the others" is the paired test as everywhere.
"""

from samefade.study import Mark, Verdict, overall
from wskg2025.grid import LEARNED
from wskg2025.orderings import MARGIN, Comparison, Seen, about_equal, joint
from wskg2025.questions import directed
from wskg2025.wording import ORDER, counted, means, said

RATE = "key_rate_20"
BETTER = ("golay", "fft", "wskg")
_ABSENT = "No learned scheme is in this result: the extra `learn` is not installed."


def like_raw(seen: Seen) -> Verdict:
    """Judge claim 45: in NLoS learned schemes are below Golay, FFT and WSKG, and about equal to raw."""
    names = [f"{name}, once" for name in LEARNED if seen.has(f"{name}, once")]
    if not names:
        return Verdict("cannot be tested", _ABSENT)
    marks: dict[str, Mark] = {}
    below: list[Comparison] = []
    alike: list[Mark] = []
    for place in (place for place in seen.places() if "nlos" in place.lower()):
        worse = [directed(seen, place, other, name, RATE) for name in names for other in BETTER]
        equal = [about_equal(directed(seen, place, name, "raw-nosync", RATE)) for name in names]
        marks[place] = joint([*(one.mark for one in worse), *equal])
        below += worse
        alike += [mark for mark in equal if mark != "cannot be tested"]
    told = ", ".join(f"{said(name)} {means(seen, name, RATE)}" for name in (*names, "raw-nosync", "golay", "wskg"))
    why = (
        f"Bits a packet at ≤ 20 wrong ({ORDER}, simulated), trained once: {told}. Out of sight learned schemes are "
        f"below the others in {counted(below)}, and within ±{MARGIN} of raw in {alike.count('holds')} of {len(alike)}."
    )
    return overall(marks, why)


def drift(seen: Seen) -> Verdict:
    """Judge claim 46: drift after training is the cause, so learning again from the record itself helps.

    The course of the channel differs from that of the training in "once"; in "moved" its law does, too.
    """
    names = [name for name in LEARNED if seen.has(f"{name}, once") and seen.has(f"{name}, again")]
    if not names:
        return Verdict("cannot be tested", _ABSENT)
    before = [(name, when) for name in names for when in ("once", "moved")]
    found = {
        place: [
            directed(seen, place, f"{name}, again", f"{name}, {when}", RATE)
            for name, when in before
            if seen.has(f"{name}, {when}", place)
        ]
        for place in seen.places()
    }
    marks = {place: joint(one.mark for one in every) for place, every in found.items()}
    told = "; ".join(f"{name} {_rates(seen, name)}" for name in names)
    every = [one for some in found.values() for one in some]
    why = (
        f"Bits a packet at ≤ 20 wrong ({ORDER}, simulated): {told}. If drift were the cause, learning again from the "
        f"record's spoken quarter would help, which is seen in {counted(every)}."
    )
    return overall(marks, why)


_WAYS = {"once": "trained once", "moved": "trained in another place", "again": "learnt again"}


def _rates(seen: Seen, name: str) -> str:
    there = [when for when in _WAYS if seen.has(f"{name}, {when}")]
    return ", ".join(f"{means(seen, f'{name}, {when}', RATE)} {_WAYS[when]}" for when in there)
