"""Say which programs computed a result."""

import platform
from importlib.metadata import version

import samefade


def versions() -> dict[str, str]:
    """Return the versions of samefade, of what its numbers rest on, and of Python."""
    return {
        "samefade": samefade.__version__,
        "numpy": version("numpy"),
        "scipy": version("scipy"),
        "python": platform.python_version(),
    }
