"""LPWAN recordings, measured: what they hold, and what every scheme's account leaves of it, with and without Eve.

`python -m benchmarks lpwan [--json] [--sets lora-indoor …] [--schemes strata …]`

Every scheme that the registry finds takes part, those made for LoRa included, each with synchronisation.
Nothing here is tuned on what it measures; a quarter of each record is spoken; recordings that are absent are named.
Eve is, one after the other: nobody; who was recorded; and somebody with a map, who knows end a's mean level over every
11 or 51 exchanges (the recordings hold no positions, so a map cannot be made of another pass, see `entropy.radio_map`).
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.lpwan_channel import Channel, channel_of
from benchmarks.lpwan_rates import Found, found
from samefade import api, observe, schemes
from samefade.entropy import stretch_means
from samefade.errors import DataUnavailable
from samefade.types import Observation, Pair

Row = dict[str, object]
SETS = ("lora-indoor", "lorawan-campus/walking", "skyglow/outdoor-mobile")
TRAPS = ("lorawan-campus/static_nlos", "lora-synthetic-trap", "lte-negative")
STRETCHES = (11, 51)  # exchanges over which Eve's map tells the mean level
KEYS = (128, 256)
NOBODY, RECORDED = "nobody", "recorded"
AS_HEARD, BETWEEN = "as heard", "b interpolated"


def pairings(name: str) -> dict[str, Pair[Observation]]:
    """Return a set as its ends heard it, and with b moved to a's instants where its registry entry says half-duplex.

    Raises:
        DataUnavailable: When its files are not to be had.
    """
    pair = api.read_set(name)
    if "interpolated" not in pair.matching:
        return {AS_HEARD: pair}
    a, b, *eves = pair.recordings
    return {BETWEEN: pair, AS_HEARD: observe.pair(a, b, eves or None, half_duplex=False)}


def eves_of(pair: Pair[Observation]) -> dict[str, Observation]:
    """Return who listens: the recorded one, if any, and one with a map for each length of a stretch."""
    level = np.asarray(pair.a.values, np.float64).ravel()
    maps = {
        f"map of {length}": replace(pair.a, values=stretch_means(level, length, pair.a.mask), end="e")
        for length in STRETCHES
    }
    return ({} if pair.e is None else {RECORDED: pair.e}) | maps


def measured(names: tuple[str, ...], wanted: tuple[str, ...] = ()) -> tuple[list[Channel], list[Found]]:
    """Return what the sets hold, and what the schemes come to on them; absent sets are named on stderr."""
    channels: list[Channel] = []
    rates: list[Found] = []
    for name in names:
        try:
            pairs = pairings(name)
        except DataUnavailable:
            print(f"lpwan: {name}: skipped, absent (SAMEFADE_DATA names a folder that holds it)", file=sys.stderr)
            continue
        for how, pair in pairs.items():
            print(f"lpwan: … {name}, {how}", file=sys.stderr, flush=True)
            eves = eves_of(pair)
            channels.append(channel_of(f"{name}, {how}", pair.one_tone(), eves))
            heard = eves if name in SETS else {}
            rates += _rates(name, how, pair, {NOBODY: None} | heard, wanted)
    return channels, rates


def _rates(
    name: str, how: str, pair: Pair[Observation], eves: dict[str, Observation | None], wanted: tuple[str, ...]
) -> list[Found]:
    made = []
    for who, eve in eves.items():
        for label, scheme in (schemes.schemes() | schemes.lpwan()).items():
            if label.endswith("-nosync") or (wanted and label not in wanted):
                continue
            for bits in KEYS:
                made.append(found(scheme, replace(pair, e=eve), bits, of=(name, how, who)))
                if not made[-1].keys:  # what fills no short key fills no long one
                    break
    return made


def run() -> list[Row]:
    """Print all tables, and hold the secure rate of ours against the best published one, with every Eve."""
    channels, rates = measured(SETS + TRAPS)
    show_channels(channels)
    show_rates(rates)
    rows: list[Row] = []
    for one in dict.fromkeys((rate.set, rate.pairing, rate.eve) for rate in rates):
        these = [r for r in rates if (r.set, r.pairing, r.eve) == one and r.key_bits == KEYS[0]]
        rows.append(_row(one, [r for r in these if r.scheme == "strata"], [r for r in these if r.scheme not in OURS]))
    return rows


OURS = ("strata", "decimated")


def _row(of: tuple[str, str, str], ours: list[Found], theirs: list[Found]) -> Row:
    best, other = (max((_secure(r) for r in each), default=0.0) for each in (ours, theirs))
    trap = of[0] in TRAPS
    what = (
        f"{of[0]}, {of[1]}, Eve: {of[2]}; secure bits a kept sample, keys of {KEYS[0]} bits; theirs: the best published"
    )
    if not trap:
        what += "".join(f"; ours in the long run {r.long_run:.3g}" for r in ours if r.kept)
    return {
        "what": what,
        "ours": best,
        "theirs": other,
        "ratio": best / other if other else None,
        "bar": "no key" if trap else "> theirs",  # a tie at zero is no more than a tie
        "holds": best == other == 0 if trap else best > other,
    }


def _secure(rate: Found) -> float:
    return rate.secure / rate.kept if rate.keys else 0.0


CHANNEL_HEAD = (
    "set | pairs | r | b late / early | r less MA-11 / MA-21 | differences: r / sign errors | median: errors / H∞ | "
    "I single | I single given Eve | I record (95 %) | I record given Eve | guard ±.2σ, ±.3σ: kept / errors / H∞ | "
    "changes apart, over 0, 4 dB: sign errors / H∞"
)
RATE_HEAD = (
    "set | Eve | scheme | key | kept | bits a packet / errors | earned | told | net | net a sample | "
    "long run a sample | secure a sample | keys | exchanges for one | if perfect"
)


def show_channels(channels: list[Channel]) -> None:
    """Print what the recordings hold."""
    print("\n## what the recordings hold\n")
    _head(CHANNEL_HEAD)
    for c in channels:
        _line(
            [
                c.name,
                f"{c.pairs:,}",
                f"{c.raw:.3f}",
                f"{c.late:.3f} / {c.early:.3f}",
                f"{c.small:.2f} / {c.smaller:.2f}",
                f"{c.change:.2f} / {c.sign_errors:.2f}",
                f"{c.median_errors:.3f} / {c.median_entropy:.2f}",
                f"{c.single:.2f}",
                "; ".join(f"{who} {bits:.2f}" for who, bits in c.single_given.items()),
                f"{c.record[0]:.2f} ({c.record[1]:.2f}–{c.record[2]:.2f})",
                "; ".join(f"{who} {bits:.2f}" for who, bits in c.record_given.items()),
                "; ".join(f"{kept:.0%} / {wrong:.3f} / {bits:.2f}" for kept, wrong, bits in c.guard.values()),
                "; ".join(f"{wrong:.2f} / {bits:.2f}" for wrong, bits in c.steps.values()),
            ]
        )


def show_rates(rates: list[Found]) -> None:
    """Print what every scheme came to."""
    print("\n## what every scheme's account leaves\n")
    _head(RATE_HEAD)
    for r in rates:
        of = [f"{r.set}, {r.pairing}", r.eve, r.scheme, f"{r.key_bits}"]
        if not r.kept:
            _line([*of, *["–"] * 8, f"0: {r.refusal}", "–", "–"])
            continue
        most, least = ("≤ ", "≥ ") if r.at_most else ("", "")
        need, least_need = r.exchanges_for_a_key, r.exchanges_at_least
        _line(
            [
                *of,
                f"{r.kept:,}",
                f"{r.bits / r.kept:.2f} / {r.errors:.3f}",
                f"{r.earned:,.0f}",
                f"{least}{r.told:,.0f}",
                f"{most}{r.net:,.0f}",
                f"{most}{r.net_per_sample:.3f}",
                f"{most}{r.long_run:.3f}",
                f"{_secure(r):.3f}",
                f"{r.keys}, {r.claim}" if r.keys else f"0: {r.refusal}",
                (least + f"{need:,.0f}") if np.isfinite(need) else "never",
                f"≥ {least_need:,.0f}" if np.isfinite(least_need) else "never",
            ]
        )


def _head(names: str) -> None:
    _line([names])
    _line(["---"] * (names.count(" | ") + 1))


def _line(cells: Sequence[str]) -> None:
    print("| " + " | ".join(cells) + " |")


def main(arguments: list[str]) -> None:
    """Measure and print: tables, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks lpwan", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--json", action="store_true", help="print what the tables hold as JSON")
    parser.add_argument("--sets", nargs="+", default=SETS + TRAPS, metavar="SET", help="only these recordings")
    parser.add_argument("--schemes", nargs="+", default=(), metavar="NAME", help="only these schemes")
    said = parser.parse_args(arguments)
    channels, rates = measured(tuple(said.sets), tuple(said.schemes))
    if said.json:
        made = {"channels": [c.to_json() for c in channels], "rates": [r.to_json() for r in rates]}
        print(json.dumps(made, indent=1))
        return
    show_channels(channels)
    show_rates(rates)


if __name__ == "__main__":
    main(sys.argv[1:])
