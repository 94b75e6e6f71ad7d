"""Measure two bit strings: disagreement, and the naive key rate of the papers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from samefade.errors import EndsDisagree, OutOfRange, TooFewSamples
from samefade.types import BitArray


class KeyRate(NamedTuple):
    """What the papers call the key generation rate, at one threshold. It is no secrecy rate: bits may depend.

    Attributes:
        bits_per_packet: Bits of the accepted keys over the packets that all keys consumed.
        error_rate: Share of mismatched bits in the accepted keys; NaN where none was accepted.
        accepted: How many keys had at most the threshold's number of mismatches.
        keys: How many keys there were.
    """

    bits_per_packet: float
    error_rate: float
    accepted: int
    keys: int


def disagreement(a: ArrayLike, b: ArrayLike) -> float:
    """Return the share of bits that differ (bit error rate), 0 to 1.

    Args:
        a: One end's bits, (m,) of 0 and 1.
        b: The other end's bits, (m,) of 0 and 1.

    Raises:
        EndsDisagree: When the lengths differ.
        OutOfRange: When a value is neither 0 nor 1.
        TooFewSamples: When there are no bits.
    """
    x, y = _bits(a, b)
    return float(np.mean(x != y))


def key_rate(
    a: ArrayLike,
    b: ArrayLike,
    key_bits: int = 256,
    thresholds: Sequence[int] = (5, 10, 20),
    *,
    packets: float,
) -> dict[int, KeyRate]:
    """Cut both strings into keys and count, for each threshold, those with at most so many mismatches.

    Bits that fill no whole key, and their share of the packets, are left out.
    The error rate over all keys is `disagreement`.

    Args:
        a: One end's bits, (m,) of 0 and 1.
        b: The other end's bits, (m,) of 0 and 1.
        key_bits: Bits a key.
        thresholds: Numbers of mismatches that are still accepted.
        packets: How many packets (samples) the m bits were made of.

    Raises:
        EndsDisagree: When the lengths differ.
        OutOfRange: When a value is neither 0 nor 1, or a parameter makes no sense.
        TooFewSamples: When the bits do not fill one key.
    """
    x, y = _bits(a, b)
    if key_bits < 1:
        raise OutOfRange("key_bits", key_bits, "at least 1")
    if not (np.isfinite(packets) and packets > 0):
        raise OutOfRange("packets", packets, "a positive number")
    keys = len(x) // key_bits
    if keys == 0:
        raise TooFewSamples(have=len(x), need=key_bits)
    wrong = np.count_nonzero((x != y)[: keys * key_bits].reshape(keys, key_bits), axis=1)
    consumed = packets * keys * key_bits / len(x)
    return {limit: _at(limit, wrong, key_bits, consumed) for limit in thresholds}


def _at(limit: int, wrong: np.ndarray[tuple[int, ...], np.dtype[np.int_]], key_bits: int, consumed: float) -> KeyRate:
    if not 0 <= limit <= key_bits:
        raise OutOfRange("thresholds", limit, f"0 to {key_bits} mismatches")
    accepted = wrong[wrong <= limit]
    error = float(np.mean(accepted)) / key_bits if len(accepted) else float("nan")
    return KeyRate(len(accepted) * key_bits / consumed, error, len(accepted), len(wrong))


def _bits(a: ArrayLike, b: ArrayLike) -> tuple[BitArray, BitArray]:
    x, y = np.asarray(a), np.asarray(b)
    if x.shape != y.shape:
        raise EndsDisagree("number of bits", x.shape, y.shape)
    if x.ndim != 1:
        raise OutOfRange("dimensions", x.ndim, "1")
    if len(x) == 0:
        raise TooFewSamples(have=0, need=1)
    for end, bits in (("a", x), ("b", y)):
        odd = int(np.count_nonzero((bits != 0) & (bits != 1)))
        if odd:
            raise OutOfRange(f"bits of {end}", f"{odd} of another value", "0 and 1")
    return x.astype(np.uint8), y.astype(np.uint8)
