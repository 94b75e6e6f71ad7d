"""Read a container piece by piece: some packets of one end, and of these only the tones that are asked for.

What is held at a time is one piece and a few chunks, however long the record.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.files.store import DAMAGE, complete, damaged, opened, reopened
from samefade.types import End, Integer, Recording

STEP = 1 << 16  # packets that are read at once
_KIND = "recordings"


@dataclass(frozen=True, eq=False)
class Held:
    """One end of a container: what is said about it, and its packets for the asking.

    Attributes:
        path: The container.
        end: Which end of it.
        device: Who heard whom.
        clock: Which clock the times come from, in words.
        packets: How many there are.
        columns: Name → type of each array but the tones.
        tones: The index of each tone, or None where there is no CSI or no index.
        dropped: Reason → number of lines that were not kept, of the whole record.
        about: Facts of the file.
        arrays: Name → zarr array, whose chunks were all there when the end was opened.
    """

    path: Path
    end: End
    device: str
    clock: str
    packets: int
    columns: Mapping[str, str]
    tones: Integer | None
    dropped: Mapping[str, int]
    about: Mapping[str, str]
    arrays: Mapping[str, Any] = field(repr=False)

    def __len__(self) -> int:
        """Return the number of packets."""
        return self.packets

    def column(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return packets `start` to `stop` of `time`, `seq`, `rssi` or `gain`, (m,).

        Raises:
            UnreadableRecording: When the container is damaged.
        """
        with _reading(self.path):
            return np.asarray(self.arrays[name][start:stop])

    def pieces(self, name: str, packets: int | None = None) -> Iterator[tuple[int, NDArray[Any]]]:
        """Yield (first packet, values) of a column, 65,536 packets at a time.

        Args:
            name: The column.
            packets: How many packets from the beginning; all when None.

        Raises:
            UnreadableRecording: When the container is damaged.
        """
        last = self.packets if packets is None else packets
        for start in range(0, last, STEP):
            yield start, self.column(name, start, min(start + STEP, last))

    def window(self, start: int, stop: int, tones: tuple[int, ...] | None = None) -> Recording:
        """Return packets `start` to `stop` as a recording.

        Args:
            start: The first packet.
            stop: One after the last.
            tones: Indices of the tones to read; all when None.

        Raises:
            UnreadableRecording: When the container is damaged.
        """
        start, stop = max(0, start), min(stop, self.packets)
        chosen = self._places(tones)
        with _reading(self.path):
            found = {name: np.asarray(self.arrays[name][start:stop]) for name in self.columns if name != "raw"}
            if "raw" in self.columns:
                found["raw"] = _taken(self.arrays["raw"], start, stop, chosen)
        held = self.tones if self.tones is None or chosen is None else self.tones[chosen]
        return Recording(self.device, clock=self.clock, tones=held, dropped=self.dropped, about=self.about, **found)

    def outline(self) -> Recording:
        """Return the recording without its packets: what `observe` needs to know of units and tones."""
        return self.window(0, 0)

    def _places(self, tones: tuple[int, ...] | None) -> NDArray[np.int64] | None:
        if tones is None or self.tones is None:
            return None
        return np.flatnonzero(np.isin(self.tones, tones))


def hold(path: str | Path) -> tuple[Held, ...]:
    """Return every end of a container, in the order a, b, e, without reading its packets.

    Raises:
        MissingExtra: When the extra `store` is not installed.
        UnreadableRecording: When it is not ours, of a newer version, or damaged.
    """
    path = Path(path)
    with opened(path, _KIND) as root:
        ends = tuple(root.attrs["ends"])
    with _reading(path):
        root = reopened(path)  # stays open as long as somebody holds an end
        return tuple(_held(path, end, root[end]) for end in ends)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGE as damage:
        raise damaged(path, damage) from damage


def _held(path: Path, end: End, group: Any) -> Held:  # noqa: ANN401 -- a zarr group
    facts = group.attrs
    arrays = {name: complete(group[name]) for name in facts["arrays"]}
    tones = np.asarray(arrays.pop("tone")[...]) if "tone" in arrays else None
    columns = {name: array.dtype.name for name, array in arrays.items()}
    packets = int(arrays["time"].shape[0])
    about = {"dropped": dict(facts["dropped"]), "about": dict(facts["about"]), "arrays": arrays}
    return Held(path, end, facts["device"], facts["clock"], packets, columns, tones, **about)


def _taken(array: Any, start: int, stop: int, places: NDArray[np.int64] | None) -> NDArray[Any]:  # noqa: ANN401
    """Read rows of a zarr array, some of its columns, a step at a time: zarr holds all chunks of what it is asked."""
    width = array.shape[1] if places is None else len(places)
    out = np.empty((max(0, stop - start), width, *array.shape[2:]), array.dtype)
    for at in range(start, stop, STEP):
        rows = np.asarray(array[at : min(at + STEP, stop)])
        out[at - start : at - start + len(rows)] = rows if places is None else rows[:, places]
    return out
