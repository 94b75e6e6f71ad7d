"""samefade's own first scheme: average blocks of samples until a neighbour is worth its bits.

Smoothing makes two strings agree by repeating each sample many times; averaging over a block and keeping **one**
value of it removes the same noise and repeats nothing.
How long a block is, and how many levels a value is worth, is chosen from spoken samples: the choice with the highest
expected secret bits a second, entropy given the past minus what correcting the errors will tell.

It assumes that the channel moves in the kept half much as it did in the spoken half; where it does not, the account
of the kept half says so and the key is smaller or none.
"""

from dataclasses import dataclass, replace
from math import inf, log2

from samefade import restore
from samefade.entropy import gaussian
from samefade.errors import NotEnough
from samefade.quantize import edges
from samefade.schemes.expectation import expected_errors, least_told
from samefade.schemes.scheme import Restorer, Scheme
from samefade.types import Feature, Spoken, Terms

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
        best, most = replace(terms, levels=self.levels_tried[0]), -inf
        for step in (step for step in STEPS if step * 50 <= len(a)):
            blocks = replace(terms, step=step)
            fa, fb = self.feature(a, blocks), self.feature(b, blocks)
            for levels in self.levels_tried:
                rate = self._expected_rate(fa, fb, levels)
                if rate > most:
                    best, most = replace(blocks, levels=levels), rate
        fa, fb = self.feature(a, best), self.feature(b, best)
        return replace(best, expected_errors=expected_errors(fa, fb, best.levels or 2))

    def _expected_rate(self, a: Feature[Spoken], b: Feature[Spoken], levels: int) -> float:
        """Return the expected secret bits per original sample, before fixed costs; −1 where nothing can be judged."""
        try:
            entropy = gaussian(a.values[a.usable], edges(a, levels))
            errors = expected_errors(a, b, levels)
        except NotEnough:
            return -1.0
        told = self.efficiency * least_told(log2(levels), errors)
        return (entropy - told) * a.rate / a.source.rate
