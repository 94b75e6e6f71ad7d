"""Count how often strings are repeated in a string, for the t-tuple and the longest repeated substring estimates."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b.alphabet import checked
from samefade.entropy.sp80090b.suffix_array import common_prefixes, suffix_array

OFTEN = 35  # how often a string has to be there for its share to be trusted (6.3.5, step 1)


@dataclass(frozen=True)
class Repeats:
    """What is repeated in a string of n symbols.

    Attributes:
        samples: n.
        alphabet: How many symbols there can be.
        most: (v + 1,) how often the most common string of each length is there, Q of 6.3.5; [0] is not used.
        pairs: (v + 1,) how many pairs of places hold the same string of each length: the sum of 6.3.6, step 2.
    """

    samples: int
    alphabet: int
    most: NDArray[np.int32] = field(hash=False)
    pairs: NDArray[np.int64] = field(hash=False)

    @property
    def longest(self) -> int:
        """Return the length of the longest repeated string, v."""
        return len(self.most) - 1

    @property
    def rare(self) -> int:
        """Return the least length of which no string is there 35 times, u."""
        often = self.most[1:] >= OFTEN
        return int(np.argmin(often)) + 1 if not often.all() else len(self.most)


def repeats(symbols: NDArray[np.uint8], alphabet: int) -> Repeats:
    """Return what is repeated, from the common prefixes of neighbouring suffixes in linear time.

    Args:
        symbols: (n,) symbols 0 … alphabet − 1.
        alphabet: How many symbols there can be.

    Raises:
        OutOfRange: When the symbols are no bytes below the alphabet.
        TooFewSamples: When there are none.
    """
    from samefade.entropy.sp80090b.repeat_loops import intervals

    text = checked(symbols, alphabet, need=1).astype(np.int32)
    most, pairs = intervals(common_prefixes(text, suffix_array(text, alphabet)))
    # a string's prefix is there at least as often; and of pairs, the intervals hold the differences
    most = np.maximum.accumulate(most[::-1])[::-1]
    return Repeats(len(symbols), alphabet, most, np.cumsum(pairs[::-1])[::-1])
