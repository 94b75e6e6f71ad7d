"""Keep a matched pair of observations in the open container: what both ends hold on one grid, before any secret.

One group for each end holds `values` (time, tone) and `mask` (time) in the Zarr v3 layout of `container`.
"""

from pathlib import Path
from typing import Any

from samefade.errors import UnreadableRecording
from samefade.files.publish import published
from samefade.files.store import FORMAT, VERSION, complete, create, opened, storable
from samefade.types import Observation, Pair, Spoken

_KIND = "observations"
_HALVES: dict[str, type[Observation]] = {"Observation": Observation, "Spoken": Spoken}  # and never Kept


def write_pair(path: str | Path, pair: Pair[Any]) -> None:
    """Write both observations of a pair and Eve's where there is one, with the words of how they were matched.

    The recordings that the pair was made of are not kept here: `container.write` keeps those.

    Args:
        path: A name that ends in `.zip` becomes one file, any other a folder; a container that lay there is replaced.
        pair: Observations, or their spoken halves.

    Raises:
        TypeError: When it holds kept samples: they are secret and have no serialiser.
        MissingExtra: When the extra `store` is not installed.
        OutOfRange: When an array has a type that cannot be kept.
        CannotWrite: When the system refuses; nothing is left half-written.
    """
    ends = {"a": pair.a, "b": pair.b} | ({} if pair.e is None else {"e": pair.e})
    for x in ends.values():
        if type(x) not in _HALVES.values():
            raise TypeError(f"{type(x).__name__} samples have no serialiser: only observations and spoken halves do")
    with published(Path(path)) as root:
        head = {"format": FORMAT, "version": VERSION, "kind": _KIND, "ends": list(ends), "matching": pair.matching}
        root.attrs.update(head)
        for end, x in ends.items():
            _save(root.create_group(end), x)


def read_pair(path: str | Path) -> Pair[Observation]:
    """Read a pair of observations; spoken halves come back as spoken halves.

    Raises:
        MissingExtra: When the extra `store` is not installed.
        UnreadableRecording: When it is not ours, of a newer version, or damaged.
    """
    path = Path(path)
    with opened(path, _KIND) as root:
        ends = {end: _load(root[end]) for end in root.attrs["ends"]}
        if not {"a", "b"} <= ends.keys():
            raise UnreadableRecording(path, reason=f"a pair needs the ends a and b, found {', '.join(ends)}")
        return Pair(ends["a"], ends["b"], ends.get("e"), root.attrs["matching"])


def _save(group: Any, x: Observation) -> None:  # noqa: ANN401 -- a zarr group
    half = type(x).__name__
    group.attrs.update({"half": half, "rate": float(x.rate), "end": x.end, "unit": x.unit, "start": float(x.start)})
    values = storable("values", x.values)
    create(group, "values", values, ("time", "tone")[: values.ndim], x.unit)
    create(group, "mask", storable("mask", x.mask), ("time",), "1")


def _load(group: Any) -> Observation:  # noqa: ANN401 -- a zarr group
    facts = group.attrs
    values, mask = (complete(group[name])[...] for name in ("values", "mask"))
    return _HALVES[facts["half"]](values, facts["rate"], mask, facts["end"], facts["unit"], facts["start"])
