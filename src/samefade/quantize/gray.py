"""Turn symbols into bits by the reflected Gray code: neighbouring levels differ in one bit (Gray 1953)."""

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange
from samefade.quantize.samples import check_levels
from samefade.types import BitArray, Bits, Integer, Symbols


def gray(values: Integer, levels: int) -> BitArray:
    """Return the Gray code of each value, most significant bit first, (m · log2 levels,).

    Args:
        values: (m,) integers 0 to levels − 1.
        levels: A power of two.

    Raises:
        OutOfRange: When a value is not one of the levels, or `levels` is no power of two from 2 to 256.
    """
    given = np.asarray(values)
    width = check_levels(levels).bit_length() - 1
    bad = int(np.count_nonzero((given < 0) | (given >= levels)))
    if bad:
        raise OutOfRange("symbols", f"{bad} outside", f"0 to {levels - 1}")
    code = given.astype(np.int64)
    code ^= code >> 1
    return ((code[:, None] >> _shifts(width)) & 1).astype(np.uint8).ravel()


def ungray(bits: BitArray, levels: int) -> NDArray[np.uint8]:
    """Return the values whose Gray code is given: the inverse of `gray`, (m,).

    Args:
        bits: (m · log2 levels,) of 0 and 1, most significant bit first.
        levels: A power of two.

    Raises:
        OutOfRange: When the bits fill no whole number of symbols, or `levels` is no power of two from 2 to 256.
    """
    width = check_levels(levels).bit_length() - 1
    if len(bits) % width:
        raise OutOfRange("number of bits", len(bits), f"a multiple of {width}")
    # each bit of the value is the parity of the code's bits down to it
    plain = np.bitwise_xor.accumulate(np.asarray(bits, np.int64).reshape(-1, width), axis=1)
    return np.asarray((plain << _shifts(width)).sum(axis=1), np.uint8)


def to_bits(symbols: Symbols) -> Bits:
    """Return the Gray code of the symbols, with their ledger.

    Every bit has its symbol's reliability.

    Raises:
        OutOfRange: When a symbol is not one of its levels.
    """
    width = check_levels(symbols.levels).bit_length() - 1
    reliability = None if symbols.reliability is None else np.repeat(symbols.reliability, width)
    return Bits(gray(symbols.values, symbols.levels), width, symbols.public, reliability)


def _shifts(width: int) -> NDArray[np.int64]:
    return np.arange(width - 1, -1, -1)
