"""Find the authors' own recordings of the 2025 paper on this machine: `ap.` and `sta.` files of twelve experiments.

They are offered on the data page of the NetSTAR laboratory, Oregon State University, without a stated licence, so they
are neither shipped, nor fetched, nor listed in the registry: whoever has them names their folder.
A course notebook prints one name, `ap.LoS_ShortRange_1_amplitudes_phases.csv`; the others are inferred from it.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from samefade.data.fetch import MIRROR
from samefade.errors import DataUnavailable

FOLDER = "SAMEFADE_NETSTAR"
SCENARIOS = ("LoS-ShortRange", "NLoS-ShortRange", "NLoS-LongRange")
REPEATS = 4
RATE = 10.0  # packets a second, as the paper says of its captures; the files have no clock

_NAME = re.compile(r"(ap|sta)\.([a-z]+)[_-]([a-z]+)_([0-9]+)(?:_amplitudes)?(?:_phases)?\.csv(?:\.gz)?", re.IGNORECASE)


@dataclass(frozen=True)
class Experiment:
    """One experiment of which both ends are here.

    Attributes:
        scenario: The paper's name of the place, such as "LoS-ShortRange".
        number: Which repetition, from 1.
        ap: What the access point logged.
        sta: What the station logged.
    """

    scenario: str
    number: int
    ap: Path
    sta: Path

    @property
    def name(self) -> str:
        """Return the name by which sources know it: "LoS-ShortRange_1"."""
        return f"{self.scenario}_{self.number}"


def folder() -> Path | None:
    """Return where the files would lie: what SAMEFADE_NETSTAR names, else `netstar/` below SAMEFADE_DATA."""
    named, mirror = os.environ.get(FOLDER), os.environ.get(MIRROR)
    return Path(named).expanduser() if named else Path(mirror).expanduser() / "netstar" if mirror else None


def experiments() -> tuple[Experiment, ...]:
    """Return every experiment of which both ends are here, in the paper's order of places."""
    place = folder()
    found: dict[tuple[str, int], dict[str, Path]] = {}
    for path in sorted(place.iterdir()) if place is not None and place.is_dir() else ():
        if (match := _NAME.fullmatch(path.name)) and path.is_file():
            end, sight, reach, number = match.groups()
            found.setdefault((_scenario(f"{sight}-{reach}"), int(number)), {})[end.lower()] = path
    both = [Experiment(*key, ends["ap"], ends["sta"]) for key, ends in found.items() if len(ends) == 2]
    return tuple(sorted(both, key=lambda one: (_order(one.scenario), one.scenario, one.number)))


def experiment(name: str) -> Experiment:
    """Return one experiment by its name, whether parted by "-" or "_".

    Raises:
        DataUnavailable: When it is not here, with where it was looked for.
    """
    wanted = name.replace("_", "-").lower()
    for one in experiments():
        if one.name.replace("_", "-").lower() == wanted:
            return one
    raise DataUnavailable(f"netstar:{name}", f"not both of its files are here; {offered()}")


def missing() -> tuple[str, ...]:
    """Return sentences about what is not here of the twelve experiments; none when all are."""
    here = {one.name for one in experiments()}
    gone = [name for s in SCENARIOS for k in range(1, REPEATS + 1) if (name := f"{s}_{k}") not in here]
    if not here:
        return (f"the authors' own recordings are not here: {offered()}",)
    return (f"of the authors' own recordings {', '.join(gone)} are not here: {offered()}",) if gone else ()


def offered() -> str:
    """Say where the files come from, and where they are looked for."""
    place = folder()
    looked = f"looked in {place}" if place else f"neither {FOLDER} nor {MIRROR} is set"
    return (
        "the authors offer them on the data page of the NetSTAR laboratory, Oregon State University; "
        f"{FOLDER} names the folder that holds them ({looked})"
    )


def _scenario(text: str) -> str:
    return next((name for name in SCENARIOS if name.lower() == text.lower()), text)


def _order(scenario: str) -> int:
    return SCENARIOS.index(scenario) if scenario in SCENARIOS else len(SCENARIOS)
