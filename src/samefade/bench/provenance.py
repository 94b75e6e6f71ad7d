"""Say what made a row: which samefade, from which commit where that is known, on which Python."""

import subprocess
from functools import lru_cache
from pathlib import Path

from samefade import __version__
from samefade.api.versions import versions

_HERE = Path(__file__)


@lru_cache(maxsize=1)
def commit() -> str | None:
    """Return the commit that this code was checked out at, with "+" where it was changed since; None if not known.

    Installed code knows none, even where it lies inside somebody else's repository.
    """
    if git(_HERE.parent, "ls-files", "--error-unmatch", _HERE.name) is None:
        return None
    found = git(_HERE.parent, "rev-parse", "HEAD")
    if found is None:
        return None
    changed = git(_HERE.parent, "status", "--porcelain", "--untracked-files=no", "--", str(_HERE.parents[1]))
    return found.strip() + ("+" if changed else "")


def stamp() -> dict[str, str | None]:
    """Return the columns that every row gets."""
    return {"samefade": __version__, "commit": commit()}


def made_by() -> dict[str, str]:
    """Return what a file of rows says of itself: the versions of what its numbers rest on."""
    return versions()


def git(folder: Path, *words: str) -> str | None:
    """Return what the user's own git says of a folder, or None where it has nothing to say or is not there."""
    try:
        command = ["git", "-C", str(folder), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)  # noqa: S603 -- our words
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
