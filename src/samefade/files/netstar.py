"""Read the CSV of the 2025 paper's data set: one row a packet, amplitudes and perhaps phases in columns.

The set has no header, no time and commas. Tables of the same kind with a header, a time or semicolons are read, too.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isfinite, pi
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files.along import table
from samefade.files.clock import by_row
from samefade.files.columns import CLOCKS, SENDERS, words
from samefade.files.flow import Flow
from samefade.files.lines import head, lines
from samefade.files.table import axis
from samefade.files.tones import FEWEST, Tones, tones
from samefade.types import Complex, Float, Integer, Mask, Recording

NAME = "netstar"
RATE = 10.0  # Hz; the paper's captures, inferred from their length
_BLOCK = 4096  # rows


@dataclass(frozen=True)
class NetStar:
    """Reads tables of amplitudes, or of amplitudes and phases."""

    name: str = NAME
    title: str = "NetSTAR amplitudes CSV"

    def can_read(self, path: Path) -> bool:
        """Say whether the first lines are many numbers between commas, or a header names many amplitudes."""
        texts = [text for text in head(path, 20) if text.strip()]
        counts = {text.count(",") for text in texts}
        if len(counts) == 1 and counts.pop() >= FEWEST - 1 and all(_numbers(text) is not None for text in texts):
            return True
        try:
            found = tones(path)
        except UnreadableRecording:
            return False
        return (found.told or found.numbered) and len(found.amplitudes) >= FEWEST

    def read(
        self,
        path: Path,
        *,
        rate: float | None = None,
        phases: bool | None = None,
        time: str | int | None = None,
    ) -> tuple[Recording, ...]:
        """Return one recording; amplitudes (n, k), or complex values where phases are there, too.

        A row that is dropped leaves a gap in time. Columns that never vary are named as null tones.

        Args:
            path: The table; "ap" or "sta" at the start of its name becomes the device.
            rate: Packets per second, Hz, where no column is a time; 10 without it.
            phases: Without a header, whether the second half of the columns are phases, in radians or degrees;
                without it, they are when they lie within a turn and some are negative.
            time: Column of the time, by its name or its number from 1; without it the one that is called like a clock.

        Raises:
            UnreadableRecording: When no row is valid, amplitudes are negative, or a column is no tone's.
            OutOfRange: When the rate is not positive, or phases are asked of an odd number of columns.
        """
        with TemporaryDirectory(prefix="samefade-") as folder:
            (flow,) = self.stream(path, Path(folder), rate=rate, phases=phases, time=time)
            heard = flow.piece(0, flow.packets)
        return (replace(heard, dropped=flow.dropped, about=flow.about),)

    def stream(
        self,
        path: Path,
        folder: Path,
        *,
        rate: float | None = None,
        phases: bool | None = None,
        time: str | int | None = None,
    ) -> tuple[Flow, ...]:
        """Return the same as a flow of batches; the rows wait in a folder on the disk, and only their times do not.

        Raises:
            UnreadableRecording: As `read`.
            OutOfRange: As `read`.
        """
        roles = tones(path, time)
        sheet, dropped = _table(path, folder, roles, time)
        half, turn = _phases(sheet, roles, path, asked=phases)
        least, most = sheet.extremes
        if (least[:half] < 0).any():
            below = sum(int((values[:, :half] < 0).sum()) for values in sheet.blocks())
            raise UnreadableRecording(path, reason=f"{below} amplitudes are negative")
        still = np.flatnonzero(most[:half] == least[:half]) if sheet.rows > 1 else np.array([], dtype=int)
        times, clock = _clock(sheet, roles, path, time, rate)
        if times is not None and (lost := len(times) - int(np.isfinite(times).sum())):
            dropped["no time"] += lost
        kept = None if times is None else np.flatnonzero(np.isfinite(times))

        def piece(start: int, stop: int) -> Recording:
            if kept is None or times is None:
                values, rows = sheet.values(start, stop)
                when = by_row(rows, RATE if rate is None else rate)[0]
            else:
                mine = kept[start:stop]
                values, when = sheet.values(mine[0], mine[-1] + 1)[0][mine - mine[0]], times[mine]
            raw: Float | Complex = np.ascontiguousarray(values[:, :half])
            if turn is not None:
                raw = raw * np.exp(1j * turn * values[:, half:])
            return Recording(_device(path), when, clock, raw, tones=np.arange(half))

        about = {
            "format": NAME,
            "columns": "amplitudes" if turn is None else "amplitudes and phases",
            "null tones": " ".join(map(str, still)),
            **_passed_over(roles, clock),
        }
        packets = sheet.rows if kept is None else len(kept)
        if not packets:
            raise UnreadableRecording(path, reason=f"no row with a time in it; {dict(dropped)}")
        return (Flow(packets, dropped, about, piece),)


READER = NetStar()


def _numbers(text: str) -> list[float] | None:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError:
        return None


@dataclass
class _Sheet:
    """Rows of numbers of one width, with their places among the rows of the file in front, on the disk."""

    path: Path
    width: int
    rows: int = 0
    waiting: list[list[float]] = field(default_factory=list)
    told: list[list[str]] = field(default_factory=list)  # what each row says of its time

    def keep(self, place: int, numbers: list[float], told: list[str]) -> None:
        self.waiting.append([float(place), *numbers])
        if told:
            self.told.append(told)
        self.rows += 1
        if len(self.waiting) == _BLOCK:
            self.flush()

    def flush(self) -> None:
        with self.path.open("ab") as file:
            file.write(np.array(self.waiting).tobytes())
        self.waiting = []

    def values(self, start: int, stop: int) -> tuple[Float, Integer]:
        found = table(self.path, self.width + 1, start, stop)
        return found[:, 1:], found[:, 0].astype(np.int64)

    def blocks(self) -> Iterator[Float]:
        for start in range(0, self.rows, _BLOCK):
            yield self.values(start, min(start + _BLOCK, self.rows))[0]

    @cached_property
    def extremes(self) -> tuple[Float, Float]:
        """Return the least and the greatest of each column, (k,)."""
        ends = [(values.min(axis=0), values.max(axis=0)) for values in self.blocks()]
        return np.min([low for low, _ in ends], axis=0), np.max([high for _, high in ends], axis=0)

    @property
    def grows(self) -> Mask:
        """Mark the columns that grow with every row, (k,)."""
        out, before = np.ones(self.width, np.bool_), np.full((1, self.width), -np.inf)
        for values in self.blocks():
            out &= (np.diff(np.concatenate([before, values]), axis=0) > 0).all(axis=0)
            before = values[-1:]
        return out


def _table(path: Path, folder: Path, roles: Tones, time: str | int | None) -> tuple[_Sheet, Counter[str]]:
    """Return the valid rows of the width that most have, and what was dropped why."""
    dropped: Counter[str] = Counter()
    sheets: dict[int, _Sheet] = {}
    clocks, senders, delimiter = _clocks(roles, path, time), roles.shape.all_called(SENDERS), roles.shape.delimiter
    heard: set[tuple[str, ...]] = set()
    row = 0
    for number, text in lines(path):
        if not text.strip():
            dropped["blank"] += 1
            continue
        parted = _parted(text, roles, (*clocks, *senders))
        heading = parted is None or not row  # a header of the columns' numbers is a row of numbers, too
        if heading and ((number == 1 and parted is None) or tuple(words(text, delimiter)) == roles.shape.header):
            dropped["header"] += 1
            continue
        row += 1
        if parted is None or not all(map(isfinite, parted[0])):
            dropped["not a number"] += 1
            continue
        numbers, told = parted
        sheet = sheets.setdefault(len(numbers), _Sheet(folder / str(len(numbers)), len(numbers)))
        sheet.keep(row - 1, numbers, told[: len(clocks)])
        heard.add(tuple(told[len(clocks) :]))
        if len(heard) > 1:
            why = "it holds the rows of several senders"
            raise UnreadableRecording(path, reason=f"{why}; write a table for each and leave out the column")
    if not sheets:
        raise UnreadableRecording(path, reason="no row of numbers in it")
    best = max(sheets.values(), key=lambda sheet: sheet.rows)
    best.flush()
    if odd := sum(sheet.rows for sheet in sheets.values()) - best.rows:
        dropped["wrong number of columns"] += odd
    return best, dropped


def _parted(text: str, roles: Tones, more: tuple[int, ...]) -> tuple[list[float], list[str]] | None:
    """Return the numbers of a row, phases behind amplitudes, and other words of it; None where one is no number.

    Without a header a row may have any width: the one that most have is that of the table.
    """
    shape, picked = roles.shape, (*roles.amplitudes, *roles.phases)
    plain = text.split(shape.delimiter)
    for parts in (plain, words(text, shape.delimiter)):
        try:
            if shape.header is not None or more or len(picked) < len(shape.names):
                if len(parts) != len(shape.names):
                    return [float(word) for word in parts], [""] * len(more)
                return [float(parts[i]) for i in picked], [parts[i].strip().strip("\"'") for i in more]
            return [float(word) for word in parts], []
        except ValueError:
            continue
    return None


def _clocks(roles: Tones, path: Path, time: str | int | None) -> list[int]:
    """Return the columns that tell the time: the one that was named, or those that are called so."""
    if time is not None:
        return [roles.shape.find(time, path)]
    return roles.shape.all_called((*CLOCKS, "date")) if roles.shape.header is not None else []


def _clock(
    sheet: _Sheet, roles: Tones, path: Path, time: str | int | None, rate: float | None
) -> tuple[Float | None, str]:
    """Return the time of each row, (n,) s, and the clock in words; None where the rows are merely numbered."""
    clocks = _clocks(roles, path, time)
    if not clocks or (rate is not None and time is None):
        return None, by_row(np.zeros(0, np.int64), RATE if rate is None else rate)[1]
    shape = replace(roles.shape, names=tuple(roles.shape.names[i] for i in clocks), header=None)
    named = None if time is None else shape.names[0]
    return axis(sheet.told, np.arange(sheet.rows), shape, path, time=named, rate=rate)


def _phases(sheet: _Sheet, roles: Tones, path: Path, *, asked: bool | None) -> tuple[int, float | None]:
    """Return how many columns are amplitudes, and what makes radians of the phases behind them; None without any.

    Raises:
        OutOfRange: When phases are asked of an odd number of columns.
        UnreadableRecording: When phases lie within no turn, or a column grows with every row.
    """
    least, most = sheet.extremes
    if roles.phases:
        half = len(roles.amplitudes)
        far = float(np.abs([least[half:], most[half:]]).max())
        if far > 360 + 1e-3:
            why = f"phases reach {far:.4g}, beyond a turn in radians or degrees"
            raise UnreadableRecording(path, reason=f"{why}; wrap them, or leave these columns out")
        return half, 1.0 if far <= 2 * pi + 1e-3 else pi / 180
    if roles.shape.header is None and sheet.rows >= FEWEST and (grows := np.flatnonzero(sheet.grows)).size:
        which = [i for i in range(len(roles.shape.names)) if i in roles.amplitudes][int(grows[0])] + 1
        why = f"column {which} grows with every row, as a time or a count does"
        raise UnreadableRecording(path, reason=f"{why}; a time: --column-time {which}; a count: take the column out")
    if asked and sheet.width % 2:
        raise OutOfRange("phases", asked, f"an even number of columns, not {sheet.width}")
    half = sheet.width // 2
    turn = _turn(least[half:], most[half:]) if sheet.width % 2 == 0 and not roles.told else None
    angles = turn is not None if asked is None else asked
    return (half, turn or 1.0) if angles else (sheet.width, None)


def _turn(least: Float, most: Float) -> float | None:
    """Return what makes radians of phases between these; None where these are no phases."""
    if not (least < 0).any():
        return None
    far = float(max(-least.min(), most.max()))
    if far <= pi + 1e-3:
        return 1.0
    return pi / 180 if far <= 180 + 1e-3 else None


def _passed_over(roles: Tones, clock: str) -> dict[str, str]:
    """Name the columns that say nothing here, so that nobody believes them used."""
    used = (*roles.amplitudes, *roles.phases)
    names = roles.shape.names if roles.shape.header is not None else ()
    rest = [name for i, name in enumerate(names) if i not in used and name and f"column {name!r}" not in clock]
    return {"columns not used": ", ".join(rest)} if rest else {}


def _device(path: Path) -> str:
    end = path.name.lower().partition(".")[0]
    return end.upper() if end in ("ap", "sta") else path.name.partition(".")[0]
