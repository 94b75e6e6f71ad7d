"""Say where a result comes from: which code, which data, which machine, when."""

import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import samefade
from samefade.api.versions import versions
from samefade.bench import cores
from samefade.bench.provenance import git

# rooms that face people or carry bytes: no number of a study depends on them
_APART = ("cli", "dash", "draw", "keys", "link", "study")


def fingerprint() -> str:
    """Return a SHA-256 over the package's source, without the rooms that no number depends on."""
    package = Path(samefade.__file__).parent
    parts = [
        f"{file.relative_to(package).as_posix()} {sha256(file.read_bytes()).hexdigest()}"
        for file in sorted(package.rglob("*"))
        if file.suffix in (".py", ".toml") and file.relative_to(package).parts[0] not in _APART and file.is_file()
    ]
    return sha256("\n".join(parts).encode()).hexdigest()


def ground(code: str) -> str:
    """Return a SHA-256 over the package's fingerprint and the versions of the libraries that its numbers rest on."""
    libraries = {name: _version(name) for name in ("PyWavelets", "numba", "jax", "equinox", "optax")}
    return sha256(json.dumps([code, versions(), libraries], sort_keys=True).encode()).hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


@cache
def commit(folder: Path) -> tuple[str | None, bool | None]:
    """Return the commit of the repository that a folder lies in, and whether its tracked files were changed since."""
    head = git(folder, "rev-parse", "HEAD")
    if not head:
        return None, None
    return head.strip(), bool(git(folder, "status", "--porcelain", "--untracked-files=no"))


def provenance(folder: Path, code: str, spent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a result is kept with.

    Args:
        folder: The study's folder.
        code: Fingerprint of the package when the computation began.
        spent: What the lab counted: data, seeds, seconds.
    """
    head, dirty = commit(folder)
    return {
        "commit": head,
        "changed_since_commit": dirty,
        "code": code,
        "code_changed_meanwhile": fingerprint() != code,
        "versions": versions(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": cores(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        **spent,
    }
