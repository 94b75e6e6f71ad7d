"""Check symbols before a compiled loop uses them as places in a table."""

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange, TooFewSamples


def checked(symbols: NDArray[np.uint8], alphabet: int, *, need: int) -> NDArray[np.uint8]:
    """Return the symbols, which are bytes below `alphabet` and at least `need` in number.

    Args:
        symbols: (n,) symbols.
        alphabet: How many symbols there can be, 1 to 256.
        need: How many samples the estimator needs.

    Raises:
        OutOfRange: When the symbols are no row of bytes, or one is not of the alphabet.
        TooFewSamples: When there are fewer than `need`.
    """
    if symbols.ndim != 1 or symbols.dtype != np.uint8:
        raise OutOfRange("symbols", f"{symbols.dtype} of shape {symbols.shape}", "one row of uint8")
    if len(symbols) < need:
        raise TooFewSamples(have=len(symbols), need=need)
    if not 1 <= alphabet <= 256:
        raise OutOfRange("alphabet", alphabet, "1 to 256")
    if symbols.max() >= alphabet:
        raise OutOfRange("symbols", int(symbols.max()), f"0 to {alphabet - 1}")
    return symbols
