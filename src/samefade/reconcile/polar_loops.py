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
def _right(alpha: Ratios, half: int, paths: int, above: Index, told: BitArray, left: Index) -> None:  # noqa: PLR0917
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
    for k in range(count):
        at = k
        while at > 0 and cost[order[at - 1]] > cost[k]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = k
    return min(count, most)


@compiled
def _inherit(pointer: Index, parent: Index, paths: int, scratch: Index) -> None:
    """Give every new path the pointers of its parent."""
    for stage in range(pointer.shape[0]):
        for path in range(paths):
            scratch[path] = pointer[stage, parent[path]]
        for path in range(paths):
            pointer[stage, path] = scratch[path]


@compiled
def _repeat(alpha: Ratios, known: BitArray, size: int, paths: int, cost: Cost) -> None:
    """Write what each path would cost with the known bits, and with all of them turned by the one unknown bit."""
    for path in range(paths):
        base = cost[path]
        straight, turned = 0.0, 0.0
        for j in range(size):
            a = alpha[path, size + j]
            x = abs(a)
            soft = _soft(x)
            straight += soft
            turned += soft
            if (a < 0) != (known[j] == 1):
                straight += x
            else:
                turned += x
        cost[path] = base + straight
        cost[paths + path] = base + turned


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
def _free(alpha: Ratios, size: int, paths: int, width: int, cost: Cost, now: BitArray, parent: Index) -> int:  # noqa: PLR0913, PLR0917
    """Decide a node of unknown bits: its hard bits, and those with their weakest ones flipped."""
    for path in range(paths):
        parent[path] = path
        for j in range(size):
            now[path, j] = alpha[path, size + j] < 0
        cost[path] += _penalty(alpha[path, size:], now[path], size)
    steps = min(width - 1, size)
    weak = np.empty((steps, width), np.int64)
    flips = np.zeros((width, steps), np.bool_)
    order, kept = np.empty(2 * width, np.int64), np.empty((width, steps), np.bool_)
    start, old, origin = paths, np.empty(2 * width), np.empty(width, np.int64)
    for step in range(steps):
        for path in range(start):
            weak[step, path] = _next_weakest(alpha[path, size:], size, weak[step - 1, path] if step else -1)
        worst, best = 0.0, np.inf
        for path in range(paths):
            x = abs(alpha[parent[path], size + weak[step, parent[path]]])
            cost[paths + path] = cost[path] + x
            worst, best = max(worst, cost[path]), min(best, cost[path] + x)
        if paths == width and best >= worst:
            break
        count = _cheapest(cost, 2 * paths, width, order)
        old[: 2 * paths] = cost[: 2 * paths]
        for path in range(count):
            source = order[path] % paths
            kept[path] = flips[source]
            kept[path, step] = order[path] >= paths
            origin[path] = parent[source]
            cost[path] = old[order[path]]
        paths = count
        flips[:paths] = kept[:paths]
        parent[:paths] = origin[:paths]
    for path in range(paths):
        for j in range(size):
            now[path, j] = alpha[parent[path], size + j] < 0
        for step in range(steps):
            if flips[path, step]:
                now[path, weak[step, parent[path]]] ^= 1
    return paths


@compiled
def _turn(known: BitArray, size: int) -> None:
    """Transform the first `size` bits in place: x = u G."""
    half = 1
    while half < size:
        for start in range(0, size, 2 * half):
            for j in range(start, start + half):
                known[j] ^= known[j + half]
        half *= 2


@compiled
def decode(ratios: Ratios, told: BitArray, values: BitArray, width: int) -> tuple[BitArray, Cost]:  # noqa: C901, PLR0912, PLR0915
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
    stages = 0
    while (1 << stages) < n:
        stages += 1
    unknown = np.zeros(n + 1, np.int64)
    for i in range(n):
        unknown[i + 1] = unknown[i] + 1 - told[i]
    alpha, beta, now = (
        np.empty((width, 2 * n), np.float32),
        np.empty((width, 2 * n), np.uint8),
        np.empty((width, n), np.uint8),
    )
    alpha[0, n:] = ratios
    above, left = np.zeros((stages + 1, width), np.int64), np.zeros((stages + 1, width), np.int64)
    cost, old, known = np.zeros(2 * width), np.empty(2 * width), np.empty(n, np.uint8)
    order, parent, scratch = np.empty(2 * width, np.int64), np.empty(width, np.int64), np.empty(width, np.int64)
    paths, i = 1, 0
    while i < n:
        stage = stages
        if i:
            stage = 0
            while not (i >> stage) & 1:
                stage += 1
            _right(alpha, 1 << stage, paths, above[stage + 1], beta, left[stage])
            above[stage, :paths] = np.arange(paths)
        while True:
            size = 1 << stage
            free = unknown[i + size] - unknown[i]
            if free in (0, size) or (free == 1 and not told[i + size - 1]):
                break
            stage -= 1
            _left(alpha, 1 << stage, paths, above[stage + 1])
            above[stage, :paths] = np.arange(paths)
        if free == 0 or free < size:
            for j in range(size):
                known[j] = values[i + j] if told[i + j] else 0
            _turn(known, size)
        if free == 0:
            for path in range(paths):
                now[path, :size] = known[:size]
                cost[path] += _penalty(alpha[path, size:], known, size)
        elif free < size:
            _repeat(alpha, known, size, paths, cost)
            count = _cheapest(cost, 2 * paths, width, order)
            old[: 2 * paths] = cost[: 2 * paths]
            for path in range(count):
                parent[path] = order[path] % paths
                flip = np.uint8(order[path] >= paths)
                cost[path] = old[order[path]]
                for j in range(size):
                    now[path, j] = known[j] ^ flip
            paths = count
            _inherit(above, parent, paths, scratch)
            _inherit(left, parent, paths, scratch)
        else:
            paths = _free(alpha, size, paths, width, cost, now, parent)
            _inherit(above, parent, paths, scratch)
            _inherit(left, parent, paths, scratch)
        i += size
        at = i - size
        while stage < stages and (at >> stage) & 1:
            size = 1 << stage
            for path in range(paths):
                for j in range(size):
                    bit = now[path, j]
                    now[path, size + j] = bit
                    now[path, j] = bit ^ beta[left[stage, path], size + j]
            at -= size
            stage += 1
        if stage < stages:
            size = 1 << stage
            for path in range(paths):
                beta[path, size : 2 * size] = now[path, :size]
                left[stage, path] = path
    best = np.argsort(cost[:paths])
    return now[best], cost[best]
