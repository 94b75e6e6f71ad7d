"""Say what strands tell of each other: echoes at any delay, and smooth laws of where all of them are.

Tones of a few paths lie on a surface of few dimensions, whatever their covariance; a strand may be another one's late
copy, or bend as another one does.
Somebody who learnt both elsewhere expects the strand to be there, so they are learnt here from other parts of the
record and judged where they were not learnt (cross-validation; Stone 1974): of independent strands they tell nothing,
and what is found is no accident of the fit.

1. *Echoes*: least squares on the earlier strands at near delays and at those far ones where the whitened series
   correlate beyond chance (Cochrane and Orcutt 1949 for the whitening). All of an earlier strand is known, its future
   too.
2. *Surfaces*: here time goes first. At each time a strand is expected from the past of all strands and from the earlier
   strands at that time, by ridge regression on Gaussian bumps around some of the points that were seen (Williams and
   Seeger 2001), of two kinds, and on linear laws that depend on where all strands were one sample before.
   The three together, by least squares, are the mean of a normal value whose deviation depends on where strands are.
3. *Places*: how often all strands are together at a place (`places`), which sees what folds back on itself.

The chain rule gives the same entropy in either order, so the sum over strands is a code length of all of them.
"""

from math import log2, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.strings.autoregression import autoregression
from samefade.entropy.strings.places import together_there
from samefade.entropy.strings.steps import steps

Real = NDArray[np.float64]
Flags = NDArray[np.bool_]
Index = NDArray[np.int64]
_PARTS = 4
_REACH = 32  # delays to either side that are looked at whatever they tell
_ROWS_A_COLUMN = 8
_MOST_ROWS = 12_288  # that are learnt from: more make the surface no finer
_FAR, _AROUND = 3, 1  # far delays of each strand, and how many samples around them
_BY_CHANCE = 5.5  # deviations of a correlation: the largest of a million reaches 5 by chance
_BUMPS, _LAWS, _MOVES = 300, 60, 6
_SHARP, _BROAD, _SMOOTH = 0.5, 0.7, 1.0  # widths of bumps, deviations of the strongest strand
_LINE, _RIDGE, _SCATTER = 1e-2, 0.1, 3.0
_EVEN = 1e-6  # of a column's power, a ridge against columns that make one another up
_PAST = 6  # samples of every strand that tell on a straight line
_FEWEST = 1024  # samples from which a surface can be learnt
_STEP = 0.4  # of a step, the deviation of a normal density that is no higher than one value a step
_BITS = log2(np.e) / 2


class Code(NamedTuple):
    """How much all strands together surprise at some times.

    Attributes:
        at: (m,) the times, all of them heard.
        bits: (m,) −log2 of the density of all strands there, given all before.
    """

    at: Index
    bits: Real


def echo(earlier: Real, own: Real, heard: Flags) -> Real:
    """Return what earlier strands, all of whose samples are known, tell on a straight line, (n, 0 or 1).

    Args:
        earlier: (n, s) their series.
        own: (n,) the strand's series.
        heard: (n,) which samples were heard.
    """
    from scipy.signal import lfilter

    if not earlier.shape[1] or np.count_nonzero(heard) < _FEWEST or not np.ptp(own[heard]):
        return np.zeros((len(own), 0))
    x, others, rows = own - own[heard].mean(), earlier - earlier.mean(axis=0), _spread_out(heard)
    each, part = _delays(others, x, len(rows) // _ROWS_A_COLUMN), _parts(len(x))
    whiten = autoregression(x)[0]
    white, wanted = lfilter(whiten, [1.0], others, axis=0), lfilter(whiten, [1.0], x)
    columns = np.column_stack([np.roll(white[:, j], late)[rows] for j, late in each])
    ridge = _EVEN * float((columns**2).sum(axis=0).mean()) + 1e-300
    weights = _weights(columns, wanted[rows], part[rows], ridge)
    out = np.zeros(len(x))
    for (j, late), weight in zip(each, weights.T, strict=True):
        out += np.roll(others[:, j], late) * weight[part]
    return out[:, None]


def together(series: Real, heard: Flags) -> Code | None:
    """Return how much the strands surprise somebody who learnt elsewhere how they move together.

    Args:
        series: (n, s) of all strands.
        heard: (n,) which samples were heard.

    Returns:
        None where there is one strand, or too little to learn from.
    """
    if series.shape[1] < 2 or np.count_nonzero(heard) < _FEWEST or not np.ptp(series[heard], axis=0).all():
        return None
    scale = float(np.sqrt(series[heard].var(axis=0).max()))
    x = _lived((series - series[heard].mean(axis=0)) / scale, heard)
    rows = _spread_out(heard)
    part, floor = _parts(len(x))[rows], np.array([_floor(column[heard]) for column in x.T])
    past = [np.ones((len(rows), 1)), _alone(x)[rows], *(np.roll(x, k, axis=0)[rows] for k in range(1, _PAST + 1))]
    line = np.hstack(past)
    said = np.column_stack([_elsewhere(line, column, part, _LINE) for column in x[rows].T])
    now = _Now(x[rows], past[2], past[3], said, line, part)
    chain = sum(_surprise(now, i, floor[i]) for i in range(x.shape[1]))
    at, there = together_there(now.points, said, part, floor)
    both = 1 - np.logaddexp2(-np.asarray(chain)[at], -there)  # either, with even chances
    return Code(rows[at], both + x.shape[1] * log2(scale))


class _Now(NamedTuple):
    """All strands at some times, and what came before: (m, s), (m, s), (m, s), (m, s), (m, q), (m,)."""

    points: Real
    before: Real
    earlier: Real  # two samples before
    said: Real  # what a linear law expects
    line: Real  # of what
    part: Index

    def surfaces(self, i: int) -> list[Real]:
        """Return the columns of each surface of a strand, (m, q) each."""
        now = self.points[:, :i]
        line = np.hstack([self.line, now])
        alone = np.column_stack([now, self.before[:, i], self.earlier[:, i]])
        where, moved = _bumps(self.said, _LAWS, _SMOOTH), (now - self.said[:, :i])[:, :_MOVES]
        return [
            np.hstack([line, _bumps(alone, _BUMPS, _BROAD)]),
            np.hstack([line, _bumps(np.hstack([now, self.before]), _BUMPS, _SHARP)]),
            np.hstack([line, where, *(where * column[:, None] for column in moved.T)]),
        ]


def _surprise(now: _Now, i: int, floor: float) -> Real:
    """Return −log2 of the density of a strand given all before and the earlier strands now, (m,)."""
    own, surfaces = now.points[:, i], now.surfaces(i)
    both = np.column_stack([np.ones(len(own)), *(_elsewhere(columns, own, now.part) for columns in surfaces)])
    error = own - both @ np.linalg.lstsq(both, own, rcond=None)[0]
    spread = np.hypot(_deviation(surfaces[0], error, now.part), floor)
    return np.asarray(np.log2(spread) + log2(2 * pi) / 2 + _BITS * (error / spread) ** 2)


def _deviation(columns: Real, error: Real, part: Index) -> Real:
    """Return the deviation of errors that depends on where the strands are, (m,)."""
    power = error**2
    size = np.log(power + 1e-3 * float(power.mean()) + 1e-300)
    centre = float(size.mean())
    shape = np.exp(np.clip(_elsewhere(columns, size - centre, part, _SCATTER), -6, 6))
    return np.asarray(np.sqrt(shape * float((power / shape).mean())))


def _elsewhere(columns: Real, target: Real, part: Index, ridge: float = _RIDGE) -> Real:
    """Return what weights learnt from all other parts of the record make of the columns, (m,)."""
    weights, out = _weights(columns, target, part, ridge), np.zeros(len(target))
    for k, weight in enumerate(weights):
        out[part == k] = columns[part == k] @ weight
    return out


def _weights(columns: Real, target: Real, part: Index, ridge: float) -> Real:
    """Return the weights for each part, learnt from all others, (parts, q)."""
    from scipy.linalg import cho_factor, cho_solve

    rows = [part == k for k in range(_PARTS)]
    grams = [columns[some].T @ columns[some] for some in rows]
    pulls = [columns[some].T @ target[some] for some in rows]
    whole, pull = sum(grams[1:], grams[0]), sum(pulls[1:], pulls[0])
    even = ridge * np.eye(len(whole))
    each = zip(grams, pulls, strict=True)
    return np.array([cho_solve(cho_factor(whole - gram + even), pull - one) for gram, one in each])


def _parts(n: int) -> Index:
    """Return which part of the record each sample is in, one part after another, (n,)."""
    return np.arange(n) * _PARTS // n


def _spread_out(heard: Flags) -> Index:
    """Return samples that were heard, no more than can be learnt from, evenly spread."""
    at = np.flatnonzero(heard)
    return at[np.linspace(0, len(at) - 1, min(len(at), _MOST_ROWS)).astype(np.int64)]


def _delays(others: Real, own: Real, most: int) -> list[tuple[int, int]]:
    """Return which strands, how many samples late, are looked at: all near delays, and far ones that tell."""
    n, count = len(own), others.shape[1]
    reach = min(_REACH, max(1, (most // count - 1) // 2))
    each = [(j, late) for late in sorted(range(-reach, reach + 1), key=abs) for j in range(count)]
    for j, late in _far(others, own):
        if reach < late < n - reach:
            each += [(j, late + k) for k in range(-_AROUND, _AROUND + 1)]
    return list(dict.fromkeys(each))[: max(1, most)]


def _far(others: Real, own: Real) -> list[tuple[int, int]]:
    """Return which strand, how many samples late, correlates beyond chance with the strand, clearest first."""
    n, mine = len(own), np.fft.rfft(_white(own))
    found = []
    for j, other in enumerate(others.T):
        size = np.abs(np.fft.irfft(mine * np.fft.rfft(_white(other)).conj(), n)) / np.sqrt(n)
        clearest = np.argsort(size)[::-1][:_FAR]
        found += [(float(size[late]), j, int(late)) for late in clearest if size[late] > _BY_CHANCE]
    return [(j, late) for _, j, late in sorted(found, reverse=True)]


def _white(x: Real) -> Real:
    from scipy.signal import lfilter

    fresh = np.asarray(lfilter(autoregression(x)[0], [1.0], x - x.mean()))
    fresh = np.clip(fresh, *np.quantile(fresh, [0.001, 0.999]))
    return np.asarray((fresh - fresh.mean()) / (fresh.std() + 1e-300))


def _alone(x: Real) -> Real:
    """Return what each strand's own past makes of it, (n, s)."""
    from scipy.signal import lfilter

    return np.column_stack([own - lfilter(autoregression(own)[0], [1.0], own - own.mean()) for own in x.T])


def _lived(series: Real, heard: Flags) -> Real:
    """Return the series with the last sample that was heard in place of those that were not: no line tells the next."""
    at = np.where(heard, np.arange(len(series)), int(heard.argmax()))
    return np.asarray(series[np.maximum.accumulate(at)])


def _floor(values: Real) -> float:
    """Return the least deviation that a value may have: where values come in steps, none is surer than a step."""
    own = float(values.std())
    return own * (_STEP * steps(values / own)[1] or 1e-9)


def _bumps(points: Real, count: int, width: float) -> Real:
    """Return how near each point is to some of them, evenly chosen over the record, (m, count)."""
    centres = points[np.linspace(0, len(points) - 1, count).astype(np.int64)]
    apart = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1) - 2 * points @ centres.T
    return np.asarray(np.exp(-np.maximum(apart, 0.0) / (2 * width**2)))
