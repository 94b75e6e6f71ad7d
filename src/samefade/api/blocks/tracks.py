"""Place the packets of one end of a long record on the axis that both ends share, a window at a time.

A track knows how an instant of the axis is found in the container: by the column of times or of sequence numbers,
of which only the least and the greatest of every 65,536 packets are kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from samefade.api.blocks.errors import NotInBlocks
from samefade.errors import TooFewSamples
from samefade.files.windows import STEP, Held
from samefade.observe.clocks import Clock
from samefade.observe.sequence import LATEST
from samefade.types import Float

Find = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Column:
    """One column of an end that rises but for a little disorder, so that a place in it is quickly found.

    Attributes:
        held: The end.
        name: `time` or `seq`.
        packets: How many packets of it, from the beginning, count.
        low: Least value of every step of packets.
        high: Greatest value of each.
        span: Sum of its steps forward.
        slots: How many usual intervals they are.
    """

    held: Held
    name: str
    packets: int
    low: NDArray[Any]
    high: NDArray[Any]
    span: float
    slots: float

    @property
    def rate(self) -> float:
        """Return packets per unit of the column, lost ones included; as `observe.estimate_rate` counts."""
        return max(1.0, self.slots) / self.span if self.span > 0 else float("nan")

    def find(self, low: float, high: float) -> Find:
        """Return the first packet, and one after the last, with values from `low` to `high`."""
        steps = np.flatnonzero((self.high >= low) & (self.low <= high))
        if not len(steps):
            return 0, 0
        start, stop = int(steps[0]) * STEP, min((int(steps[-1]) + 1) * STEP, self.packets)
        values = self.held.column(self.name, start, stop)
        inside = np.flatnonzero((values >= low) & (values <= high))
        return (start + int(inside[0]), start + int(inside[-1]) + 1) if len(inside) else (0, 0)


def scan(held: Held, name: str, packets: int | None = None) -> Column:
    """Go once through a column, or through so many packets from its beginning.

    Raises:
        NotInBlocks: When it falls back by more than 64 usual steps: no window could then be found in it.
        TooFewSamples: When there is no packet.
    """
    low, high = list[Any](), list[Any]()
    usual, span, slots = 0.0, 0.0, 0.0
    for start, piece in held.pieces(name, packets):
        values = np.asarray(piece, np.float64)
        along = np.concatenate([high[-1:], values])
        steps = np.diff(np.sort(along))
        usual = usual or _usual(steps)
        if len(steps) and float(np.diff(along).min()) < -LATEST * usual:
            raise NotInBlocks(held.path, f"`{name}` goes back at end {held.end}", start)
        low.append(values.min())
        high.append(values.max())
        span += float(steps.sum())
        slots += float(np.rint(steps / usual).sum()) if usual else 0.0
    if not low:
        raise TooFewSamples(have=0, need=1)
    return Column(held, name, len(held) if packets is None else packets, np.array(low), np.array(high), span, slots)


def _usual(steps: Float) -> float:
    return (float(np.median(steps)) or float(np.mean(steps))) if len(steps) else 0.0


class Track(Protocol):
    """How one end's packets lie on the common axis."""

    @property
    def held(self) -> Held:
        """Return the end."""
        ...

    @property
    def rate(self) -> float:
        """Return packets per second of the axis."""
        ...

    @property
    def limits(self) -> tuple[float, float]:
        """Return the first and the last instant on the axis, seconds."""
        ...

    def find(self, first: float, last: float) -> Find:
        """Return the packets from one instant of the axis to another: the first, and one after the last."""
        ...

    def on_axis(self, start: int, stop: int) -> Float:
        """Return the instants of packets `start` to `stop`, seconds."""
        ...


@dataclass(frozen=True, eq=False)
class ByTime:
    """Packets at the times that a clock tells, the clock set to that of the axis.

    Attributes:
        times: The column of times: the end's own, or by row the longer end's.
        held: The end.
        clock: How the end's clock stands to that of the axis.
    """

    times: Column
    held: Held
    clock: Clock = Clock(0.0, 0.0)

    @property
    def first(self) -> float:
        """Return the first instant on the end's own clock."""
        return float(self.times.low.min())

    @property
    def rate(self) -> float:
        """Return packets per second of the axis."""
        return self.times.rate / (1 + self.clock.drift * 1e-6)

    @property
    def limits(self) -> tuple[float, float]:
        """Return the first and the last instant on the axis, seconds."""
        ends = self.clock.on_a(np.array([self.first, float(self.times.high.max())]), self.first)
        return float(ends[0]), float(ends[1])

    def find(self, first: float, last: float) -> Find:
        """Return the packets from one instant of the axis to another."""
        own = [self.first + (t - self.first - self.clock.offset) / (1 + self.clock.drift * 1e-6) for t in (first, last)]
        return self.times.find(*own)

    def on_axis(self, start: int, stop: int) -> Float:
        """Return the instants of packets, seconds."""
        time = self.times.held.column("time", start, stop).astype(np.float64)
        return self.clock.on_a(time, self.first)


@dataclass(frozen=True, eq=False)
class ByCount:
    """Packets at the instants that the sender's count tells.

    Attributes:
        counts: The column of sequence numbers.
        axis: Turns a count into an instant.
        count: Turns an instant into a count.
        rate: Packets per second, the lost ones included.
    """

    counts: Column
    axis: Callable[[Float], Float] = field(repr=False)
    count: Callable[[float], float] = field(repr=False)
    rate: float

    @property
    def held(self) -> Held:
        """Return the end."""
        return self.counts.held

    @property
    def limits(self) -> tuple[float, float]:
        """Return the first and the last instant on the axis, seconds."""
        ends = self.axis(np.array([self.counts.low.min(), self.counts.high.max()], np.float64))
        return float(ends[0]), float(ends[1])

    def find(self, first: float, last: float) -> Find:
        """Return the packets from one instant of the axis to another."""
        return self.counts.find(self.count(first), self.count(last))

    def on_axis(self, start: int, stop: int) -> Float:
        """Return the instants of packets, seconds."""
        return self.axis(self.held.column("seq", start, stop).astype(np.float64))


@dataclass(frozen=True, eq=False)
class Shifted:
    """Packets of another track, later by some seconds.

    Attributes:
        track: The other track.
        late: Seconds.
    """

    track: Track
    late: float

    @property
    def held(self) -> Held:
        """Return the end."""
        return self.track.held

    @property
    def rate(self) -> float:
        """Return packets per second."""
        return self.track.rate

    @property
    def limits(self) -> tuple[float, float]:
        """Return the first and the last instant on the axis, seconds."""
        first, last = self.track.limits
        return first + self.late, last + self.late

    def find(self, first: float, last: float) -> Find:
        """Return the packets from one instant of the axis to another."""
        return self.track.find(first - self.late, last - self.late)

    def on_axis(self, start: int, stop: int) -> Float:
        """Return the instants of packets, seconds."""
        return self.track.on_axis(start, stop) + self.late
