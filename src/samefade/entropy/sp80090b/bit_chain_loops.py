"""Predict each bit by what followed the last few before: `chain_loops` for two symbols, in tables instead of trees."""

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled
from samefade.entropy.sp80090b.chain_loops import leader


@compiled
def bit_chains(bits: NDArray[np.uint8], orders: int, most: int) -> tuple[int, int]:
    """Return how many predictions of the leading order were right, and the most in a row (6.3.9, steps 4 to 7).

    Args:
        bits: (n,) zeros and ones.
        orders: The highest order.
        most: Entries that each order's dictionary holds at most.
    """
    counts = np.zeros(1 << (orders + 2), np.int32)  # two for each context; the contexts of order d from 2^d on
    entries, scores = np.zeros(orders, np.int64), np.zeros(orders, np.int64)
    winner, right, run, longest = 0, 0, 0, 0
    past = 0  # the last bits, the newest last
    for i in range(1, len(bits)):
        past = (past << 1 | bits[i - 1]) & ((1 << orders) - 1)
        bit, leading, known = np.int64(bits[i]), winner, True
        for d in range(min(orders, i)):
            at = (2 << d | (past & ((2 << d) - 1))) << 1
            known = known and counts[at] + counts[at + 1] > 0
            if known:
                hit = (counts[at] <= counts[at + 1]) == bit
                if hit:
                    winner = leader(scores, winner, d)
                if d == leading:
                    run = run + 1 if hit else 0
                    right += hit
                    longest = max(longest, run)
            if known and counts[at + bit] > 0:
                counts[at + bit] += 1
            elif entries[d] < most:
                counts[at + bit] = 1
                entries[d] += 1
    return right, longest
