"""Read the text log of one side of a Bluetooth 6 channel sounding: complex tones of whole procedures.

A record opens with `CS Subevent result received:`, names its facts, and ends with hex lines of steps
`mode, channel, length, data`. A mode-2 step holds, behind one byte of antenna permutation, a tone of 24 bits,
little-endian: I in the low 12, Q in the high 12, both signed (Bluetooth Core 6.0, Vol 4 Part E, 7.7.65.44).
The amplitude is relative: the reference power level of each procedure must be added, and is kept as `gain`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from samefade.errors import UnreadableRecording
from samefade.files.clock import by_row, count_on
from samefade.files.lines import head, lines
from samefade.types import Recording

NAME = "channel-sounding"
OPENING = "CS Subevent result received"

_FACT = re.compile(r"\s*(?:I:)?\s*- ([^:]+): (-?\d+)")
_HEX = re.compile(r"\s*((?:[0-9a-fA-F]{2})+)\s*")
_ROLE = re.compile(r"- role: \d+ \((\w+)\)")
_INTERVAL = re.compile(r"- procedure interval: (\d+)")


@dataclass
class _Record:
    """One subevent as logged: its facts and its step bytes."""

    facts: dict[str, int] = field(default_factory=dict)
    steps: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True)
class Sounding:
    """Reads text logs of Bluetooth channel sounding with raw step data."""

    name: str = NAME
    title: str = "Bluetooth channel-sounding log"

    def can_read(self, path: Path) -> bool:
        """Say whether one of the first lines opens a subevent result."""
        return any(OPENING in text for text in head(path, 2000))

    def read(self, path: Path, *, rate: float | None = None) -> tuple[Recording, ...]:
        """Return one recording: raw int16 (n, 72, 2), `seq` the procedure counter, `gain` the reference power level.

        Tones are in order of channel. Records that were aborted, or lack a tone that most have, are dropped,
        as are records that end in the middle. Lines outside of records count as "not a result".

        Args:
            path: The log.
            rate: Procedures per second, Hz: the log has no clock, only a procedure counter.

        Raises:
            UnreadableRecording: When no procedure is complete.
            OutOfRange: When the rate is not positive.
        """
        dropped: Counter[str] = Counter()
        about = {"format": NAME, "counter": "procedure counter, shared by both sides"}
        kept: list[tuple[int, int, dict[int, tuple[int, int]]]] = []
        for record in _records(path, dropped, about):
            tones = _complete(record)
            if isinstance(tones, str):
                dropped[tones] += 1
            else:
                kept.append((record.facts["Procedure counter"], record.facts["Reference power level"], tones))
        sets = Counter(frozenset(tones) for _, _, tones in kept)
        if not sets:
            raise UnreadableRecording(path, reason=f"no complete procedure; {dict(dropped)}")
        channels = sorted(sets.most_common(1)[0][0])
        whole = [row for row in kept if len(row[2]) == len(channels) and set(row[2]) == set(channels)]
        if len(whole) < len(kept):
            dropped["other set of tones"] += len(kept) - len(whole)
        raw = np.array([[tones[channel] for channel in channels] for _, _, tones in whole], dtype=np.int16)
        seq = count_on(np.array([row[0] for row in whole], dtype=np.float64), 2**16)
        gain = np.array([row[1] for row in whole], dtype=np.float64)
        time, clock = by_row(seq, rate)
        clock = clock.replace("row number", "procedure counter")
        device = about.pop("role", path.stem)
        return (Recording(device, time, clock, raw, None, seq, np.array(channels), gain, dropped, about),)


READER = Sounding()


def _records(path: Path, dropped: Counter[str], about: dict[str, str]) -> Iterator[_Record]:
    """Yield every record; count the lines outside of records and keep the facts among them."""
    record: _Record | None = None
    for _, text in lines(path):
        if OPENING in text:
            if record is not None:
                yield record
            record = _Record()
        elif record is not None and (fact := _FACT.match(text)):
            record.facts[fact[1].strip()] = int(fact[2])
        elif record is not None and (hexes := _HEX.fullmatch(text)):
            record.steps += bytes.fromhex(hexes[1])
        elif record is not None and "Raw step data" in text:
            continue
        elif record is not None and "CS Subevent end" in text:
            yield record
            record = None
        else:
            _remember(text, about)
            dropped["not a result" if text.strip() else "blank"] += 1
    if record is not None:
        yield record


def _remember(text: str, about: dict[str, str]) -> None:
    if role := _ROLE.search(text):
        about["role"] = role[1]
    if interval := _INTERVAL.search(text):
        about["procedure interval"] = f"{interval[1]} connection events"


def _complete(record: _Record) -> dict[int, tuple[int, int]] | str:
    """Return channel → (I, Q) of one record, or why it is not complete."""
    facts = record.facts
    if any(value for name, value in facts.items() if name.endswith(("abort reason", "done status"))):
        return "aborted or partial procedure"
    wanted = ("Procedure counter", "Reference power level", "Step data buffer length", "Num steps reported")
    if any(name not in facts for name in wanted):
        return "aborted or partial procedure" if facts.get("Num steps reported") == 0 else "damaged record"
    if facts.get("Num antenna paths", 1) != 1:
        return "several antenna paths"
    if len(record.steps) != facts["Step data buffer length"]:
        return "cut short"
    tones: dict[int, tuple[int, int]] = {}
    count = 0
    for mode, channel, data in _steps(record.steps):
        count += 1
        if mode == 2 and len(data) == 9:
            tones.setdefault(channel, (_signed(data[1] | data[2] << 8), _signed((data[2] >> 4) | data[3] << 4)))
    if count != facts["Num steps reported"]:
        return "damaged record"
    return tones or "no tones"


def _steps(data: bytearray) -> Iterator[tuple[int, int, bytearray]]:
    """Yield (mode, channel, data) of each step; stops before one that the bytes do not hold."""
    at = 0
    while at + 3 <= len(data) and at + 3 + data[at + 2] <= len(data):
        yield data[at], data[at + 1], data[at + 3 : at + 3 + data[at + 2]]
        at += 3 + data[at + 2]


def _signed(value: int) -> int:
    """Read the low 12 bits as a signed number."""
    return ((value & 0xFFF) ^ 0x800) - 0x800
