"""Predict each symbol by what followed the last few before, whichever string of them was followed by it most often.

The strings of all lengths are one tree: a string's child is the string with one older symbol before it.
A node may be there only because a longer string is; it is not in the dictionary while it has no count.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled


@compiled
def _walk(
    children: NDArray[np.int32], path: NDArray[np.int64], symbols: NDArray[np.uint8], i: int, nodes: int, room: int
) -> tuple[int, int]:
    """Follow the strings before symbol i, adding nodes while there is room; return how far, and how many nodes."""
    for j in range(1, len(path)):
        node = children[path[j - 1], symbols[i - j]]
        if node == 0:
            if room <= 0:
                return j - 1, nodes
            node = children[path[j - 1], symbols[i - j]] = nodes
            nodes += 1
        path[j] = node
    return len(path) - 1, nodes


@compiled
def dictionary(symbols: NDArray[np.uint8], alphabet: int, longest: int, most: int) -> tuple[int, int]:
    """Return how many predictions were right, and the most in a row (6.3.10, steps 3 to 5)."""
    room = most + longest + 1  # the step at which the dictionary fills may add nodes that are not in it
    children = np.zeros((room, alphabet), np.int32)
    counts = np.zeros((room, alphabet), np.int32)
    best, best_count = np.zeros(room, np.uint8), np.zeros(room, np.int32)
    path = np.zeros(longest + 1, np.int64)
    nodes, held, right, run, most_in_a_row = 1, 0, 0, 0, 0
    for i in range(longest, len(symbols)):
        symbol = symbols[i]
        reached, nodes = _walk(children, path, symbols, i, nodes, most - held)
        guess, count = np.uint8(0), np.int32(0)
        for j in range(reached, 0, -1):
            node = path[j]
            if best_count[node] > count:
                guess, count = best[node], best_count[node]
            if best_count[node] == 0:
                if held >= most:
                    continue
                held += 1
            counts[node, symbol] += 1
            now = counts[node, symbol]
            if now > best_count[node] or (now == best_count[node] and symbol > best[node]):
                best[node], best_count[node] = symbol, now
        if i > longest:  # the first string is only learnt
            run = run + 1 if count > 0 and guess == symbol else 0
            right += run > 0
            most_in_a_row = max(most_in_a_row, run)
    return right, most_in_a_row
