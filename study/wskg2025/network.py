"""The network of section V-D, simulated: what figures 21 and 22 share.

One access point talks to three stations in turn, indoors and outdoors (`samefade.channel.links`).
Which board and which place is better was put into the model from the paper's own words, so the model cannot confirm it.
How the schemes stand to each other on one link was not put in, and is tested.

The paper does not say whether its raw and Golay arms are synchronised here; all arms are, which is the kinder reading
for them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from samefade.channel import LINKS
from samefade.study import Lab, Mark, Result, Verdict, overall
from wskg2025 import grid
from wskg2025.grid import ORACLE, table
from wskg2025.orderings import ERRORS, Comparison, Interval, Seen, Wanted, all_seen, joint, ratio
from wskg2025.places import label
from wskg2025.wording import number, ranged

RATE = "key_rate_20"
AUTOENCODER = "autoencoder, once"
RIVALS = ("raw", "golay", AUTOENCODER)
ARMS = (*RIVALS, "wskg", ORACLE, "fft_band", "strata")
FAILED = 0.02  # bits a packet: one per cent of what four levels can make
PUT_IN = "the parameters of boards and places were chosen from this very statement, so the model cannot test it"

FULL: dict[str, Any] = {
    **grid.FULL,
    "scenarios": list(LINKS),
    "seeds": 20,
    "seconds": None,  # the links' own: one hour, 12,000 exchanges each
    "sets": [],
    "controls": [],
}
QUICK: dict[str, Any] = {
    "seeds": 2,
    "seconds": 900,
    "accounts": 1,
    "learned": 1,
    "learned_at": "sim:indoor/pycom",  # each link trains a network of its own
}


def compute(spec: Mapping[str, Any], lab: Lab) -> Result:
    """Evaluate every arm on every link and seed: rows of kind "cell", as in the grid of figures 16 to 18."""
    rows, notes = table(spec, lab, ARMS)
    return Result(rows, notes=notes)


def places(seen: Seen, place: str | None = None) -> list[str]:
    """Return the links of "indoor" or "outdoor", or all."""
    return [name for name in seen.places("simulated") if place is None or name.startswith(place + "/")]


def at(place: str, station: str) -> str:
    """Return how a link is called in the table."""
    return label(f"sim:{place}/{station}")


def lowest_errors(seen: Seen) -> Verdict:
    """Judge claim 61: WSKG has the lowest bit error rate, indoors and outdoors."""
    return _over_rivals(seen, ERRORS, "below", "bit error rates")


def best_rate(seen: Seen) -> Verdict:
    """Judge claim 58: WSKG has the best key rate for every device in both environments."""
    return _over_rivals(seen, RATE, "above", "key rates")


def _over_rivals(seen: Seen, metric: str, wanted: Wanted, what: str) -> Verdict:
    arms = [arm for arm in RIVALS if seen.has(arm)]
    asked = {name: [seen.compare(name, "wskg", arm, metric, wanted) for arm in arms] for name in places(seen)}
    marks = {name: all_seen(found) for name, found in asked.items()}
    told = "; ".join(_losses(name, found) for name, found in asked.items())
    beside = _beside(seen, metric)
    return overall(marks, f"{what} of wskg against {', '.join(arms)}: {told}. {beside}")


def _losses(name: str, found: Sequence[Comparison]) -> str:
    own = number(found[0].means[0])
    against = ", ".join(f"{one.y.split(',')[0]} {number(one.means[1])} ({_word(one)})" for one in found)
    return f"{_link(name)} {own} against {against}"


def _word(one: Comparison) -> str:
    seen = one.found.direction()
    return {"above": "wskg higher", "below": "wskg lower"}.get(seen, seen)


def _beside(seen: Seen, metric: str) -> str:
    rows = [
        f"{NAME[arm]} {' / '.join(number(seen.mean(name, arm, metric).value) for name in places(seen))}"
        for arm in ("fft_band", ORACLE)
        if seen.has(arm)
    ]
    limits = [seen.mean(name, "raw", "mutual_information").value for name in places(seen)]
    secure = [seen.mean(name, arm, "secure_rate").value for name in places(seen) for arm in ARMS]
    shared = f"{number(np.nanmax(limits))} bits a packet at most" if np.isfinite(limits).any() else "not known"
    issued = f"{np.nanmax(secure):.2g}" if np.isfinite(secure).any() else "not known"
    return (
        f"Beside, in the same order: {'; '.join(rows)}. The mutual information is {shared}, "
        f"the best secure rate {issued}: what the key rates count are dependent bits."
    )


NAME = {"fft_band": "the plain filter with WSKG's band", ORACLE: "WSKG with the offline oracle's band"}


def doubled(seen: Seen) -> Verdict:
    """Judge claim 59: WSKG doubles the key rate of the autoencoder and of Golay for all devices, both environments.

    It is seen where the ratio of means is at least 2 and its interval lies above 1.
    """
    marks: dict[str, Mark] = {}
    told = []
    for arm in (arm for arm in ("golay", AUTOENCODER) if seen.has(arm)):
        found = {name: _times(seen, name, "wskg", arm) for name in places(seen)}
        for name, one in found.items():
            marks[name] = joint([mark for mark in (marks.get(name), _double(seen, name, one)) if mark])
        told.append(f"against {arm.split(',')[0]} " + ", ".join(f"{_link(n)} {ranged(r)}" for n, r in found.items()))
    return overall(marks, f"ratio of mean key rates [95 % bootstrap over seeds] {'; '.join(told)}.")


def _times(seen: Seen, name: str, x: str, y: str) -> Interval:
    left, right = seen.column(name, x, RATE), seen.column(name, y, RATE)
    shared = [world for world in left if left[world] >= 0 and right.get(world, -1) >= 0]  # NaN is neither
    return ratio([left[w] for w in shared], [right[w] for w in shared])


def _double(seen: Seen, name: str, one: Interval) -> Mark:
    if len(seen.values(name, "wskg", RATE)) < 7 or np.isnan(one.value):
        return "cannot be tested"
    return "holds" if one.value >= 2 and not one.low <= 1 else "differs"


def learned_is_low(seen: Seen) -> Verdict:
    """Judge claim 62: the autoencoder has a low key rate and a high error rate, against Golay and WSKG."""
    if not seen.has(AUTOENCODER):
        return overall(dict.fromkeys(places(seen), "cannot be tested"), "the learned scheme is not installed.")
    asked = {
        name: [
            seen.compare(name, AUTOENCODER, arm, metric, wanted)
            for metric, wanted in ((RATE, "below"), (ERRORS, "above"))
            for arm in ("golay", "wskg")
        ]
        for name in places(seen)
    }
    told = "; ".join(
        f"{_link(name)} rate {_pair(seen, name, RATE)}, errors {_pair(seen, name, ERRORS)}" for name in asked
    )
    every = [one for found in asked.values() for one in found if one.mark != "cannot be tested"]
    count = f"{sum(one.mark == 'holds' for one in every)} of {len(every)} comparisons show it"
    return overall(
        {name: all_seen(found) for name, found in asked.items()},
        f"autoencoder, trained once on another record of its link, against golay and wskg: {told}; {count}.",
    )


def _pair(seen: Seen, name: str, metric: str) -> str:
    means = [number(seen.mean(name, arm, metric).value) for arm in (AUTOENCODER, "golay", "wskg")]
    return f"{means[0]} against {means[1]} and {means[2]}"


def raw_fails(seen: Seen) -> Verdict:
    """Judge claim 60: raw CSI fails outdoors on all devices; it fails where it makes under `FAILED` bits a packet."""
    marks: dict[str, Mark] = {}
    told = []
    for name in places(seen, "outdoor"):
        mean = seen.mean(name, "raw", RATE)
        few = len(seen.values(name, "raw", RATE)) < 7
        marks[name] = "cannot be tested" if few else "holds" if mean.value <= FAILED else "differs"
        told.append(f"{_link(name)} {ranged(mean)} bits a packet, WSKG {number(seen.mean(name, 'wskg', RATE).value)}")
    why = f"{'; '.join(told)}; to fail means at most {FAILED:g} here, and how loud it is outdoors (5 dB) is our choice."
    return overall(marks, why)


def put_in(seen: Seen, what: str, place: str | None = None) -> Verdict:
    """Return the verdict on a claim about boards or places: it cannot be tested; say what the model shows."""
    return overall(dict.fromkeys(places(seen, place), "cannot be tested"), f"{PUT_IN}; it shows {what}.")


def outdoors_is_worse(seen: Seen) -> Verdict:
    """Say what the model shows of claim 57: outdoors is worse than indoors for all devices and schemes."""
    arms = [arm for arm in (*RIVALS, "wskg") if seen.has(arm)]
    stations = [_station(name) for name in places(seen, "indoor")]
    asked: list[tuple[str, Wanted]] = [(RATE, "above"), (ERRORS, "below")]
    tests = [
        seen.between(arm, metric, at("indoor", station), at("outdoor", station), wanted)
        for arm in arms
        for metric, wanted in asked
        for station in stations
    ]
    held = sum(one.mark == "holds" for one in tests)
    return put_in(seen, f"more keys or fewer errors indoors in {held} of {len(tests)} comparisons by board and scheme")


def boards(seen: Seen) -> Verdict:
    """Say what the model shows of claim 63: LuatOS about as XIAO, both better than Pycom, all schemes."""
    parts = [
        f"{arm} {place}s {_stations(seen, place, arm, RATE)}"
        for place in ("indoor", "outdoor")
        for arm in ("raw", "golay", "wskg")
    ]
    return put_in(seen, f"key rates of {'; '.join(parts)}")


def best_board_raw(seen: Seen) -> Verdict:
    """Say what the model shows of claim 64: XIAO has the highest raw key rate indoors, and not outdoors."""
    told = "; ".join(
        f"{place}s {_stations(seen, place, 'raw', RATE)} (errors {_stations(seen, place, 'raw', ERRORS)})"
        for place in ("indoor", "outdoor")
    )
    return put_in(seen, f"raw key rates {told}")


def limited_by_boards(seen: Seen) -> Verdict:
    """Say what the model shows of claim 65: WSKG stays limited by the hardware, LuatOS and XIAO several times Pycom."""
    told = []
    for place in ("indoor", "outdoor"):
        base, *others = ((_station(name), seen.mean(name, "wskg", RATE).value) for name in places(seen, place))
        times = [f"{station} {own / base[1]:.1f} times {base[0]}" for station, own in others if base[1]]
        told.append(f"{place}s {', '.join(times) or f'{base[0]} none'}")
    return put_in(seen, f"WSKG's key rate {'; '.join(told)}")


def _stations(seen: Seen, place: str, arm: str, metric: str) -> str:
    return ", ".join(f"{_station(name)} {number(seen.mean(name, arm, metric).value)}" for name in places(seen, place))


def _station(name: str) -> str:
    return _link(name).partition("/")[2]


def _link(name: str) -> str:
    return name.removesuffix(", simulated")
