"""The steps of induced suffix sorting that go through the text one letter at a time."""

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled

Index = NDArray[np.int32]


@compiled
def smaller_than_next(text: Index) -> NDArray[np.bool_]:
    """Return which suffixes are smaller than the suffix that begins one letter later (type S)."""
    small = np.zeros(len(text), np.bool_)
    for i in range(len(text) - 2, -1, -1):
        small[i] = small[i + 1] if text[i] == text[i + 1] else text[i] < text[i + 1]
    return small


@compiled
def buckets(text: Index, small: NDArray[np.bool_], letters: int) -> tuple[Index, Index]:
    """Return where each letter's suffixes of type L and of type S begin; one place more marks the end."""
    large = np.zeros(letters + 1, np.int32)
    begins = np.zeros(letters + 1, np.int32)
    for i in range(len(text)):
        begins[text[i] + 1] += 1
        if not small[i]:
            large[text[i]] += 1
    for letter in range(letters):
        begins[letter + 1] += begins[letter]
    return begins, begins + large


@compiled
def induced(text: Index, small: NDArray[np.bool_], left_most: Index, large_begins: Index, small_begins: Index) -> Index:
    """Return the suffixes in the order that the given order of the left-most ones of type S induces."""
    n = len(text)
    out = np.full(n, -1, np.int32)
    at = small_begins.copy()
    for i in left_most:
        out[at[text[i]]] = i
        at[text[i]] += 1
    at = large_begins.copy()
    out[at[text[n - 1]]] = n - 1
    at[text[n - 1]] += 1
    for k in range(n):
        i = out[k] - 1
        if i >= 0 and not small[i]:
            out[at[text[i]]] = i
            at[text[i]] += 1
    at = large_begins.copy()
    for k in range(n - 1, -1, -1):
        i = out[k] - 1
        if i >= 0 and small[i]:
            at[text[i] + 1] -= 1  # from the end of the letter's bucket
            out[at[text[i] + 1]] = i
    return out


@compiled
def renamed(text: Index, ordered: Index, left_most: Index, number: Index) -> tuple[Index, int]:
    """Return the left-most substrings as letters of a shorter text, and how many letters it has."""
    n, m = len(text), len(left_most)
    out = np.zeros(m, np.int32)
    name = 0
    for k in range(1, m):
        a, b = ordered[k - 1], ordered[k]
        end_a = left_most[number[a] + 1] if number[a] + 1 < m else n
        end_b = left_most[number[b] + 1] if number[b] + 1 < m else n
        if not _same(text, a, b, end_a - a, end_b - b):
            name += 1
        out[number[b]] = name
    return out, name + 1


@compiled
def _same(text: Index, a: int, b: int, length_a: int, length_b: int) -> bool:
    if length_a != length_b or max(a, b) + length_a >= len(text):
        return False  # the one that ends with the text has the smallest end of all
    i = 0
    while i <= length_a and text[a + i] == text[b + i]:
        i += 1
    return i > length_a


@compiled
def shared_with_previous(text: Index, previous: Index) -> Index:
    """Return, in the order of the text, how many letters each suffix shares with the one before it in the order."""
    n = len(text)
    out = np.zeros(n, np.int32)
    h = 0
    for i in range(n):
        j = previous[i]
        if j < 0:
            h = 0
            continue
        while i + h < n and j + h < n and text[i + h] == text[j + h]:
            h += 1
        out[i] = h
        h = max(0, h - 1)
    return out
