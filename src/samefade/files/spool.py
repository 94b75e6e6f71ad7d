"""Keep the packets of an Espressif log on the disk between lines and recordings, for logs larger than memory."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from samefade.files.along import Column, OnDisk, every, pieces, table
from samefade.files.assemble import NO_COUNT, OWN_COUNT, SENDERS_COUNT, Groups, chosen_of, facts, fits
from samefade.files.clock import Counted, Stamps, choose_column
from samefade.files.flow import Flow
from samefade.files.gains import gains
from samefade.files.layout import Layout
from samefade.files.packets import NUMBERS, Group
from samefade.types import Float, Integer, Recording

MERGE = 1 << 14  # packets of each group that are looked at together


@dataclass
class Spooled(Group):
    """Packets of one transmitter in one layout, in two files: values, and numbers."""

    path: Path = field(kw_only=True)
    dtype: np.dtype[Any] | None = None
    small: bool = True

    def keep(self, pairs: Integer, numbers: Float) -> None:
        """Append a finished block to the files."""
        self.dtype = pairs.dtype
        self.small &= fits(pairs)
        self.kept += len(numbers)
        with self.path.with_suffix(".raw").open("ab") as raw, self.path.with_suffix(".numbers").open("ab") as told:
            raw.write(np.ascontiguousarray(pairs).tobytes())
            told.write(np.ascontiguousarray(numbers).tobytes())

    def raw(self, start: int, stop: int) -> Integer:
        """Return the values of some packets, (m, k, 2)."""
        row = 2 * self.layout.pairs
        kind = np.dtype(np.int8) if self.dtype is None else self.dtype
        found = np.fromfile(
            self.path.with_suffix(".raw"), kind, max(0, stop - start) * row, offset=start * row * kind.itemsize
        )
        return found.reshape(-1, self.layout.pairs, 2)

    def told(self, start: int, stop: int) -> Float:
        """Return the numbers of some packets, (m, 10)."""
        return table(self.path.with_suffix(".numbers"), len(NUMBERS), start, stop)


def flows(
    groups: Groups, senders: dict[str, int], dropped: Counter[str], name: str, rate: float | None
) -> tuple[Flow, ...]:
    """Return what `assemble.recordings` returns, as flows."""
    return tuple(
        _flow(device, kind, _joined([group for group in chosen if isinstance(group, Spooled)]), lost, name, rate)
        for device, kind, chosen, lost in chosen_of(groups, senders, dropped)
    )


def _flow(device: str, kind: Layout, spool: Spooled, lost: Counter[str], name: str, rate: float | None) -> Flow:
    path = spool.path.with_suffix(".numbers")
    of = {column: OnDisk(path, len(NUMBERS), at, spool.kept) for at, column in enumerate(NUMBERS)}
    axis, clock = choose_column(Stamps(of["host"], of["real"], of["unpadded"], of["local"]), rate)
    seq, counter = _sequence(of["seq"])
    narrow = np.int8 if spool.small else np.int16

    def piece(start: int, stop: int) -> Recording:
        raw = spool.raw(start, stop).astype(narrow, copy=False)
        rssi = of["rssi"][start:stop].astype(np.int16)
        numbers = None if seq is None else seq.numbers(start, stop)
        return Recording(device, axis[start:stop], clock, raw, rssi, numbers, np.arange(kind.pairs))

    gain = gains(fft_gain=of["fft_gain"], agc_gain=of["agc_gain"])
    return Flow(spool.kept, lost, facts(name, kind, counter, _noise(of["noise"])) | gain, piece)


def _joined(chosen: list[Spooled]) -> Spooled:
    """Return all packets as one spool; those printed at different lengths go back into the file's order."""
    if len(chosen) == 1:
        return chosen[0]
    one = Spooled(chosen[0].size, chosen[0].layout, path=chosen[0].path.with_name(f"{chosen[0].path.name}-joined"))
    at = [0] * len(chosen)
    while any(start < group.kept for start, group in zip(at, chosen, strict=True)):
        told = [group.told(start, min(start + MERGE, group.kept)) for start, group in zip(at, chosen, strict=True)]
        more = [float(t[-1, -1]) for t, start, g in zip(told, at, chosen, strict=True) if start + MERGE < g.kept]
        take = [int(np.searchsorted(t[:, -1], min(more, default=np.inf), "right")) for t in told]
        numbers = np.concatenate([t[:m] for t, m in zip(told, take, strict=True)])
        raw = np.concatenate([g.raw(start, start + m) for g, start, m in zip(chosen, at, take, strict=True)])
        order = np.argsort(numbers[:, -1], kind="stable")
        one.keep(raw[order], numbers[order])
        at = [start + m for start, m in zip(at, take, strict=True)]
    one.small = all(group.small for group in chosen)
    return one


def _sequence(seq: Column) -> tuple[Counted | None, str]:
    """Return the sender's sequence numbers, unless there are none or they are the receiver's own count."""
    if not every(_all_finite, seq):
        return None, NO_COUNT
    last: Float = np.zeros(0)
    doubled = len(seq) > 2
    for (piece,) in pieces(seq):
        doubled = doubled and bool((np.diff(np.concatenate([last, piece])) == 2).all())
        last = piece[-1:]
    return (None, OWN_COUNT) if doubled else (Counted(seq, 2**32), SENDERS_COUNT)


def _all_finite(piece: Float) -> bool:
    return bool(np.isfinite(piece).all())


def _noise(noise: Column) -> str:
    """Return the median of whole decibels, in words."""
    if not every(_all_finite, noise):
        return "not logged"
    seen: Counter[float] = Counter()
    for (piece,) in pieces(noise):
        values, counts = np.unique(piece, return_counts=True)
        seen.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))
    levels = sorted(seen)
    upto = np.cumsum([seen[level] for level in levels])
    low, high = (levels[int(np.searchsorted(upto, k, "right"))] for k in ((len(noise) - 1) // 2, len(noise) // 2))
    return f"{(low + high) / 2:g} dBm"
