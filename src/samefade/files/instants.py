"""Read the time column of a table: numbers in a unit that is told or cannot be another, or dates.

What could be read in two ways is not read: the reader then says that the column tells no time.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from samefade.files.columns import number, plain
from samefade.types import Float

UNITS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "seconds": 1.0,
    "ms": 1e-3, "msec": 1e-3, "millis": 1e-3, "milliseconds": 1e-3,
    "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "usec": 1e-6, "micros": 1e-6, "microseconds": 1e-6,
    "ns": 1e-9, "nanos": 1e-9, "nanoseconds": 1e-9,
}  # fmt: skip
CALLED = {1.0: "", 1e-3: ", milliseconds", 1e-6: ", microseconds", 1e-9: ", nanoseconds"}
# no record is of a time 3,000 years after 1970 or after a boot: so large a number counts something shorter
SINCE_1970 = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))
HOUR = 3600.0  # by which a wall clock is put back in autumn
DAY = 86400.0

_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})[T ,]+(.*)")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})[T ,]+(.*)")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d(?:[.,]\d+)?))?\s*([AaPp][Mm])?")


def instants(words: Sequence[str], name: str) -> tuple[Float, str]:
    """Return the seconds that a column tells, NaN where it tells none, and in words how it was read.

    Args:
        words: (n,) the column.
        name: What the header calls it; its last word may be the unit.
    """
    numbers = [float(word) if number(word) else np.nan for word in words]
    if 2 * sum(map(np.isfinite, numbers)) > len(words):
        return _scaled(np.array(numbers), name)
    monthly = _month_first(words)
    found = [_instant(word, month_first=monthly) for word in words]
    seconds = np.array([second for second, _ in found])
    zoned = all(zone for second, zone in found if np.isfinite(second))
    if seconds.size and np.nanmax(np.append(seconds, 0.0)) <= DAY:
        return _days(seconds), ", time of day"
    return (seconds, "") if zoned else _put_back(seconds)


def unit(name: str) -> float | None:
    """Return the seconds in the unit that a column's name ends with, or None."""
    return UNITS.get(plain(name).rpartition("_")[2])


def _scaled(numbers: Float, name: str) -> tuple[Float, str]:
    named = unit(name) or 1.0
    size = float(np.nanmedian(np.abs(numbers)))
    scale = next((scale for least, scale in SINCE_1970 if size >= least and size * named >= least * scale), named)
    return numbers * scale, CALLED[scale]


def _instant(word: str, *, month_first: bool | None) -> tuple[float, bool]:
    """Return seconds and whether a zone was told; NaN for what is no date, or one with two readings."""
    day = _DOTTED.fullmatch(word)
    if day is None and month_first is not None and (slashed := _SLASHED.fullmatch(word)):
        day = slashed
        if month_first:
            return _date(day[3], day[1], day[2], day[4])
    if day is not None:
        return _date(day[3], day[2], day[1], day[4])
    if (clock := _clock(word)) is not None:
        return clock, True
    for mark in (" UTC", " GMT"):
        word = word.removesuffix(mark) + "+00:00" if word.endswith(mark) else word
    try:
        stamp = datetime.fromisoformat(word.replace("/", "-"))
    except ValueError:
        return float("nan"), True
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp(), stamp.tzinfo is not None


def _date(year: str, month: str, day: str, clock: str) -> tuple[float, bool]:
    seconds = _clock(clock)
    try:
        midnight = datetime(int(year), int(month), int(day), tzinfo=UTC).timestamp()
    except ValueError:
        return float("nan"), False
    return (float("nan") if seconds is None else midnight + seconds), False


def _clock(word: str) -> float | None:
    """Return the seconds since midnight of hh:mm[:ss[.f]] [AM|PM], or None."""
    found = _CLOCK.fullmatch(word.strip())
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), float((found[3] or "0").replace(",", "."))
    if found[4]:
        hour = hour % 12 + (12 if found[4].lower() == "pm" else 0)
    return hour * 3600 + minute * 60 + second if hour < 24 and minute < 60 and second < 61 else None


def _month_first(words: Sequence[str]) -> bool | None:
    """Say whether dates with strokes begin with the month; None where no day above 12 tells."""
    dates = [found for word in words if (found := _SLASHED.fullmatch(word))]
    first, second = (any(int(date[at]) > 12 for date in dates) for at in (1, 2))
    return second if first != second else None


def _days(seconds: Float) -> Float:
    """Let a time of day go on after midnight."""
    seen = np.flatnonzero(np.isfinite(seconds))
    out = seconds.copy()
    out[seen] += DAY * np.cumsum(np.diff(seconds[seen], prepend=seconds[seen[:1]]) < -DAY / 2)
    return out


def _put_back(seconds: Float) -> tuple[Float, str]:
    """Undo the hour by which a wall clock without a zone was put back while it logged."""
    seen = np.flatnonzero(np.isfinite(seconds))
    steps = np.diff(seconds[seen])
    usual = float(np.median(steps)) if steps.size else 0.0
    back = np.flatnonzero((steps < 0) & (steps + HOUR >= 0) & (steps + HOUR <= 10 * max(usual, 1.0)))
    if len(back) != 1 or usual >= HOUR / 10:
        return seconds, ""
    out = seconds.copy()
    out[seen[back[0] + 1] :] += HOUR
    return out, ", put on by the hour that it was put back"


def spread_out(seconds: Float) -> tuple[Float, str]:
    """Part rows that share an instant evenly over the clock's tick, where most do, and say so in words.

    The clock of such a table is coarser than its rows are apart; left as they are, most would fall on one instant.
    """
    seen = np.flatnonzero(np.isfinite(seconds))
    told = seconds[seen]
    steps = np.diff(told)
    if len(told) < 3 or 2 * np.count_nonzero(steps == 0) <= len(steps) or not (steps > 0).any():
        return seconds, ""
    starts = np.flatnonzero(np.concatenate([[True], steps != 0]))
    counts = np.diff(np.append(starts, len(told)))
    tick = float(np.median(steps[steps > 0]))
    place = np.arange(len(told)) - np.repeat(starts, counts)
    out = seconds.copy()
    out[seen] = told + tick * place / np.repeat(counts, counts)
    return out, f", which ticks once in {np.median(counts):g} rows: these are spread evenly over its tick of {tick:g} s"
