"""Predict by Markov chains of orders 1 to 16 (SP 800-90B, section 6.3.9)."""

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b.alphabet import checked
from samefade.entropy.sp80090b.prediction import prediction

ORDERS = 16
MOST = 100_000  # entries of each order's dictionary
_NEED = ORDERS + 1  # the first symbol that the highest order learns


def multi_mmc(symbols: NDArray[np.uint8], alphabet: int) -> float:
    """Return the MultiMMC estimate, bits a symbol.

    Args:
        symbols: (n,) symbols 0 … alphabet − 1.
        alphabet: How many symbols there are.

    Raises:
        OutOfRange: When the symbols are no bytes below the alphabet.
        TooFewSamples: When there are fewer than 17.
    """
    from samefade.entropy.sp80090b.bit_chain_loops import bit_chains
    from samefade.entropy.sp80090b.chain_loops import chains

    n = len(checked(symbols, alphabet, need=_NEED))
    entries = sum(min(MOST, n, alphabet ** (order + 1)) for order in range(1, ORDERS + 1))
    if alphabet <= 2:
        right, run = bit_chains(symbols, ORDERS, MOST)
    else:
        right, run = chains(symbols, ORDERS, MOST, (2 * entries).bit_length())
    return prediction(right, n - 2, run, alphabet)
