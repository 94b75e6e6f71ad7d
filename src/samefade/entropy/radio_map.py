"""Say what somebody knows of a mobile end who has a map of the place: signal strength by position, or by stretch.

An eavesdropper who walked the same paths, or bought a coverage map, knows path loss and shadowing there without hearing
a single packet; with a camera or a timetable she also knows where the device is.
Three models of what she then expects at each time:

- `radio_map`: the mean of the nearest places that were measured at another time. Made from the gateway's own record it
  is generous to her: her map has the gateway's antenna and was made on that very day.
- `distance_law`: a straight line over the logarithm of the distance, which needs no measurement but its two numbers.
- `stretch_means`: the mean of every stretch of the record, for recordings without positions. It is the path loss and
  the shadowing with the resolution of a stretch, and holds one number of the record for each of them, no more.

Each is a series to be used as what Eve heard: `information_given`, `mutual_information(eve=)`, or as the third
recording of a pair.
It assumes that she knows the position of each sample, and that the place is as it was.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Float

Real = NDArray[np.float64]
_ROWS = 512  # samples whose distances are held at once


def radio_map(values: Float, where: Float, when: Float, *, nearest: int = 5, apart: float = 120.0) -> Real:
    """Return what a map says of each sample: the mean of the nearest places that were measured at another time.

    Args:
        values: (n,) signal strength as the map's owner measured it, dB.
        where: (n, d) positions, metres.
        when: (n,) times, seconds.
        nearest: How many places are averaged.
        apart: Samples closer in time than this do not count, s: they are this very pass and not a map.

    Returns:
        (n,) dB.

    Raises:
        OutOfRange: When `nearest` is below 1, or `apart` is not positive.
        EndsDisagree: When the lengths differ.
        NotFinite: When a value, a position or a time is NaN or infinite.
        TooFewSamples: When a sample has fewer than `nearest` others at another time.
    """
    if nearest < 1 or not apart > 0:
        raise OutOfRange("nearest, apart", (nearest, apart), "at least one place, and a time above zero")
    level, time = _series(values, "values"), _series(when, "when")
    place = np.asarray(where, np.float64).reshape(len(where), -1)
    for other in (place, time):
        if len(other) != len(level):
            raise EndsDisagree("number of samples", len(level), len(other))
    _finite(place, "where")
    said = np.empty(len(level))
    for first in range(0, len(level), _ROWS):
        rows = slice(first, first + _ROWS)
        away = ((place[rows, None] - place[None]) ** 2).sum(axis=2)
        away[np.abs(time[rows, None] - time[None]) < apart] = np.inf
        found = int(np.isfinite(away).sum(axis=1).min())
        if found < nearest:
            raise TooFewSamples(have=found, need=nearest)
        near = np.argpartition(away, nearest - 1, axis=1)[:, :nearest]
        said[rows] = level[near].mean(axis=1)
    return said


def distance_law(values: Float, distance: Float) -> Real:
    """Return what the logarithm of the distance says of each sample: the line that fits all of them best.

    Args:
        values: (n,) signal strength, dB.
        distance: (n,) metres, positive.

    Returns:
        (n,) dB.

    Raises:
        EndsDisagree: When the lengths differ.
        NotFinite: When a value or a distance is NaN or infinite.
        OutOfRange: When a distance is not positive.
        TooFewSamples: When there are fewer than 3 samples.
    """
    level, far = _series(values, "values"), _series(distance, "distance")
    if len(level) != len(far):
        raise EndsDisagree("number of samples", len(level), len(far))
    if len(level) < 3:
        raise TooFewSamples(have=len(level), need=3)
    if not (far > 0).all():
        raise OutOfRange("distance", float(far.min()), "positive, metres")
    design = np.column_stack([np.ones(len(far)), np.log10(far)])
    weight = np.linalg.lstsq(design, level, rcond=None)[0]
    return np.asarray(design @ weight)


def stretch_means(values: Float, length: int, heard: NDArray[np.bool_] | None = None) -> Real:
    """Return the mean of each stretch of so many samples, held for all of the stretch.

    Args:
        values: (n,) signal strength, dB.
        length: Samples in a stretch; a rest shorter than half of one joins the last.
        heard: (n,) which samples were heard; the others do not count. All of them by default.

    Returns:
        (n,) dB; where nothing of a stretch was heard, the mean of all.

    Raises:
        OutOfRange: When the length is below 1.
        NotFinite: When a value is NaN or infinite.
        TooFewSamples: When there is not one stretch.
    """
    level = _series(values, "values")
    if length < 1:
        raise OutOfRange("length", length, "at least one sample")
    if len(level) < length:
        raise TooFewSamples(have=len(level), need=length)
    known = np.ones(len(level), np.bool_) if heard is None else np.asarray(heard, np.bool_)
    number = np.minimum(np.arange(len(level)) // length, max(0, round(len(level) / length) - 1))
    count = np.bincount(number, weights=known)
    total = np.bincount(number, weights=np.where(known, level, 0.0))
    whole = float(level[known].mean()) if known.any() else float(level.mean())
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), whole)[number])


def _series(x: Float, name: str) -> Real:
    values = np.asarray(x, np.float64).ravel()
    _finite(values, name)
    return values


def _finite(values: Real, name: str) -> None:
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        raise NotFinite(name, bad)
