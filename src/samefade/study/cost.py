"""Estimate how long a study takes on this machine, from what its figures cost where they were computed before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

from samefade.bench import FIELD, Cell, Source, evaluate
from samefade.study.shelf import Shelf
from samefade.study.state import State

_SECONDS = 600.0  # of the world of a calibration cell


@dataclass(frozen=True)
class Estimate:
    """How long it will take.

    Attributes:
        seconds: By the clock, of the figures that were computed before.
        unknown: Names of the figures that were never computed.
    """

    seconds: float
    unknown: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in words."""
        told = [f"about {duration(self.seconds)}"] if self.seconds else []
        told += [f"{', '.join(self.unknown)}, never computed"] if self.unknown else []
        return ", and ".join(told) or "less than a second"


def calibration() -> float:
    """Return the seconds of a processor that one small cell takes here, after a first one that loads what it needs."""
    cells = [Cell(Source("sim:los-short", seed, by="row", seconds=_SECONDS), "golay", FIELD) for seed in (0, 1)]
    evaluate(cells[:1])
    began = process_time()
    evaluate(cells[1:])
    return process_time() - began


def estimate(
    states: Iterable[State], speed: float | None, workers: int, known: Mapping[str, Mapping[str, Any]]
) -> Estimate:
    """Estimate a run.

    Figures share cells: each family of cells is counted once, as the figure had it that asked most of it.

    Args:
        states: Where the figures stand.
        speed: What `calibration` found here; None where it was not asked.
        workers: Processes.
        known: Figure → the provenance of an earlier computation of it, of the same kind.
    """
    families: dict[str, float] = {}
    other, unknown = 0.0, []
    for now in states:
        if now.need != "compute":
            continue
        record = known.get(now.name)
        if record is None:
            unknown.append(now.name)
            continue
        before = record.get("calibration_s")
        scale = speed / float(before) if speed and before else 1.0
        for family, seconds in record["cost_s"].items():
            if family == "other":
                other += seconds * scale
            else:
                families[family] = max(families.get(family, 0.0), seconds * scale)
    return Estimate((sum(families.values()) + other) / workers, tuple(unknown))


def records(states: Iterable[State], elsewhere: Path | None = None) -> dict[str, Mapping[str, Any]]:
    """Return the provenance of each figure's earlier computation, here or in another folder of results."""
    found = {now.name: now.kept or (None if elsewhere is None else Shelf(elsewhere).read(now.name)) for now in states}
    return {name: shelved.provenance for name, shelved in found.items() if shelved is not None}


def duration(seconds: float) -> str:
    """Say a duration in the unit that people would use."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
