"""Compute over GF(2^8): syndromes, and the errors that explain a syndrome (Berlekamp 1968, Massey 1969, Forney 1965).

Notation: α the root x of x^8 + x^4 + x^3 + x^2 + 1, n symbols in a frame; the first symbol is the highest power, so
symbol i has the locator X = α^(n − 1 − i); S_j = Σ r_i X_i^j for j = 1 … 2t.
S. Lin and D. J. Costello, "Error Control Coding", 2nd edition 2004, chapter 7.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.reconcile.bch.code import tables

Symbols = NDArray[np.int64]
ORDER = 255


def times(a: Symbols | int, b: Symbols | int) -> Symbols:
    """Multiply symbol by symbol."""
    power, logarithm = tables(8)
    a, b = np.asarray(a), np.asarray(b)
    product = power[(logarithm[a].astype(np.int64) + logarithm[b]) % ORDER]
    return np.where((a == 0) | (b == 0), 0, product).astype(np.int64)


def inverse(a: int) -> int:
    """Return 1 / a of a symbol that is not 0."""
    power, logarithm = tables(8)
    return int(power[(ORDER - int(logarithm[a])) % ORDER])


def syndromes(symbols: Symbols, t: int) -> Symbols:
    """Return S_1 … S_2t of one frame's symbols (n,), (2t,)."""
    power, _ = tables(8)
    place = np.arange(len(symbols))[::-1]
    locators = power[np.outer(np.arange(1, 2 * t + 1), place) % ORDER].astype(np.int64)
    return np.asarray(np.bitwise_xor.reduce(times(locators, symbols[None, :]), axis=1))


def locator(found: Symbols) -> list[int]:
    """Return the shortest Λ(x), lowest power first, whose recurrence gives the syndromes (Berlekamp and Massey)."""
    own, old, length, gap, before = [1], [1], 0, 1, 1
    for step in range(len(found)):
        back = found[step - length : step + 1][::-1]
        terms = np.array(own[: len(back)])
        differs = int(np.bitwise_xor.reduce(times(terms, back[: len(terms)])))
        if not differs:
            gap += 1
            continue
        scaled = times(np.array(old), int(times(differs, inverse(before)))).tolist()
        changed = _plus(own, [0] * gap + scaled)
        if 2 * length <= step:
            length, old, before, gap = step + 1 - length, own, differs, 1
        else:
            gap += 1
        own = changed
    return own[: length + 1] + [0] * (length + 1 - len(own))


def explain(found: Symbols, n: int) -> tuple[Symbols, Symbols] | None:
    """Return which symbols of a frame of n are wrong and by what, or None when no t errors within it explain that."""
    t = len(found) // 2
    own = locator(found)
    degree = len(own) - 1
    if degree > t or own[-1] == 0:
        return None
    power, _ = tables(8)
    place = np.arange(n)
    inverses = power[(-place[::-1]) % ORDER].astype(np.int64)  # 1 / X of each symbol
    roots = np.flatnonzero(_at(own, inverses) == 0)
    if len(roots) != degree:
        return None
    # Forney: Ω = S Λ mod x^2t; the derivative keeps the odd powers
    omega = [0] * len(found)
    for i, c in enumerate(own):
        part = times(found[: len(found) - i], c)
        omega = [a ^ b for a, b in zip(omega, [0] * i + part.tolist(), strict=True)]
    slope = _at([c if i % 2 else 0 for i, c in enumerate(own)][1:], inverses[roots])
    if (slope == 0).any():
        return None
    by = [int(times(int(a), inverse(int(b)))) for a, b in zip(_at(omega, inverses[roots]), slope, strict=True)]
    return roots, np.array(by, np.int64)


def _plus(a: list[int], b: list[int]) -> list[int]:
    n = max(len(a), len(b))
    return [x ^ y for x, y in zip(a + [0] * (n - len(a)), b + [0] * (n - len(b)), strict=True)]


def _at(polynomial: list[int], points: Symbols) -> Symbols:
    """Evaluate by Horner's rule, lowest power first."""
    out = np.zeros(len(points), np.int64)
    for c in reversed(polynomial):
        out = times(out, points) ^ c
    return out
