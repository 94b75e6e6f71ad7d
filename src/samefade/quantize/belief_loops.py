"""The inner loop of `belief`: probabilities of cells, worked out only where they are not zero."""

from math import erfc, log, sqrt

import numpy as np

from samefade.compiled import compiled
from samefade.types import Float, Integer

_ROOT = 1 / sqrt(2.0)
_CERTAIN = 1e-9  # a chance below it is not told from nothing
_REACH = 6.5  # standard deviations beyond which a cell has no chance that a float32 could hold beside 1


@compiled
def _below(away: float, tail: float, wider: float) -> float:
    """Return the chance of an error below `away` deviations, of which a share `tail` is `wider` times as wide."""
    chance = 0.5 * erfc(-away * _ROOT)
    return (1 - tail) * chance + tail * 0.5 * erfc(-away / wider * _ROOT) if tail > 0 else chance


@compiled
def fill(expected: Float, deviation: Float, edges: Float, shape: tuple[float, float], out: Float) -> None:
    """Write the probability of each cell of one component's symbols into `out`.

    Args:
        expected: (m,) mean of each symbol's value.
        deviation: (m,) its standard deviation.
        edges: (L − 1,) thresholds, increasing.
        shape: Share of errors that are wider than the others, and how many times.
        out: (m, w) zeros, w at least L.
    """
    tail, wider = shape
    for i in range(len(expected)):
        mean, spread = expected[i], deviation[i]
        reach = _REACH * spread * (wider if tail > 0 else 1.0)
        first = np.searchsorted(edges, mean - reach)
        last = np.searchsorted(edges, mean + reach)
        before = 0.0
        for j in range(first, last):
            below = _below((edges[j] - mean) / spread, tail, wider)
            out[i, j] = below - before
            before = below
        out[i, last] = 1.0 - before


@compiled
def ratio(
    expected: Float, deviation: Float, edges: Float, shape: tuple[float, float], low: Integer, bits: tuple[int, int]
) -> Float:
    """Return the log-likelihood ratio of one bit of each symbol's cell, given its lowest bits, (m,), nats.

    Args:
        expected: (m,) mean of each symbol's value.
        deviation: (m,) its standard deviation.
        edges: (L − 1,) thresholds, increasing.
        shape: Share of errors that are wider than the others, and how many times.
        low: (m,) the known lowest bits of each cell, as a number.
        bits: How many bits are known, and which one is asked for.
    """
    tail, wider = shape
    known, plane = bits[0], bits[1]
    mask = (1 << known) - 1
    out = np.empty(len(expected))
    for i in range(len(expected)):
        mean, spread = expected[i], deviation[i]
        reach = _REACH * spread * (wider if tail > 0 else 1.0)
        first = np.searchsorted(edges, mean - reach)
        last = np.searchsorted(edges, mean + reach)
        before, below, zero, one = 0.0, 0.0, _CERTAIN, _CERTAIN
        for j in range(first, last + 1):
            fits = (j & mask) == low[i]
            if fits or ((j + 1) & mask) == low[i]:  # thresholds between cells that do not fit are not asked for
                below = _below((edges[j] - mean) / spread, tail, wider) if j < last else 1.0
            if fits:
                if (j >> plane) & 1:
                    one += below - before
                else:
                    zero += below - before
            before = below
        out[i] = log(zero / one)
    return out
