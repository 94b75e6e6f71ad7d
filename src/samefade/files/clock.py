"""Choose the clock of a recording: the one that can be matched with another file's and still resolves the packets.

A host's clock is common to two nodes on one computer but is read when a line leaves the serial port;
a chip's own clock stamps the packet itself but starts at zero.
Where the host's is too coarse, the chip's is set to it by a straight line.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.files.along import (
    PIECE,
    Column,
    Mapped,
    Rows,
    backward,
    every,
    reach,
    sample,
    spread,
    total,
    whole,
)  # fmt: skip
from samefade.types import Float, Integer

WRAP = 2**32  # µs, 71.6 minutes
COARSE = 0.5  # of the mean interval: beyond this jitter, packets change places


@dataclass(frozen=True, eq=False)
class Stamps:
    """The time stamps of one recording, each a column of n numbers; NaN where a line has none.

    Attributes:
        host: Seconds since 1970, added by the computer that logged.
        real: Seconds of the chip's steady clock, as printed.
        unpadded: The same, when the digits after the point are read as a plain count of microseconds.
        local: Microseconds of the receiver's counter, 32 bits, signed or unsigned.
    """

    host: Column
    real: Column
    unpadded: Column
    local: Column


def choose(stamps: Stamps, rate: float | None = None) -> tuple[Float, str]:
    """Return the best time axis, (n,) seconds, and which clock it is in words.

    Host times stay absolute, so that two files can be matched; the chip's clocks count from when it started.
    Where none runs, rows are taken at the declared rate, Hz.
    """
    axis, told = choose_column(stamps, rate)
    return whole(axis), told


def choose_column(stamps: Stamps, rate: float | None = None) -> tuple[Column, str]:
    """Return the same as a column, of which nothing is held."""
    local = Unwrapped(stamps.local)
    n, joins = len(local), local.joins
    trusted = joins == 0 and n > 1 and bool(local[n - 1 : n][0] > local[0:1][0])
    told = f"local timestamp (µs, unwrapped{f', {joins} restarts joined' if joins else ''})"
    return (
        _by_host(stamps.host, local, told, trusted=trusted)
        or _by_real(stamps, local, trusted=trusted)
        or _by_itself(stamps.host, local, told)
        or _by_rows(n, rate)
    )


Choice = tuple[Column, str]


def _by_host(host: Column, local: Column, told: str, *, trusted: bool) -> Choice | None:
    """Take the host's time, or the chip's set to it where the host's jitters."""
    seen = int(total(np.isfinite, host))
    if seen == len(host) and _steady(host, local, trusted=trusted):
        return host, "host time"
    if trusted and seen > 1 and (line := _line(local, host)) is not None:

        def late(own: Float, told: Float) -> Float:
            there = np.isfinite(told)
            return told[there] - _set(own[there], line)

        jitter = spread(late, local, host)
        # a line can only arrive late, so the promptest lines tell when packets were heard
        prompt = float(np.percentile(sample(late, local, host), 5))
        axis = Mapped(local, lambda own: _set(own, line) + prompt)
        return axis, f"{told}, set to host time (which jitters by {1e3 * jitter:.3g} ms)"
    return (host, "host time") if seen == len(host) and _forward(host) else None


def _by_real(stamps: Stamps, local: Column, *, trusted: bool) -> Choice | None:
    real, how = _read_real(stamps, local, trusted=trusted)
    usable = _finite(real) and _steady(real, local, trusted=trusted)
    return (real, f"real timestamp{how}") if usable else None


def _by_itself(host: Column, local: Column, told: str) -> Choice | None:
    """Take the chip's counter; failing that a host time that goes back."""
    if _finite(local) and reach(local) > 0:
        return local, told
    if _finite(host) and reach(host) > 0:
        return host, f"host time, which goes back {backward(host)} times"
    return None


def _by_rows(count: int, rate: float | None) -> Choice:
    if rate is None:
        return Rows(count), by_row(np.zeros(0, np.int64), None)[1]
    told = by_row(np.zeros(0, np.int64), rate)[1]
    return Mapped(Rows(count), lambda row: row / float(rate)), told


def _read_real(stamps: Stamps, local: Column, *, trusted: bool) -> Choice:
    """Choose how the steady clock is to be read.

    Firmware that prints seconds, a point and bare microseconds loses the leading zeros of the latter:
    14.054879 s appears as 14.54879 (seen in four of five public captures).
    """
    printed, counted = stamps.real, stamps.unpadded
    if not (_finite(printed) and _finite(counted)) or every(np.array_equal, printed, counted):
        return printed, ""
    if trusted:
        restore = spread(np.subtract, counted, local) < spread(np.subtract, printed, local)
    else:
        restore = _forward(counted) and not _forward(printed)
    return (counted, " (leading zeros of the microseconds restored)") if restore else (printed, "")


def by_row(row: Integer, rate: float | None) -> tuple[Float, str]:
    """Return times of rows taken at a declared rate, Hz, and the clock in words; rows that are absent leave gaps.

    Raises:
        OutOfRange: When the rate is not a positive number.
    """
    if rate is None:
        return row / 1.0, "row number (no clock read from the file; 1 Hz assumed)"
    if not (isinstance(rate, int | float) and 0 < rate < float("inf")):
        raise OutOfRange("rate", rate, "a positive number of hertz")
    return row / float(rate), f"declared rate, {rate:g} Hz"


def unwrap(counter: Float, modulus: int = WRAP) -> tuple[Float, int]:
    """Undo the wrap of a counter in µs; return seconds and how many restarts were joined by the median step.

    Signed prints of the counter are taken modulo 2³² first.
    A fall by more than half the range is a wrap; a smaller one is a chip that started again.
    """
    column = Unwrapped(counter, modulus)
    return whole(column), column.joins


class Unwrapped:
    """A counter in µs with its wraps undone, as a column of seconds; NaN everywhere where one number is none.

    Attributes:
        joins: How many restarts were joined by the median step forward (of a long record, of a million of them).
    """

    def __init__(self, counter: Column, modulus: int = WRAP) -> None:
        """Go along the counter, once or, where it began again, twice."""
        self._counter, self._modulus = counter, modulus
        self._finite = len(counter) > 0 and _finite(counter)
        self._usual, self.joins = 0.0, 0
        self._bases: list[float] = []  # where each piece begins
        if not self._finite:
            return
        self.joins = sum(int(np.count_nonzero(step < 0)) for step in self._steps())
        if self.joins:
            stride = max(1, -(-len(counter) // (1 << 20)))
            ahead = np.concatenate([step[step >= 0][::stride] for step in self._steps()])
            self._usual = float(np.median(ahead)) if ahead.size else 0.0
        base = float(np.mod(counter[0:1], modulus)[0])
        for step in self._steps():
            self._bases.append(base)
            base += float(self._joined(step).sum())

    def __len__(self) -> int:
        """Return how many numbers there are."""
        return len(self._counter)

    def __getitem__(self, rows: slice, /) -> Float:
        """Return some of them, seconds."""
        start, stop = max(0, rows.start or 0), min(len(self), len(self) if rows.stop is None else rows.stop)
        if not self._finite or stop <= start:
            return np.full(max(0, stop - start), np.nan)
        found = [self._piece(k) for k in range(start // PIECE, -(-stop // PIECE))]
        first = start // PIECE * PIECE
        return np.concatenate(found)[start - first : stop - first]

    def _piece(self, k: int) -> Float:
        step = self._joined(self._step(k * PIECE))
        out: Float = (self._bases[k] + np.cumsum(step)) * 1e-6
        return out

    def _steps(self) -> Iterator[Float]:
        for start in range(0, len(self), PIECE):
            yield self._step(start)

    def _step(self, start: int) -> Float:
        """Return the step to each number of a piece from the one before it; the first of all has none, 0."""
        before = self._counter[start - 1 : start] if start else self._counter[0:1]
        step = np.diff(np.mod(np.concatenate([before, self._counter[start : start + PIECE]]), self._modulus))
        return np.asarray(np.where(step < -self._modulus / 2, step + self._modulus, step))

    def _joined(self, step: Float) -> Float:
        return np.asarray(np.where(step < 0, self._usual, step))


def count_on(seq: Float, modulus: int) -> Integer:
    """Undo the wrap of a sequence number; a restart is left as it is."""
    whole = np.mod(seq, modulus).astype(np.int64)
    wraps = np.cumsum(np.diff(whole, prepend=whole[:1]) < -modulus // 2)
    return whole + wraps.astype(np.int64) * modulus


class Counted:
    """A sequence number with its wraps undone, as `count_on` undoes them, a piece at a time."""

    def __init__(self, seq: Column, modulus: int) -> None:
        """Go along the numbers once."""
        self._seq, self._modulus = seq, modulus
        self._turns: list[int] = []
        turns = 0
        for start in range(0, len(seq), PIECE):
            self._turns.append(turns)
            turns += int(self._falls(start).sum())

    def numbers(self, start: int, stop: int) -> Integer:
        """Return some of them, (m,) int64."""
        out = []
        for k in range(start // PIECE, -(-stop // PIECE)):
            base = np.mod(self._seq[k * PIECE : (k + 1) * PIECE], self._modulus).astype(np.int64)
            out.append(base + (self._turns[k] + np.cumsum(self._falls(k * PIECE)).astype(np.int64)) * self._modulus)
        first = start // PIECE * PIECE
        return np.concatenate(out)[start - first : stop - first]

    def _falls(self, start: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        before = self._seq[start - 1 : start] if start else self._seq[0:1]
        both = np.concatenate([before, self._seq[start : start + PIECE]])
        return np.asarray(np.diff(np.mod(both, self._modulus).astype(np.int64)) < -self._modulus // 2)


def _finite(column: Column) -> bool:
    return every(lambda piece: np.isfinite(piece).all(), column)


def _forward(time: Column) -> bool:
    n = len(time)
    if not _finite(time) or backward(time):
        return False
    return n < 2 or bool(time[n - 1 : n][0] > time[0:1][0])


def _steady(time: Column, local: Column, *, trusted: bool) -> bool:
    """Say whether a clock runs forward and, against the chip's counter, jitters less than the packets are apart."""
    if not _forward(time) or len(time) < 3 or not trusted:
        return _forward(time) or len(time) == 1
    line = _line(local, time)
    if line is None:
        return True  # the counter does not count microseconds, so it says nothing about the other clock
    jitter = spread(lambda own, told: told - _set(own, line), local, time)
    return jitter <= COARSE * reach(local) / (len(local) - 1)


Line = tuple[float, float, float]


def _line(local: Column, time: Column) -> Line | None:
    """Fit time = start + slope·(local − its mean) where both are told; None where the slope is not that of seconds.

    No crystal is off by 1,000 ppm: a slope further from 1 comes from jitter in a short recording, and is set to 1.
    """
    n = total(np.isfinite, time)
    middle = total(lambda own, told: own[np.isfinite(told)], local, time) / n
    start = total(lambda told: told[np.isfinite(told)], time) / n

    def along(own: Float, told: Float) -> Float:
        return np.where(np.isfinite(told), own - middle, 0.0)

    across = total(lambda own, told: along(own, told) * np.nan_to_num(told - start), local, time)
    slope = across / max(total(lambda own, told: along(own, told) ** 2, local, time), 1e-30)
    if abs(slope - 1) > 0.5:
        return None
    return middle, start, slope if abs(slope - 1) < 1e-3 else 1.0


def _set(local: Float, line: Line) -> Float:
    middle, start, slope = line
    out: Float = start + slope * (local - middle)
    return out
