"""Predict each symbol by what followed the last few before; the leading order predicts.

The contexts of all orders are one tree: a context's child is the context with one older symbol.
Children and counts are kept in hash tables with open addressing: there may be 256 for each of 1.6 million nodes.
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
def _count(keys: NDArray[np.int64], counts: NDArray[np.int32], shift: np.uint64, key: np.int64, room: int) -> int:
    """Return how often the key was there, this time included; 0 where it is new and there is no room."""
    at = _place(keys, shift, key)
    if keys[at] == 0 and room <= 0:
        return 0
    keys[at] = key
    counts[at] += 1
    return int(counts[at])


@compiled
def leader(scores: NDArray[np.int64], winner: int, d: int) -> int:
    """Give order d a point, and return which order leads now."""
    scores[d] += 1
    return d if scores[d] >= scores[winner] else winner


@compiled
def chains(symbols: NDArray[np.uint8], orders: int, most: int, bits: int) -> tuple[int, int]:
    """Return how many predictions of the leading order were right, and the most in a row (6.3.9, steps 4 to 7).

    Args:
        symbols: (n,) symbols.
        orders: The highest order.
        most: Entries that each order's dictionary holds at most.
        bits: log2 of the size of the hash tables.
    """
    size, shift = 1 << bits, np.uint64(64 - bits)
    child_keys, children = np.zeros(size, np.int64), np.zeros(size, np.int32)
    next_keys, counts = np.zeros(size, np.int64), np.zeros(size, np.int32)
    best, best_count = np.zeros(size, np.uint8), np.zeros(size, np.int32)  # of each node
    entries, scores = np.zeros(orders, np.int64), np.zeros(orders, np.int64)
    nodes, winner, right, run, longest = 1, 0, 0, 0, 0
    for i in range(1, len(symbols)):
        symbol, leading, node, hit, known = symbols[i], winner, np.int64(1), -1, True
        for d in range(min(orders, i)):
            room = most - entries[d]
            key = node << 8 | symbols[i - 1 - d]
            at = _place(child_keys, shift, key)
            known = known and child_keys[at] != 0
            if known:
                node = np.int64(children[at])
                if d == leading:
                    hit = int(best[node] == symbol)
                if best[node] == symbol:
                    winner = leader(scores, winner, d)
            elif room > 0 and node > 0:
                nodes += 1
                child_keys[at], children[at] = key, nodes
                node = np.int64(nodes)
            else:
                # a context whose shorter one is not kept is never looked for again; it only takes its entry
                node = np.int64(0)
                entries[d] += room > 0
                continue
            now = _count(next_keys, counts, shift, node << 8 | symbol, room)
            entries[d] += now == 1
            if now > best_count[node] or (now == best_count[node] and symbol > best[node]):
                best[node], best_count[node] = symbol, now
        # as in NIST's program, a leading order that does not know the context ends no run
        run = run + 1 if hit > 0 else run if hit < 0 else 0
        right += hit > 0
        longest = max(longest, run)
    return right, longest
