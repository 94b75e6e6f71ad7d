"""Decode BCH codes: the inner loops, one frame after the other.

E. Berlekamp 1968 and J. L. Massey 1969 for the error locator, R. T. Chien 1964 for its roots.
Notation: S_j the power sums Σ α^(ij) over the positions i of the errors, Λ the error locator Π (1 − α^i x).
The tables `power` and `logarithm` are those of `code.tables`; a sum of two logarithms is below 2n, and a conditional
subtraction is ten times as fast as a remainder.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled
from samefade.types import BitArray

Table = NDArray[np.int32]


@compiled
def power_sums(remainder: BitArray, power: Table, logarithm: Table, sums: Table) -> None:
    """Fill S_1 … S_2t into `sums` (2t + 1,) from the remainder of the errors, (n − k,), the highest power first."""
    n, width = len(power), len(remainder)
    sums[:] = 0
    for column in range(width):
        if remainder[column]:
            exponent = width - 1 - column
            step = 2 * exponent % n
            for j in range(1, len(sums), 2):
                sums[j] ^= power[exponent]
                exponent += step
                exponent -= n if exponent >= n else 0
    for j in range(2, len(sums), 2):  # over GF(2), S_2j = S_j²
        if sums[j // 2]:
            sums[j] = power[2 * logarithm[sums[j // 2]] % n]


@compiled
def locator(sums: Table, power: Table, logarithm: Table, own: Table, old: Table, spare: Table) -> int:
    """Fill Λ into `own` (2t + 1,), the lowest power first, and return its degree as Berlekamp and Massey count it.

    Every second discrepancy is zero over GF(2), so only the others are computed.
    `old` and `spare` (2t + 1,) are room to work in.
    """
    n, last = len(power), len(sums) - 1
    own[:] = 0
    old[:] = 0
    own[0] = old[0] = 1
    degree, gap, before = 0, 1, 0  # `before` is the logarithm of the discrepancy at the last change of degree
    for step in range(0, last, 2):
        found = sums[step + 1]
        for i in range(1, degree + 1):
            if own[i] and sums[step + 1 - i]:
                exponent = logarithm[own[i]] + logarithm[sums[step + 1 - i]]
                found ^= power[exponent - n if exponent >= n else exponent]
        if found:
            spare[:] = own
            scale = (logarithm[found] - before) % n
            for i in range(last + 1 - gap):
                if old[i]:
                    exponent = logarithm[old[i]] + scale
                    own[i + gap] ^= power[exponent - n if exponent >= n else exponent]
            if 2 * degree <= step:
                degree, gap, before = step + 1 - degree, 0, logarithm[found]
                old[:] = spare
        gap += 2
    return degree


@compiled
def roots(own: Table, degree: int, power: Table, logarithm: Table, places: Table, size: int) -> int:
    """Find the errors among the powers 0 … size − 1: fill them into `places`, and return how many there are."""
    n, found = len(power), 0
    terms = np.empty(degree, np.int32)
    steps = np.empty(degree, np.int32)
    used = 0
    for j in range(1, degree + 1):
        if own[j]:
            terms[used], steps[used] = logarithm[own[j]], j
            used += 1
    for i in range(size):
        value = 1
        for j in range(used):  # Λ(α^−i), each term turned on by α^−j from one i to the next
            value ^= power[terms[j]]
            following = terms[j] - steps[j]
            terms[j] = following + n if following < 0 else following
        if value == 0:
            places[found] = i
            found += 1
            if found == degree:
                break
    return found


@compiled
def decode(remainders: BitArray, t: int, power: Table, logarithm: Table, flips: BitArray) -> NDArray[np.int64]:
    """Mark every frame's errors in `flips` (rows, size), and return how many there are, (rows,).

    −1 stands for a frame that no t errors within its size explain; nothing is marked in it.
    """
    rows, size = flips.shape
    errors = np.zeros(rows, np.int64)
    sums = np.empty(2 * t + 1, np.int32)
    own, old, spare = np.empty_like(sums), np.empty_like(sums), np.empty_like(sums)
    places = np.empty(2 * t + 1, np.int32)
    for row in range(rows):
        if not remainders[row].any():
            continue
        power_sums(remainders[row], power, logarithm, sums)
        degree = locator(sums, power, logarithm, own, old, spare)
        # t distinct roots that give these sums are the errors: the sums' squares leave no other coefficient than 1
        if degree > t or roots(own, degree, power, logarithm, places, size) != degree:
            errors[row] = -1
            continue
        errors[row] = degree
        for i in range(degree):
            flips[row, size - 1 - places[i]] = 1
    return errors
