"""Find the pasts most like the present one, and say what followed them: the loop of `analog`.

Samples lie in a grid over their newest delays; each cell is a list, the newest first, and those around a cell are
searched.

Notation: p the number of delays, k the number of neighbours.
"""

from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled

Real = NDArray[np.float64]
Index = NDArray[np.int64]

_NEAREST = 40  # neighbours
_NEAR = 4.0  # how much more the nearest count than the farthest: e to that power
_MOST = 512  # samples that are looked at for each prediction
_RIDGE = 1e-2  # of the neighbours' scatter: a plane lies flat where they do not say how it leans
_TRUST = 4.0  # neighbours that the record's error counts as, beside their own
_MEMORY = 1 / 256  # weight of the newest error in the record's
_TINY = 1e-8
_NORMAL = 3.5621  # exp(γ + ln 2): the variance of normal errors over what the mean of their squares' logarithm says
_WILD = 1e4  # no error's square counts for more


@compiled
def _normal(rows: Real, says: Real, p: int, gram: Real, side: Real) -> None:
    """Write the normal equations of a plane through centred neighbours."""
    trace = 0.0
    for i in range(p):
        side[i] = 0.0
        for k in range(len(says)):
            side[i] += rows[k, i] * says[k]
        for j in range(i + 1):
            gram[i, j] = 0.0
            for k in range(len(says)):
                gram[i, j] += rows[k, i] * rows[k, j]
        trace += gram[i, i]
    for i in range(p):
        gram[i, i] += _RIDGE * trace + 1e-300


@compiled
def _solve(gram: Real, side: Real, p: int) -> None:
    """Write the solution of normal equations in the place of their right side, by Cholesky's factor."""
    for i in range(p):
        for j in range(i + 1):
            total = gram[i, j]
            for k in range(j):
                total -= gram[i, k] * gram[j, k]
            gram[i, j] = sqrt(max(total, 1e-300)) if i == j else total / gram[j, j]
    for i in range(p):
        for k in range(i):
            side[i] -= gram[i, k] * side[k]
        side[i] /= gram[i, i]
    for i in range(p - 1, -1, -1):
        for k in range(i + 1, p):
            side[i] -= gram[k, i] * side[k]
        side[i] /= gram[i, i]


@compiled
def _plane(rows: Real, says: Real, weight: Real, gram: Real, side: Real) -> float:
    """Return what a plane through neighbours is at the origin; their mean where they are too few.

    Args:
        rows: (k, p) where they are; overwritten.
        says: (k,) what followed them; overwritten.
        weight: (k,) how much each counts, 1 together.
        gram: (p, p) room.
        side: (p,) room.
    """
    count, p = rows.shape
    middle = float((weight * says).sum())
    if count < 2 * p + 2:
        return middle
    root = np.sqrt(weight)
    centre = np.zeros(p)
    for i in range(p):
        centre[i] = (weight * rows[:, i]).sum()
        rows[:, i] = (rows[:, i] - centre[i]) * root
    says[:] = (says - middle) * root
    _normal(rows, says, p, gram, side)
    _solve(gram, side, p)
    return middle - float((side * centre).sum())


@compiled
def _nearest(past: Real, cell: Index, t: int, levels: int, lists: tuple[Index, Index], near: tuple[Index, Real]) -> int:
    """Write the pasts nearest to the one at t, and their squared distances in order; return how many there are."""
    (head, before), (best, distance) = lists, near
    g, p = cell.shape[1], past.shape[1]
    count, seen = 0, 0
    for shift in range(3**g):
        rest, at, inside = shift, 0, True
        for i in range(g):
            # its own cell comes first
            where = cell[t, i] + (rest % 3 + 1) % 3 - 1
            rest //= 3
            inside = inside and 0 <= where < levels
            at = at * levels + where
        s = head[at] if inside else -1
        while s >= 0 and seen < _MOST:
            seen += 1
            far = 0.0
            for i in range(p):
                far += (past[s, i] - past[t, i]) ** 2
            if count < _NEAREST or far < distance[count - 1]:
                count = min(count + 1, _NEAREST)
                k = count - 1
                while k > 0 and distance[k - 1] > far:
                    distance[k], best[k] = distance[k - 1], best[k - 1]
                    k -= 1
                distance[k], best[k] = far, s
            s = before[s]
    return count


@compiled
def foretell(
    past: Real,
    cell: Index,
    levels: int,
    target: Real,
    may: NDArray[np.bool_],
    gap: int,
    out: Real,
) -> None:
    """Write what followed the pasts most like each one, and the deviation of its error, (n, 2).

    Args:
        past: (n, p) what is known before each time.
        cell: (n, g) in which cell of the grid that lies, 0 … levels − 1 along each of its first columns.
        levels: How many cells there are along a column.
        target: (n,) what is to be foretold, of about unit variance.
        may: (n, 2) whether a past and what followed it may be learnt from, and whether a prediction is wanted.
        gap: After how many samples a target is known.
        out: (n, 2) is written; the mean is 0 where nothing is known.
    """
    n, p = past.shape
    head, before, error = np.full(levels ** cell.shape[1], -1), np.full(n, -1), np.ones(n)
    best, distance = np.zeros(_NEAREST, np.int64), np.zeros(_NEAREST)
    rows, says = np.zeros((_NEAREST, p)), np.zeros(_NEAREST)
    gram, side = np.zeros((p, p)), np.zeros(p)
    scale, record = -log(_NORMAL), 1.0
    for t in range(n):
        s = t - gap
        if s >= 0 and may[s, 0]:
            at = 0
            for i in range(cell.shape[1]):
                at = at * levels + cell[s, i]
            before[s], head[at] = head[at], s
            if may[s, 1]:
                error[s] = min((target[s] - out[s, 0]) ** 2, _WILD)
                scale += _MEMORY * (log(error[s] + _TINY) - scale)
                record = _NORMAL * exp(scale)
            else:
                error[s] = record
        out[t, 0], out[t, 1] = 0.0, sqrt(record)
        count = _nearest(past, cell, t, levels, (head, before), (best, distance)) if may[t, 1] else 0
        if count == 0:
            continue
        near, power = best[:count], _TRUST * record
        weight = np.exp(-_NEAR * np.sqrt(distance[:count] / (distance[count - 1] + 1e-300)))
        weight /= weight.sum()
        for k in range(count):
            says[k] = target[near[k]]
            power += error[near[k]]
            for i in range(p):
                rows[k, i] = past[near[k], i] - past[t, i]
        out[t, 0] = _plane(rows[:count], says[:count], weight, gram, side)
        out[t, 1] = sqrt(power / (count + _TRUST))
