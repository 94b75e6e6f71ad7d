"""Say what the simulated network shows of the claims of section V-D; `network` judges most of them.

Which board and which place is better was put into the model, so claims about these cannot be tested by it.
"""

from dataclasses import replace

from samefade.study import Mark, Result, Verdict, overall
from wskg2025 import network
from wskg2025.network import AUTOENCODER, PUT_IN, RATE, RIVALS, places
from wskg2025.orderings import ERRORS, Seen, ratio
from wskg2025.shares import stacked
from wskg2025.wording import counted, number

ARMS = (AUTOENCODER, "golay", "wskg")
NAMES = {AUTOENCODER: "autoencoder"}


def indoors(result: Result) -> dict[int, Verdict]:
    """Judge what figure 21 answers for: claims 61 to 64, which join both places."""
    seen = Seen(result)
    return {61: lowest_errors(seen), 62: learned_is_low(seen), 63: boards(seen), 64: best_board_raw(seen)}


def outdoors(result: Result) -> dict[int, Verdict]:
    """Judge what figure 22 answers for: claims 57 to 60 and 65."""
    seen = Seen(result)
    return {
        57: outdoors_is_worse(seen),
        58: best_rate(seen),
        59: doubled(seen),
        60: raw_fails(seen),
        65: limited_by_boards(seen),
    }


def lowest_errors(seen: Seen) -> Verdict:
    """Judge claim 61: WSKG has the lowest bit error rate, indoors and outdoors."""
    return replace(network.lowest_errors(seen), why=_over_rivals(seen, ERRORS))


def best_rate(seen: Seen) -> Verdict:
    """Judge claim 58: WSKG has the best key rate for every device in both environments."""
    return replace(network.best_rate(seen), why=_over_rivals(seen, RATE))


def _over_rivals(seen: Seen, metric: str) -> str:
    arms = [arm for arm in ("wskg", *RIVALS) if seen.has(arm)]
    told = "; ".join(f"{NAMES.get(arm, arm)} {_row(seen, places(seen), arm, metric)}" for arm in arms)
    wanted = "below" if metric == ERRORS else "above"
    every = [seen.compare(name, "wskg", arm, metric, wanted) for arm in RIVALS for name in places(seen)]
    what = "Errors of all keys" if metric == ERRORS else "Bits a packet at ≤ 20 wrong"
    return f"{what} ({_order(seen)}): {told}. WSKG is {wanted} the paper's three rivals in {counted(every)}."


def _row(seen: Seen, names: list[str], arm: str, metric: str) -> str:
    return " / ".join(number(seen.mean(name, arm, metric).value) for name in names)


def _order(seen: Seen, place: str | None = None) -> str:
    stations: dict[str, list[str]] = {}
    for name in places(seen, place):
        where, _, station = name.removesuffix(", simulated").partition("/")
        stations.setdefault(where, []).append(station)
    return ", ".join(f"{where}s {' / '.join(found)}" for where, found in stations.items())


def doubled(seen: Seen) -> Verdict:
    """Judge claim 59: WSKG doubles the key rate of the autoencoder and of Golay for all devices, both environments."""
    told = []
    for arm in (arm for arm in ("golay", AUTOENCODER) if seen.has(arm)):
        found = [ratio(*stacked(seen, (name, "wskg", RATE), (name, arm, RATE))).value for name in places(seen)]
        told.append(f"over {NAMES.get(arm, arm)}'s {' / '.join(map(number, found))}")
    why = f"WSKG's key rate at ≤ 20 ({_order(seen)}) {'; '.join(told)}, where 2 with an interval above one is asked."
    return replace(network.doubled(seen), why=why)


def learned_is_low(seen: Seen) -> Verdict:
    """Judge claim 62: the autoencoder has a low key rate and a high error rate, against Golay and WSKG."""
    found = network.learned_is_low(seen)
    if not seen.has(AUTOENCODER):
        return replace(found, why="The learned scheme is not installed.")
    every = [
        seen.compare(name, AUTOENCODER, arm, metric, "below" if metric == RATE else "above")
        for name in places(seen)
        for metric in (RATE, ERRORS)
        for arm in ("golay", "wskg")
    ]
    told = "; ".join(f"{NAMES.get(arm, arm)} {_row(seen, places(seen), arm, RATE)}" for arm in ARMS)
    return replace(
        found, why=f"Bits a packet at ≤ 20 wrong ({_order(seen)}): {told}; seen with errors in {counted(every)}."
    )


def raw_fails(seen: Seen) -> Verdict:
    """Say what the model shows of claim 60: raw CSI fails outdoors, where the noise was chosen by hand."""
    names = places(seen, "outdoor")
    told = f"{_row(seen, names, 'raw', RATE)} bits a packet ({_order(seen, 'outdoor')})"
    inside = _row(seen, places(seen, "indoor"), "raw", RATE)
    why = f"How loud it is outdoors (5 dB) was put in, so the model cannot test it; raw makes {told}, indoors {inside}."
    return overall(dict.fromkeys(names, _untested()), why)


def outdoors_is_worse(seen: Seen) -> Verdict:
    """Say what the model shows of claim 57: outdoors is worse than indoors for all devices and schemes."""
    return _capital(network.outdoors_is_worse(seen))


def best_board_raw(seen: Seen) -> Verdict:
    """Say what the model shows of claim 64: XIAO has the highest raw key rate indoors, and not outdoors."""
    return _put_in(seen, ("raw",))


def boards(seen: Seen) -> Verdict:
    """Say what the model shows of claim 63: LuatOS about as XIAO, both better than Pycom, all schemes."""
    return _put_in(seen, ("golay", "wskg"))


def limited_by_boards(seen: Seen) -> Verdict:
    """Say what the model shows of claim 65: LuatOS and XIAO several times Pycom's key rate with WSKG."""
    return _put_in(seen, ("wskg",))


def _put_in(seen: Seen, arms: tuple[str, ...]) -> Verdict:
    told = "; ".join(f"{arm} {_row(seen, places(seen), arm, RATE)}" for arm in arms)
    why = f"{PUT_IN}; bits a packet at ≤ 20 wrong ({_order(seen)}): {told}."
    return _capital(overall(dict.fromkeys(places(seen), _untested()), why))


def _capital(found: Verdict) -> Verdict:
    return replace(found, why=found.why[:1].upper() + found.why[1:])


def _untested() -> Mark:
    return "cannot be tested"
