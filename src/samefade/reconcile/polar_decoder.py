"""Find the likeliest string of a frame that fits everything told of it, and decide whether to believe it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log

import numpy as np

from samefade.reconcile.polar_layout import short_check, transform
from samefade.reconcile.polar_order import Order, padded
from samefade.types import BitArray, Float

SUREST = 20.0  # nats: what claims to be surer could cost more than 29 bits when it is wrong
_KNOWN = 1e4  # nats, of the zeros that pad a frame
# bits: a wrong string is believed with probability 2^-MARGIN at most in each round, whatever the ratios are worth
MARGIN = 11


@dataclass
class Frame:
    """What the corrector knows of one frame.

    Attributes:
        order: (n,) the order in which transformed bits are told.
        width: Paths that the decoder follows.
        ratios: (n,) log-likelihood ratios, nats, positive for a 0.
        told: How many transformed bits were told.
        check: The short check, once it was told.
        bits: (n,) the string, once it is believed.
    """

    order: Order
    width: int
    ratios: Float
    told: int = 0
    check: BitArray = field(default_factory=lambda: np.zeros(0, np.uint8))
    bits: BitArray | None = None
    _mask: BitArray = field(init=False)
    _values: BitArray = field(init=False)

    def __post_init__(self) -> None:
        """Know the zeros of the padding only."""
        size = padded(len(self.order))
        self._mask, self._values = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
        self._mask[len(self.order) :] = 1

    def hear(self, told: BitArray) -> None:
        """Take the next transformed bits."""
        where = self.order[self.told : self.told + len(told)]
        self._mask[where], self._values[where] = 1, told
        self.told += len(told)

    def solve(self, fits: Callable[[BitArray], bool] | None = None) -> bool:
        """Look for the string, and return whether there is one to believe.

        A candidate is believed when its check fits and when −log2 of its probability stays MARGIN below what was
        told, check included.
        At most 2^m strings have a −log2 probability of m or less, whatever the probabilities are worth, and each
        fits k told bits with probability 2^-k, so a wrong one is believed with probability 2^-MARGIN at most.
        """
        size = len(self.order)
        self.bits = None
        if self.told == size:
            self.bits = transform(self._values)[:size]
            return True
        for bits in self._candidates():
            if np.array_equal(short_check(bits, len(self.check)), self.check) and (fits is None or fits(bits)):
                self.bits = bits
                return True
        return False

    def _candidates(self) -> BitArray:
        from samefade.reconcile.polar_loops import decode

        size = len(self.order)
        ratios = np.full(len(self._mask), _KNOWN, np.float32)
        ratios[:size] = self.ratios
        found, _ = decode(ratios, self._mask, self._values, self.width)
        found = found[:, :size]
        content = np.logaddexp(0.0, np.where(found == 1, self.ratios, -self.ratios)).sum(axis=1) / log(2)
        return found[content <= self.told + len(self.check) - MARGIN]
