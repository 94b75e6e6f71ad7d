"""The records that the figures about signals look at, and how work on them becomes one result.

A *record* is one seed of a simulated scenario, or one recording with all of its blocks, which share the reading of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from samefade import channel, observe
from samefade.bench import Row, Source
from samefade.study import Lab, Result
from samefade.types import Float, Observation, Pair, Spoken
from wskg2025.places import PAPER, blocks, label, simulated

TONE = 6  # the subcarrier that the paper shows
Arrays = dict[str, NDArray[Any]]
SEEDS: dict[str, Any] = {"seeds": 20, "seconds": 3600.0, "blocks": 20}
SETS = ["skyglow/office-los", "skyglow/office-nlos", "skyglow/mobile", "skyglow/outdoor-mobile", "lora-indoor"]
QUICK: dict[str, Any] = {"seeds": 3, "seconds": 900.0, "blocks": 2, "sets": ["skyglow/office-los"]}


@dataclass(frozen=True)
class Record:
    """One seed, or one recording.

    Attributes:
        place: How it is called in tables.
        role: What kind of place it is: "authors" for the paper's own recordings, which are paired by row.
        name: The scenario, the set or the experiment.
        parts: (number of the seed or block, where it comes from).
    """

    place: str
    role: Literal["simulated", "real", "authors"]
    name: str
    parts: tuple[tuple[int, Source], ...]

    def pairs(self) -> Iterator[tuple[Row, Pair[Observation]]]:
        """Yield the columns that say which part it is, and its pair of one tone."""
        for world, source in self.parts:
            yield {"place": self.place, "role": self.role, "name": self.name, "world": world}, _pair(source)


@dataclass(frozen=True, eq=False)
class Found:
    """What work on one record found."""

    rows: list[Row]
    arrays: Arrays = field(default_factory=dict)


def records(spec: Mapping[str, Any], lab: Lab) -> tuple[list[Record], tuple[str, ...]]:
    """Return the records of `scenarios` and `sets` that are here, and a sentence about each one that is not."""
    found = [
        Record(label(f"sim:{name}"), "simulated", name, ((seed, simulated(name, seed, spec["seconds"])),))
        for name in spec["scenarios"]
        for seed in range(spec["seeds"])
    ]
    here, absent = lab.sets(spec["sets"])
    for name in here:
        own = name.startswith("netstar:")
        if own and not any(name.startswith(f"netstar:{PAPER[scenario]}") for scenario in spec["scenarios"]):
            continue
        parts = tuple(enumerate(blocks(name)[: spec["blocks"]]))
        found.append(Record(label(parts[0][1]), "authors" if own else "real", parts[0][1].about, parts))
    return found, absent


def gathered(lab: Lab, work: Callable[[Record], Found], items: Sequence[Record], notes: tuple[str, ...] = ()) -> Result:
    """Apply work to every record and join what it found, in the records' order."""
    done = lab.map(work, items, "records")
    arrays: Arrays = {}
    for found in done:
        arrays |= found.arrays
    return Result([row for found in done for row in found.rows], arrays, notes)


def _pair(source: Source) -> Pair[Observation]:
    """Make a pair of one tone; of a simulated world without Eve, whose clock costs more to match than all the rest."""
    if source.kind != "sim":
        return source.pair().one_tone()
    case = channel.scenario(source.about)
    seconds = case.seconds if source.seconds is None else source.seconds
    world = channel.simulate(replace(case, seconds=seconds), source.seed, tones=(TONE,))
    return observe.pair(world.a, world.b, tone=TONE, by=source.by)


def series(pair: Pair[Observation]) -> tuple[Float, Float]:
    """Return both ends of a pair of one tone as (n,)."""
    return np.ravel(pair.a.values), np.ravel(pair.b.values)


def spoken(pair: Pair[Observation]) -> Pair[Spoken]:
    """Return the whole record as samples that may be shown: a figure shows them, so none of them can be a key."""
    return pair.each(lambda x: Spoken(x.values, x.rate, x.mask, x.end, x.unit, x.start))


def strangers(pair: Pair[Observation]) -> Pair[Observation]:
    """Turn b by half of the record: the same spectra with nothing in common, so what agrees is chance."""
    half = len(pair) // 2
    turned = Observation(
        np.roll(pair.b.values, half, axis=0), pair.rate, np.roll(pair.b.mask, half), "b", pair.b.unit, pair.b.start
    )
    return Pair(pair.a, turned, None, pair.matching, pair.recordings, pair.main)


def places(result: Result, *roles: str) -> list[tuple[str, str]]:
    """Return (place, name) in the order of the table; by default of all places."""
    wanted = roles or ("simulated", "real", "authors")
    return list(dict.fromkeys((str(r["place"]), str(r["name"])) for r in result.rows if r["role"] in wanted))
