"""Predict by the most common value in four windows (SP 800-90B, section 6.3.7)."""

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b.alphabet import checked
from samefade.entropy.sp80090b.prediction import prediction

WINDOWS = (63, 255, 1023, 4095)
_NEED = WINDOWS[-1] + 1


def multi_mcw(symbols: NDArray[np.uint8], alphabet: int) -> float:
    """Return the MultiMCW estimate, bits a symbol.

    Args:
        symbols: (n,) symbols 0 … alphabet − 1.
        alphabet: How many symbols there are.

    Raises:
        OutOfRange: When the symbols are no bytes below the alphabet.
        TooFewSamples: When there are fewer than 4,096, the longest window and one.
    """
    from samefade.entropy.sp80090b.window_loops import most_common_in_window

    right, run = most_common_in_window(checked(symbols, alphabet, need=_NEED), alphabet, np.array(WINDOWS))
    return prediction(right, len(symbols) - WINDOWS[0], run, alphabet)
