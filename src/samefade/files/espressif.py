"""Collect the packets of an Espressif console log into recordings: one for each transmitter, one layout in each.

What the dialects share. A dialect turns one line into a `Heard` or into the reason why it is not one.
Every line of the file ends up either as a packet or under a reason in `dropped`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files.assemble import Groups, recordings
from samefade.files.flow import Flow
from samefade.files.layout import UNKNOWN, Layout, layout
from samefade.files.lines import lines
from samefade.files.packets import Group, Heard
from samefade.files.spool import Spooled, flows
from samefade.files.values import parse
from samefade.types import Mask, Recording

BLOCK = 512  # packets parsed in one call
LLTF = 64  # pairs
LLTF_ONLY = 128  # integers that the firmware prints when told to print the L-LTF alone

MISSING = "values missing"
NOT_IQ = "amplitudes or phases instead of I/Q"


@dataclass(frozen=True)
class Dialect:
    """One way of printing packets.

    Attributes:
        name: The format's name, kept in `about`.
        understand: Turns a line into a packet, or into the reason why it is none.
        low: Smallest value that can be printed.
        high: Largest value that can be printed.
        known: Whether the layouts of the subcarrier table apply.
    """

    name: str
    understand: Callable[[str], Heard | str]
    low: int = -128
    high: int = 127
    known: bool = True


def collect(path: Path, dialect: Dialect, part: str, rate: float | None = None) -> tuple[Recording, ...]:
    """Read a whole log; the transmitter heard most comes first.

    Args:
        path: The log.
        dialect: How a line is understood.
        part: "all" keeps the layout that most packets have; "lltf" keeps the first 64 pairs of every packet.
        rate: Packets per second, Hz, where no clock runs.

    Raises:
        OutOfRange: When `part` is neither.
        UnreadableRecording: When no line holds a packet.
    """
    groups, senders, dropped = gather(path, dialect, part, Group)
    return recordings(groups, senders, dropped, dialect.name, rate)


def stream(path: Path, dialect: Dialect, part: str, rate: float | None, folder: Path) -> tuple[Flow, ...]:
    """Read a whole log as `collect` does, and keep its packets on the disk.

    Args:
        path: The log.
        dialect: How a line is understood.
        part: As for `collect`.
        rate: As for `collect`.
        folder: An empty folder, which must stay until the last batch was taken.

    Raises:
        OutOfRange: When `part` is neither.
        UnreadableRecording: When no line holds a packet.
    """
    numbers = count(1)

    def spooled(size: int, kind: Layout) -> Spooled:
        return Spooled(size, kind, path=folder / str(next(numbers)))

    groups, senders, dropped = gather(path, dialect, part, spooled)
    return flows(groups, senders, dropped, dialect.name, rate)


def gather(
    path: Path, dialect: Dialect, part: str, group_of: Callable[[int, Layout], Group]
) -> tuple[Groups, dict[str, int], Counter[str]]:
    """Return the packets of a log by transmitter, size and layout; who is who; and what was dropped why.

    Raises:
        OutOfRange: When `part` is neither "all" nor "lltf".
        UnreadableRecording: When no line holds a packet.
    """
    if part not in ("all", "lltf"):
        raise OutOfRange("part", part, "'all' or 'lltf'")
    dropped: Counter[str] = Counter()
    groups: Groups = {}
    senders: dict[str, int] = {}
    for number, text in lines(path):
        heard = dialect.understand(text)
        if isinstance(heard, str):
            dropped[heard] += 1
            continue
        senders.setdefault(heard.who[1], len(senders) + 1)
        kind = _kind(heard, dialect, part)
        group = groups.get((heard.who, heard.size, kind))
        if group is None:
            group = groups[heard.who, heard.size, kind] = group_of(heard.size, kind)
        group.waiting.append(heard)
        group.rows.append(number)
        if len(group.waiting) == BLOCK:
            _flush(group, dialect, dropped)
    for group in groups.values():
        _flush(group, dialect, dropped)
    if not any(group.kept for group in groups.values()):
        raise UnreadableRecording(path, reason=f"no {dialect.name} packet in it: {_tell(dropped)}")
    return groups, senders, dropped


def _tell(dropped: Counter[str]) -> str:
    return ", ".join(f"{count} x {why}" for why, count in dropped.most_common()) or "no line at all"


def _kind(heard: Heard, dialect: Dialect, part: str) -> Layout:
    pairs = min(heard.size // 2, LLTF) if part == "lltf" else heard.size // 2
    packet = heard.packet if dialect.known else UNKNOWN
    return layout(packet, pairs, invalid_start=heard.invalid_start)


def _flush(group: Group, dialect: Dialect, dropped: Counter[str]) -> None:
    """Parse what waits, drop what no chip prints, and swap the file's imaginary-first pairs."""
    if not group.waiting:
        return
    waiting, rows = group.waiting, group.rows
    group.waiting, group.rows = [], []
    values = parse([heard.body for heard in waiting], group.size)
    wide: Mask = np.any((values < dialect.low) | (values > dialect.high), axis=1)
    half: Mask = np.array([heard.declared == 2 * group.size for heard in waiting])
    mute: Mask = half & (np.all(values >= 0, axis=1) | np.all(np.abs(values) <= 3, axis=1)) & ~wide
    short: Mask = half & ~mute & ~wide & (group.size != LLTF_ONLY)
    good = ~(wide | mute | short)
    dropped.update(_counts({"value out of range": wide, NOT_IQ: mute, MISSING: short}))
    numbers = np.array([(*heard.numbers, row) for heard, row in zip(waiting, rows, strict=True)], dtype=np.float64)
    narrow = np.int8 if dialect.high <= 127 else np.int16
    pairs = values[good].reshape(-1, group.size // 2, 2)[:, : group.layout.pairs, ::-1]
    group.keep(pairs.astype(narrow), numbers[good])


def _counts(masks: dict[str, Mask]) -> dict[str, int]:
    return {why: int(np.count_nonzero(mask)) for why, mask in masks.items()}
