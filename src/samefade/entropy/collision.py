"""Estimate the collision entropy of a whole string: what the leftover hash lemma asks for.

The share of right guesses is an average over time, and a string with long quiet stretches is likelier than the average
says.
For a Markov chain with transition matrix P two independent strings of n symbols are equal with probability about
ρ(P∘P)^n, ρ the spectral radius and ∘ the product of entries (Rached, Alajaji and Campbell 2001, order 2): the collision
entropy is −log2 ρ(P∘P) bits a symbol, never above Shannon's and never below the min-entropy.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.types import Integer

_COUNTS_A_CELL = 8
_MOST_CONTEXTS = 256


def collision(symbols: Integer, levels: int) -> float:
    """Return the collision entropy per symbol, bits: the lesser of the Markov chains of orders 1 and 2.

    Each P² is estimated without bias from counts, c(c − 1)/(m(m − 1)).

    Args:
        symbols: (n,) integers 0 … levels − 1.
        levels: How many levels there are.

    Returns:
        Bits a symbol, at most log2(levels); that, where the string is too short to judge.
    """
    values = symbols.astype(np.int64)
    orders = (k for k in (1, 2) if levels**k <= _MOST_CONTEXTS and len(values) >= _COUNTS_A_CELL * levels ** (k + 1))
    return min((_rate(values, levels, k) for k in orders), default=float(np.log2(levels)))


def _rate(values: NDArray[np.int64], levels: int, order: int) -> float:
    size = levels**order
    context = values[:-order] * (levels if order == 2 else 1) + (values[1:-1] if order == 2 else 0)
    count = np.zeros((size, levels))
    np.add.at(count, (context, values[order:]), 1)
    total = count.sum(axis=1, keepdims=True)
    squared = count * (count - 1) / np.maximum(total * (total - 1), 1)
    matrix = np.zeros((size, size))
    for symbol in range(levels):
        # the oldest symbol leaves the context, the newest enters
        matrix[np.arange(size), np.arange(size) * levels % size + symbol] = squared[:, symbol]
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    return float(min(np.log2(levels), -np.log2(max(radius, 1e-300))))
