"""Predict by a dictionary of strings, as LZ78 with Bernstein's Yabba variant keeps (SP 800-90B, section 6.3.10)."""

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b.alphabet import checked
from samefade.entropy.sp80090b.prediction import prediction

LONGEST = 16
MOST = 65_536  # strings in the dictionary
_NEED = LONGEST + 3  # two predictions


def lz78y(symbols: NDArray[np.uint8], alphabet: int) -> float:
    """Return the LZ78Y estimate, bits a symbol.

    Args:
        symbols: (n,) symbols 0 … alphabet − 1.
        alphabet: How many symbols there are.

    Raises:
        OutOfRange: When the symbols are no bytes below the alphabet.
        TooFewSamples: When there are fewer than 19.
    """
    from samefade.entropy.sp80090b.dictionary_loops import dictionary

    n = len(checked(symbols, alphabet, need=_NEED))
    right, run = dictionary(symbols, alphabet, LONGEST, min(MOST, LONGEST * n))
    return prediction(right, n - LONGEST - 1, run, alphabet)
