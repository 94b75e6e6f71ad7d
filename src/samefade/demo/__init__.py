"""Hold a simulated recording of one link, so that everything can be tried without a radio and without a network."""

from importlib.resources import files
from pathlib import Path

FILES = {"a": "ap.csv.gz", "b": "sta.csv.gz", "e": "eve.csv.gz"}


def paths() -> dict[str, Path]:
    """Return where the bundled recordings lie: "a" access point, "b" station, "e" eavesdropper."""
    folder = Path(str(files(__name__)))
    return {end: folder / name for end, name in FILES.items()}
