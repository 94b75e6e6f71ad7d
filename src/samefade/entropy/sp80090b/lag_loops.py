"""Predict each symbol by the one that came a fixed number of symbols before it."""

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled


@compiled
def echoed(newest: NDArray[np.int16], n: int, lags: int) -> tuple[int, int]:
    """Return how many predictions of the leading lag were right, and the most in a row (6.3.8, steps 2 to 4).

    The two inner loops hold no branch, so that they become vector instructions.
    """
    scores = np.zeros(lags, np.int32)
    winner, right, run, longest = 0, 0, 0, 0
    for i in range(1, n):
        symbol = newest[n - 1 - i]
        past = newest[n - i : n - i + lags]
        run = run + 1 if past[winner] == symbol else 0
        right += run > 0
        longest = max(longest, run)
        best = np.int32(0)
        for d in range(lags):
            scores[d] += np.int32(past[d] == symbol)
            best = max(best, scores[d])
        # of the lags that were right just now and lead, the longest
        last = np.int32(-1)
        for d in range(lags):
            last = max(last, np.int32(d) if (past[d] == symbol) & (scores[d] == best) else np.int32(-1))
        if last >= 0:
            winner = int(last)
    return right, longest
