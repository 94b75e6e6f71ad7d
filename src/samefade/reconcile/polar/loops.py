"""Run the list decoder of a polar code: the loops that array operations cannot express.

I. Tal and A. Vardy, "List decoding of polar codes" (2015), on log-likelihood ratios as in A. Balatsoukas-Stimming,
M. Bastani Parizi and A. Burg (2015); nodes without, with only, and with one last unknown bit are decided at once, as in
S. A. Hashemi, C. Condo and W. J. Gross, "Fast and flexible successive-cancellation list decoders" (2017).

Notation: a node of stage s covers 2^s bits of u; alpha are its log-likelihood ratios, (paths, 2^s … 2^(s+1)) of one
array; beta its bits, in the same places of another while they wait for the right half, and in `now` before that.
All paths are decided in step, so what a stage holds is dead for every path when it is written anew:
a path that forks copies one pointer for each stage, and no data.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled
from samefade.types import BitArray

Ratios = NDArray[np.float32]
Index = NDArray[np.int64]
Cost = NDArray[np.float64]

_LN2 = np.float32(np.log(2))
_REACH = np.float32(1 / 6.931)  # ln 2 · (1 − x/6.931)^5 has the value and the slope of ln(1 + e^-x) at 0
_MOST_FLIPS = 62  # of a node, as bits of one integer
_ONE, _ZERO = np.float32(1), np.float32(0)


@compiled
def _soft(x: Any) -> Any:  # noqa: ANN401
    """Return ln(1 + e^-x) for x >= 0, to 0.01: without a call, so that the loops around it run on vectors."""
    rest = max(_ONE - x * _REACH, _ZERO)
    square = rest * rest
    return _LN2 * square * square * rest


@compiled
def _left(alpha: Ratios, half: int, paths: int, above: Index) -> None:
    """Write the ratios of every path's left half: those of the sums of two bits."""
    for path in range(paths):
        low, high, out = alpha[above[path], 2 * half :], alpha[above[path], 3 * half :], alpha[path, half:]
        for j in range(half):
            a, b = low[j], high[j]
            x, y = abs(a), abs(b)
            size = min(x, y) + _soft(x + y) - _soft(abs(x - y))
            out[j] = -size if (a < 0) != (b < 0) else size


@compiled
def _right(alpha: Ratios, half: int, paths: int, above: Index, told: BitArray, left: Index) -> None:
    """Write the ratios of every path's right half, given the bits of its left one."""
    for path in range(paths):
        low, high, out = alpha[above[path], 2 * half :], alpha[above[path], 3 * half :], alpha[path, half:]
        bits = told[left[path], half:]
        for j in range(half):
            out[j] = high[j] - low[j] if bits[j] else high[j] + low[j]


@compiled
def _penalty(alpha: Ratios, bits: BitArray, size: int) -> float:
    """Return −ln of the probability of the bits, given the ratios."""
    total = 0.0
    for j in range(size):
        x = abs(alpha[j])
        total += _soft(x)
        if (alpha[j] < 0) != (bits[j] == 1):
            total += x
    return total


@compiled
def _cheapest(cost: Cost, count: int, most: int, order: Index) -> int:
    """Write the numbers of the cheapest candidates, and return how many there are."""
    if count <= most:
        order[:count] = np.arange(count)
        return count
    limit = np.partition(cost[:count], most - 1)[most - 1]
    kept, ties = 0, most - np.count_nonzero(cost[:count] < limit)
    for k in range(count):
        if cost[k] < limit or (cost[k] == limit and ties > 0):
            ties -= cost[k] == limit
            order[kept] = k
            kept += 1
    return kept


@compiled
def _inherit(pointer: Index, parent: Index, paths: int, stage: int, scratch: Index) -> None:
    """Give every new path the pointers of its parent, from this stage up: what is below is written anew."""
    same = True
    for path in range(paths):
        same = same and parent[path] == path
    if same:
        return
    for above in range(stage, pointer.shape[0]):
        row = pointer[above]
        for path in range(paths):
            scratch[path] = row[parent[path]]
        for path in range(paths):
            row[path] = scratch[path]


@compiled
def _last(alpha: Ratios, known: BitArray, size: int, paths: int, cost: Cost, now: BitArray, parent: Index) -> int:
    """Decide a node whose last bit alone is unknown: the known bits, or all of them turned."""
    width = len(now)
    order, both = np.empty(2 * width, np.int64), np.empty(2 * width)
    for path in range(paths):
        straight, turned = cost[path], cost[path]
        for j in range(size):
            a = alpha[path, size + j]
            x = abs(a)
            straight += _soft(x)
            turned += _soft(x)
            if (a < 0) != (known[j] == 1):
                straight += x
            else:
                turned += x
        both[path], both[paths + path] = straight, turned
    count = _cheapest(both, 2 * paths, width, order)
    for path in range(count):
        parent[path], cost[path] = order[path] % paths, both[order[path]]
        flip = np.uint8(order[path] >= paths)
        for j in range(size):
            now[path, j] = known[j] ^ flip
    return count


@compiled
def _next_weakest(row: Ratios, size: int, last: int) -> int:
    """Return the place of the weakest ratio after the one at `last` (−1: of all), ties by place; −1 for none."""
    best, least = -1, np.float32(np.inf)
    floor = abs(row[last]) if last >= 0 else np.float32(-1)
    for j in range(size):
        x = abs(row[j])
        if x < least and (x > floor or (x == floor and j > last)):
            best, least = j, x
    return best


@compiled
def _harden(alpha: Ratios, size: int, paths: int, now: BitArray, parent: Index) -> None:
    """Write the hard bits of every path, given whose ratios it has."""
    for path in range(paths):
        for j in range(size):
            now[path, j] = alpha[parent[path], size + j] < 0


@compiled
def _free(alpha: Ratios, size: int, paths: int, cost: Cost, now: BitArray, parent: Index) -> int:
    """Decide a node of unknown bits: its hard bits, and those with their weakest ones flipped."""
    parent[:paths] = np.arange(paths)
    _harden(alpha, size, paths, now, parent)
    for path in range(paths):
        cost[path] += _penalty(alpha[path, size:], now[path], size)
    width, start = len(now), paths
    steps = min(width - 1, size, _MOST_FLIPS)
    weak, order, both = np.empty((steps, width), np.int64), np.empty(2 * width, np.int64), np.empty(2 * width)
    flips, kept, origin = np.zeros(width, np.int64), np.empty(width, np.int64), np.empty(width, np.int64)
    for step in range(steps):
        for path in range(start):
            weak[step, path] = _next_weakest(alpha[path, size:], size, weak[step - 1, path] if step else -1)
        worst, best = 0.0, np.inf
        for path in range(paths):
            both[path] = cost[path]
            both[paths + path] = cost[path] + abs(alpha[parent[path], size + weak[step, parent[path]]])
            worst, best = max(worst, both[path]), min(best, both[paths + path])
        if paths == width and best >= worst:
            break  # the next weakest is stronger still
        count = _cheapest(both, 2 * paths, width, order)
        for path in range(count):
            source, flip = order[path] % paths, order[path] // paths
            kept[path], origin[path], cost[path] = flips[source] | (flip << step), parent[source], both[order[path]]
        paths = count
        flips[:paths], parent[:paths] = kept[:paths], origin[:paths]
    _harden(alpha, size, paths, now, parent)
    for path in range(paths):
        for step in range(steps):
            if (flips[path] >> step) & 1:
                now[path, weak[step, parent[path]]] ^= 1
    return paths


@compiled
def _turn(bits: BitArray, size: int) -> None:
    """Transform the first `size` bits in place: x = u G."""
    half = 1
    while half < size:
        for start in range(0, size, 2 * half):
            for j in range(start, start + half):
                bits[j] ^= bits[j + half]
        half *= 2


@compiled
def _climb(now: BitArray, beta: BitArray, left: Index, at: int, stage: int, paths: int) -> None:
    """Join the node that was decided at `at` with the left halves that wait for it, and let it wait in its turn."""
    while (at >> stage) & 1:
        size = 1 << stage
        for path in range(paths):
            for j in range(size):
                now[path, size + j] = now[path, j]
                now[path, j] ^= beta[left[stage, path], size + j]
        stage += 1
    size = 1 << stage
    if size < beta.shape[1] // 2:
        for path in range(paths):
            beta[path, size : 2 * size] = now[path, :size]
            left[stage, path] = path


@compiled
def _lowest(at: int) -> int:
    """Return the number of the lowest bit that is set."""
    stage = 0
    while not (at >> stage) & 1:
        stage += 1
    return stage


@compiled
def decode(ratios: Ratios, told: BitArray, values: BitArray, width: int) -> tuple[BitArray, Cost]:
    """Return the likeliest strings that fit what was told, best first, and −ln of their probabilities.

    Args:
        ratios: (N,) log-likelihood ratios of x in nats, finite, positive for a 0; N a power of two.
        told: (N,) 1 where u is known.
        values: (N,) the known u, anything elsewhere.
        width: Most paths followed at once.

    Returns:
        (paths, N) strings x, and (paths,) their costs.
    """
    n = len(ratios)
    unknown = np.zeros(n + 1, np.int64)
    unknown[1:] = np.cumsum(1 - told.astype(np.int64))
    alpha, beta = np.empty((width, 2 * n), np.float32), np.empty((width, 2 * n), np.uint8)
    alpha[0, n:] = ratios
    now, known, cost = np.empty((width, n), np.uint8), np.empty(n, np.uint8), np.zeros(width)
    stages = _lowest(n)
    above, left = np.zeros((stages + 1, width), np.int64), np.zeros((stages + 1, width), np.int64)
    parent, scratch = np.empty(width, np.int64), np.empty(width, np.int64)
    paths, at, stage = 1, 0, stages
    while at < n:
        if at:
            stage = _lowest(at)
            _right(alpha, 1 << stage, paths, above[stage + 1], beta, left[stage])
            above[stage, :paths] = np.arange(paths)
        while True:
            size = 1 << stage
            free = unknown[at + size] - unknown[at]
            if free in (0, size) or (free == 1 and not told[at + size - 1]):
                break
            stage -= 1
            _left(alpha, 1 << stage, paths, above[stage + 1])
            above[stage, :paths] = np.arange(paths)
        if free > 1:
            paths = _free(alpha, size, paths, cost, now, parent)
        else:
            known[:size] = values[at : at + size] * told[at : at + size]
            _turn(known, size)
        if free == 1:
            paths = _last(alpha, known, size, paths, cost, now, parent)
        if free == 0:
            for path in range(paths):
                now[path, :size] = known[:size]
                cost[path] += _penalty(alpha[path, size:], known, size)
        if free:
            _inherit(above, parent, paths, stage, scratch)
            _inherit(left, parent, paths, stage, scratch)
        _climb(now, beta, left, at, stage, paths)
        at += size
    best = np.argsort(cost[:paths])
    return now[best], cost[best]
