"""Say of every figure whether it has to be computed, and why."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from samefade import data
from samefade.bench import netstar_sources
from samefade.errors import DataUnavailable, UnknownName
from samefade.study.figure import Figure
from samefade.study.folder import Study
from samefade.study.packing import plain
from samefade.study.reach import reach
from samefade.study.shelf import Shelf, Shelved

Need = Literal["compute", "kept", "kept, other code"]


@dataclass(frozen=True, eq=False)
class State:
    """Where one figure stands.

    Attributes:
        name: The figure.
        figure: Its module.
        identity: A hash over its specification and the source that computes it.
        need: What is to be done.
        why: The reason, in words.
        kept: The result that is there, if any.
    """

    name: str
    figure: Figure
    identity: str
    need: Need
    why: str
    kept: Shelved | None


def state(study: Study, shelf: Shelf, name: str, code: str, *, quick: bool, fresh: bool) -> State:
    """Look at one figure.

    Args:
        study: The study.
        shelf: Where its results lie.
        name: The figure.
        code: Fingerprint of the package's source.
        quick: Whether the quick study is meant.
        fresh: Whether what is there counts for nothing.

    Raises:
        Exception: Whatever loading the figure raises.
    """
    figure = study.load(name)
    about = {"spec": plain(figure.SPEC.values(quick=quick)), "source": reach(study.path, name)}
    identity = sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    kept = shelf.read(name)
    need, why = _need(identity, kept, code, fresh=fresh)
    return State(name, figure, identity, need, why, kept)


def _need(identity: str, kept: Shelved | None, code: str, *, fresh: bool) -> tuple[Need, str]:
    if kept is None:
        return "compute", "never computed"
    why = "asked for anew" if fresh else _moved(identity, kept)
    if why is not None:
        return "compute", why
    if kept.provenance.get("code") != code:
        told = str(kept.provenance.get("code"))[:12]
        return "kept, other code", f"computed with other code (fingerprint {told}); --fresh computes anew"
    return "kept", "unchanged"


def _moved(identity: str, kept: Shelved) -> str | None:
    """Say what changed since a result was computed, or None."""
    if kept.about.get("identity") != identity:
        return "its specification or its source changed"
    came = [name for name in kept.provenance.get("absent", ()) if _here(name)]
    if came:
        return f"{', '.join(came)} was absent and is here now"
    changed = _changed(kept.provenance.get("data", {}))
    return None if changed is None else f"{changed} has other files now"


def _here(name: str) -> bool:
    try:
        data.path(name)
    except (DataUnavailable, UnknownName):
        return False
    return True


def _changed(used: Mapping[str, Mapping[str, str]]) -> str | None:
    """Return the first public set, or experiment of the authors, whose files are others than those that were used."""
    known = {entry.name: {file.path: file.sha256 for file in entry.files} for entry in data.sets()}
    if used.keys() - known.keys():
        known |= {one.about: one.hashes() for one in netstar_sources() if one.about in used}
    return next((name for name, files in used.items() if name in known and known[name] != dict(files)), None)
