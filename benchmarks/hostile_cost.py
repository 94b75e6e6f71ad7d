"""How often a key is reached where the entropy suffices, and what it costs: virtual time, and computing time.

Success is counted on the pairs of the pool that hold enough, with random loss in both directions and nothing else.
Virtual seconds are those of the line; measuring takes none there, so they are what the protocol waits.
Computing time is the process time of each end's machine, without what hears samples, calibrates and prices: that
depends on the recording, and is given apart.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from random import Random
from statistics import median
from typing import Any, cast

from benchmarks.hostile_ends import edhoc_ends, judge, psk_ends
from benchmarks.hostile_pool import CALIBRATE, POOL, Entry, Played, remember_calibration, remembered, sources
from samefade import schemes
from samefade.amplify import Toeplitz
from samefade.link.hostile import Hostile
from samefade.link.memory import Memory
from samefade.reconcile import Bch, Cascade
from samefade.schemes import Scheme
from samefade.session import Confirmed, Pending, Plan, Session
from samefade.wire.profile import LORA, WIFI, Profile

Row = dict[str, object]
BARS = {0.1: 0.99, 0.3: 0.95, 0.5: None}
MILLISECONDS = 50.0
_DELAY = 0.01
_ENOUGH = [i for i, entry in enumerate(POOL) if entry.enough]
_SMALL = [i for i in _ENOUGH if POOL[i].name.startswith("strata")]  # the terms of others fit too; these are quick

LONG = (
    Entry("strata, one key of 256 bits", replace(schemes.find("strata"), spans=(1,)), noise=0.05, kept=220),
    Entry("Cascade, one key of 256 bits", schemes.Raw(levels=4, reconcile=Cascade()), noise=0.01, kept=600),
    Entry("BCH, one key of 256 bits", schemes.Raw(levels=4, reconcile=Bch(length=127)), noise=0.005, kept=700),
)


def success(runs: int) -> list[Row]:
    """Count runs that end with the same keys at both ends, by loss and profile."""
    remember_calibration()
    made = [_reached(runs, loss, bar, WIFI, _ENOUGH) for loss, bar in BARS.items()]
    return made + [_reached(max(20, runs // 5), loss, None, LORA, _SMALL) for loss in BARS]


def _reached(runs: int, loss: float, bar: float | None, profile: Profile, entries: list[int]) -> Row:
    found, waited = 0, []
    for number in range(runs):
        chance = Random(f"success {loss} {number}")
        entry = chance.choice(entries)
        scheme, *heard = remembered(entry)
        ends = psk_ends(scheme, POOL[entry].plan, chance, profile=profile)
        line = Memory(Hostile(loss=loss, delay=_DELAY), chance.getrandbits(48))
        outcome = line.run(*ends, heard[0], heard[1], limit=100_000.0)
        if judge(outcome).confirmed == "both":
            found += 1
            waited.append(outcome.seconds)
    low, high = interval(found, runs)
    name = "WIFI" if profile is WIFI else "LORA, 51 bytes"
    seconds = f"{median(waited):.1f} s of virtual time in the median" if waited else "no key"
    what = f"{name}, {loss:.0%} loss: {found} of {runs}, 95 % interval {low:.1%} to {high:.1%}; {seconds}"
    holds = None if bar is None else found / runs >= bar
    return {"what": what, "ours": found / runs, "theirs": bar, "bar": bar and f"≥ {bar:.0%}", "holds": holds}


def interval(found: int, runs: int) -> tuple[float, float]:
    """Return the Clopper–Pearson interval of a rate, 95 %."""
    from scipy.stats import beta

    low = 0.0 if not found else float(beta.ppf(0.025, found, runs - found + 1))
    return low, 1.0 if found == runs else float(beta.ppf(0.975, found + 1, runs - found))


class _Timed:
    """A scheme that keeps how long calibrating and pricing took."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme, self.spent = scheme, 0.0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the scheme has
        return getattr(self._scheme, name)

    def calibrate(self, plan: Plan, spoken: Any, seed: bytes) -> Any:  # noqa: ANN401 -- as `session.halves`
        return self._timed(CALIBRATE, self._scheme, plan, spoken, seed)

    def feature(self, *of: Any) -> Any:  # noqa: ANN401 -- as `Scheme`
        return self._timed(self._scheme.feature, *of)

    def symbols(self, *of: Any) -> Any:  # noqa: ANN401 -- as `Scheme`
        return self._timed(self._scheme.symbols, *of)

    def worth(self, *of: Any, **more: Any) -> Any:  # noqa: ANN401 -- as `Scheme`
        return self._timed(lambda: self._scheme.worth(*of, **more))

    def believed(self, *of: Any) -> Any:  # noqa: ANN401 -- as `Scheme`
        return self._timed(self._scheme.believed, *of)

    def _timed(self, act: Callable[..., Any], *of: Any) -> Any:  # noqa: ANN401 -- whatever it returns
        begin = time.process_time()
        try:
            return act(*of)
        finally:
            self.spent += time.process_time() - begin


class _Metered:
    """A session whose computing time is kept: the protocol, what it hears, and the numerics apart.

    Attributes:
        protocol: Seconds in handshake, seal, order, script, reconciliation and amplification.
        hearing: Seconds in taking samples.
        numerics: Seconds in calibrating and pricing.
    """

    def __init__(self, session: Session, timed: _Timed) -> None:
        self._session, self._timed = session, timed
        self.protocol = self.hearing = self.numerics = 0.0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever a session has
        found = getattr(self._session, name)
        return (lambda *of: self._call(name, found, *of)) if callable(found) else found

    def _call(self, name: str, act: Callable[..., Any], *of: Any) -> Any:  # noqa: ANN401 -- whatever it returns
        begin, before = time.process_time(), self._timed.spent
        result = act(*of)
        numerics = self._timed.spent - before
        spent = time.process_time() - begin - numerics
        self.numerics += numerics
        # the last sample of a stretch lets the script go on, which takes longer than to hear it
        if name == "hear" and spent < 1e-4:
            self.hearing += spent
        else:
            self.protocol += spent
        return result


def computing(times: int) -> list[Row]:
    """Measure the computing time of each end for one key of 256 bits; the median of several runs."""
    remember_calibration()
    return [row for entry in LONG for edhoc in (False, True) for row in _costs(entry, times, edhoc=edhoc)]


def _costs(entry: Entry, times: int, *, edhoc: bool) -> list[Row]:
    heard = [Played(x) for x in sources(entry)]
    found = [_cost(entry, heard, number, edhoc=edhoc) for number in range(times + 1)][1:]  # the first compiles
    who = "EDHOC" if edhoc else "PSK"
    made: list[Row] = []
    for place, end in enumerate(("initiator", "responder")):
        protocol, hearing, numerics = (median(run[place][i] for run in found) * 1e3 for i in range(3))
        least = min(run[place][0] for run in found) * 1e3
        what = (
            f"{entry.name}, {who}, {end}: ms of computing, at the least {least:.0f}; "
            f"apart from it, hearing {hearing:.0f}, calibrating and pricing {numerics:.0f}"
        )
        bar = f"≤ {MILLISECONDS:g} ms"
        made.append({"what": what, "ours": protocol, "theirs": MILLISECONDS, "ratio": protocol / MILLISECONDS,
                     "bar": bar, "holds": protocol <= MILLISECONDS})  # fmt: skip
    return made


def _cost(entry: Entry, heard: list[Played], number: int, *, edhoc: bool) -> list[tuple[float, float, float]]:
    timed = _Timed(entry.scheme)
    make = edhoc_ends if edhoc else psk_ends
    ends = make(cast("Scheme", timed), entry.plan, Random(f"cost {number}"))
    metered = [_Metered(end, timed) for end in ends]
    outcome = Memory().run(cast("Session", metered[0]), cast("Session", metered[1]), *heard)
    keys = [len(event.keys) for event in outcome.a if isinstance(event, Pending)]
    if not any(isinstance(event, Confirmed) for event in outcome.a) or Toeplitz() != entry.scheme.amplify:
        raise RuntimeError(f"{entry.name}: no key of 256 bits, {[event.public() for event in outcome.a[-2:]]}")
    return [(end.protocol, end.hearing, end.numerics) for end in metered] if keys else []
