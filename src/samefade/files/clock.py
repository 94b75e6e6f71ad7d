"""Choose the clock of a recording: the one that can be matched with another file's and still resolves the packets.

A host's clock is common to two nodes on one computer but is read when a line leaves the serial port;
a chip's own clock stamps the packet itself but starts at zero.
Where the host's is too coarse, the chip's is set to it by a straight line.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.types import Float, Integer

WRAP = 2**32  # µs, 71.6 minutes
COARSE = 0.5  # of the mean interval: beyond this jitter, packets change places


@dataclass(frozen=True, eq=False)
class Stamps:
    """The time stamps of one recording, each (n,) float64; NaN where a line has none.

    Attributes:
        host: Seconds since 1970, added by the computer that logged.
        real: Seconds of the chip's steady clock, as printed.
        unpadded: The same, when the digits after the point are read as a plain count of microseconds.
        local: Microseconds of the receiver's counter, 32 bits, signed or unsigned.
    """

    host: Float
    real: Float
    unpadded: Float
    local: Float


def choose(stamps: Stamps, rate: float | None = None) -> tuple[Float, str]:
    """Return the best time axis, seconds, and which clock it is in words.

    Host times stay absolute, so that two files can be matched; the chip's clocks count from when it started.
    Where none runs, rows are taken at the declared rate, Hz.
    """
    local, joins = unwrap(stamps.local)
    trusted = joins == 0 and local.size > 1 and bool(local[-1] > local[0])
    told = f"local timestamp (µs, unwrapped{f', {joins} restarts joined' if joins else ''})"
    return (
        _by_host(stamps.host, local, told, trusted=trusted)
        or _by_real(stamps, local, trusted=trusted)
        or _by_itself(stamps.host, local, told)
        or by_row(np.arange(len(local)), rate)
    )


Choice = tuple[Float, str]


def _by_host(host: Float, local: Float, told: str, *, trusted: bool) -> Choice | None:
    """Take the host's time, or the chip's set to it where the host's jitters."""
    seen = np.isfinite(host)
    if seen.all() and _steady(host, local, trusted=trusted):
        return host, "host time"
    if trusted and np.count_nonzero(seen) > 1 and (line := _line(local[seen], host[seen])) is not None:
        late = host[seen] - _set(local[seen], line)
        jitter = float(np.std(late))
        # a line can only arrive late, so the promptest lines tell when packets were heard
        return _set(local, line) + float(
            np.percentile(late, 5)
        ), f"{told}, set to host time (which jitters by {1e3 * jitter:.3g} ms)"
    return (host, "host time") if seen.all() and _forward(host) else None


def _by_real(stamps: Stamps, local: Float, *, trusted: bool) -> Choice | None:
    real, how = _read_real(stamps, local, trusted=trusted)
    usable = np.isfinite(real).all() and _steady(real, local, trusted=trusted)
    return (real, f"real timestamp{how}") if usable else None


def _by_itself(host: Float, local: Float, told: str) -> Choice | None:
    """Take the chip's counter; failing that a host time that goes back."""
    if np.isfinite(local).all() and np.ptp(local) > 0:
        return local, told
    if np.isfinite(host).all() and np.ptp(host) > 0:
        return host, f"host time, which goes back {int(np.sum(np.diff(host) < 0))} times"
    return None


def _read_real(stamps: Stamps, local: Float, *, trusted: bool) -> Choice:
    """Choose how the steady clock is to be read.

    Firmware that prints seconds, a point and bare microseconds loses the leading zeros of the latter:
    14.054879 s appears as 14.54879 (seen in four of five public captures).
    """
    printed, counted = stamps.real, stamps.unpadded
    if not (np.isfinite(printed).all() and np.isfinite(counted).all()) or np.array_equal(printed, counted):
        return printed, ""
    if trusted:
        restore = float(np.std(counted - local)) < float(np.std(printed - local))
    else:
        restore = _forward(counted) and not _forward(printed)
    return (counted, " (leading zeros of the microseconds restored)") if restore else (printed, "")


def by_row(row: Integer, rate: float | None) -> tuple[Float, str]:
    """Return times of rows taken at a declared rate, Hz, and the clock in words; rows that are absent leave gaps.

    Raises:
        OutOfRange: When the rate is not a positive number.
    """
    if rate is None:
        return row / 1.0, "row number (no clock in the file; 1 Hz assumed)"
    if not (isinstance(rate, int | float) and 0 < rate < float("inf")):
        raise OutOfRange("rate", rate, "a positive number of hertz")
    return row / float(rate), f"declared rate, {rate:g} Hz"


def unwrap(counter: Float, modulus: int = WRAP) -> tuple[Float, int]:
    """Undo the wrap of a counter in µs; return seconds and how many restarts were joined by the median step.

    Signed prints of the counter are taken modulo 2³² first.
    A fall by more than half the range is a wrap; a smaller one is a chip that started again.
    """
    if counter.size == 0 or not np.isfinite(counter).all():
        return np.full(counter.shape, np.nan), 0
    step = np.diff(np.mod(counter, modulus))
    step = np.where(step < -modulus / 2, step + modulus, step)
    back = step < 0
    usual = float(np.median(step[~back])) if not back.all() else 0.0
    start = float(np.mod(counter[0], modulus))
    out: Float = np.concatenate([[start], start + np.cumsum(np.where(back, usual, step))]) * 1e-6
    return out, int(np.count_nonzero(back))


def count_on(seq: Float, modulus: int) -> Integer:
    """Undo the wrap of a sequence number; a restart is left as it is."""
    whole = np.mod(seq, modulus).astype(np.int64)
    wraps = np.cumsum(np.diff(whole, prepend=whole[:1]) < -modulus // 2)
    return whole + wraps.astype(np.int64) * modulus


def _forward(time: Float) -> bool:
    return bool((np.diff(time) >= 0).all()) and (time.size < 2 or time[-1] > time[0])


def _steady(time: Float, local: Float, *, trusted: bool) -> bool:
    """Say whether a clock runs forward and, against the chip's counter, jitters less than the packets are apart."""
    if not _forward(time) or time.size < 3 or not trusted:
        return _forward(time) or time.size == 1
    line = _line(local, time)
    if line is None:
        return True  # the counter does not count microseconds, so it says nothing about the other clock
    return float(np.std(time - _set(local, line))) <= COARSE * float(np.ptp(local)) / (local.size - 1)


Line = tuple[float, float, float]


def _line(local: Float, time: Float) -> Line | None:
    """Fit time = start + slope·(local − its mean); None where the slope is not that of two clocks in seconds.

    No crystal is off by 1,000 ppm: a slope further from 1 comes from jitter in a short recording, and is set to 1.
    """
    middle, start = float(np.mean(local)), float(np.mean(time))
    spread = local - middle
    slope = float(spread @ (time - start) / max(float(spread @ spread), 1e-30))
    if abs(slope - 1) > 0.5:
        return None
    return middle, start, slope if abs(slope - 1) < 1e-3 else 1.0


def _set(local: Float, line: Line) -> Float:
    middle, start, slope = line
    out: Float = start + slope * (local - middle)
    return out
