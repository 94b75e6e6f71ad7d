"""Track two ends that share the sender's sequence numbers, placed as `observe.matching` places them."""

import numpy as np

from samefade.api.blocks.errors import NotInBlocks
from samefade.api.blocks.tracks import ByCount, ByTime, Column, Track, scan
from samefade.files.windows import STEP, Held
from samefade.types import Float

_PAUSE = 10  # periods: a sender that never rests for longer is a better clock than its listener's


def by_counts(a: Held, b: Held) -> tuple[Track, Track, str]:
    """Return the tracks of both ends, and how they are matched in words.

    Raises:
        NotInBlocks: When the numbers begin again, or none is common to both: the whole record may still be matched.
    """
    counts_a, counts_b, times = scan(a, "seq"), scan(b, "seq"), scan(a, "time")
    low = max(counts_a.low.min(), counts_b.low.min())
    if low > min(counts_a.high.max(), counts_b.high.max()):
        raise NotInBlocks(a.path, "no sequence number is common to both ends")
    period = times.span / max(1.0, counts_a.span)
    if period > 0 and _never_rests(a, period):
        line = _Line(_origin(a, period), period)
        return _on(line, counts_a), _on(line, counts_b), "sequence number"
    other = _Other(counts_a, times, period)
    return ByTime(times, a), ByCount(counts_b, other.axis, other.count, times.rate), "sequence number"


def _on(line: "_Line", counts: Column) -> ByCount:
    return ByCount(counts, line.axis, line.count, 1 / line.period)


class _Line:
    """An even axis: instant = origin + period·count."""

    def __init__(self, origin: float, period: float) -> None:
        self.origin, self.period = origin, period

    def axis(self, count: Float) -> Float:
        return self.origin + self.period * count

    def count(self, instant: float) -> float:
        return (instant - self.origin) / self.period


class _Other:
    """The axis is end a's time: a count lies where a heard it, or between its neighbours."""

    def __init__(self, counts: Column, times: Column, period: float) -> None:
        self._counts, self._times, self._period = counts, times, period

    def axis(self, count: Float) -> Float:
        known, time = self._near(float(count.min()), float(count.max()))
        inside = np.interp(count, known, time)
        beyond = np.minimum(count - known[0], 0) + np.maximum(count - known[-1], 0)
        return np.asarray(inside + self._period * beyond)

    def count(self, instant: float) -> float:
        held = self._times.held
        at = self._times.find(-np.inf, instant)[1]
        start, stop = max(0, at - STEP), min(len(held), at + STEP)
        time, count = (held.column(name, start, stop).astype(np.float64) for name in ("time", "seq"))
        order = np.argsort(time, kind="stable")
        beyond = min(instant - time[order[0]], 0.0) + max(instant - time[order[-1]], 0.0)
        return float(np.interp(instant, time[order], count[order])) + float(beyond) / self._period

    def _near(self, low: float, high: float) -> tuple[Float, Float]:
        """Return a's numbers, each once and rising, and their times, of a window and a step on either side."""
        held = self._counts.held
        start, stop = self._counts.find(low, high)
        start, stop = max(0, start - STEP), min(len(held), stop + STEP)
        known, first = np.unique(held.column("seq", start, stop), return_index=True)
        return known.astype(np.float64), held.column("time", start, stop).astype(np.float64)[first]


def _never_rests(a: Held, period: float) -> bool:
    """Say whether a's time follows its count, but for less than ten periods between any two packets."""
    last: tuple[Float, Float] | None = None
    for (_, seq), (_, time) in zip(a.pieces("seq"), a.pieces("time"), strict=True):
        known, first = np.unique(seq, return_index=True)
        count, at = known.astype(np.float64), np.asarray(time, np.float64)[first]
        if last is not None:
            count, at = np.concatenate([last[0], count]), np.concatenate([last[1], at])
        if (np.abs(np.diff(at) - period * np.diff(count)) > _PAUSE * period).any():
            return False
        last = count[-1:], at[-1:]
    return True


def _origin(a: Held, period: float) -> float:
    """Return the median of time − period·count, taken step by step: of a long record, the median of the medians."""
    return float(
        np.median(
            [
                np.median(np.asarray(time, np.float64) - period * np.asarray(seq, np.float64))
                for (_, seq), (_, time) in zip(a.pieces("seq"), a.pieces("time"), strict=True)
            ]
        )
    )
