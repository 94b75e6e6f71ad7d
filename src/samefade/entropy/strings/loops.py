"""Loops of the guessers of cells that array operations cannot express.

`surprises` sums over the cells near what is expected of each value; `follow` is recursive least squares that forgets;
`mixed` learns from what came before to foretell a value bit by bit, as a compressor by context mixing does
(Mahoney 2005; counters by Krichevsky and Trofimov 1981).

Notation: Φ the normal distribution, d the depth in a binary tree over 2^B cells, p(1) the chance of the upper half.
"""

from math import erfc, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled

Real = NDArray[np.float64]
Index = NDArray[np.int64]

_ROOT = 0.7071067811865476
_BIT = 1.4426950408889634
_FAR = 7.5  # deviations beyond which cells are too rare to add to a sum
_DENSITY = 0.3989422804014327  # of a standard normal value at its mean
_MOST = 64.0  # bits that one cell can surprise by
_FLOOR = 1e-9  # chance that no Gaussian denies half a cell: outliers cost a bit a level, and not infinitely many
_STEEP = 12.0  # log odds that are steeper are not believed
_CLEAR = exp(_STEEP)
_NOTHING = 1e-11  # a spread of rounding errors
_FAST, _SLOW = 0.02, 0.002  # rates at which weights are learnt, at first and later
_OLD = 250  # samples that a counter remembers
_SURE = 0.9995  # no counter is surer


@compiled
def between(low: float, high: float) -> float:
    """Return the chance that a standard normal value lies between two numbers, exact in both tails."""
    if low > 0:
        return 0.5 * (erfc(low * _ROOT) - erfc(high * _ROOT))
    return 0.5 * (erfc(-high * _ROOT) - erfc(-low * _ROOT))


@compiled
def _even(mean: float, width: float, step: float, edges: Real, out: Real) -> None:
    """Write what even cells no wider than the spread are expected to surprise by, and its variance.

    A cell is a value with the error of rounding, which is as good as Gaussian too; between the outermost thresholds
    sums over cells are then integrals of a Gaussian density's logarithm, known from its moments.
    """
    low, high = (edges[0] - mean) / width, (edges[-1] - mean) / width
    below, above = 0.5 * erfc(-low * _ROOT), 0.5 * erfc(high * _ROOT)
    left, right = exp(-0.5 * low * low) * _DENSITY, exp(-0.5 * high * high) * _DENSITY
    inside = max(1 - below - above, 0.0)
    second = inside + low * left - high * right
    fourth = 3 * second + low**3 * left - high**3 * right
    base = log(width / (step * _DENSITY))
    total = base * inside + 0.5 * second
    square = base * base * inside + base * second + 0.25 * fourth
    for end in (below, above):
        if end > 1e-300:
            bits = -log(end)
            total += end * bits
            square += end * bits * bits
    out[0] = total * _BIT
    out[2] = max(0.0, square - total * total) * _BIT * _BIT


@compiled
def surprises(cell: Index, centre: Real, spread: Real, edges: Real, step: float, out: Real) -> None:
    """Write what each cell is expected to surprise by, did, and the variance of that, (n, 3), bits and bits².

    Cells that are `step` wide (0: of different widths), and no wider than the spread, need no sum over all of them.
    """
    last = len(edges)
    for i in range(len(cell)):
        mean, width, k = centre[i], spread[i], cell[i]
        if width <= _NOTHING:  # what is certain may lie on a threshold
            out[i] = 0.0
            continue
        reach = _FAR * width
        low = -np.inf if k == 0 else (edges[k - 1] - mean) / width
        high = np.inf if k == last else (edges[k] - mean) / width
        out[i, 1] = min(_MOST, -log(max(between(low, high), 1e-300)) * _BIT)
        if 0 < step <= width:
            _even(mean, sqrt(width * width + step * step / 12), step, edges, out[i])
            continue
        first = np.searchsorted(edges, mean - reach)
        low = -np.inf if first == 0 else (edges[first - 1] - mean) / width
        total = square = 0.0
        for j in range(first, last + 1):
            high = np.inf if j == last else (edges[j] - mean) / width
            chance = between(low, high)
            if chance > 1e-300:
                bits = -log(chance) * _BIT
                total += chance * bits
                square += chance * bits * bits
            if high > _FAR:
                break
            low = high
        out[i, 0] = total
        out[i, 2] = max(0.0, square - total * total)


@compiled
def _learnt(inverse: Real, gain: Real, power: float, forget: float) -> None:
    """Let the inverse covariance of what is known have learnt a row; it stays symmetric to the bit."""
    p, share, fade = len(gain), 1 / power, 1 / forget
    for i in range(p):
        for j in range(p):
            inverse[i, j] = (inverse[i, j] - gain[i] * gain[j] * share) * fade
    for i in range(p):  # directions that nothing moves must not grow without end
        if inverse[i, i] > 1e3:
            for j in range(p):
                inverse[i, j] *= 0.5
                inverse[j, i] *= 0.5


@compiled
def follow(target: Real, heard: NDArray[np.bool_], known: Real, forget: float, mean: Real) -> None:
    """Write what recursive least squares expect of each target, (n,), from rows of what is known, (n, p).

    Nothing is learnt from what was not heard.
    """
    n, p = known.shape
    weight, gain = np.zeros(p), np.zeros(p)
    inverse = np.eye(p)
    for t in range(n):
        row = known[t]
        gain[:] = 0.0
        for j in range(p):
            for i in range(p):
                gain[i] += inverse[j, i] * row[j]
        power, said = forget, 0.0
        for i in range(p):
            power += gain[i] * row[i]
            said += weight[i] * row[i]
        mean[t] = said
        if heard[t]:
            error = (target[t] - said) / power
            for i in range(p):
                weight[i] += gain[i] * error
            _learnt(inverse, gain, power, forget)


@compiled
def _counted(counters: NDArray[np.float32], leaf: int, depth: int, out: Real) -> None:
    """Write the log odds that the counters on the way to a leaf tell, (d,), and let them have seen one way more.

    Each is the share of ones, and how many bits it was counted from.
    """
    for d in range(depth):
        at = leaf >> (depth - d)
        bit = (leaf >> (depth - d - 1)) & 1
        count = counters[at, 1]
        p = counters[at, 0] if count else 0.5
        out[d] = log(p / (1 - p)) if count else 0.0
        counters[at, 0] = min(_SURE, max(1 - _SURE, p + (bit - p) / (count + 1.6)))
        counters[at, 1] = min(_OLD, count + 1)


@compiled
def _expected(leaf: int, depth: int, edges: Real, mean: float, spread: float, out: Real) -> None:
    """Write the log odds that a normal law tells on the way to a leaf, (d,)."""
    low, high, begin = 0.0, 1.0, -1
    for d in range(depth):
        half = 1 << (depth - d - 1)
        middle = 0.5 * erfc((mean - edges[begin + half]) / spread * _ROOT)
        up, down = max(high - middle, 0.0) + _FLOOR, max(middle - low, 0.0) + _FLOOR
        out[d] = _STEEP if up > _CLEAR * down else -_STEEP if down > _CLEAR * up else log(up / down)
        if leaf & half:
            low = middle
            begin += half
        else:
            high = middle


@compiled
def _depth(edges: int) -> int:
    """Return the depth of a binary tree over the cells between so many thresholds."""
    depth = 0
    while (1 << depth) <= edges:
        depth += 1
    return depth


@compiled
def mixed(
    cell: Index,
    edges: Real,
    mean: Real,
    spread: Real,
    context: Index,
    first: Index,
    out: Real,
) -> None:
    """Write by how many bits each cell surprises whoever mixes Gaussian predictions and counted contexts, (n,).

    Args:
        cell: (n,) cells, 0 … 2^B − 1; −1 where nothing was heard, and nothing is learnt.
        edges: (2^B − 1,) thresholds.
        mean: (n, J) what each predictor expects.
        spread: (n, J) the deviation of its errors.
        context: (n, C + 1) the number of each context at that time, and last which weights are used, 0 … 3.
        first: (C + 1,) where each context's counters begin.
        out: (n,) is written.
    """
    n, J = mean.shape
    C = context.shape[1] - 1
    depth = _depth(len(edges))
    table = np.zeros((4, depth, J + C))
    table[:, :, 0] = 1.0
    counters = np.zeros((first[C], 1 << depth, 2), np.float32)
    stretched = np.zeros((J + C, depth))
    for t in range(n):
        out[t] = 0.0
        if cell[t] < 0:
            continue
        leaf = cell[t] + (1 << depth)
        for j in range(J):
            _expected(leaf, depth, edges, mean[t, j], spread[t, j], stretched[j])
        for c in range(C):
            _counted(counters[first[c] + context[t, c]], leaf, depth, stretched[J + c])
        weights = table[context[t, C]]
        rate = max(_SLOW, _FAST / (1 + t / 500))
        for d in range(depth):
            total = 0.0
            for i in range(J + C):
                total += weights[d, i] * stretched[i, d]
            p = 1 / (1 + exp(-min(_STEEP, max(-_STEEP, total))))
            bit = (leaf >> (depth - d - 1)) & 1
            out[t] -= log(p if bit else 1 - p) * _BIT
            error = (bit - p) * rate
            for i in range(J + C):
                weights[d, i] += error * stretched[i, d]
