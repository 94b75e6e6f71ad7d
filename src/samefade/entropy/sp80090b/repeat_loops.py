"""Go through the intervals of suffixes that share a prefix."""

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled


@compiled
def intervals(shared: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return for each length the most suffixes in an interval of that length, and the change of the number of pairs.

    An interval of c suffixes that share h letters, within one that shares g, holds c of each of its strings of the
    lengths g + 1 … h.

    Args:
        shared: (n,) letters that each suffix shares with the one before it; the first 0.
    """
    n, v = len(shared), shared.max()
    most, pairs = np.ones(v + 1, np.int32), np.zeros(v + 1, np.int64)
    height, count = np.zeros(v + 2, np.int32), np.zeros(v + 2, np.int32)  # of the intervals that are open
    top = 0
    for k in range(1, n + 1):
        now = shared[k] if k < n else np.int32(0)
        inside = np.int64(1)
        while height[top] > now:
            h, inside = height[top], inside + count[top]
            top -= 1
            g = max(now, height[top])
            most[h] = max(most[h], np.int32(inside))
            pairs[h] += inside * (inside - 1) // 2
            pairs[g] -= inside * (inside - 1) // 2
        if height[top] < now:
            top += 1
            height[top], count[top] = now, 0
        count[top] += np.int32(inside)
    return most, pairs
