"""Count how many new words a string of symbols takes: the complexity of Lempel and Ziv 1976.

A. Lempel and J. Ziv, "On the complexity of finite sequences", IEEE Transactions on Information Theory 22 (1976);
the counting as in F. Kaspar and H. G. Schuster, Physical Review A 36 (1987), whose 0001101001000101 has complexity 6:
0·001·10·100·1000·101.
A word is the shortest continuation that does not occur in what stands before its last symbol; a last word that is
cut off counts as one.
It says how varied a string looks, and nothing of who could guess it: it chooses parameters, and no account uses it.
"""

import numpy as np

from samefade.errors import OutOfRange, TooFewSamples
from samefade.types import Integer


def complexity(symbols: Integer) -> int:
    """Return the number of words c of the symbols (n,), each from 0 to 255; 0 of none.

    Raises:
        OutOfRange: When they are not one row of integers from 0 to 255.
    """
    given = np.asarray(symbols)
    if given.ndim != 1 or (len(given) and (not np.issubdtype(given.dtype, np.integer) or _outside(given))):
        raise OutOfRange("symbols", f"{given.dtype} of shape {given.shape}", "one row of integers 0 to 255")
    text = given.astype(np.uint8).tobytes()
    count, start, length = 0, 0, 1
    while start < len(text):
        # longer and longer words from here, as long as each is found starting anywhere before
        while start + length <= len(text) and text[start : start + length] in text[: start + length - 1]:
            length += 1
        count, start, length = count + 1, start + length, 1
    return count


def normalised_complexity(symbols: Integer, levels: int = 2) -> float:
    """Return c·log_levels(n) / n: near 1 for independent fair symbols and long strings, near 0 for a constant.

    Raises:
        TooFewSamples: When there are fewer than 2 symbols.
        OutOfRange: When they are not one row of integers from 0 to 255, or `levels` is below 2.
    """
    if levels < 2:
        raise OutOfRange("levels", levels, "at least 2")
    n = len(symbols)
    if n < 2:
        raise TooFewSamples(have=n, need=2)
    return float(complexity(symbols) * np.log(n) / np.log(levels) / n)


def _outside(given: Integer) -> bool:
    return bool(given.min() < 0 or given.max() > 255)
