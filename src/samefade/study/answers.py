"""Answer the questions of a study's summary from mean key rates, by what its list of claims names: schemes and arms.

Every answer is one sentence or two, computed from the rows alone, and empty where its arms were not computed.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from samefade.study import honest
from samefade.study.honest import Means
from samefade.study.markdown import number, text
from samefade.study.shelf import Shelved

SLACK = 0.05  # bits a packet, a fortieth of what four levels can make: two rates so near are told apart by nobody


@dataclass(frozen=True)
class Known:
    """What the answers are made of.

    Attributes:
        about: The table `[paper]` of the list of claims: `scheme`, `rival`, `oracle`, `published`, `places`, …
        means: Place and arm → means.
        results: Figure → its result.
    """

    about: Mapping[str, Any]
    means: Mapping[tuple[str, str], Means]
    results: Mapping[str, Shelved]

    def arms(self, name: str) -> list[str]:
        """Return the arms that the list names, one or more."""
        value = self.about.get(name, [])
        return [value] if isinstance(value, str) else list(value)

    def places(self, *arms: str) -> list[str]:
        """Return the places where all of these arms were computed."""
        every = dict.fromkeys(place for place, _ in self.means)
        return [place for place in every if arms and all((place, arm) in self.means for arm in arms)]

    def rate(self, place: str, arm: str) -> float:
        """Return a mean key rate."""
        return self.means[place, arm].values[honest.RATE]


def answer(name: str, results: Mapping[str, Shelved], about: Mapping[str, Any]) -> str:
    """Return the sentences that answer a question, or an empty string.

    Raises:
        KeyError: For a question that is not known.
    """
    means = {where: one for where, (_, one) in honest.homes(results).items()}
    return _ANSWERS[name](Known(about, means, results))


def _best(known: Known) -> str:
    """Say where the paper's scheme has the highest mean key rate of the published ones, and who has it elsewhere."""
    (scheme,) = known.arms("scheme") or [""]
    first = {place: arm for place in known.places(scheme) if (arm := _first(known, place, scheme))}
    if not first:
        return ""
    others = Counter(arm for arm in first.values() if arm != scheme).most_common()
    told = f"; elsewhere {', '.join(f'`{arm}` has it ({n})' for arm, n in others)}" if others else ""
    won = {place: arm == scheme for place, arm in first.items()}
    return f"`{scheme}` has the highest mean key rate of the published schemes at {_counted(won)}{told}."


def _first(known: Known, place: str, own: str) -> str:
    """Return who has the highest mean key rate, the published schemes or another arm in the place of the paper's."""
    (scheme,) = known.arms("scheme") or [""]
    arms = [own, *(arm for arm in known.arms("published") if arm != scheme)]
    rates = {arm: known.rate(place, arm) for arm in arms if (place, arm) in known.means}
    best = max(rates, key=lambda arm: rates[arm])
    return best if rates[best] > 0 else ""


def _counted(seen: Mapping[str, bool]) -> str:
    """Return "2 of 3 simulated and 0 of 5 recorded places"."""
    kinds: dict[str, list[bool]] = {}
    for place, yes in seen.items():
        kinds.setdefault("simulated" if "simulated" in place else "recorded", []).append(yes)
    return " and ".join(f"{sum(found)} of {len(found)} {kind}" for kind, found in kinds.items()) + " places"


def _rival(known: Known) -> str:
    (scheme,), (rival,) = known.arms("scheme") or [""], known.arms("rival") or [""]
    found = [place for place in known.places(scheme, rival) if known.rate(place, scheme) or known.rate(place, rival)]
    if not found:
        return ""
    above = _counted({place: known.rate(place, rival) >= known.rate(place, scheme) - SLACK for place in found})
    both = " against ".join(number(float(np.mean([known.rate(p, arm) for p in found]))) for arm in (rival, scheme))
    return (
        f"A plain filter with the band that `{scheme}` agreed on (`{rival}`) makes as much, give or take {SLACK} "
        f"bits a packet, or more at {above}, on average {both} where either makes keys."
    )


def _oracle(known: Known) -> str:
    """Set the paper's scheme beside itself with what no end can know."""
    (scheme,), (oracle,) = (known.arms(name) or [""] for name in ("scheme", "oracle"))
    found = [place for place in known.places(scheme, oracle) if _first(known, place, oracle)]
    if not found:
        return ""
    won = [_counted({p: _first(known, p, arm) == arm for p in found}) for arm in (oracle, scheme)]
    shown = [place for place in found if place in known.about.get("places", found)]
    rates = ", ".join(
        f"{number(known.rate(p, oracle))} for {number(known.rate(p, scheme))} at {_short(p)}" for p in shown
    )
    return (
        f"Given the band of both ends' secret samples, which no protocol can have (reading E, `{oracle}`), it has the "
        f"highest mean key rate at {won[0]}; with a band that the ends agreed on (reading C), at {won[1]}. "
        f"Bits a packet: {rates}."
    )


def _short(place: str) -> str:
    return text(place.removesuffix(", simulated"))


def _lags(known: Known) -> str:
    """Compare no lag, one lag, and matching, on the worlds that have all three."""
    parts = []
    for arms in known.about.get("lags", []):
        steps = {place: _shared(known, place, arms) for place in known.places(*arms)}
        if steps:
            told = ", ".join(f"{' / '.join(map(number, rates))} at {_short(place)}" for place, rates in steps.items())
            parts.append(f"`{arms[1]}` {told}")
    what = "Bits a packet without a lag / with one / matched by clock first, on the worlds that have all three"
    return f"{what}: {'; '.join(parts)}." if parts else ""


def _shared(known: Known, place: str, arms: Sequence[str]) -> list[float]:
    columns = [honest.rates(known.results, place, arm) for arm in arms]
    worlds = set.intersection(*(set(column) for column in columns))
    return [float(np.mean([column[world] for world in worlds])) if worlds else float("nan") for column in columns]


def _learned(known: Known) -> str:
    (scheme,) = known.arms("scheme") or [""]
    parts = []
    for arm in known.arms("learned"):
        found = [p for p in known.places(arm, scheme) if known.rate(p, arm) or known.rate(p, scheme)]
        if found:
            above = _counted({place: known.rate(place, arm) > known.rate(place, scheme) for place in found})
            parts.append(f"`{arm}` at {above}")
    return f"A higher mean key rate than `{scheme}` has {', '.join(parts)}." if parts else ""


def _secret(known: Known) -> str:
    """Say how many cells of the published schemes keep anything secret, and the same of the study's own scheme."""
    published, own = ([one for one in known.means.values() if one.arm in known.arms(name) and one.accounts]
                      for name in ("published", "own"))  # fmt: skip
    if not published:
        return ""
    some = [one for one in published if one.values[honest.SECURE] > 0]
    most = max(one.values[honest.RATE] for one in published)
    least = "nothing is left" if not some else f"something is left in {len(some)}"
    told = (
        f"Published schemes make up to {number(most)} bits a packet as the field counts them. With every public and "
        f"every repeated bit counted, {least} of {len(published)} pairs of a scheme and a place"
        f"{f', {number(max(one.values[honest.SECURE] for one in some), 4)} bits a sample at most' if some else ''}."
    ).replace("nothing is left of", "nothing is left in any of")
    return told + _own(own)


def _own(found: Sequence[Means]) -> str:
    if not found:
        return ""
    some = [one for one in found if one.values[honest.SECURE] > 0]
    most = f", up to {number(max(one.values[honest.SECURE] for one in some))} bits a sample" if some else ""
    return f" Of `{found[0].arm}`, ours, something is left at {len(some)} of {len(found)} places{most}."


_ANSWERS: Mapping[str, Callable[[Known], str]] = {
    "best": _best, "rival": _rival, "oracle": _oracle, "lags": _lags, "learned": _learned, "secret": _secret,
}  # fmt: skip
KNOWN = frozenset(_ANSWERS)
