"""Sort all suffixes of a string in linear time, by induced sorting (Nong, Zhang and Chan 2009, SA-IS)."""

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int32]


def suffix_array(text: Index, letters: int) -> Index:
    """Return where the suffixes begin, the least one first.

    Args:
        text: (n,) integers 0 … letters − 1.
        letters: How many letters there are.
    """
    from samefade.entropy.sp80090b import suffix_loops as loops

    if len(text) < 2:
        return np.arange(len(text), dtype=np.int32)
    small = loops.smaller_than_next(text)
    large_begins, small_begins = loops.buckets(text, small, letters)
    # a suffix smaller than its next one, after one that is larger: these alone need be sorted
    left_most = (np.flatnonzero(small[1:] & ~small[:-1]) + 1).astype(np.int32)
    out = loops.induced(text, small, left_most, large_begins, small_begins)
    if len(left_most) > 1:
        number = np.full(len(text) + 1, -1, np.int32)
        number[left_most] = np.arange(len(left_most), dtype=np.int32)
        renamed, names = loops.renamed(text, out[number[out] >= 0], left_most, number)
        del number, out
        order = _inverse(renamed) if names == len(left_most) else suffix_array(renamed, names)
        out = loops.induced(text, small, left_most[order], large_begins, small_begins)
    return out


def _inverse(permutation: Index) -> Index:
    out = np.empty_like(permutation)
    out[permutation] = np.arange(len(permutation), dtype=np.int32)
    return out


def common_prefixes(text: Index, order: Index) -> Index:
    """Return how long a prefix each suffix shares with the one before it in the order; (n,), the first 0.

    By way of the order of the text (Kärkkäinen, Manzini and Puglisi 2009), which is kinder to the cache than Kasai's.
    """
    from samefade.entropy.sp80090b.suffix_loops import shared_with_previous

    previous = np.empty_like(order)
    if len(order):
        previous[order[0]] = -1
        previous[order[1:]] = order[:-1]
    return shared_with_previous(text, previous)[order]
