"""Follow the lag of two row-paired series through the record, by correlation in windows."""

from typing import NamedTuple

import numpy as np

from samefade.observe.correlogram import correlogram, memory
from samefade.reciprocity.significance import threshold
from samefade.types import Float

# Independent samples in a window. 40 tell r = 0.75 from chance over all lags; where they show nothing,
# 120 may in a noisy channel, and 16 in one that is clear but slow.
WINDOWS = (40, 120, 16)
SHORTEST_WINDOW = 64
HOPS = 4  # windows overlap by three quarters
LEAST_WINDOWS = 3  # a lag is believed when so many windows in a row agree
RIVAL = 0.8  # a second peak this high makes the lag ambiguous, as in a channel that repeats itself


class Stretch(NamedTuple):
    """A part of the record with one lag.

    Attributes:
        first: Row of a in the middle of its first window.
        last: Row of a in the middle of its last window.
        lag: Rows by which b is late.
    """

    first: int
    last: int
    lag: int


class Seen(NamedTuple):
    """The lag in one window; `middle` is a row of a."""

    middle: int
    lag: int


def stretches(a: Float, b: Float) -> tuple[tuple[Stretch, ...], int]:
    """Find the parts of the record with one lag each, in order, and the width of the windows used.

    Windows in which no single lag stands out are left open; a quiet or noisy record gives no stretch at all.

    Args:
        a: One end, (n,), its slow trend removed.
        b: The other end, (n,), likewise.
    """
    held = memory(a, b)
    tolerance = max(2.0, held / 2)
    width = max(SHORTEST_WINDOW, round(WINDOWS[0] * held))
    for independent in WINDOWS:
        width = max(SHORTEST_WINDOW, round(independent * held))
        reach = max(width, len(a) // 8)
        begins = range(0, len(a) - width + 1, width // HOPS) if len(a) >= 2 * width else ()
        looked = (_look(a, b, (begin, width), reach, held) for begin in begins)
        found = _grouped([seen for seen in looked if seen], tolerance, a, b, width)
        if found:
            return found, width
    return (), width


def without_slow(x: Float, width: int) -> Float:
    """Take a moving average of about `width` samples away; the ends use what there is of it, (n,)."""
    total = np.concatenate([[0.0], np.cumsum(x - x.mean())])
    low = np.maximum(np.arange(len(x)) - width // 2, 0)
    high = np.minimum(np.arange(len(x)) + width // 2 + 1, len(x))
    return np.asarray(x - x.mean() - (total[high] - total[low]) / (high - low))


def _look(a: Float, b: Float, window: tuple[int, int], reach: int, held: float) -> Seen | None:
    begin, width = window
    low, high = max(0, begin - reach), min(len(b), begin + width + reach)
    r = correlogram(a[begin : begin + width], b[low:high], np.arange(high - low - width + 1))
    best = int(np.argmax(r))
    # all windows of the record are tries, too
    tries = len(r) / held * len(a) / width
    apart = np.abs(np.arange(len(r)) - best) > 2 * held + 2
    rival = float(r[apart].max()) if apart.any() else 0.0
    if r[best] <= threshold(width / held, tries) or rival > RIVAL * r[best]:
        return None
    return Seen(begin + width // 2, best + low - begin)


def _grouped(seen: list[Seen], tolerance: float, a: Float, b: Float, width: int) -> tuple[Stretch, ...]:
    groups: list[list[Seen]] = []
    for one in seen:
        if groups and abs(one.lag - np.median([other.lag for other in groups[-1]])) <= tolerance:
            groups[-1].append(one)
        else:
            groups.append([one])
    lasting = [group for group in groups if len(group) >= LEAST_WINDOWS]
    found = [Stretch(g[0].middle, g[-1].middle, _refined(a, b, g, width, tolerance)) for g in lasting]
    joined: list[Stretch] = []
    for stretch in found:
        if joined and abs(stretch.lag - joined[-1].lag) <= tolerance:
            joined[-1] = joined[-1]._replace(last=stretch.last)
        else:
            joined.append(stretch)
    return tuple(joined)


def _refined(a: Float, b: Float, group: list[Seen], width: int, tolerance: float) -> int:
    """Find the lag once more from the whole stretch, half a window inside it, where no other lag can mix in."""
    middle = round(float(np.median([one.lag for one in group])))
    begin, end = group[0].middle, max(group[-1].middle, group[0].middle + width // 2)
    slack = int(np.ceil(tolerance)) + 1
    low, high = begin + middle - slack, end + middle + slack
    if low < 0 or high > len(b) or end > len(a):
        return middle
    r = correlogram(a[begin:end], b[low:high], np.arange(2 * slack + 1))
    return middle - slack + int(np.argmax(r))
