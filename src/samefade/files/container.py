"""Keep recordings in one open container: Zarr v3 with named dimensions, which xarray opens without samefade.

One group for each end (a, b, e) holds `time`, `raw`, `rssi`, `seq`, `gain` and `tone` as they are: raw int8 I/Q stays
what the chip gave, compressed in chunks along time. `x.zarr` is a folder, `x.zarr.zip` one file to share.
Public format: Zarr core specification version 3; dimension names and `units` as xarray reads them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree, OutOfRange, UnknownName
from samefade.files.publish import published
from samefade.files.store import FORMAT, VERSION, complete, create, header, opened, storable
from samefade.types import End, Recording

_ENDS: tuple[End, ...] = ("a", "b", "e")
_KIND = "recordings"
_UNITS = {"time": "s", "rssi": "dBm", "gain": "dB", "raw": "1", "seq": "1", "tone": "1"}


def can_read(path: str | Path) -> bool:
    """Return whether this is a container of recordings, of this or a later version; never raise."""
    about = header(Path(path))
    return about is not None and about.get("kind") == _KIND


def read(path: str | Path) -> tuple[Recording, ...]:
    """Read every recording of a container, in the order a, b, e.

    Raises:
        MissingExtra: When the extra `store` is not installed.
        UnreadableRecording: When it is not ours, of a newer version, or damaged.
    """
    with opened(Path(path), _KIND) as root:
        return tuple(_load(root[end]) for end in root.attrs["ends"])


def write(path: str | Path, recordings: Sequence[Recording]) -> None:
    """Write one recording of a single node, or those of both ends and, third, Eve's.

    Args:
        path: A name that ends in `.zip` becomes one file, any other a folder; a container that lay there is replaced.
        recordings: One to three, in the order a, b, e.

    Raises:
        MissingExtra: When the extra `store` is not installed.
        OutOfRange: When there are none or more than three, or an array has a type or shape that cannot be kept.
        EndsDisagree: When a recording names more or fewer tones than it holds.
        CannotWrite: When the system refuses; nothing is left half-written.
    """
    if not 1 <= len(recordings) <= len(_ENDS):
        raise OutOfRange("recordings", len(recordings), "one node, both ends, or both ends and Eve")
    ends = _ENDS[: len(recordings)]
    arrays = [_arrays(recording) for recording in recordings]
    with published(Path(path)) as root:
        root.attrs.update({"format": FORMAT, "version": VERSION, "kind": _KIND, "ends": list(ends)})
        for end, recording, mine in zip(ends, recordings, arrays, strict=True):
            group = root.create_group(end)
            group.attrs.update(_facts(recording) | {"arrays": sorted(mine)})
            for name, array in mine.items():
                create(group, name, array, _dimensions(name, array), _UNITS[name])


def append(path: str | Path, end: End, recording: Recording) -> None:
    """Add later packets of the same node after those of one end.

    The container is copied, extended and put back in one step: an interrupted append leaves the old one.
    Counts of dropped lines add up; new facts are added and old ones stay.

    Raises:
        MissingExtra: When the extra `store` is not installed.
        UnreadableRecording: When it is not ours, of a newer version, or damaged.
        UnknownName: When the container has no such end.
        EndsDisagree: When device, clock, fields, types, shapes or tones differ from those held.
        OutOfRange: When an array has a type or shape that cannot be kept.
        CannotWrite: When the system refuses; the old container stays.
    """
    path, new = Path(path), _arrays(recording)
    ends, held, facts = _outline(path, end)
    if end not in ends:
        raise UnknownName("end", end, ends)
    _refuse_others(held, facts, new, recording)
    with published(path, extend=True) as root:
        for name, array in new.items():
            if name != "tone":
                root[end][name].append(array, axis=0)
        root[end].attrs.update(_sum(facts, _facts(recording)))


class Growing:
    """A container that is being written batch by batch, below a root that is published when all is there."""

    def __init__(self, root: Any, ends: int) -> None:  # noqa: ANN401 -- a zarr group
        """Begin with so many ends and no packet."""
        self._ends = _ENDS[:ends]
        self._root, self._held = root, dict[str, dict[str, NDArray[Any]]]()
        root.attrs.update({"format": FORMAT, "version": VERSION, "kind": _KIND, "ends": list(self._ends)})

    def add(self, at: int, batch: Recording) -> None:
        """Add the next packets of an end.

        Raises:
            EndsDisagree: As `append`.
            OutOfRange: As `append`.
        """
        end, new = self._ends[at], _arrays(batch)
        if end not in self._held:
            group = self._root.create_group(end)
            group.attrs.update(_facts(batch) | {"arrays": sorted(new)})
            for name, array in new.items():
                create(group, name, array, _dimensions(name, array), _UNITS[name])
            self._held[end] = {name: array[:0] if name != "tone" else array for name, array in new.items()}
            return
        group = self._root[end]
        _refuse_others(self._held[end], group.attrs, new, batch)
        for name, array in new.items():
            if name != "tone":
                group[name].append(array, axis=0)

    def told(self, at: int, dropped: Mapping[str, int], about: Mapping[str, str]) -> None:
        """Put down what is said of an end when all its packets are there."""
        about = {str(name): str(fact) for name, fact in about.items()}
        counts = {str(reason): int(count) for reason, count in dropped.items()}
        self._root[self._ends[at]].attrs.update({"dropped": counts, "about": about})


def _outline(path: Path, end: End) -> tuple[tuple[str, ...], dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the ends, and of one end the arrays without their rows (tones whole) and the facts."""
    with opened(path, _KIND) as root:
        ends = tuple(root.attrs["ends"])
        if end not in ends:
            return ends, {}, {}
        group = root[end]
        found = {name: complete(group[name]) for name in group.attrs["arrays"]}
        held = {name: np.empty((0, *array.shape[1:]), array.dtype) for name, array in found.items()}
        if "tone" in found:
            held["tone"] = found["tone"][...]
        return ends, held, dict(group.attrs)


def _refuse_others(
    held: Mapping[str, NDArray[Any]], facts: Mapping[str, Any], new: Mapping[str, NDArray[Any]], later: Recording
) -> None:
    pairs: dict[str, tuple[object, object]] = {
        "device": (facts["device"], later.device),
        "clock": (facts["clock"], later.clock),
        "fields": (sorted(held), sorted(new)),
    }
    for name in held.keys() & new.keys():
        pairs[f"type of {name}"] = (held[name].dtype.name, new[name].dtype.name)
        pairs[f"shape of {name}"] = (held[name].shape[1:], new[name].shape[1:])
    if "tone" in held and "tone" in new:
        pairs["tones"] = (held["tone"].tolist(), new["tone"].tolist())
    for what, (old, added) in pairs.items():
        if old != added:
            raise EndsDisagree(f"{what} of the packets held and those to append", old, added)


def _facts(recording: Recording) -> dict[str, Any]:
    return {
        "device": recording.device,
        "clock": recording.clock,
        "dropped": {str(reason): int(count) for reason, count in recording.dropped.items()},
        "about": {str(name): str(fact) for name, fact in recording.about.items()},
    }


def _sum(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    dropped = Counter(old["dropped"])
    dropped.update(new["dropped"])
    return {"dropped": dict(dropped), "about": new["about"] | old["about"]}


def _arrays(recording: Recording) -> dict[str, NDArray[Any]]:
    found = {"time": np.asarray(recording.time, np.float64), "tone": recording.tones}
    found |= {name: getattr(recording, name) for name in ("raw", "rssi", "seq", "gain")}
    arrays = {name: _shaped(name, storable(name, array)) for name, array in found.items() if array is not None}
    if "raw" in arrays and "tone" in arrays and arrays["raw"].shape[1] != len(arrays["tone"]):
        raise EndsDisagree("number of tones in raw and in tones", arrays["raw"].shape[1], len(arrays["tone"]))
    return arrays


def _shaped(name: str, array: NDArray[Any]) -> NDArray[Any]:
    fits = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 2) if name == "raw" else array.ndim == 1
    if not fits:
        raise OutOfRange(f"shape of {name}", array.shape, "(n, k) or (n, k, 2) for raw, one dimension for the others")
    return array


def _dimensions(name: str, array: NDArray[Any]) -> tuple[str, ...]:
    return ("tone",) if name == "tone" else ("time", "tone", "iq")[: array.ndim]


def _load(group: Any) -> Recording:  # noqa: ANN401 -- a zarr group
    facts = group.attrs
    arrays = {name: complete(group[name])[...] for name in facts["arrays"]}
    return Recording(
        device=facts["device"],
        time=arrays["time"],
        clock=facts["clock"],
        tones=arrays.get("tone"),
        dropped=facts["dropped"],
        about=facts["about"],
        **{name: arrays.get(name) for name in ("raw", "rssi", "seq", "gain")},
    )


@dataclass(frozen=True)
class Container:
    """Read our own container as one of the formats that `files.read` knows."""

    name: str = "samefade"
    title: str = "samefade container (Zarr v3, .zarr or .zarr.zip)"

    def can_read(self, path: str | Path) -> bool:
        """Return whether this is a container of recordings; never raise."""
        return can_read(path)

    def read(self, path: str | Path, **options: object) -> tuple[Recording, ...]:
        """Read every recording of a container.

        Raises:
            OutOfRange: When an option is given: the container needs none.
            MissingExtra: When the extra `store` is not installed.
            UnreadableRecording: When it is not ours, of a newer version, or damaged.
        """
        if options:
            raise OutOfRange("options", ", ".join(options), "none: the container says everything itself")
        return read(path)


READER = Container()
