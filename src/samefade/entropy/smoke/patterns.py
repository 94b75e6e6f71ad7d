"""Look for patterns: the tests of SP 800-22 rev. 1a on periods, on linear dependence and on short strings.

Each takes bits (n,), 0 or 1, and returns the chance that ideal bits look at least as odd; `smoke` checks the bits and
sees to it that there are enough.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.smoke.counts import against
from samefade.types import BitArray

Real = NDArray[np.float64]

_SIDE = 32  # of the matrices: 2.5.2


def rank(bits: BitArray) -> float:
    """Return whether 32 × 32 matrices of the bits have full rank over GF(2) as often as they should (2.5)."""
    return against(ranks(bits), rank_chances())


def ranks(bits: BitArray) -> NDArray[np.int64]:
    """Count the matrices of rank 32, of rank 31, and of a lower one."""
    count = len(bits) // _SIDE**2
    packed = np.packbits(bits[: count * _SIDE**2].astype(np.uint8)).view(">u4").astype(np.uint32)
    rows = packed.reshape(count, _SIDE)
    found = np.zeros(count, np.int64)
    each, place = np.arange(count), np.arange(_SIDE)
    for column in range(_SIDE):
        # a row below those found so far that has a one here becomes the next, and clears the column in all others
        has = (rows >> np.uint32(_SIDE - 1 - column)) & 1 == 1
        pivot = (has & (place >= found[:, None])).argmax(axis=1)
        able = has[each, pivot] & (pivot >= found)
        at, here, there = each[able], pivot[able], found[able]
        chosen = rows[at, here]
        rows[at, here] = rows[at, there]
        rows[at, there] = chosen
        has[at, here], has[at, there] = has[at, there], False
        rows[at] ^= np.where(has[at], chosen[:, None], np.uint32(0))
        found[able] += 1
    return np.bincount(np.clip(_SIDE - found, 0, 2), minlength=3)


def rank_chances() -> Real:
    """Return the chances of rank 32, of 31, and of a lower one (3.5)."""
    index = np.arange(_SIDE, dtype=np.float64)
    full = float(np.prod(1 - 2.0 ** (index - _SIDE)))
    # of rank r: 2^(r(2·32 − r) − 32²) ∏ (1 − 2^(i−32))² / (1 − 2^(i−r)), i < r
    r, i = _SIDE - 1, index[:-1]
    less = float(
        2.0 ** (r * (2 * _SIDE - r) - _SIDE**2) * np.prod((1 - 2.0 ** (i - _SIDE)) ** 2 / (1 - 2.0 ** (i - r)))
    )
    return np.array([full, less, 1 - full - less])


def spectrum(bits: BitArray) -> float:
    """Return whether as many peaks of the discrete Fourier transform are high as should be (2.6).

    The constants are those of revision 1a: the threshold √(n ln 20) and the variance n·0.95·0.05/4.
    """
    from scipy.special import erfc

    n = len(bits)
    peaks = np.abs(np.fft.rfft(2.0 * bits - 1))[: n // 2]
    below = np.count_nonzero(peaks < np.sqrt(n * np.log(20)))
    return float(erfc(abs(below - 0.95 * n / 2) / np.sqrt(n * 0.95 * 0.05 / 4) / np.sqrt(2)))


def serial(bits: BitArray, length: int) -> tuple[float, float]:
    """Return whether all strings of so many bits occur equally often: first and second difference (2.11)."""
    from scipy.special import gammaincc

    psi = [_psi(bits, m) for m in (length, length - 1, length - 2)]
    first, second = psi[0] - psi[1], psi[0] - 2 * psi[1] + psi[2]
    return float(gammaincc(2.0 ** (length - 2), first / 2)), float(gammaincc(2.0 ** (length - 3), second / 2))


def approximate_entropy(bits: BitArray, length: int) -> float:
    """Return whether strings of so many bits tell as little of the next bit as they should (2.12)."""
    from scipy.special import gammaincc

    n = len(bits)
    excess = 2 * n * (np.log(2) - (_phi(bits, length) - _phi(bits, length + 1)))
    return float(gammaincc(2.0 ** (length - 1), excess / 2))


def _occurrences(bits: BitArray, length: int) -> NDArray[np.int64]:
    """Count each string of so many bits, the record being a ring."""
    n, code = len(bits), np.zeros(len(bits), np.int64)
    ring = np.concatenate([bits, bits[: max(0, length - 1)]]).astype(np.int64)
    for shift in range(length):
        code = 2 * code + ring[shift : shift + n]
    return np.bincount(code, minlength=2**length)


def _psi(bits: BitArray, length: int) -> float:
    if length < 1:
        return 0.0
    seen = _occurrences(bits, length).astype(np.float64)
    return float(2.0**length / len(bits) * np.sum(seen**2) - len(bits))


def _phi(bits: BitArray, length: int) -> float:
    if length < 1:
        return 0.0
    seen = _occurrences(bits, length)
    share = seen[seen > 0] / len(bits)
    return float(np.sum(share * np.log(share)))
