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
    if _git("ls-files", "--error-unmatch", _HERE.name) is None:
        return None
    found = _git("rev-parse", "HEAD")
    if found is None:
        return None
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", str(_HERE.parents[1]))
    return found.strip() + ("+" if changed else "")


def stamp() -> dict[str, str | None]:
    """Return the columns that every row gets."""
    return {"samefade": __version__, "commit": commit()}


def made_by() -> dict[str, str]:
    """Return what a file of rows says of itself: the versions of what its numbers rest on."""
    return versions()


def _git(*arguments: str) -> str | None:
    try:
        command = ["git", "-C", str(_HERE.parent), *arguments]  # of our own words and this file's place alone
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
