"""Read plain tables of signal strength: one or two ends in one file, whatever parts the columns.

Where both ends share a row they share `seq`, the row; a single end takes it from a column of counts, if there is one.
A row that holds no value leaves a gap in time and a count in `dropped`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files.clock import by_row, count_on
from samefade.files.columns import CLOCKS, COUNTERS, Columns, columns, number, words
from samefade.files.lines import lines
from samefade.types import Float, Integer, Mask, Recording

NAME = "table"
CODES = (127.0, 0.0, -128.0)
NO_COUNT = "none"  # two files whose rows are merely numbered must not pass for counted
ODD = 0.02  # of the rows may be without a time, or go back, before a column named like a clock is none
APART = 3.0  # dB: a code so far outside all other values is a code; nearer, it is a value
ABSURD = 1e9  # whatever the unit: nobody measures such a strength, and squares must not overflow
EMPTY = ("", "nan", "na", "n/a", "null", "none", "-")


@dataclass(frozen=True)
class Table:
    """Reads tables of signal strength."""

    name: str = NAME
    title: str = "plain RSSI table"

    def can_read(self, path: Path) -> bool:
        """Say whether the first lines are columns, mostly of numbers."""
        return columns(path) is not None

    def read(
        self,
        path: Path,
        *,
        a: str | int | None = None,
        b: str | int | None = None,
        sign: int = 1,
        rate: float | None = None,
        time: str | int | None = None,
        missing: Sequence[float] | None = None,
    ) -> tuple[Recording, ...]:
        """Return one recording for each end in the table.

        Args:
            path: The table; words are parted by semicolons, tabs, commas or white space.
            a: Column of the first end: its name, or its number from 1; without it the only one or two
                columns that can be meant.
            b: Column of the second end.
            sign: −1 for registers that hold −RSSI as a positive number.
            rate: Rows per second, Hz, where there is no clock.
            time: Column of the time: seconds, or dates as in ISO 8601 (without a zone: UTC).
            missing: Values that stand for no value; without it 127, 0 and −128, where they lie more than 3 dB
                outside all others. Empty words and NaN always do.

        Raises:
            UnreadableRecording: When it is no table, a column is not there or cannot be guessed, or holds no value.
            OutOfRange: When `sign` is not 1 or −1, or the rate is not positive.
        """
        if sign not in (1, -1):
            raise OutOfRange("sign", sign, "1 or -1")
        shape = columns(path)
        if shape is None:
            raise UnreadableRecording(path, reason="this is not a table of numbers")
        chosen = tuple(shape.find(name, path) for name in (a, b) if name is not None) or shape.ends(path)
        rows, dropped = _rows(path, shape)
        if not rows:
            raise UnreadableRecording(path, reason=f"no row with {len(shape.names)} columns in it; {dict(dropped)}")
        seq, counter = _sequence(rows, shape, shared=len(chosen) == 2)
        axis, clock = _axis(rows, seq, shape, path, time=time, rate=rate)
        told = None if counter == NO_COUNT else seq
        sheet = _Sheet(path, shape, rows, dropped, axis, clock, told, {"format": NAME, "counter": counter})
        return tuple(_end(sheet, at, sign=sign, missing=missing) for at in chosen)


READER = Table()

Rows = list[list[str]]


@dataclass(frozen=True, eq=False)
class _Sheet:
    """A table as read: its rows as words, and what holds for all its ends."""

    path: Path
    shape: Columns
    rows: Rows
    dropped: Counter[str]
    axis: Float
    clock: str
    seq: Integer | None
    about: dict[str, str]


def _rows(path: Path, shape: Columns) -> tuple[Rows, Counter[str]]:
    """Return the rows with the right number of columns; an odd one keeps its place as a row of empty words."""
    dropped: Counter[str] = Counter()
    rows: Rows = []
    for _, text in lines(path):
        if not text.strip():
            dropped["blank"] += 1
            continue
        row = words(text, shape.delimiter)
        if shape.header is not None and tuple(row) == shape.header:
            dropped["header"] += 1
        else:
            rows.append(row)
    return rows, dropped


def _sequence(rows: Rows, shape: Columns, *, shared: bool) -> tuple[Integer, str]:
    """Number the rows: by a column of counts that only rises, but for the wraps of a counter; else by their place."""
    at = None if shared else shape.called(COUNTERS)
    if at is not None:
        found = _counted(_column(rows, at, len(shape.names)))
        if found is not None:
            return found[0], f"column {shape.names[at]!r}{found[1]}"
    return np.arange(len(rows)), "row: the two ends share it" if shared else NO_COUNT


def _counted(counts: Float) -> tuple[Integer, str] | None:
    """Return counts that only rise, wraps undone, and what they were counted modulo; None where they are no counts."""
    if not (np.isfinite(counts).all() and (counts == np.rint(counts)).all() and np.abs(counts).max() < 2**53):
        return None
    if (np.diff(counts) > 0).all():
        return counts.astype(np.int64), ""
    for turn in (2**8, 2**12, 2**16, 2**32):
        whole = count_on(counts, turn)
        if counts.min() >= 0 and counts.max() < turn and (np.diff(whole) > 0).all():
            return whole, f", modulo {turn}"
    return None


def _axis(
    rows: Rows, seq: Integer, shape: Columns, path: Path, *, time: str | int | None, rate: float | None
) -> tuple[Float, str]:
    """Return the time of each row, NaN where it has none, and the clock in words."""
    at = shape.find(time, path) if time is not None else None
    guessed = shape.called(CLOCKS) if time is None and rate is None else None
    column = at if at is not None else guessed
    if column is None:
        return by_row(seq, rate)
    seconds = np.array([_instant(row[column]) if len(row) == len(shape.names) else np.nan for row in rows])
    seen = seconds[np.isfinite(seconds)]
    back = int(np.count_nonzero(np.diff(seen) < 0))
    if guessed is not None and (len(rows) - seen.size > ODD * len(rows) or back > ODD * len(rows)):
        return by_row(seq, rate)  # nobody asked for it, and it is no clock
    return seconds, f"column {shape.names[column]!r}" + (f", which goes back {back} times" if back else "")


def _end(sheet: _Sheet, at: int, *, sign: int, missing: Sequence[float] | None) -> Recording:
    width, name = len(sheet.shape.names), sheet.shape.names[at]
    values = _column(sheet.rows, at, width)
    whole: Mask = np.array([len(row) == width for row in sheet.rows])
    empty: Mask = np.array([len(row) == width and row[at].lower() in EMPTY for row in sheet.rows])
    coded = whole & ~empty & _codes(values, missing)
    timed = np.isfinite(sheet.axis)
    valued = np.isfinite(values) & ~coded & ~(np.abs(values) > ABSURD)
    reasons = {
        "wrong number of columns": ~whole,
        "missing value": empty | coded,
        "not a number": whole & ~empty & ~np.isfinite(values),
        "absurd value": np.abs(values) > ABSURD,
        "no time": valued & ~timed,
    }
    lost = sheet.dropped + Counter({why: int(np.count_nonzero(mask)) for why, mask in reasons.items()})
    keep = valued & timed
    if not keep.any():
        raise UnreadableRecording(sheet.path, reason=f"no value in column {name!r}; {dict(lost)}")
    level: Float | Integer = sign * values[keep]
    if (level == np.rint(level)).all() and np.abs(level).max() < 2**15:
        level = level.astype(np.int16)
    device = name if sheet.shape.header and _two(sheet.shape, sheet.path) else sheet.path.stem
    seq = None if sheet.seq is None else sheet.seq[keep]
    return Recording(device, sheet.axis[keep], sheet.clock, None, level, seq, dropped=lost, about=sheet.about)


def _two(shape: Columns, path: Path) -> bool:
    try:
        return len(shape.ends(path)) == 2
    except UnreadableRecording:
        return True


def _column(rows: Rows, at: int, width: int) -> Float:
    """Return one column as numbers; NaN where the row is odd or the word is none."""
    return np.array([float(row[at]) if len(row) == width and number(row[at]) else np.nan for row in rows])


def _codes(values: Float, missing: Sequence[float] | None) -> Mask:
    """Mark the codes for no value: those given, or the usual ones where they stand apart from every other value."""
    if missing is not None:
        return np.isin(values, np.asarray(missing, dtype=np.float64))
    usual = np.isin(values, CODES)
    others = values[np.isfinite(values) & ~usual]
    if not others.size:
        return np.zeros(len(values), dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        out: Mask = usual & ((values < others.min() - APART) | (values > others.max() + APART))
    return out


def _instant(word: str) -> float:
    """Return seconds of a number or a date; NaN where it is neither."""
    if number(word):
        return float(word)
    try:
        stamp = datetime.fromisoformat(word)
    except ValueError:
        return float("nan")
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()
