"""Match what two nodes logged: by sequence number, by clock, or by row where the file says so.

Rows paired by number are the commonest mistake of the field: one lost packet shifts everything after it.
So the row is the last resort, and the result says how the match was made.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ClocksDisagree, EndsDisagree, OutOfRange, TooFewSamples
from samefade.observe.amplitude import amplitude
from samefade.observe.clocks import HOST_SLACK, Clock, by_signals, refuse
from samefade.observe.grid import estimate_rate
from samefade.observe.sequence import common, joined, unwrap
from samefade.types import Float, Integer, Recording

By = Literal["auto", "sequence", "clock", "row"]
WAYS: tuple[By, ...] = ("auto", "sequence", "clock", "row")

# How a time axis that no clock told begins to describe itself.
NO_CLOCK = ("row", "declared")

# Seconds since 1970 are above this; times since boot are below (three years).
EPOCH = 1e8


@dataclass(frozen=True, eq=False, repr=False)
class Matching:
    """Which packets of a and b belong together, and how b's instants look on a's clock.

    Attributes:
        index_a: (k,) indices into a of the packets that both heard.
        index_b: (k,) indices into b, in the same order.
        how: In words: "sequence number: …", "clock: offset …, drift …", "row".
        offset: Seconds to add to b's first instant; 0 where the clocks were not used.
        drift: How much slower b's clock runs than a's, parts per million.
        time_a: (n,) instants of all of a's packets on the common axis, seconds.
        time_b: (m,) instants of all of b's packets on the same axis.
    """

    index_a: NDArray[np.int64]
    index_b: NDArray[np.int64]
    how: str
    offset: float
    drift: float
    time_a: Float
    time_b: Float

    def __len__(self) -> int:
        """Return the number of packets that both heard."""
        return len(self.index_a)

    def __repr__(self) -> str:
        """Say how, and how many."""
        return f"Matching({self.how!r}, {len(self)} packets)"


def match(a: Recording, b: Recording, by: By = "auto", *, tone: int | None = None) -> Matching:
    """Match two recordings of one link.

    "auto" takes the sequence number where both have one; the row where both hold the very same instants;
    else the clock, and the row only where the lengths are equal and no clock can be matched, or there is none.
    The clocks' offset and drift come from the signals themselves; two that tell the time of day are believed
    where the signals show no other offset within a minute.

    Args:
        a: One end.
        b: The other end, or Eve.
        by: "auto", "sequence", "clock" or "row".
        tone: The tone whose amplitude tells the clocks' offset.

    Raises:
        ClocksDisagree: When the clocks cannot be matched: no overlap, or no offset stands out from chance.
        EndsDisagree: When sequence numbers are asked for and there are none, or none in common.
        OutOfRange: When `by` is none of the four.
        TooFewSamples: When a recording is empty.
    """
    if by not in WAYS:
        raise OutOfRange("by", by, ", ".join(WAYS))
    if not len(a) or not len(b):
        raise TooFewSamples(have=min(len(a), len(b)), need=1)
    way = _best(a, b) if by == "auto" else by
    if way == "sequence":
        return _by_sequence(a, b)
    if way == "row":
        return _by_row(a, b)
    try:
        return _by_clock(a, b, tone)
    except (ClocksDisagree, TooFewSamples):
        if by == "clock" or len(a) != len(b) or _apart(a, b):
            raise
    return _by_row(a, b)


def _best(a: Recording, b: Recording) -> By:
    if a.seq is not None and b.seq is not None:
        return "sequence"
    # as many packets at both ends may be chance, or a script that stops at a count: not the same packets
    clockless = all(end.clock.startswith(NO_CLOCK) for end in (a, b))
    if len(a) == len(b) and (clockless or np.array_equal(a.time, b.time)):
        return "row"
    return "clock"


def _apart(a: Recording, b: Recording) -> bool:
    """Tell whether both clocks count from 1970 and say that the recordings are of different times."""
    dated = min(float(a.time.min()), float(b.time.min())) > EPOCH
    return dated and bool(a.time.max() < b.time.min() or b.time.max() < a.time.min())


def _time_of_day(a: Recording, b: Recording) -> bool:
    """Tell whether both clocks count from the same epoch and the records overlap."""
    overlap = min(a.time.max(), b.time.max()) - max(a.time.min(), b.time.min())
    told = all(float(np.min(end.time)) > EPOCH or end.clock.startswith("host") for end in (a, b))
    return bool(told and overlap > 0)


def _by_sequence(a: Recording, b: Recording) -> Matching:
    if a.seq is None or b.seq is None:
        raise EndsDisagree("sequence numbers", *("none" if end.seq is None else len(end) for end in (a, b)))
    seq_a, seq_b = joined(unwrap(a.seq), unwrap(b.seq))
    index_a, index_b, shift = common(seq_a, seq_b)
    time_a, time_b = _timed(a, seq_a, seq_b + shift)
    how = f"sequence number: {len(index_a)} of {len(a)} and {len(b)} packets"
    return Matching(index_a, index_b, how, 0.0, 0.0, time_a, time_b)


def _timed(a: Recording, seq_a: Integer, seq_b: Integer) -> tuple[Float, Float]:
    """Give every packet its instant on a's clock; packets of the same number get the same."""
    known, where = np.unique(seq_a, return_index=True)
    time = np.asarray(a.time, np.float64)[where]
    if len(known) < 2:
        return np.asarray(a.time, np.float64), np.full(len(seq_b), time[0])
    period = (time[-1] - time[0]) / (known[-1] - known[0])
    steady = np.abs(np.diff(time) - period * np.diff(known)) <= 10 * max(period, 0.0)
    if period > 0 and steady.all():
        # the sender never paused: its count is a better clock than a's, which has the jitter of its host
        origin = float(np.median(time - period * known))
        return origin + period * seq_a, origin + period * seq_b
    before, after = np.minimum(seq_b - known[0], 0), np.maximum(seq_b - known[-1], 0)
    return np.asarray(a.time, np.float64), np.interp(seq_b, known, time) + period * (before + after)


def _by_row(a: Recording, b: Recording) -> Matching:
    n = min(len(a), len(b))
    how = "row" if len(a) == len(b) else f"row: the first {n} of {len(a)} and {len(b)} packets"
    if a.clock == b.clock and a.clock.startswith(NO_CLOCK):
        _, index_a, index_b = np.intersect1d(a.time, b.time, return_indices=True)
        if 2 * len(index_a) > n:
            # such times are places in the file: a row that could not be read leaves a gap there and shifts nothing
            own = np.asarray(a.time, np.float64), np.asarray(b.time, np.float64)
            if len(index_a) < n or not np.array_equal(index_a, index_b):
                how = f"row: {len(index_a)} that both have, of {len(a)} and {len(b)}"
            return Matching(index_a, index_b, how, 0.0, 0.0, *own)
    rows = np.arange(n)
    time = np.asarray(a.time if len(a) >= len(b) else b.time, np.float64)
    return Matching(rows, rows, how, 0.0, 0.0, time[: len(a)], time[: len(b)])


def _by_clock(a: Recording, b: Recording, tone: int | None) -> Matching:
    slack = HOST_SLACK if _time_of_day(a, b) else None
    clock = by_signals(a.time, _first(a, tone), b.time, _first(b, tone), slack=slack)
    if clock is None and slack is None:
        raise refuse(a.time, b.time)
    told = (
        f"offset {clock.offset:.3f} s, drift {clock.drift:.1f} ppm"
        if clock
        else "as both tell it (nothing corrects it)"
    )
    clock = clock or Clock(0.0, 0.0)
    time_b = clock.on_a(np.asarray(b.time, np.float64), float(np.min(b.time)))
    index_a, index_b = _nearest(a.time, time_b)
    if not len(index_a):
        raise ClocksDisagree(offset=clock.offset, drift=clock.drift, matched=0.0)
    return Matching(
        index_a, index_b, f"clock: {told}", clock.offset, clock.drift, np.asarray(a.time, np.float64), time_b
    )


def _first(recording: Recording, tone: int | None) -> Float:
    return amplitude(recording, None if recording.raw is None else tone)


def _nearest(time_a: Float, time_b: Float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair packets that are each other's nearest and at most half a period apart."""
    order_a, order_b = np.argsort(time_a, kind="stable"), np.argsort(time_b, kind="stable")
    ta, tb = time_a[order_a], time_b[order_b]
    to_b, to_a = _closest(ta, tb), _closest(tb, ta)
    mutual = to_a[to_b] == np.arange(len(ta))
    close = np.abs(tb[to_b] - ta) <= 0.5 / estimate_rate(ta)
    keep = np.flatnonzero(mutual & close)
    return order_a[keep], order_b[to_b[keep]]


def _closest(times: Float, among: Float) -> NDArray[np.int64]:
    right = np.clip(np.searchsorted(among, times), 1, max(1, len(among) - 1))
    left = np.minimum(right - 1, len(among) - 1)
    right = np.minimum(right, len(among) - 1)
    return np.where(np.abs(times - among[left]) <= np.abs(among[right] - times), left, right)
