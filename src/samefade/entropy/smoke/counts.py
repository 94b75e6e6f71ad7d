"""Count ones and runs: the tests of SP 800-22 rev. 1a that need no patterns.

Each takes bits (n,), 0 or 1, and returns the chance that ideal bits look at least as odd; `smoke` checks the bits and
sees to it that there are enough.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.types import BitArray

Real = NDArray[np.float64]

# n from which a block length M and its classes "at most … up to at least …" are taken (2.4.2, 2.4.4)
_RUN_CLASSES = ((750_000, 10_000, 10, 16), (6272, 128, 4, 9), (128, 8, 1, 4))


def frequency(bits: BitArray) -> float:
    """Return whether there are as many ones as zeros (2.1)."""
    from scipy.special import erfc

    n = len(bits)
    return float(erfc(abs(2 * int(bits.sum(dtype=np.int64)) - n) / np.sqrt(2 * n)))


def block_frequency(bits: BitArray, block: int) -> float:
    """Return whether blocks of so many bits have as many ones as zeros (2.2)."""
    from scipy.special import gammaincc

    count = len(bits) // block
    share = bits[: count * block].reshape(count, block).mean(axis=1)
    return float(gammaincc(count / 2, 2 * block * np.sum((share - 0.5) ** 2)))


def runs(bits: BitArray) -> float:
    """Return whether ones and zeros change places as often as they should (2.3); 0 where `frequency` fails badly."""
    from scipy.special import erfc

    n, share = len(bits), float(bits.mean())
    if abs(share - 0.5) >= 2 / np.sqrt(n):
        return 0.0
    seen = 1 + int(np.count_nonzero(bits[1:] != bits[:-1]))
    even = 2 * n * share * (1 - share)
    return float(erfc(abs(seen - even) / (2 * np.sqrt(2 * n) * share * (1 - share))))


def longest_run(bits: BitArray) -> float:
    """Return whether the longest runs of ones in blocks are as long as they should be (2.4).

    The chances of the classes are exact here; the standard's have four digits for blocks of 10,000, with which a
    million bits of √2 give .0121 instead of .0135.
    """
    block, low, high = next((m, a, b) for least, m, a, b in _RUN_CLASSES if len(bits) >= least)
    return against(longest_runs(bits, block, low, high), run_chances(block, low, high))


def longest_runs(bits: BitArray, block: int, low: int, high: int) -> NDArray[np.int64]:
    """Count the blocks whose longest run of ones is at most `low`, low + 1, … at least `high`."""
    count = len(bits) // block
    rows = np.zeros((count, block + 1), np.bool_)  # a zero behind each block ends its last run
    rows[:, :block] = bits[: count * block].reshape(count, block)
    flat = rows.ravel()
    place = np.arange(1, flat.size + 1)
    length = place - np.maximum.accumulate(np.where(flat, 0, place))
    longest = length.reshape(count, block + 1).max(axis=1)
    return np.bincount(np.clip(longest, low, high) - low, minlength=high - low + 1)


def run_chances(block: int, low: int, high: int) -> Real:
    """Return the chances of the classes of `longest_runs` for ideal bits, exactly."""
    return np.diff([0.0, *(_no_longer(block, k) for k in range(low, high)), 1.0])


def _no_longer(block: int, most: int) -> float:
    """Return the chance that no run of ones in a block is longer than `most`."""
    step = np.zeros((most + 1, most + 1))  # from the length of the run so far: a zero ends it, a one adds to it
    step[:, 0] = 0.5
    step[np.arange(most), np.arange(1, most + 1)] = 0.5
    return float(np.linalg.matrix_power(step, block)[0].sum())


def against(seen: NDArray[np.int64], chances: Real) -> float:
    """Return whether classes occur as often as their chances say (χ²)."""
    from scipy.special import gammaincc

    due = seen.sum() * chances
    return float(gammaincc((len(chances) - 1) / 2, np.sum((seen - due) ** 2 / due) / 2))


def cumulative_sums(bits: BitArray, *, backward: bool = False) -> float:
    """Return whether the walk of the bits, a step up for a one, strays as far as it should (2.13)."""
    from scipy.special import ndtr

    n = len(bits)
    walk = np.cumsum(2 * bits.astype(np.int64)[:: -1 if backward else 1] - 1)
    z = int(np.abs(walk).max())
    most = int(np.floor((n / z - 1) / 4))
    inner = np.arange(int(np.ceil((1 - n / z) / 4)), most + 1)
    outer = np.arange(int(np.ceil((-3 - n / z) / 4)), most + 1)
    unit = z / np.sqrt(n)
    both = np.sum(ndtr((4 * inner + 1) * unit) - ndtr((4 * inner - 1) * unit))
    past = np.sum(ndtr((4 * outer + 3) * unit) - ndtr((4 * outer + 1) * unit))
    return float(np.clip(1 - both + past, 0, 1))
