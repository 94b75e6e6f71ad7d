"""What a one-way code is to the discussion: what it tells of a frame, what that costs, and which errors follow from it.

A secure sketch (Y. Dodis, R. Ostrovsky, L. Reyzin and A. Smith, SIAM Journal on Computing 38, 2008): end a tells a
function of its frame from which end b, who holds nearly the same frame, finds it.
For a linear code the syndrome and the code offset can be computed from each other, so both tell the same.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange, TooFewSamples
from samefade.reconcile.sheet import Sheet
from samefade.types import BitArray, Bits

Real = NDArray[np.float64]
Count = NDArray[np.int64]
_SHORTEST_SEED = 16


class Code(Protocol):
    """A code for frames of one width; frames that are a bit shorter are padded with a zero."""

    @property
    def name(self) -> str:
        """Return what the ledger calls it."""
        ...

    @property
    def settings(self) -> bytes:
        """Return what the other end must know of it, as it crosses the air."""
        ...

    @property
    def told(self) -> int:
        """Return the bits that are sent of each frame."""
        ...

    def tell(self, frames: BitArray) -> BitArray:
        """Return what is sent of the frames (m, width), (m, told)."""
        ...

    def correct(self, frames: BitArray, said: BitArray) -> tuple[BitArray, Count]:
        """Return the frames (m, width) corrected by what was said of the other end's (m, told), and the errors, (m,).

        −1 stands for a frame whose errors cannot be found; it stays as it is.
        """
        ...

    def cost(self, said: BitArray, sizes: Count) -> Real:
        """Return what is charged for each frame, (m,) bits, from what was said of it (m, told) and its length (m,)."""
        ...


def checked(bits: Bits, seed: bytes, frame: int) -> Sheet:
    """Return how a string is cut into frames of at most so many bits.

    Raises:
        TooFewSamples: When the string is empty.
        OutOfRange: When a value is neither 0 nor 1, or the seed is too short.
    """
    if not len(bits):
        raise TooFewSamples(have=0, need=1)
    if bits.values.ndim != 1 or not np.isin(bits.values, (0, 1)).all():
        raise OutOfRange("bits", f"array of shape {bits.values.shape}", "one row of values 0 and 1")
    if len(seed) < _SHORTEST_SEED:
        raise OutOfRange("seed", f"{len(seed)} bytes", f"at least {_SHORTEST_SEED} bytes")
    return Sheet(len(bits), frame, bytes(seed))


def failing(size: int, rate: float, allowed: float) -> int:
    """Return the least number of errors that `size` symbols exceed with at most this probability: the binomial tail.

    Errors are taken for independent of each other; where they come in bursts, frames fail more often.
    """
    from scipy.special import bdtrc

    tails = bdtrc(np.arange(size), size, rate)
    return int(np.count_nonzero(tails > allowed))
