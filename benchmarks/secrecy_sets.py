"""Our scheme beside WSKG, on every two-ended recording that the registry knows and on the simulated testbed."""

import sys
from dataclasses import dataclass, replace

import numpy as np

from samefade import api, channel, data, observe
from samefade.errors import DataUnavailable, NotEnough
from samefade.schemes import Scheme, Strata, Wskg
from samefade.types import Observation, Pair

Row = dict[str, object]
# what holds a key, and how many times WSKG's rate is asked for at the least; the traps have rows of their own
SETS = {
    "skyglow/office-los": 10.0,
    "skyglow/office-nlos": 10.0,
    "skyglow/mobile": 10.0,
    "skyglow/outdoor-mobile": 1.0,
    "lora-indoor": 1.0,
    "lorawan-campus/walking": 1.0,
    "ble-channel-sounding": 1.0,
}
TESTBED, SEEDS, TONE = ("los-short", "nlos-short", "nlos-long"), (1, 2, 3), 6
SEED = bytes(32)


def of_recordings() -> list[Row]:
    """Compare on the recordings of others, with Eve's where there is one."""
    made: list[Row] = []
    for name, times in SETS.items():
        print(f"secrecy: … {name}", file=sys.stderr, flush=True)
        try:
            pair = pair_of(name)
        except DataUnavailable:
            made.append(skipped(name))
            continue
        made.append(_row(name, _found(Strata(), pair), _found(Wskg(), pair), times))
    return made


def of_testbed() -> list[Row]:
    """Compare on the simulated testbed, Eve included: all tones for our scheme, the paper's tone for WSKG."""
    made: list[Row] = []
    for name in TESTBED:
        print(f"secrecy: … {name}, simulated", file=sys.stderr, flush=True)
        runs = [_both(name, seed) for seed in SEEDS]
        ours, theirs = (_mean([run[i] for run in runs]) for i in (0, 1))
        each = ", ".join(f"{run[0].rate:.3g}" for run in runs)
        made.append(_row(f"{name}, simulated, mean of {len(SEEDS)} seeds ({each})", ours, theirs, 1.0))
        made[-1]["holds"] = all(run[0].rate > run[1].rate for run in runs)
    return made


def pair_of(name: str) -> Pair[Observation]:
    """Return the pair of a set with every tone.

    Raises:
        DataUnavailable: When its files are not to be had.
    """
    pair = api.read_set(name)
    a, b, *eves = pair.recordings
    half_duplex = data.find(name).half_duplex
    return observe.pair(a, b, eves or None, half_duplex=half_duplex, all_tones=True)


def skipped(name: str) -> Row:
    """Return the row of a set that is absent."""
    what = f"{name}: skipped, the recording is absent (SAMEFADE_DATA names a folder that holds it)"
    return {"what": what, "ours": None, "theirs": None, "ratio": None, "bar": None, "holds": None}


@dataclass(frozen=True)
class Found:
    """What a scheme came to: secure bits a kept sample, the limit there, and the rest in words."""

    rate: float
    limit: float
    words: str


def _found(scheme: Scheme, pair: Pair[Observation]) -> Found:
    try:
        report = api.run(scheme, pair, seed=SEED)
    except NotEnough as why:
        return Found(0.0, float("nan"), f"no key: {_brief(why)}")
    limit, rate = report.mutual_information_per_sample, report.secure_bits_per_sample
    given = "I(A;B)" if pair.e is None else "I(A;B|E)"
    words = f"{report.secure_bits:,} bits of {report.samples:,} samples; {given} {limit:.3g}, "
    words += f"{limit * report.samples:,.0f} bits in all"
    words += f", of it {rate / limit:.0%}" if limit > 0 else ""
    refused = "" if report.refusal is None else f": {_brief(report.refusal)}"
    return Found(rate, limit, f"{words}; claim {report.claim}{refused}")


def _brief(why: Exception) -> str:
    numbers = getattr(why, "numbers", {})
    return type(why).__name__ + "".join(
        f", {name} {value:.4g}" for name, value in numbers.items() if isinstance(value, (int, float))
    )


def _both(name: str, seed: int) -> tuple[Found, Found]:
    world = channel.simulate(name, seed)
    pair = observe.pair(world.a, world.b, world.e, tone=TONE, all_tones=True)
    return _found(Strata(), pair), _found(Wskg(), pair)


def _mean(found: list[Found]) -> Found:
    rate, limit = (float(np.mean([getattr(one, name) for one in found])) for name in ("rate", "limit"))
    return replace(found[0], rate=rate, limit=limit, words=f"I(A;B|E) {limit:.3g}, {rate / limit:.0%} of it")


def _row(name: str, ours: Found, theirs: Found, times: float) -> Row:
    ratio = ours.rate / theirs.rate if theirs.rate else None
    bar = "more than theirs" if times == 1 else f"≥ {times:g} times theirs"
    holds = ours.rate > theirs.rate and ours.rate >= times * theirs.rate
    what = f"{name}: secure bits a kept sample; theirs WSKG; {ours.words}"
    return {"what": what, "ours": ours.rate, "theirs": theirs.rate, "ratio": ratio, "bar": bar, "holds": holds}
