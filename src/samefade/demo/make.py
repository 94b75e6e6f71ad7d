"""Make the bundled recording again: the same scenario and seed give the same samples."""

from pathlib import Path

from samefade.channel import Scenario, World, scenario, simulate
from samefade.demo import FILES
from samefade.files import esp32_tool

SCENARIO = "carried"
SEED = 1


def world() -> World:
    """Return the simulated world that the bundled recordings were written from, with its truth."""
    return simulate(SCENARIO, SEED)


def make(folder: str | Path, case: Scenario | str = SCENARIO, seed: int = SEED) -> dict[str, Path]:
    """Simulate and write `ap.csv.gz`, `sta.csv.gz` and `eve.csv.gz` into a folder that exists.

    Args:
        folder: Where they go.
        case: The scenario, or its name.
        seed: Seed of the simulation.

    Returns:
        End → path.

    Raises:
        UnknownName: When no scenario has this name.
        CannotWrite: When a file cannot be written.
    """
    made = simulate(scenario(case) if isinstance(case, str) else case, seed)
    written = {end: Path(folder) / name for end, name in FILES.items()}
    for end, path in written.items():
        esp32_tool.write(getattr(made, end), path)
    return written
