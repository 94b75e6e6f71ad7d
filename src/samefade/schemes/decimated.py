"""samefade's own first scheme: average blocks of samples until a neighbour is worth its bits.

Smoothing makes two strings agree by repeating each sample many times; averaging over a block and keeping **one**
value of it removes the same noise and repeats nothing.
How long a block is, and how many levels a value is worth, is chosen from spoken samples: the choice with the highest
expected secret bits a second, entropy given the past minus what correcting the errors will tell.

It assumes that the channel moves in the kept half much as it did in the spoken half; where it does not, the account
of the kept half says so and the key is smaller or none.
"""

from dataclasses import dataclass, replace
from math import log2

from samefade import restore
from samefade.entropy import gaussian
from samefade.errors import NotEnough
from samefade.quantize import edges
from samefade.schemes.expectation import expected_errors
from samefade.schemes.scheme import Restorer, Scheme
from samefade.types import Spoken, Terms

STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 100, 128, 160, 200, 256)


@dataclass(frozen=True, kw_only=True)
class Decimated(Scheme):
    """Average blocks, keep one value of each, and quantise it as finely as its noise allows.

    Attributes:
        levels_tried: Numbers of quantiser levels to choose from.
        efficiency: Bits told in public for each bit of n·h(p): Cascade, charged in both directions, as measured.
    """

    restore: Restorer = restore.BlockMean()
    levels_tried: tuple[int, ...] = (2, 4, 8)
    efficiency: float = 2.15

    def agree(self, a: Spoken, b: Spoken, seed: bytes = bytes(16)) -> Terms:
        """Learn lag, block length and number of levels from spoken samples.

        Raises:
            NotEnough: When there are too few spoken samples, or an end does not vary.
        """
        terms = super().agree(a, b, seed)
        tried = [
            replace(terms, step=step, levels=levels)
            for step in STEPS
            for levels in self.levels_tried
            if step * 50 <= len(a)
        ]
        best = max(
            tried, key=lambda t: self._expected_rate(a, b, t), default=replace(terms, levels=self.levels_tried[0])
        )
        return replace(best, expected_errors=self._errors(a, b, best))

    def _errors(self, a: Spoken, b: Spoken, terms: Terms) -> float:
        return expected_errors(self.feature(a, terms), self.feature(b, terms), terms.levels or 2)

    def _expected_rate(self, a: Spoken, b: Spoken, terms: Terms) -> float:
        """Return the expected secret bits per original sample, before fixed costs."""
        levels = terms.levels or 2
        try:
            fa = self.feature(a, terms)
            entropy = gaussian(fa.values[fa.usable], edges(fa, levels))
            errors = self._errors(a, b, terms)
        except NotEnough:
            return -1.0
        told = self.efficiency * log2(levels) * _binary_entropy(errors)
        return (entropy - told) / terms.step


def _binary_entropy(p: float) -> float:
    return -p * log2(p) - (1 - p) * log2(1 - p)
