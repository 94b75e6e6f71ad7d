"""An even grid with every gap marked: no invented sample hides."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree, MostlyGaps, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Float, Integer, Mask

# A record that is lost for the most part is not a time series any more, and must not fill the memory.
MOST_POINTS_PER_PACKET = 20


class Grid(NamedTuple):
    """Values on an even grid.

    Attributes:
        values: (n,) or (n, k), interpolated linearly where nothing was heard.
        mask: (n,) True where a packet was heard.
        rate: Grid points a second, Hz.
        start: Time of the first grid point, seconds.
        duplicates: How many packets fell on a grid point that another one, nearer to it, already has.
    """

    values: Float
    mask: Mask
    rate: float
    start: float
    duplicates: int


def estimate_rate(time: Float) -> float:
    """Estimate the packet rate from uneven instants, robustly against jitter and losses.

    The median interval says how many intervals each step spans; their number over the whole span is the rate.
    So a clock that ticks coarsely does not bias it, as the median alone would.

    Args:
        time: (n,) seconds, in any order.

    Raises:
        TooFewSamples: When there are fewer than two instants, or all are the same.
        NotFinite: When an instant is NaN or infinite.
    """
    steps = np.diff(np.sort(_checked(time)))
    if not steps.size or steps.max() <= 0:
        raise TooFewSamples(have=min(len(time), 1), need=2)
    period = float(np.median(steps)) or float(np.mean(steps))
    slots = np.rint(steps / period)
    return max(1.0, float(slots.sum())) / float(steps.sum())


def grid(time: Float, values: Float, rate: float | None = None, *, span: tuple[float, float] | None = None) -> Grid:
    """Put packets on an even grid; each goes to its nearest point, and empty points are marked.

    Where jitter sends two packets to one point, the nearer one has it, and the other goes to the point on the
    other side of its instant if nobody is there.

    Args:
        time: (n,) instants, seconds, in any order.
        values: (n,) or (n, k).
        rate: Grid points a second, Hz; estimated from `time` when None.
        span: First and last instant of the grid, seconds; packets outside are left out.
            Without it, the grid lies where most packets do (their circular mean in the period).

    Raises:
        EndsDisagree: When `time` and `values` differ in length.
        NotFinite: When a number is NaN or infinite.
        OutOfRange: When the rate is not positive, or the span is reversed.
        TooFewSamples: When there is no packet in the span, or the grid would have over 20 points a packet.
    """
    time, values = _checked(time), np.asarray(values, np.float64)
    if len(time) != len(values):
        raise EndsDisagree("length of time and values", len(time), len(values))
    _checked(values, "values")
    rate = estimate_rate(time) if rate is None else rate
    if not (np.isfinite(rate) and rate > 0):
        raise OutOfRange("rate", rate, "a positive number of hertz")
    first, last = _natural(time, rate) if span is None else span
    if last < first:
        raise OutOfRange("span", (first, last), "the first instant before the last")
    inside = (time >= first - 0.5 / rate) & (time <= last + 0.5 / rate)
    return _placed(time[inside], values[inside], rate, (first, last))


def _assigned(exact: Float, n: int) -> NDArray[np.int64]:
    """Return which packet each of n grid points holds, −1 for none; `exact` are the instants in grid points."""
    nearest = np.clip(np.rint(exact), 0, n - 1).astype(np.int64)
    holder = np.full(n, -1, np.int64)
    left = _take(holder, np.arange(len(exact)), nearest, exact)
    across = nearest + np.where(exact >= nearest, 1, -1)
    left = left[(across[left] >= 0) & (across[left] < n)]
    left = left[holder[across[left]] < 0]
    _take(holder, left, across, exact)
    return holder


def _take(
    holder: NDArray[np.int64], packets: NDArray[np.int64], point: NDArray[np.int64], exact: Float
) -> NDArray[np.int64]:
    """Give each point to the nearest of the packets that want it; return the packets that got none."""
    order = packets[np.lexsort((np.abs(exact - point)[packets], point[packets]))]
    points, first = np.unique(point[order], return_index=True)
    holder[points] = order[first]
    return np.delete(order, first)


def phase(time: Float, rate: float, origin: float) -> float:
    """Return where in the period the packets lie, within half a period of `origin` (circular mean), seconds."""
    turn = np.exp(2j * np.pi * ((time - origin) * rate)).mean()
    return float(np.angle(turn) / (2 * np.pi * rate)) if abs(turn) > 1e-6 else 0.0


def _natural(time: Float, rate: float) -> tuple[float, float]:
    if not time.size:
        raise TooFewSamples(have=0, need=2)
    first, last = float(time.min()), float(time.max())
    shift = phase(time, rate, first)
    return first + shift, max(last, first + shift)


def _placed(time: Float, values: Float, rate: float, span: tuple[float, float]) -> Grid:
    n = int(np.floor((span[1] - span[0]) * rate + 0.5)) + 1
    least = max(2, n // MOST_POINTS_PER_PACKET)
    if not time.size:
        raise TooFewSamples(have=0, need=least)
    if n > MOST_POINTS_PER_PACKET * max(len(time), 2):
        raise MostlyGaps(have=len(time), need=least)
    where = _assigned((time - span[0]) * rate, n)
    mask = where >= 0
    taken, where = np.flatnonzero(mask), where[mask]
    return Grid(bridged(np.arange(n), taken, values[where]), mask, rate, span[0], len(time) - len(taken))


def bridged(at: Float | Integer, taken: Float | Integer, values: Float) -> Float:
    """Return values at every point, by straight lines over those where there is none.

    Args:
        at: (n,) points.
        taken: (m,) points where there is a value, at least one, increasing.
        values: (m,) or (m, k) the values.

    Returns:
        (n,) or (n, k).
    """
    if values.ndim == 1:
        return np.interp(at, taken, values)
    return np.stack([np.interp(at, taken, column) for column in values.T], axis=1)


def _checked(array: Float, name: str = "time") -> Float:
    array = np.asarray(array, np.float64)
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise NotFinite(name, bad)
    return array
