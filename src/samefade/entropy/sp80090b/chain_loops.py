"""Predict each symbol by what followed the last few before; the leading order predicts.

The contexts of all orders are one tree: a context's child is the context with one older symbol.
Children and counts are kept in hash tables with open addressing, because there may be 256 for each of 1.6 million nodes.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ over the golden ratio (Knuth 6.4)


@compiled
def _place(keys: NDArray[np.int64], shift: np.uint64, key: np.int64) -> np.int64:
    """Return where the key is, or where it would go: an empty place holds 0."""
    at = np.int64((np.uint64(key) * _ODD) >> shift)
    while keys[at] not in (0, key):
        at = (at + 1) & (len(keys) - 1)
    return at


@compiled
def chains(symbols: NDArray[np.uint8], orders: int, most: int, bits: int) -> tuple[int, int]:
    """Return how many predictions of the leading order were right, and the most in a row (6.3.9, steps 4 to 7).

    Args:
        symbols: (n,) symbols.
        orders: The highest order.
        most: Entries that each order's dictionary holds at most.
        bits: log2 of the size of the hash tables.
    """
    shift = np.uint64(64 - bits)
    child_keys, children = np.zeros(1 << bits, np.int64), np.zeros(1 << bits, np.int32)
    next_keys, counts = np.zeros(1 << bits, np.int64), np.zeros(1 << bits, np.int32)
    best, best_count = np.zeros(1 << bits, np.uint8), np.zeros(1 << bits, np.int32)
    entries, scores = np.zeros(orders, np.int64), np.zeros(orders, np.int64)
    nodes, winner, right, run, longest = 1, 0, 0, 0, 0
    for i in range(1, len(symbols)):
        symbol, leading, node, known = symbols[i], winner, np.int64(1), True
        for d in range(min(orders, i)):
            if node > 0:
                key = node << 8 | symbols[i - 1 - d]
                at = _place(child_keys, shift, key)
                known = known and child_keys[at] != 0
                if not known and entries[d] < most:
                    nodes += 1
                    child_keys[at], children[at] = key, nodes + 1
                # a context whose shorter one is not kept is never looked for again; it only takes its entry
                node = np.int64(children[at]) if known or entries[d] < most else np.int64(0)
            if known:
                hit = best[node] == symbol
                if hit:
                    scores[d] += 1
                    if scores[d] >= scores[winner]:
                        winner = d
                if d == leading:
                    run = run + 1 if hit else 0
                    right += hit
                    longest = max(longest, run)
            elif entries[d] < most and node == 0:
                entries[d] += 1
            if node > 0:
                key = node << 8 | symbol
                at = _place(next_keys, shift, key)
                if next_keys[at] == 0 and entries[d] < most:
                    next_keys[at] = key
                    entries[d] += 1
                if next_keys[at] == key:
                    counts[at] += 1
                    if counts[at] > best_count[node] or (counts[at] == best_count[node] and symbol > best[node]):
                        best[node], best_count[node] = symbol, counts[at]
    return right, longest
