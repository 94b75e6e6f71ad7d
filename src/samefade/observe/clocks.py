"""Match two clocks by what both nodes heard: offset and drift of b's clock against a's."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ClocksDisagree, TooFewSamples
from samefade.observe.correlogram import Peak, peak
from samefade.observe.grid import estimate_rate, grid
from samefade.types import Float

LEAST = 32  # grid points of overlap that a match must rest on
SEGMENTS = 12  # pieces of the record that tell the drift
WORST_DRIFT = 500e-6  # crystals keep 100 ppm; some boards count time with their RC oscillator
HOST_SLACK = 60.0  # seconds by which two hosts that share an epoch may be apart


class Clock(NamedTuple):
    """How b's clock stands to a's.

    Attributes:
        offset: Seconds to add to b's first instant.
        drift: How much slower b's clock runs, parts per million.
    """

    offset: float
    drift: float

    def on_a(self, time: Float, first: float) -> Float:
        """Convert b's instants to a's clock; `first` is b's first instant."""
        return first + self.offset + (time - first) * (1 + self.drift * 1e-6)


def by_signals(time_a: Float, a: Float, time_b: Float, b: Float, *, slack: float | None = None) -> Clock | None:
    """Find offset and drift by correlating what was heard.

    Coarse offset: the lag of the highest correlation score of the two series on even grids.
    Then the same in pieces of the record; a straight line through their lags refines it and tells the drift.

    Args:
        time_a: (n,) seconds on a's clock.
        a: (n,) what a heard.
        time_b: (m,) seconds on b's clock.
        b: (m,) what b heard.
        slack: Search offsets up to so many seconds between the two time axes as they stand; all of them when None.

    Returns:
        The clock, or None when no offset stands out from chance (one in a thousand).

    Raises:
        TooFewSamples: When either series is shorter than 32 grid points.
    """
    rate = max(estimate_rate(time_a), estimate_rate(time_b))
    x, y = grid(time_a, a, rate), grid(time_b, b, rate)
    if min(len(x.values), len(y.values)) < LEAST:
        raise TooFewSamples(have=min(len(x.values), len(y.values)), need=LEAST)
    zero = (y.start - x.start) * rate  # the lag at which both time axes agree, samples: −zero
    lags = _lags(len(x.values), len(y.values), None if slack is None else (-zero, slack * rate))
    best = max((peak(u, v, lags) for u, v in _views(x.values, y.values)), key=lambda found: found.score, default=None)
    if best is None or not best.significant:
        return None
    line = _line(x.values, y.values, best)
    if line is None:
        return None
    slope, middle = line
    # a[n] is like b[n + lag]: grid point j of b is grid point j − lag of a
    at = middle - slope * len(x.values) / 2  # lag at a's first grid point
    first = -at / (1 + slope)  # where b's grid point 0 lies on a's grid, samples
    drift = 1 / (1 + slope) - 1
    start = float(np.min(time_b))
    offset = x.start + first / rate + (start - y.start) * (1 + drift) - start
    return Clock(offset, drift * 1e6)


def refuse(time_a: Float, time_b: Float) -> ClocksDisagree:
    """Make the error for two clocks that nothing relates; the offset is that of the first packets."""
    return ClocksDisagree(offset=float(np.min(time_a) - np.min(time_b)), drift=0.0, matched=0.0)


def _lags(n: int, m: int, around: tuple[float, float] | None) -> NDArray[np.int64]:
    """Return the lags that leave a quarter of the shorter series, and at least 32 points, to compare."""
    least = max(LEAST, min(n, m) // 4)
    low, high = least - n, m - least
    if around is not None:
        low, high = max(low, int(around[0] - around[1])), min(high, int(around[0] + around[1]))
    return np.arange(low, high + 1)


def _views(x: Float, y: Float) -> list[tuple[Float, Float]]:
    """Return the series as they are and without slow trend: which of the two tells the lag depends on the channel."""
    halves = [half for half in (16, 128) if min(len(x), len(y)) > 4 * half]
    views = [(x, y), (np.diff(x), np.diff(y)), *((_detrended(x, half), _detrended(y, half)) for half in halves)]
    return [(u, v) for u, v in views if np.ptp(u) > 0 and np.ptp(v) > 0]


def _detrended(x: Float, half: int) -> Float:
    total = np.concatenate([[0.0], np.cumsum(x - x.mean())])
    low = np.maximum(np.arange(len(x)) - half, 0)
    high = np.minimum(np.arange(len(x)) + half + 1, len(x))
    return np.asarray((x - x.mean()) - (total[high] - total[low]) / (high - low))


def _line(x: Float, y: Float, coarse: Peak) -> tuple[float, float] | None:
    """Fit lag = middle + slope·(position − n/2) through the lags of pieces of x.

    None when fewer than a third of the pieces show a lag on that line: a few bursts that coincide are no match.
    """
    n = len(x)
    width = max(n // SEGMENTS, 4 * LEAST)
    reach = int(np.ceil(WORST_DRIFT * n)) + 3
    lags = np.arange(2 * reach + 1)
    tried, found = 0, list[tuple[float, Peak]]()
    for begin in range(0, n - width + 1, width):
        low = round(begin + coarse.lag) - reach
        if low < 0 or low + width + 2 * reach > len(y):
            continue
        tried += 1
        views = _views(x[begin : begin + width], y[low : low + width + 2 * reach])
        best = max((peak(u, v, lags) for u, v in views), key=lambda seen: seen.score, default=None)
        if best is not None and best.significant:
            found.append((begin + (width - n) / 2, best._replace(lag=best.lag + low - begin)))
    agreeing = _agreeing(found, 2 + reach / 10)
    return _fitted(agreeing, coarse) if 3 * len(agreeing) >= tried else None


def _agreeing(found: list[tuple[float, Peak]], tolerance: float) -> list[tuple[float, Peak]]:
    """Keep the pieces whose lag lies near one straight line (Theil and Sen's, which no outlier bends)."""
    from scipy.stats import theilslopes

    if len(found) < 3:
        return found
    at, lag = np.array([(position, best.lag) for position, best in found]).T
    slope, middle, *_ = theilslopes(lag, at)
    return [one for one, off in zip(found, np.abs(lag - middle - slope * at), strict=True) if off <= tolerance]


def _fitted(found: list[tuple[float, Peak]], coarse: Peak) -> tuple[float, float]:
    """Return slope and middle; the slope is 0 where it is not three standard errors from it."""
    if not found:
        return 0.0, coarse.lag
    at = np.array([position for position, _ in found])
    lag = np.array([best.lag for _, best in found])
    weight = np.array([best.score for _, best in found])
    flat = float(np.average(lag, weights=weight))
    if len(found) < 4:
        return 0.0, flat
    slope, middle = np.polyfit(at, lag, 1, w=weight)
    residual = np.average((lag - middle - slope * at) ** 2, weights=weight**2)
    spread = np.average((at - np.average(at, weights=weight**2)) ** 2, weights=weight**2)
    error = np.sqrt(residual / spread / (len(found) - 2))
    return (float(slope), float(middle)) if abs(slope) > 3 * error else (0.0, flat)
