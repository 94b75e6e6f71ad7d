"""Learn how one end's clock stands to the other's from pieces of a long record, never from the whole of it at once.

The beginning tells offset and drift as `observe.clocks` finds them.
Then single pieces, each twice as far away as the one before, and at last pieces all over the record refine one
straight line: each is looked for only near where the line so far says that it must be.
A record that is no longer than the beginning is matched as if it had been read whole.
"""

import numpy as np

from samefade.api.blocks.tracks import ByTime
from samefade.errors import TooFewSamples
from samefade.files.windows import Held
from samefade.observe import amplitude
from samefade.observe.amplitude import tone_of
from samefade.observe.clocks import HOST_SLACK, LEAST, Clock, by_signals
from samefade.types import Float

BEGINNING = 1 << 16  # packets
PIECE = 1 << 14
PIECES = 12
_WANDER = 50e-6  # seconds a second that the line may be wrong beyond what it was learnt on
_Points = list[tuple[float, float]]


def learn(a: ByTime, b: ByTime, tone: int | None, *, dated: bool) -> tuple[Clock, str] | None:
    """Return b's clock against a's, and on how many pieces it rests in words; None where none stands out from chance.

    Args:
        a: The end whose clock is the axis.
        b: The other end, its clock not yet set.
        tone: The tone whose amplitude tells.
        dated: Whether both clocks count from one epoch: then offsets of up to a minute are tried.

    Raises:
        TooFewSamples: When there is too little to compare.
    """
    slack = HOST_SLACK if dated else None
    begin = max(a.first, b.first) - 2 * HOST_SLACK if dated else -np.inf
    starts = [end.times.find(begin, np.inf)[0] for end in (a, b)]
    (time_a, x), (time_b, y) = (
        _heard(end.held, at, at + BEGINNING, tone) for end, at in zip((a, b), starts, strict=True)
    )
    found = by_signals(time_a, x, time_b, y, slack=slack)
    if found is None:
        return None
    clock = _from(b.first, found, float(np.min(time_b)))
    if max(len(a.held), len(b.held)) <= BEGINNING:
        return clock, ""
    low, high = float(time_b.min()), float(time_b.max())
    points = [
        (t, float(clock.on_a(np.array(t), b.first))) for t in (0.75 * low + 0.25 * high, 0.25 * low + 0.75 * high)
    ]
    clock, told = _refined(a, b, tone, clock, points, known=high)
    return clock, f" (learnt on {told} pieces of the record)"


def _refined(
    a: ByTime, b: ByTime, tone: int | None, clock: Clock, points: _Points, *, known: float
) -> tuple[Clock, str]:
    low, high = b.first, float(b.times.high.max())
    far = [low + (known - low) * 2.0**k for k in range(1, 64) if low + (known - low) * 2.0**k < high]
    even = np.linspace(low, high, 2 * PIECES + 1)[1::2].tolist()
    for instant in [*far, *even]:
        reach = 4 / a.rate + _WANDER * max(0.0, instant - known)
        seen = _piece(a, b, tone, clock, instant, reach)
        if seen is not None:
            points.append(seen)
            known = max(known, instant)
            clock = _line(points, b.first)
    return clock, f"{len(points) - 1} of {len(far) + len(even) + 1}"


def _piece(
    a: ByTime, b: ByTime, tone: int | None, clock: Clock, instant: float, reach: float
) -> tuple[float, float] | None:
    """Return an instant of b and the same of a, as the signals around it say."""
    half = PIECE / 2 / a.rate
    there = float(clock.on_a(np.array(instant), b.first))
    windows = a.times.find(there - half, there + half), b.times.find(instant - half, instant + half)
    if min(stop - start for start, stop in windows) < 8 * LEAST:
        return None
    (time_a, x), (own, y) = (_heard(end.held, *w, tone) for end, w in zip((a, b), windows, strict=True))
    time_b = clock.on_a(own, b.first)
    try:
        found = by_signals(time_a, x, time_b, y, slack=reach)
    except TooFewSamples:
        return None
    if found is None:
        return None
    middle = np.array(float(np.median(own)))
    moved = found.on_a(clock.on_a(middle, b.first), float(time_b.min()))
    return float(middle), float(moved)


def _line(points: _Points, first: float) -> Clock:
    at, there = np.array(points).T
    middle = float(at.mean())
    slope, late = np.polyfit(at - middle, there - at, 1)
    return Clock(float(late + slope * (first - middle)), float(slope) * 1e6)


def _from(first: float, clock: Clock, was: float) -> Clock:
    """Return the same clock with its offset told at another instant."""
    return Clock(float(clock.on_a(np.array(first), was)) - first, clock.drift)


def _heard(held: Held, start: int, stop: int, tone: int | None) -> tuple[Float, Float]:
    outline = held.outline()
    one = None if outline.raw is None else tone_of(outline, tone)
    piece = held.window(start, stop, None if one is None else (one,))
    return np.asarray(piece.time, np.float64), amplitude(piece, one)
