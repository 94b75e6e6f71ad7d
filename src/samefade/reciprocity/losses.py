"""Inspect packet loss: where, how many, and at which end, from two series paired by row.

After a loss of m packets at a, a's rows come m rows too early: b is late by m from there on.
On the clock of the end that lost nothing, those m rows have no partner, neither at the old lag nor at the new one:
a zone of low wavelet coherence whose width times the rate is the number of packets
(the 2025 paper, section III-B2, figures 7 and 8).
Here the lag is followed through the record by correlation in windows; where it steps, the coherence of the old
alignment and of the new one show the zone.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.observe.correlogram import memory
from samefade.reciprocity.track import Stretch, stretches, without_slow
from samefade.types import Float

FEWEST_PACKETS = 3  # a step of one or two rows is not to be told from half-duplex lateness and clock drift
LONGEST_ZONE = 8  # in windows; beyond it, a record without a lag is not one loss


@dataclass(frozen=True)
class Loss:
    """One run of packets that an end did not log.

    Attributes:
        start_s: When it began: seconds from the first row, in rows of the end that heard them.
        seconds: Width of the zone of low coherence.
        packets: How many were lost.
        end: The end that lost them.
    """

    start_s: float
    seconds: float
    packets: int
    end: Literal["a", "b"]


def losses(a: Float, b: Float, *, rate: float) -> tuple[Loss, ...]:
    """Find the losses in two series that were paired by row.

    Says nothing rather than guess: in a channel too quiet or too noisy to show its lag there is no loss to see.
    Losses of fewer than three packets, and those nearer to each other or to the ends of the record than about two
    windows of 16 to 120 independent samples, are not seen.

    Args:
        a: One end, (n,).
        b: The other end, (n,).
        rate: Samples a second, Hz.

    Raises:
        EndsDisagree: When the lengths differ.
        NotFinite: When a value is NaN or infinite.
        OutOfRange: When the rate is not positive, or the arrays are not one-dimensional.
    """
    a, b = _checked(a, b, rate)
    if len(a) < 4 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return ()
    slow = max(64, len(a) // 16)
    a, b = without_slow(a, slow), without_slow(b, slow)
    found, width = stretches(a, b)
    seen = (_between(a, b, old, new, rate, width) for old, new in pairwise(found))
    return tuple(loss for loss in seen if loss is not None)


def _checked(a: Float, b: Float, rate: float) -> tuple[Float, Float]:
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape:
        raise EndsDisagree("shape", a.shape, b.shape)
    if a.ndim != 1:
        raise OutOfRange("dimensions", a.ndim, "1: choose one tone")
    if not (np.isfinite(rate) and rate > 0):
        raise OutOfRange("rate", rate, "a positive number of hertz")
    for end, x in (("a", a), ("b", b)):
        bad = int(np.count_nonzero(~np.isfinite(x)))
        if bad:
            raise NotFinite(end, bad)
    return a, b


def _between(a: Float, b: Float, old: Stretch, new: Stretch, rate: float, width: int) -> Loss | None:
    """Locate the loss between two stretches, on the row axis of u, the end that lost nothing."""
    packets = abs(new.lag - old.lag)
    at_a = new.lag > old.lag
    u, v, sign = (b, a, 1) if at_a else (a, b, -1)
    # u[t] is like v[t − sign·lag]; stretches count rows of a
    low = old.last + (old.lag if at_a else 0) - width
    high = new.first + (new.lag if at_a else 0) + width
    if packets < FEWEST_PACKETS or high - low > LONGEST_ZONE * width + packets:
        return None
    shifts = (sign * old.lag, sign * new.lag)
    low = max(low, 0, *shifts)
    high = min(high, len(u), *(len(v) + shift for shift in shifts))
    if high - low < packets + width:
        return None
    before, after = (_likeness(u[low:high], v[low - k : high - k], rate, width) for k in shifts)
    start = _edge(before, after, packets)
    if start is None:
        return None
    zone = _width(before, after, start, packets)
    return Loss((low + start) / rate, zone / rate, packets, "a" if at_a else "b")


def _likeness(u: Float, v: Float, rate: float, width: int) -> Float:
    """Return the in-phase wavelet coherence over time, a mean over the rows that a window resolves, (n,)."""
    from samefade.wavelet import coherence

    slowest = 8 * rate / width
    fastest = min(rate / 4, max(2 * slowest, rate / memory(u, v)))
    try:
        found = coherence(u, v, rate=rate, low=slowest, high=fastest)
    except (ConstantSignal, TooFewSamples, OutOfRange):
        return np.zeros(len(u))
    # R² alone does not see a lag: it stays high while the phase turns
    return np.asarray(np.mean(found.full() * np.cos(found.full_phase()), axis=0))


def _edge(before: Float, after: Float, packets: int) -> int | None:
    """Find the row where the old alignment must end for both to explain most; None where they explain nothing."""
    told_before = np.concatenate([[0.0], np.cumsum(before)])
    told_after = np.concatenate([[0.0], np.cumsum(after)])
    places = np.arange(len(before) - packets + 1)
    explained = told_before[places] + told_after[-1] - told_after[places + packets]
    best = int(np.argmax(explained))
    # each side must agree better with its own lag than with the other's
    left = float(np.mean((before - after)[:best])) if best else 0.0
    right = float(np.mean((after - before)[best + packets :])) if best + packets < len(after) else 0.0
    return best if min(left, right) > 0 else None


def _width(before: Float, after: Float, start: int, packets: int) -> float:
    """Measure the zone around the loss in which neither alignment reaches half of its usual coherence, rows."""
    usual = 0.5 * (float(np.median(before[:start])) + float(np.median(after[start + packets :])))
    low = np.maximum(before, after) < usual / 2
    reach = packets // 2 + 1
    first, last = max(0, start - reach), min(len(low), start + packets + reach)
    return float(np.count_nonzero(low[first:last]))
