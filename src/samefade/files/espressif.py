"""Collect the packets of an Espressif console log into recordings: one for each transmitter, one layout in each.

What the dialects share. A dialect turns one line into a `Heard` or into the reason why it is not one.
Every line of the file ends up either as a packet or under a reason in `dropped`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files.clock import Stamps, choose, count_on
from samefade.files.layout import UNKNOWN, Layout, Packet, layout
from samefade.files.lines import lines
from samefade.files.values import parse
from samefade.types import Float, Integer, Mask, Recording

BLOCK = 512  # packets parsed in one call
LLTF = 64  # pairs
LLTF_ONLY = 128  # integers that the firmware prints when told to print the L-LTF alone

OTHER_LAYOUT = "other packet layout"
OTHER_SENDER = "other transmitter"
MISSING = "values missing"
NOT_IQ = "amplitudes or phases instead of I/Q"


def level(text: str) -> float:
    """Return a signal strength, dBm.

    Raises:
        ValueError: When it is not an integer that a signed byte holds.
    """
    value = int(text)
    if not -128 <= value <= 127:
        raise ValueError(text)
    return float(value)


def not_data(text: str) -> str:
    """Name a line that does not start with the data mark."""
    if not text.strip():
        return "blank"
    if text.startswith(("type,role,", "type,id,", "type,seq,")):
        return "header"
    return "damaged start" if "CSI_DATA," in text else "not CSI"


class Heard(NamedTuple):
    """One line that holds a packet: who, how it is laid out, the numbers, and its values still as text."""

    who: tuple[str, str]
    packet: Packet
    numbers: tuple[float, ...]  # as named in NUMBERS, without the line number
    size: int
    declared: int
    body: bytes
    invalid_start: bool = True  # the first two pairs hold no channel


NUMBERS = ("rssi", "noise", "host", "real", "unpadded", "local", "seq", "line")


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


@dataclass
class _Group:
    """The packets of one transmitter in one layout: finished blocks, and those that wait to be parsed."""

    size: int
    layout: Layout
    blocks: list[Integer] = field(default_factory=list)
    numbers: list[Float] = field(default_factory=list)
    waiting: list[Heard] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    kept: int = 0


def collect(path: Path, dialect: Dialect, part: str) -> tuple[Recording, ...]:
    """Read a whole log; the transmitter heard most comes first.

    Args:
        path: The log.
        dialect: How a line is understood.
        part: "all" keeps the layout that most packets have; "lltf" keeps the first 64 pairs of every packet.

    Raises:
        OutOfRange: When `part` is neither.
        UnreadableRecording: When no line holds a packet.
    """
    if part not in ("all", "lltf"):
        raise OutOfRange("part", part, "'all' or 'lltf'")
    dropped: Counter[str] = Counter()
    groups: dict[tuple[tuple[str, str], int, Layout], _Group] = {}
    senders: dict[str, int] = {}
    for number, text in lines(path):
        heard = dialect.understand(text)
        if isinstance(heard, str):
            dropped[heard] += 1
            continue
        senders.setdefault(heard.who[1], len(senders) + 1)
        kind = _kind(heard, dialect, part)
        group = groups.setdefault((heard.who, heard.size, kind), _Group(heard.size, kind))
        group.waiting.append(heard)
        group.rows.append(number)
        if len(group.waiting) == BLOCK:
            _flush(group, dialect, dropped)
    for group in groups.values():
        _flush(group, dialect, dropped)
    if not any(group.kept for group in groups.values()):
        raise UnreadableRecording(path, reason=f"no {dialect.name} packet in it: {_tell(dropped)}")
    return _recordings(groups, senders, dropped, dialect)


def _tell(dropped: Counter[str]) -> str:
    return ", ".join(f"{count} x {why}" for why, count in dropped.most_common()) or "no line at all"


def _kind(heard: Heard, dialect: Dialect, part: str) -> Layout:
    pairs = min(heard.size // 2, LLTF) if part == "lltf" else heard.size // 2
    packet = heard.packet if dialect.known else UNKNOWN
    return layout(packet, pairs, invalid_start=heard.invalid_start)


def _flush(group: _Group, dialect: Dialect, dropped: Counter[str]) -> None:
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
    group.blocks.append(pairs.astype(narrow))
    group.numbers.append(numbers[good])
    group.kept += int(np.count_nonzero(good))


def _counts(masks: dict[str, Mask]) -> dict[str, int]:
    return {why: int(np.count_nonzero(mask)) for why, mask in masks.items()}


def _recordings(
    groups: dict[tuple[tuple[str, str], int, Layout], _Group],
    senders: dict[str, int],
    dropped: Counter[str],
    dialect: Dialect,
) -> tuple[Recording, ...]:
    heard: Counter[tuple[str, str]] = Counter()
    layouts: dict[tuple[str, str], Counter[Layout]] = {}
    for (who, _, kind), group in groups.items():
        heard[who] += group.kept
        layouts.setdefault(who, Counter())[kind] += group.kept
    total = sum(heard.values())
    out = []
    for who, count in heard.most_common():
        if not count:
            continue
        kind, kept = layouts[who].most_common(1)[0]
        chosen = [g for (speaker, _, other), g in groups.items() if (speaker, other) == (who, kind) and g.kept]
        lost = dropped + Counter({OTHER_LAYOUT: count - kept, OTHER_SENDER: total - count})
        out.append(_recording(f"{who[0]} heard node-{senders[who[1]]}", kind, chosen, lost, dialect))
    return tuple(out)


def _recording(device: str, kind: Layout, chosen: list[_Group], lost: Counter[str], dialect: Dialect) -> Recording:
    numbers = np.concatenate([block for group in chosen for block in group.numbers])
    raw = _gather(chosen, len(numbers), kind.pairs)
    if len(chosen) > 1:  # printed at different lengths, so in different groups: back into the file's order
        order = np.argsort(numbers[:, -1], kind="stable")
        numbers, raw = numbers[order], raw[order]
    of = dict(zip(NUMBERS, numbers.T, strict=True))
    time, clock = choose(Stamps(of["host"], of["real"], of["unpadded"], of["local"]))
    seq, counter = _sequence(of["seq"])
    noise = f"{np.median(of['noise']):g} dBm" if np.isfinite(of["noise"]).all() else "not logged"
    about = {
        "format": dialect.name,
        "layout": kind.name,
        "null tones": " ".join(map(str, kind.nulls)),
        "counter": counter,
        "noise floor": noise,
    }
    tones = np.arange(kind.pairs)
    rssi = of["rssi"].astype(np.int16)
    return Recording(device, time, clock, raw, rssi, seq, tones, None, lost, about)


def _gather(chosen: list[_Group], rows: int, pairs: int) -> Integer:
    """Join the blocks into one array, freeing each, so that a long log is never held twice."""
    small = all(_fits(block) for group in chosen for block in group.blocks)
    out = np.empty((rows, pairs, 2), np.int8 if small else np.int16)
    start = 0
    for group in chosen:
        group.blocks.reverse()
        while group.blocks:
            block = group.blocks.pop()
            out[start : start + len(block)] = block
            start += len(block)
    return out


def _fits(block: Integer) -> bool:
    return block.dtype == np.int8 or block.size == 0 or (int(block.min()) >= -128 and int(block.max()) <= 127)


def _sequence(seq: Float) -> tuple[NDArray[np.int64] | None, str]:
    """Return the sender's sequence numbers, unless there are none or they are the receiver's own count."""
    if not np.isfinite(seq).all():
        return None, "none in this format"
    if seq.size > 2 and (np.diff(seq) == 2).all():
        # csi_recv_router counts twice for each packet that it prints: such a counter shows no loss
        return None, "the receiver's own, in steps of 2: not a sequence number"
    return count_on(seq, 2**32).astype(np.int64), "the sender's sequence number"
