"""Say how often strands are together at a place: a density along the surface on which they lie.

*Notation.* y_t all strands at a time, p_t what a linear law expects of them, C the covariance of its errors; y_j places
that were seen elsewhere in the record, S_j the covariance of the points nearest to each; N(·; m, V) a normal density;
g the normal density with the covariance of all points.

    q(y_t) = N(y_t; p_t, C) · Σ_j N(y_t; y_j, S_j) / g(y_j) / Σ_j N(y_j; p_t, C + S_j) / g(y_j)

The sum over places is a density along the surface ("manifold Parzen windows"; Vincent and Bengio 2003), and division by
g leaves what it tells beyond the linear law. The product of two normal densities is a third times N(y_j; p_t, C + S_j),
so q is a mixture whose weights add up to one: a density, and −log2 q a code length, whatever the places are.
"""

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Index = NDArray[np.int64]
_NEAR = 48  # points that say how the surface lies at a place
_PLACES = 2000
_TIMES = 3000  # that are judged, evenly spread
_STRIP = 64  # times at once
_LEAST = 1e-9  # share of the largest variance


def together_there(points: Real, said: Real, part: Index, floor: Real) -> tuple[Index, Real]:
    """Return which rows were judged, (t,), and −log2 q there, (t,).

    Args:
        points: (m, s) the strands.
        said: (m, s) what a linear law expects of them, learnt from the other parts.
        part: (m,) in which part of the record a row is: places are those of the others.
        floor: (s,) the least deviation of each strand at a place.
    """
    at = np.arange(0, len(points), max(1, len(points) // _TIMES))
    bits = np.zeros(len(at))
    for one in range(int(part.max()) + 1):
        there, elsewhere = part[at] == one, part != one
        some = at[there]
        bits[there] = _surprise(points[some], said[some], points[elsewhere], said[elsewhere], floor)
    return at, bits


def _surprise(points: Real, said: Real, learnt: Real, expected: Real, floor: Real) -> Real:
    from scipy.spatial import cKDTree

    some = learnt[np.linspace(0, len(learnt) - 1, min(_PLACES, len(learnt))).astype(np.int64)]
    near = learnt[cKDTree(learnt).query(some, min(_NEAR, len(learnt)))[1]]
    centre = near.mean(axis=1)
    away = near - centre[:, None]
    size = learnt.shape[1]
    least = np.diag(floor**2 + _LEAST * learnt.var(axis=0).max())
    around = away.transpose(0, 2, 1) @ away / (near.shape[1] - 1) + least
    error = learnt - expected
    law = error.T @ error / len(error) + least
    whole, spread = learnt.mean(axis=0), np.linalg.cholesky(np.cov(learnt.T).reshape(size, size) + least)
    rare = ((np.linalg.solve(spread, (centre - whole).T)) ** 2).sum(axis=0) / 2  # −ln g, but for a constant
    there = _logarithm(centre, around, rare, points)
    before = _logarithm(centre, around + law, rare, said)
    factor = np.linalg.cholesky(law)
    fresh = np.linalg.solve(factor, (points - said).T)
    plain = (fresh**2).sum(axis=0) / 2 + np.log(np.diag(factor)).sum() + size / 2 * np.log(2 * np.pi)
    return np.asarray((plain - there + before) / np.log(2))


def _logarithm(centre: Real, spread: Real, weight: Real, points: Real) -> Real:
    """Return ln Σ_j e^weight N(point; centre, spread), but for a constant, at each point, (m,)."""
    factor = np.linalg.cholesky(spread)
    turn = np.linalg.inv(factor)
    weight = weight - np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    count, size = centre.shape
    rows = turn.reshape(count * size, size)
    moved = (turn @ centre[:, :, None])[..., 0].ravel()
    out = np.empty(len(points))
    for first in range(0, len(points), _STRIP):
        away = (points[first : first + _STRIP] @ rows.T - moved).reshape(-1, count, size)
        each = weight - np.einsum("tjs,tjs->tj", away, away) / 2
        most = each.max(axis=1)
        out[first : first + _STRIP] = most + np.log(np.exp(each - most[:, None]).sum(axis=1))
    return out
