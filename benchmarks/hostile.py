"""Two ends never confirm different keys: seeded runs of the whole protocol over a hostile line.

    python -m benchmarks hostile [--runs 100000] [--seed 0] [--jobs 2] [--minutes M] [--quick] [--json]
    python -m benchmarks hostile --seed 0 --only 4711        # one run again, with all its events

Every run is drawn from the seed and its number alone: the pair of recordings, the handshake, what the line does and
who sits on it; with EDHOC the ephemeral keys are lakers' own, so bytes differ between repetitions, not their course.
Calibration, features, symbols and prices are computed once for each recording of the pool and remembered
(`hostile_pool`); everything else is real in every run.
Tables of success and of computing time are printed after the runs.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from random import Random
from typing import Any

from benchmarks.hostile_ends import PRIORS, Verdict, edhoc_ends, judge, psk_ends
from benchmarks.hostile_line import KINDS, Attack, radio
from benchmarks.hostile_pool import POOL, remember_calibration, remembered
from samefade.link.hostile import Hostile
from samefade.link.memory import Memory, Outcome
from samefade.wire.profile import LORA, WIFI

Row = dict[str, object]
QUICK, CHUNK, LIMIT = 2000, 200, 100_000.0
_EDHOC, _LORA, _ATTACKED = 0.2, 0.03, 0.5
_WEIGHTS = tuple(1 if entry.name.startswith("Cascade") else 6 for entry in POOL)


@dataclass(frozen=True)
class Play:
    """What a run will be, drawn from its seed.

    Attributes:
        entry: Index into the pool.
        who: "psk", "edhoc" or "lora".
        priors: Which prior secrets the ends hold, by name.
        radio: What the line does.
        kinds: What the attacker does; empty for none.
        seed: Seed of everything else.
    """

    entry: int
    who: str
    priors: str
    radio: Hostile
    kinds: tuple[str, ...]
    seed: str

    @classmethod
    def draw(cls, seed: int, number: int) -> "Play":
        """Draw run `number` of a seed."""
        chance = Random(f"{seed} run {number}")
        entry = chance.choices(range(len(POOL)), _WEIGHTS)[0]
        kind = chance.random()
        short = POOL[entry].name.startswith("strata") and kind < _LORA
        who = "lora" if short else "edhoc" if kind > 1 - _EDHOC else "psk"
        priors = chance.choices(tuple(PRIORS), (12, 2, 2, 1))[0]
        attacked = chance.random() < _ATTACKED
        kinds = tuple(kind for kind in KINDS if chance.random() < 0.3) if attacked else ()
        return cls(entry, who, priors, radio(chance), kinds, f"{seed} run {number}")


def play(run: Play) -> Outcome:
    """Let the two ends of a run talk."""
    _, heard_a, heard_b = remembered(run.entry)
    chance = Random(f"{run.seed} ends")
    ends = _ends(run, chance)
    attacker = Attack(Random(f"{run.seed} attack"), run.kinds, _foreign(run.entry, run.who)) if run.kinds else None
    return Memory(run.radio, chance.getrandbits(48), attacker).run(*ends, heard_a, heard_b, limit=LIMIT)


def _ends(run: Play, chance: Random) -> Any:  # noqa: ANN401 -- two sessions
    scheme, plan = remembered(run.entry)[0], POOL[run.entry].plan
    priors = PRIORS[run.priors]
    if run.who == "edhoc":
        return edhoc_ends(scheme, plan, chance, None if run.priors == "alike" else priors)
    return psk_ends(scheme, plan, chance, priors, LORA if run.who == "lora" else WIFI)


@cache
def _foreign(entry: int, who: str) -> tuple[bytes, ...]:
    """Return what the same two ends said in another run, on a calm line."""
    said: list[bytes] = []

    def listen(datagram: bytes, to: str, now: float) -> list[bytes]:  # noqa: ARG001 -- as an attacker
        said.append(datagram)
        return [datagram]

    run = Play(entry, who, "alike", Hostile(), (), f"another run of {entry}")
    chance = Random(run.seed)
    Memory(run.radio, 0, listen).run(*_ends(run, chance), *remembered(entry)[1:], limit=LIMIT)
    return tuple(said)


@dataclass
class Count:
    """What came of many runs.

    Attributes:
        runs: How many there were.
        confirmed: Runs whose keys both ends confirmed, one, or none.
        bad: What must never happen, with the numbers of the runs.
        errors: How runs without a key ended, at both ends.
        table: Confirmed at both, and runs, by what was drawn.
    """

    runs: int = 0
    confirmed: Counter[str] = field(default_factory=Counter)
    bad: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in BAD})
    errors: Counter[str] = field(default_factory=Counter)
    table: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, run: Play, verdict: Verdict | None, problem: str) -> None:
        """Add a run."""
        self.runs += 1
        if problem:
            self.bad[problem].append(number)
        if verdict is None:
            return
        self.confirmed[verdict.confirmed] += 1
        if verdict.confirmed == "none":
            self.errors[" | ".join(verdict.errors)] += 1
        for what in (POOL[run.entry].name, run.who, "attacked" if run.kinds else "not attacked", run.priors):
            self.table[what] += 1
            self.table[f"{what}: both"] += verdict.confirmed == "both"

    def join(self, other: "Count") -> None:
        """Add the counts of other runs."""
        self.runs += other.runs
        for mine, theirs in ((self.confirmed, other.confirmed), (self.errors, other.errors), (self.table, other.table)):
            mine.update(theirs)
        for name, numbers in other.bad.items():
            self.bad[name] += numbers

    def public(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        counters = {"confirmed": self.confirmed, "errors": self.errors, "table": self.table}
        return {"runs": self.runs, "bad": self.bad, **{name: dict(c.most_common()) for name, c in counters.items()}}


BAD = ("wrong key", "unfinished", "exception", "defect")


def one(seed: int, number: int) -> tuple[Play, Verdict | None, str]:
    """Play one run and say what is wrong with it, or ""."""
    run = Play.draw(seed, number)
    try:
        outcome = play(run)
    except Exception:  # noqa: BLE001 -- whatever leaves the machine is what is looked for
        return run, None, "exception"
    verdict = judge(outcome)
    if verdict.wrong or (run.priors == "different" and verdict.confirmed != "none"):
        return run, verdict, "wrong key"
    if not outcome.finished and not _waits(outcome):
        return run, verdict, "unfinished"
    return run, verdict, "defect" if verdict.defect else ""


def _waits(outcome: Outcome) -> bool:
    """Say whether the run ended because the responder never heard enough to begin: it still waits to be spoken to."""
    return not outcome.b and outcome.seconds < LIMIT and any(type(event).__name__ == "Failed" for event in outcome.a)


def chunk(job: tuple[int, int, int]) -> Count:
    """Play the runs `first` to `last`, which is not included."""
    remember_calibration()
    seed, first, last = job
    count = Count()
    for number in range(first, last):
        count.add(number, *one(seed, number))
    return count


def campaign(runs: int, seed: int = 0, jobs: int = 1, minutes: float = 1e9) -> Count:
    """Play so many runs, or as many as there is time for."""
    total, begin = Count(), time.perf_counter()
    chunks = [(seed, first, min(first + CHUNK, runs)) for first in range(0, runs, CHUNK)]
    for count in _counts(chunks, jobs):
        total.join(count)
        spent = time.perf_counter() - begin
        if total.runs % (10 * CHUNK) < CHUNK:
            print(f"hostile: {total.runs} runs, {spent:.0f} s: {total.public()}", file=sys.stderr, flush=True)
        if spent > 60 * minutes:
            break
    return total


def _counts(chunks: list[tuple[int, int, int]], jobs: int) -> Iterator[Count]:
    if jobs == 1:
        yield from map(chunk, chunks)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(chunk, chunks)


def upper(found: int, runs: int, sure: float = 0.95) -> float:
    """Return the Clopper–Pearson upper bound of a rate (1934)."""
    from scipy.stats import beta

    return 1.0 if found == runs else float(beta.ppf(sure, found + 1, runs - found))


def rows(count: Count) -> list[Row]:
    """Return the bars of a campaign."""
    made: list[Row] = [{"what": f"runs, {_shares(count)}", "ours": count.runs, "holds": True}]
    for name in BAD:
        found = len(count.bad[name])
        what = f"{name}: {found} of {count.runs:,}; the rate is at most (95 %, Clopper–Pearson)"
        again = f", runs {count.bad[name][:10]}" if found else ""
        made.append({"what": what + again, "ours": upper(found, max(1, count.runs)), "bar": "none", "holds": not found})
    return made


def _shares(count: Count) -> str:
    both, one_end, none = (count.confirmed[name] for name in ("both", "one", "none"))
    return f"keys confirmed at both ends {both}, at one (the other holds the same, pending) {one_end}, at none {none}"


def run(runs: int = QUICK) -> list[Row]:
    """Play some runs, and measure success and computing time."""
    from benchmarks import hostile_cost

    return [*rows(campaign(runs)), *hostile_cost.success(200), *hostile_cost.computing(5)]


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    from benchmarks.table import show

    parser = argparse.ArgumentParser("python -m benchmarks hostile")
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no more runs after this time")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} runs")
    parser.add_argument("--json", action="store_true", help="the counts as JSON")
    parser.add_argument("--only", type=int, help="repeat this run alone, with its events")
    parser.add_argument("--cost", action="store_true", help="success and computing time alone")
    said = parser.parse_args(arguments)
    if said.only is not None:
        _again(said.seed, said.only)
        return
    if said.cost:
        from benchmarks import hostile_cost

        show("hostile: success and computing time", [*hostile_cost.success(1000), *hostile_cost.computing(15)])
        return
    count = campaign(QUICK if said.quick else said.runs, said.seed, said.jobs, said.minutes)
    if said.json:
        print(json.dumps({"seed": said.seed, **count.public()}))
    else:
        show("hostile", rows(count))


def _again(seed: int, number: int) -> None:
    remember_calibration()
    run = Play.draw(seed, number)
    print(POOL[run.entry].name, run)
    outcome = play(run)
    for name, events in (("a", outcome.a), ("b", outcome.b)):
        for event in events:
            print(name, json.dumps(event.public(), default=str))
    print(outcome, judge(outcome))


if __name__ == "__main__":
    main(sys.argv[1:])
