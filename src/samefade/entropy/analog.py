"""Foretell a series by analogy: what followed the pasts that were most like the present one.

Whatever law of few dimensions made a series, its last few values unfold it (Takens 1981), and a plane through the
nearest of earlier such pasts, of which the nearer ones count more, foretells what comes next (Farmer and Sidorowich
1987; Sugihara and May 1990; Sugihara 1994).
A past is also told by where an autoregression on a circle would go on, because a phase that is told modulo a turn jumps
wherever it wraps: differences of some order, modulo the range of the values, and what foretells these.
No law is named: what is learnt is learnt from earlier samples alone, as the record goes on.
How far it errs is taken from its own errors at the neighbours, so it also learns where a law is steep.
"""

from collections.abc import Iterator
from math import comb, log, pi, sqrt
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Mask = NDArray[np.bool_]
Index = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)
DELAYS = (1, 2, 4, 7)
ORDERS = (1, 2, 3)  # of differences on a circle
_SHORTEST = 64  # steps of a record that can be learnt from
_GRIDDED = 3  # newest delays that the grid is laid over
_AROUND = 128  # samples that lie in and around a cell on average
_TRIED = 512  # predictions after which a past may be given up
_WORST = 45.0  # nats that one sample may cost a guesser on trial
_SMALLEST = 1e-3  # deviation that an error may have, of the target's
_FAR = 6.0  # deviations from the mean beyond which values are alike
_TAIL = 0.05  # of the values on either side, which noise blurs
_RANGES = np.linspace(0.94, 1.06, 61)  # of what the quantiles say that a turn measures
_LESS = 0.7  # of the errors' deviation that differences on a circle have at the most, to be worth a look
_BACK, _FORGET = 12, 0.9995  # order and forgetting of the autoregression on a circle


class Known(NamedTuple):
    """A series that is to be foretold, (n,) each.

    Attributes:
        values: The samples.
        target: What is to be foretold at each time: errors of another predictor, in deviations.
        heard: Where there is something to learn from.
        ask: Where a prediction is wanted.
        deviation: What a deviation measures in the unit of the samples.
    """

    values: Real
    target: Real
    heard: Mask
    ask: Mask
    deviation: float


def analogs(known: Known, *, step: int = 1) -> list[tuple[Real, Real]]:
    """Return what followed the pasts most like each one and its error's deviation, (n,) each, for each kind of past.

    Kinds that foretell less than nothing where they are tried are left out.

    Args:
        known: The series.
        step: How many samples lie from one of a past to the next, and before the target is known.
    """
    from samefade.entropy.analog_loops import foretell

    n = len(known.values)
    if n < _SHORTEST * step:
        return []
    late = np.flatnonzero(known.ask)
    late = late[len(late) // 4 :]
    tried = np.zeros(n, np.bool_)
    tried[late[:: max(1, len(late) // _TRIED)]] = True
    found = []
    for past, place in _pasts(known, step):
        levels = max(2, int(3 * (n / _AROUND) ** (1 / place.shape[1])))
        cell = place * levels // n
        may = np.column_stack([known.heard, tried])
        may[: DELAYS[-1] * step, 0] = False
        out = np.empty((n, 2))
        for ask in (tried, known.ask):
            may[:, 1] = ask
            foretell(past, cell, levels, known.target, may, step, out)
            if _gain(known.target[tried], *out[tried].T) <= 0:
                break
        else:
            found.append((out[:, 0].copy(), np.maximum(out[:, 1], _SMALLEST)))
    return found


def _gain(target: Real, mean: Real, spread: Real) -> float:
    """Return by how many nats a sample these predictions do better than none, less two standard errors of that."""
    if not len(target):
        return 0.0
    none = np.zeros(len(target))
    each = costs(target, none, none + 1) - costs(target, mean, spread)
    return float(each.mean() - 2 * each.std() / sqrt(len(each)))


def costs(target: Real, mean: Real, spread: Real) -> Real:
    """Return what each sample costs a normal law, nats but for a constant; no single one costs without end."""
    spread = np.maximum(spread, _SMALLEST)
    return np.asarray(np.minimum(0.5 * ((target - mean) / spread) ** 2 + np.log(spread), _WORST))


def _pasts(known: Known, step: int) -> Iterator[tuple[Real, Index]]:
    """Give each kind of past, (n, p), and the ranks of its newest columns, by which a grid is laid."""
    values = known.values
    unit = np.clip((values - values.mean()) / max(float(values.std()), 1e-300), -_FAR, _FAR)
    columns, ranks = _back(unit, DELAYS[-1], step), _back(_ranks(values), _GRIDDED, step)
    for delays in DELAYS:
        yield np.ascontiguousarray(columns[:, :delays]), np.ascontiguousarray(ranks[:, :delays])
    for order in ORDERS:
        place = _turning(known, order, step)
        if place is not None:
            yield place[:, None], _ranks(place)[:, None]


def _ranks(values: Real) -> Index:
    """Return how many values are smaller than each, (n,)."""
    return np.asarray(np.searchsorted(np.sort(values), values), np.int64)


def _back(values: NDArray[T], count: int, step: int) -> NDArray[T]:
    """Return the values so many steps ago, (n, count), the newest first; the first one where there are none."""
    at = np.arange(len(values))[:, None] - step * np.arange(1, count + 1)
    return np.asarray(values[np.maximum(at, 0)])


def _turning(known: Known, order: int, step: int) -> Real | None:
    """Return where on a circle each sample is expected, (n,) turns; None where differences say less than samples do."""
    from samefade.entropy.strings.loops import follow

    values = known.values
    low, high = np.quantile(values, [_TAIL, 1 - _TAIL])
    span = float(high - low) / (1 - 2 * _TAIL)
    weight = np.array([(-1) ** k * comb(order, k) for k in range(1, order + 1)], np.float64)
    ahead = -_back(values, order, step) @ weight
    change = values - ahead
    some = change[order * step :: max(1, len(values) // _TRIED)]
    if span <= 0 or not len(some):
        return None
    closest = np.abs(np.exp(2j * pi * some / (span * _RANGES[:, None])).mean(axis=1))
    turn = span * float(_RANGES[closest.argmax()])
    if turn / (2 * pi) * sqrt(-2 * log(max(float(closest.max()), 1e-300))) >= _LESS * known.deviation:
        return None
    around = np.exp(2j * pi * change / turn)
    middle = around[known.heard].mean()
    off = np.angle(around * np.conj(middle)) / (2 * pi)
    said = np.zeros(len(off))
    follow(off, known.heard, _back(off, _BACK, step), _FORGET, said)
    return np.asarray(((ahead - low) / turn + _TAIL + np.angle(middle) / (2 * pi) + np.clip(said, -0.5, 0.5)) % 1)
