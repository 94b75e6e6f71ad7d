"""The cells that figures 3, 4, 16, 17 and 18 share: every scheme on every place, as equal values in all five.

A *place* is a simulated scenario or a recording; a *world* of it is a seed or a block; an *arm* is a way to treat it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from samefade import schemes
from samefade.bench import ALL, FIELD, Cell, Row, Source
from samefade.study import REAL, Lab
from wskg2025.places import PAPER, blocks, label, simulated

CONTROLS = ("lte-negative", "lorawan-campus/static_nlos")  # nothing is shared there: no scheme may make a key
ELSEWHERE = 1000  # the seed of the record that learned schemes are trained on; the study's own are 0, 1, …
LETTER = f"{Path(__file__).with_name('letter.py')}:WskgLetter"

FULL: dict[str, Any] = {
    "scenarios": list(PAPER),
    "seeds": 20,
    "seconds": None,  # the scenario's own: one hour
    "sets": list(REAL),
    "controls": list(CONTROLS),
    "blocks": 20,
    "accounts": 10,  # worlds of each place with an account of secrecy
    "accounts_nosync": 10,  # the same for the variants without synchronisation
    "clock": 10,
    "learned": 20,  # worlds with learned schemes, trained once, trained elsewhere, and learnt again
    "learned_at": "everywhere",
}
QUICK: dict[str, Any] = {
    "seeds": 3,
    "seconds": 600,
    "sets": ["skyglow/office-los", "skyglow/mobile"],
    "controls": ["lte-negative"],
    "blocks": 2,
    "accounts": 1,
    "accounts_nosync": 0,
    "clock": 0,  # ten minutes are too few to find the clocks' offset
    "learned": 1,
    "learned_at": "sim:nlos-short",  # each length of a record costs a compilation
}


@dataclass(frozen=True)
class Arm:
    """A way to treat a record.

    Attributes:
        name: What it is called in tables and pictures.
        scheme: The scheme.
        terms: "oracle" for reading E: the band of the very samples that make the key, offline.
        clock: Whether both logs are matched by clock first, which the authors' files do not allow.
        learning: "once": trained on another record of the place, then met with this one; "moved": trained in another
            place, so that the law of the channel changed meanwhile and not only its course; "again": learnt from
            this record's own spoken half.
    """

    name: str
    scheme: str
    terms: Literal["learnt", "oracle"] = "learnt"
    clock: bool = False
    learning: Literal["once", "moved", "again"] | None = None


PLAIN = ("raw", "golay", "fft", "fft_band", "packet", "wskg")
LEARNED = ("autoencoder", "bcfl")
ORACLE, LETTER_ARM = "wskg, oracle", "wskg, to the letter"
ARMS = (
    *(Arm(name + ending, name + ending) for name in PLAIN for ending in ("-nosync", "")),
    Arm("wskg-nosync, oracle", "wskg-nosync", "oracle"),
    Arm(ORACLE, "wskg", "oracle"),
    Arm(LETTER_ARM, LETTER),
    *(Arm(f"{name}, {when}", name, learning=when) for name in LEARNED for when in ("once", "moved", "again")),
    Arm("strata", "strata"),
    *(Arm(f"{name}, by clock", name, clock=True) for name in ("raw", "golay", "fft", "wskg")),
)


@dataclass(frozen=True)
class World:
    """One seed or block of a place.

    Attributes:
        source: Where the pair comes from.
        number: Which seed or block.
        role: What kind of place it is.
        first: The record on which a learned scheme was trained before; None where there is none but this.
        away: A record of another place, of another law; None where there is none in the same unit and at the same rate.
    """

    source: Source
    number: int
    role: Literal["simulated", "real", "control"]
    first: Source | None
    away: Source | None = None


Told = tuple[Cell, Row]


def worlds(spec: Mapping[str, Any], lab: Lab) -> tuple[list[World], tuple[str, ...]]:
    """Return every world that the specification asks for and that is here, and a sentence on each set that is not."""
    seconds = spec["seconds"]
    names = list(spec["scenarios"])
    away = dict(zip(names, [names[-1], *names], strict=False))  # the one before it: in sight for a wall, and so on
    found = [
        World(
            simulated(name, seed, seconds),
            seed,
            "simulated",
            *(simulated(n, ELSEWHERE, seconds) for n in (name, away[name])),
        )
        for name in names
        for seed in range(spec["seeds"])
    ]
    absent: tuple[str, ...] = ()
    for role, names in (("real", spec["sets"]), ("control", spec["controls"])):
        here, missing = lab.sets(names)
        absent += missing
        for name in (name for name in here if name in names or role == "real"):  # the authors' own, too, but once
            parts = blocks(name)[: spec["blocks"]]
            found += [World(part, i, role, parts[0] if i else None) for i, part in enumerate(parts)]  # type: ignore[arg-type]
    return found, absent


def cells(spec: Mapping[str, Any], found: list[World], arms: tuple[Arm, ...]) -> Iterator[Told]:
    """Yield each cell with the columns that say what it is, the cells of one source after each other."""
    for world in found:
        for arm in sorted(arms, key=lambda arm: arm.clock):
            cell = _cell(spec, world, arm)
            if cell is not None:
                place = label(world.source)
                about: Row = {"kind": "cell", "place": place, "role": world.role, "arm": arm.name}
                name = place if world.source.kind == "files" else world.source.name
                yield cell, {**about, "name": name, "world": world.number}


def _cell(spec: Mapping[str, Any], world: World, arm: Arm) -> Cell | None:
    if arm.clock and (world.role != "simulated" or world.number >= spec["clock"]):
        return None
    if arm.learning and not _learning(spec, world, arm):
        return None
    many = spec["accounts_nosync" if arm.scheme.endswith("-nosync") else "accounts"]
    metrics = ALL if world.number < many and arm.terms == "learnt" else FIELD
    source = replace(world.source, by="auto") if arm.clock else world.source
    return Cell(source, arm.scheme, metrics, trained=_school(world, arm), terms=arm.terms)


def _learning(spec: Mapping[str, Any], world: World, arm: Arm) -> bool:
    here = spec["learned_at"] in ("everywhere", world.source.name)
    taught = arm.learning == "again" or _school(world, arm) is not None
    return here and world.number < spec["learned"] and taught


def _school(world: World, arm: Arm) -> Source | None:
    """Return the record that the arm's scheme was trained on before; None where it learns from the spoken half."""
    return {"once": world.first, "moved": world.away}.get(arm.learning or "")


def table(spec: Mapping[str, Any], lab: Lab, arms: tuple[str, ...] | None = None) -> tuple[list[Row], tuple[str, ...]]:
    """Evaluate the cells of some arms, by default of all; return a row for each, and what was left out and why."""
    wanted = [arm for arm in ARMS if arms is None or arm.name in arms]
    known = {*schemes.schemes(), LETTER}
    able = tuple(arm for arm in wanted if arm.scheme in known)
    unknown = sorted({arm.scheme for arm in wanted} - known)
    notes = tuple(f"{name} is left out: no such scheme is installed" for name in unknown)
    found, absent = worlds(spec, lab)
    asked = list(cells(spec, found, able))
    rows = lab.grid([cell for cell, _ in asked], "key rates")
    named = [{**row, **about, "scheme": _short(row["scheme"])} for (_, about), row in zip(asked, rows, strict=True)]
    return named, (*absent, *notes, *_refused(named))


def _short(scheme: object) -> str:
    return str(scheme).rpartition("/")[2]  # of a scheme's file the name alone


def _refused(rows: list[Row]) -> tuple[str, ...]:
    """Say which arm refused which place altogether."""
    all_of: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        all_of.setdefault((str(row["place"]), str(row["arm"])), []).append(row)
    silent: dict[tuple[str, str], list[str]] = {}
    for (place, arm), group in all_of.items():
        if all(row["refusal"] for row in group):
            silent.setdefault((place, str(group[0]["refusal"])), []).append(arm)
    return tuple(f"{place}: {', '.join(arms)} refused every record ({why})" for (place, why), arms in silent.items())
