"""Estimate min-entropy by how long ago a block was last seen (Maurer; SP 800-90B, section 6.3.4; bits only)."""

from math import log2, sqrt

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b.alphabet import checked
from samefade.entropy.sp80090b.most_common import Z_99

BLOCK = 6  # bits
KINDS = 1 << BLOCK
LEARNT = 1000  # blocks that only fill the dictionary
FACTOR = 0.5907  # of the standard deviation (step 5)
_NEED = BLOCK * (LEARNT + 2)  # a standard deviation needs two blocks
_NEGLIGIBLE = 80.0  # exp(−80) is 2e-35, of a mean of about 5


def compression(bits: NDArray[np.uint8]) -> float:
    """Return the compression estimate, bits a bit.

    Args:
        bits: (n,) zeros and ones.

    Raises:
        OutOfRange: When the bits are no bytes 0 and 1.
        TooFewSamples: When there are fewer than 6,012.
    """
    told = np.log2(_distances(_blocks(checked(bits, 2, need=_NEED)))[LEARNT:])
    deviation = FACTOR * sqrt(max(0.0, float((told**2).sum()) / (len(told) - 1) - float(told.mean()) ** 2))
    return from_mean(float(told.mean()) - Z_99 * deviation / sqrt(len(told)), len(bits) // BLOCK)


def _blocks(bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    whole = bits[: len(bits) // BLOCK * BLOCK].reshape(-1, BLOCK)
    return np.asarray(whole @ (1 << np.arange(BLOCK - 1, -1, -1, dtype=np.uint8)), np.uint8)


def _distances(blocks: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return how many blocks ago each block was last seen; its number, counted from 1, where never."""
    order = np.argsort(blocks, kind="stable")
    back = np.diff(order, prepend=-1)
    first = np.diff(blocks[order], prepend=255) != 0
    out = np.empty(len(blocks), np.int64)
    out[order] = np.where(first, order + 1, back)
    return out


def expected_mean(p: float, blocks: int) -> float:
    """Return the expected mean of log2 distances when one block has probability p and the others share the rest."""
    return _part(p, blocks) + (KINDS - 1) * _part((1 - p) / (KINDS - 1), blocks)


def _part(z: float, blocks: int) -> float:
    """Return G(z) of step 7, with its double sum written as one: Σ_t F(z, t, u) over t is a sum over u alone."""
    if z in {0.0, 1.0}:  # never seen; or always one block ago, whose log2 is 0
        return 0.0
    decay = -float(np.log1p(-z))
    i = np.arange(2, int(min(blocks, _NEGLIGIBLE / decay + 2)) + 1)
    term = np.log2(i) * np.exp(-decay * (i - 1))  # log2(u)·(1 − z)^(u − 1)
    seen = np.where(i < blocks, blocks - np.maximum(i, LEARNT), 0)  # how many t have a u that lies within
    ends = (i > LEARNT) & (i <= blocks)  # u = t: not seen before
    return float(z * (z * (term @ seen) + term[ends].sum()) / (blocks - LEARNT))


def from_mean(mean: float, blocks: int) -> float:
    """Return the min-entropy per bit at which this mean is expected (steps 7 and 8), by bisection."""
    low, high = 1 / KINDS, 1.0
    if expected_mean(low, blocks) <= mean:
        return 1.0  # no p explains a mean so large
    while True:
        p = (low + high) / 2
        if not low < p < high:
            return abs(log2(high)) / BLOCK
        low, high = (p, high) if expected_mean(p, blocks) > mean else (low, p)
