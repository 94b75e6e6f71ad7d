"""Predict each symbol by the most common one of the last few."""

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled


@compiled
def most_common_in_window(symbols: NDArray[np.uint8], alphabet: int, windows: NDArray[np.int64]) -> tuple[int, int]:
    """Return how many predictions of the leading window were right, and the most in a row (6.3.7, steps 2 to 4)."""
    held = np.zeros((len(windows), alphabet), np.int64)  # how often each symbol is in each window
    seen = np.full((len(windows), alphabet), -1, np.int64)  # where last
    common, scores = np.zeros(len(windows), np.int64), np.zeros(len(windows), np.int64)
    winner, right, run, longest = 0, 0, 0, 0
    for i in range(len(symbols)):
        symbol = np.int64(symbols[i])
        if i >= windows[0]:
            run = run + 1 if common[winner] == symbol else 0
            right += run > 0
            longest = max(longest, run)
        for j in range(len(windows)):
            if i >= windows[j] and common[j] == symbol:
                scores[j] += 1
                if scores[j] >= scores[winner]:
                    winner = j
            held[j, symbol] += 1
            seen[j, symbol] = i
            left = np.int64(symbols[i - windows[j]]) if i >= windows[j] else np.int64(-1)
            if left >= 0:
                held[j, left] -= 1
            if left == common[j]:
                common[j] = _most_common(held, seen, j)
            elif held[j, symbol] >= held[j, common[j]]:
                common[j] = symbol
    return right, longest


@compiled
def _most_common(held: NDArray[np.int64], seen: NDArray[np.int64], j: int) -> int:
    """Return the most common symbol of window j; of those equally common, the one seen last (6.3.7, step 3b)."""
    best = 0
    for other in range(1, held.shape[1]):
        if held[j, other] > held[j, best] or (held[j, other] == held[j, best] and seen[j, other] > seen[j, best]):
            best = other
    return best
