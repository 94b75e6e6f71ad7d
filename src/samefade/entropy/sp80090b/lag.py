"""Predict each symbol by the one so many before it (SP 800-90B, section 6.3.8)."""

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b.alphabet import checked
from samefade.entropy.sp80090b.prediction import prediction

LAGS = 128
_NEED = 3


def lag(symbols: NDArray[np.uint8], alphabet: int) -> float:
    """Return the lag estimate, bits a symbol.

    Args:
        symbols: (n,) symbols 0 … alphabet − 1.
        alphabet: How many symbols there are.

    Raises:
        OutOfRange: When the symbols are no bytes below the alphabet.
        TooFewSamples: When there are fewer than 3.
    """
    from samefade.entropy.sp80090b.lag_loops import echoed

    n = len(checked(symbols, alphabet, need=_NEED))
    # newest first, so that the last 128 symbols are a slice; −1 is no symbol
    newest = np.concatenate([symbols[::-1].astype(np.int16), np.full(LAGS, -1, np.int16)])
    right, run = echoed(newest, n, LAGS)
    return prediction(right, n - 1, run, alphabet)
