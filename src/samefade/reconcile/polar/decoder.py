"""Find the likeliest string of a frame that fits everything told of it, and decide whether to believe it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log

import numpy as np

from samefade.reconcile.polar.layout import short_check, transform
from samefade.reconcile.polar.order import Order, padded
from samefade.types import BitArray, Float

SUREST = 20.0  # nats: what claims to be surer could cost more than 29 bits when it is wrong
_KNOWN = 1e4  # nats, of the zeros that pad a frame
# bits by which what was told must exceed what the string holds, see `Frame.solve`
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
        Two kinds of wrong strings could pass.
        Those that have nothing to do with the right one: at most 2^m strings have a −log2 probability of m or less,
        however wrong the ratios are, and each fits k bits of parity with probability 2^-k, so one is believed with
        probability 2^-MARGIN at most.
        And those that differ from it by a light word of the code, which fits all that was told: of these the list
        holds a few, and only the check tells them apart, each with probability 1 − 2^-check.
        Measured with 12 bits of check: .3 % of frames (256 bits, 5 % errors), and half of that with each bit more.
        To ask a candidate to be likelier than its rivals costs more bits than a check that does as much.
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
        from samefade.reconcile.polar.loops import decode

        size = len(self.order)
        ratios = np.full(len(self._mask), _KNOWN, np.float32)
        ratios[:size] = self.ratios
        found, _ = decode(ratios, self._mask, self._values, self.width)
        found = found[:, :size]
        flipped = (found != (self.ratios < 0)).astype(np.float64)
        strength = np.abs(self.ratios)
        content = (np.log1p(np.exp(-strength)).sum() + flipped @ strength) / log(2)
        return np.asarray(found[content <= self.told + len(self.check) - MARGIN])
