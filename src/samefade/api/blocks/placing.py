"""Match two ends in containers as `observe.match` and `observe.pair` do, by their columns of times and numbers."""

import numpy as np

from samefade.api.blocks.clocked import learn
from samefade.api.blocks.counted import by_counts
from samefade.api.blocks.tracks import ByTime, Shifted, Track, scan
from samefade.errors import ClocksDisagree, EndsDisagree, OutOfRange, TooFewSamples
from samefade.files.windows import STEP, Held
from samefade.observe import By
from samefade.observe.clocks import Clock
from samefade.observe.matching import EPOCH, NO_CLOCK, WAYS

Placed = tuple[Track, Track, str]


def placed(a: Held, b: Held, by: By, tone: int | None) -> Placed:
    """Match two ends as `observe.match` does."""
    if by not in WAYS:
        raise OutOfRange("by", by, ", ".join(WAYS))
    counted = "seq" in a.columns and "seq" in b.columns
    if by == "sequence" or (by == "auto" and counted):
        if not counted:
            raise EndsDisagree(
                "sequence numbers", *("none" if "seq" not in end.columns else len(end) for end in (a, b))
            )
        return by_counts(a, b)
    if by == "row" or (by == "auto" and _same_rows(a, b)):
        return _by_row(a, b)
    try:
        return _by_clock(a, b, tone)
    except (ClocksDisagree, TooFewSamples):
        if by == "clock" or len(a) != len(b):
            raise
    return _by_row(a, b)


def _same_rows(a: Held, b: Held) -> bool:
    if len(a) != len(b):
        return False
    clockless = all(end.clock.startswith(NO_CLOCK) for end in (a, b))
    return clockless or all(
        np.array_equal(x, y) for (_, x), (_, y) in zip(a.pieces("time"), b.pieces("time"), strict=True)
    )


def _by_row(a: Held, b: Held) -> Placed:
    how = "row" if len(a) == len(b) else f"row: the first {min(len(a), len(b))} of {len(a)} and {len(b)} packets"
    if a.clock == b.clock and a.clock.startswith(NO_CLOCK):
        least = min(STEP, len(a), len(b))
        if 2 * len(np.intersect1d(a.column("time", 0, least), b.column("time", 0, least))) > least:
            return ByTime(scan(a, "time"), a), ByTime(scan(b, "time"), b), how
    longer = a if len(a) >= len(b) else b
    return ByTime(scan(longer, "time", len(a)), a), ByTime(scan(longer, "time", len(b)), b), how


def _by_clock(a: Held, b: Held, tone: int | None) -> Placed:
    first, second = ByTime(scan(a, "time"), a), ByTime(scan(b, "time"), b)
    last = [end.limits[1] for end in (first, second)]
    overlap = min(last) - max(first.first, second.first)
    dated = overlap > 0 and all(x.first > EPOCH or x.held.clock.startswith("host") for x in (first, second))
    found = learn(first, second, tone, dated=dated)
    if found is None and not dated:
        raise ClocksDisagree(offset=first.first - second.first, drift=0.0, matched=0.0)
    if found is None:
        return first, second, "clock: as both tell it (nothing corrects it)"
    clock, told = found
    how = f"clock: offset {clock.offset:.3f} s, drift {clock.drift:.1f} ppm{told}"
    return first, ByTime(second.times, b, clock), how


def even_grid(a: Track, b: Track, rate: float) -> tuple[float, int]:
    """Return the instant of the first grid point, where in the period most packets lie, and how many points follow."""
    first, last = max(a.limits[0], b.limits[0]), min(a.limits[1], b.limits[1])
    if last < first:
        raise ClocksDisagree(offset=a.limits[0] - b.limits[0], drift=0.0, matched=0.0)
    turn = sum(_turn(track, first, last, rate) for track in (a, b))
    first += float(np.angle(turn) / (2 * np.pi * rate)) if abs(turn) > 0 else 0.0
    return first, int(np.floor((max(first, last) - first) * rate + 0.5)) + 1


def _turn(track: Track, first: float, last: float, rate: float) -> complex:
    total = 0j
    for start in range(0, len(track.held), STEP):
        time = track.on_axis(start, min(start + STEP, len(track.held)))
        inside = time[(time >= first) & (time <= last)]
        total += complex(np.exp(2j * np.pi * ((inside - first) * rate)).sum())
    return total


def place_eve(a: Held, eve: Held, ends: Track, tone: int | None) -> tuple[Track, str]:
    """Place Eve by herself, as `observe.pair` does: by her own match with a, else as her clock stands."""
    some = min(STEP, len(a))
    axis = ends.on_axis(0, some)
    hers = None if "raw" not in eve.columns or "raw" not in a.columns else tone
    try:
        first, second, how = placed(a, eve, "auto", hers)
        return Shifted(second, float(np.median(axis - first.on_axis(0, some)))), how
    except ClocksDisagree:
        own, times = ByTime(scan(eve, "time"), eve, Clock(0.0, 0.0)), ByTime(scan(a, "time"), a)
        apart = own.limits[1] < times.first or own.first > times.limits[1]
        late = float(np.median(axis) - np.median(a.column("time", 0, some))) + apart * (times.first - own.first)
        return Shifted(own, late), "her clock as it stands (no offset stands out from chance)"
