"""Read plain tables of signal strength: one or two ends in one file, whatever parts the columns.

Where both ends share a row they share `seq`, the row; a single end takes it from a column of counts, if there is one.
A row that holds no value leaves a gap in time and a count in `dropped`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files.clock import by_row
from samefade.files.columns import CLOCKS, COUNTERS, SENDERS, Columns, columns, number, words
from samefade.files.counting import counted
from samefade.files.instants import instants, spread_out
from samefade.files.lines import lines
from samefade.types import Float, Integer, Mask, Recording

NAME = "table"
CODES = (127.0, 0.0, -127.0, -128.0, 999.0, -999.0)
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
            time: Column of the time: seconds, or what its name or its size says, or dates (without a zone: UTC).
            missing: Values that stand for no value; without it 127, 0, −127, −128, 999 and −999, where they lie
                more than 3 dB outside all others. Empty words and NaN always do.

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
        out = []
        for name, own, lost in _by_sender(rows, shape, dropped):
            seq, counter = _sequence(own, shape, shared=len(chosen) == 2)
            times, clock = axis(own, seq, shape, path, time=time, rate=rate)
            told = None if counter.startswith(NO_COUNT) else seq
            about = {"format": NAME, "counter": counter, **_passed_over(shape, chosen, clock)}
            sheet = _Sheet(path, shape, own, lost, times, clock, told, about, name)
            out += [_end(sheet, at, sign=sign, missing=missing) for at in chosen]
        return tuple(out)


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
    sender: str


def _rows(path: Path, shape: Columns) -> tuple[Rows, Counter[str]]:
    """Return the rows with the right number of columns; an odd one keeps its place as a row of empty words."""
    dropped: Counter[str] = Counter()
    rows: Rows = []
    for _, text in lines(path):
        if not text.strip():
            dropped["blank"] += 1
            continue
        if dropped["preamble"] < shape.preamble:
            dropped["preamble"] += 1
            continue
        row = words(text, shape.delimiter)
        if shape.header is not None and tuple(row) == shape.header:
            dropped["header"] += 1
        else:
            rows.append(row)
    return rows, +dropped


def _by_sender(rows: Rows, shape: Columns, dropped: Counter[str]) -> Iterator[tuple[str, Rows, Counter[str]]]:
    """Yield name, rows and losses of each node that a table tells apart, the one with most rows first.

    Addresses are not kept: a node is called by its number, in order of appearance.
    """
    width = len(shape.names)
    whole = [row for row in rows if len(row) == width]
    told = [at for at in shape.all_called(SENDERS) if 1 < len({row[at] for row in whole}) <= len(whole) / 2]
    if not told:
        yield "", rows, dropped
        return
    nodes: dict[tuple[str, ...], Rows] = {}
    for row in whole:
        nodes.setdefault(tuple(row[at] for at in told), []).append(row)
    odd = dropped + Counter({"wrong number of columns": len(rows) - len(whole)})
    named = [(f"node-{number}", own) for number, own in enumerate(nodes.values(), start=1)]
    for name, own in sorted(named, key=lambda one: -len(one[1])):
        yield name, own, odd + Counter({"other transmitter": len(whole) - len(own)})


def _sequence(rows: Rows, shape: Columns, *, shared: bool) -> tuple[Integer, str]:
    """Number the rows: by a column of counts, its wraps undone; else by their place."""
    at = shape.called(COUNTERS)
    if at is not None:
        found = counted(_column(rows, at, len(shape.names)))
        if found is not None:
            return found[0], f"column {shape.names[at]!r}{found[1]}"
    why = "" if at is None else f" (column {shape.names[at]!r} is no count)"
    return np.arange(len(rows)), ("row: the two ends share it" if shared else NO_COUNT) + why


def axis(
    rows: Rows, seq: Integer, shape: Columns, path: Path, *, time: str | int | None, rate: float | None
) -> tuple[Float, str]:
    """Return the time of each row, (n,) s, NaN where it has none, and the clock in words.

    Args:
        rows: Their words.
        seq: Their numbers, (n,), for when there is no clock.
        shape: What the columns are called.
        path: The table.
        time: The column of the time; without it the one that is called like a clock.
        rate: Rows per second, Hz, where there is no clock.

    Raises:
        UnreadableRecording: When there is no such column.
    """
    column = shape.find(time, path) if time is not None else None
    guessed = time is None and rate is None
    clocks = shape.all_called(CLOCKS) if guessed else []
    if column is None and len(clocks) != 1:
        return _untimed(seq, rate, [shape.names[at] for at in clocks], "which of them is meant is not told")
    at = clocks[0] if column is None else column
    name = shape.names[at]
    stamps = [row[at] if len(row) == len(shape.names) else "" for row in rows]
    day = shape.called(("date",))
    if guessed and day is not None:  # a date in one column, the time of day in another
        stamps = [f"{row[day]} {stamp}" if stamp else "" for row, stamp in zip(rows, stamps, strict=True)]
    seconds, told = instants(stamps, name)
    seen = seconds[np.isfinite(seconds)]
    back = int(np.count_nonzero(np.diff(seen) < 0))
    if guessed and (len(rows) - seen.size > ODD * len(rows) or back > ODD * len(rows)):
        return _untimed(seq, rate, [name], "it cannot be read as a clock")  # nobody asked for it
    seconds, coarse = spread_out(seconds)
    return seconds, f"column {name!r}{told}{coarse}" + (f", which goes back {back} times" if back else "")


def _untimed(seq: Integer, rate: float | None, clocks: list[str], why: str) -> tuple[Float, str]:
    """Take the rows at the declared rate, and say which columns of time are left aside, and why."""
    times, told = by_row(seq, rate)
    if not clocks:
        return times, told
    named = " and ".join(f"column {name!r}" for name in clocks)
    return times, told.replace("no clock read from the file", f"{named} left aside: {why}")


def _passed_over(shape: Columns, chosen: tuple[int, ...], clock: str) -> dict[str, str]:
    """Name the columns that say nothing about these ends, so that nobody believes them used."""
    known = (*COUNTERS, *SENDERS)
    rest = [
        name
        for at, name in enumerate(shape.names)
        if at not in chosen and name and at not in shape.all_called(known) and f"column {name!r}" not in clock
    ]
    return {"columns not used": ", ".join(rest)} if shape.header and rest else {}


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
    device = f"{device} {sheet.sender}".strip()
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
