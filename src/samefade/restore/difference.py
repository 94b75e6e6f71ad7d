"""Take differences of samples a lag apart, one value for each pair: the slow part cancels, nothing is counted twice.

Overlapping differences of white noise are a first-order moving average with correlation −.5 between neighbours: each
sample enters two of them, and each bit tells of the next. So the pairs share no sample here, and do not interleave.
In the field: "m-lag difference" and "differential" quantisation, which takes the signs of these values.

A difference of lag m at rate r passes f with 2|sin(πfm/r)|: it assumes that the channel moves within the lag, and
where it does not, mostly noise is left.
The ends must be in step to the sample before: pairs that are one sample late share one sample of two, or none.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.restore.admit import admit
from samefade.restore.parts import Parts, parted
from samefade.types import Feature, Half, Terms


@dataclass(frozen=True)
class Difference:
    """Differences of samples a lag apart.

    Attributes:
        lag: Samples from the earlier to the later of a pair.
        every: Samples from one pair to the next; by default lag + 1, where one pair ends before the next begins.
            With `every` = 1 all differences are taken, which are dependent even where the samples are not.
    """

    lag: int = 1
    every: int | None = None

    def restore(self, x: Half, terms: Terms | None = None) -> Feature[Half]:  # noqa: ARG002 -- every restorer takes terms
        """Return x[i·every + lag] − x[i·every], (m,) or (m, k), each tone apart, at the rate of the pairs.

        A difference is usable when both of its samples were heard.

        Args:
            x: The observation, (n,) or (n, k).
            terms: Not used.

        Raises:
            ConstantSignal: When no tone varies, or every difference is the same up to rounding.
            NotFinite: When a value is NaN or infinite.
            OutOfRange: When `lag` or `every` is below 1.
            TooFewSamples: When there are no two pairs, or fewer than 2 are usable.
        """
        return self.split(x).small

    def split(self, x: Half, terms: Terms | None = None) -> Parts[Half]:  # noqa: ARG002 -- every decomposition takes terms
        """Return the earlier sample of each pair as large scale and the difference as small scale, (m,) or (m, k).

        They add up to the later sample of the pair; samples that belong to no pair are in no part.
        The earlier sample has fading and noise of its own, so the parts are not independent: of white noise their
        correlation is −.71. It is what a receiver without memory would guess: a poor estimate of the large scale.

        Args:
            x: The observation, (n,) or (n, k).
            terms: Not used.

        Raises:
            ConstantSignal, NotFinite, OutOfRange, TooFewSamples: As in `restore`.
        """
        step = self.lag + 1 if self.every is None else self.every
        for name, value in (("lag", self.lag), ("every", step)):
            if value < 1:
                raise OutOfRange(name, value, "at least 1")
        values = admit(x, least=self.lag + step + 1).astype(np.float64, copy=False)
        first = np.arange(0, len(values) - self.lag, step)
        usable = x.mask[first] & x.mask[first + self.lag]
        later = values[first + self.lag]
        return parted(x, later, later - values[first], usable, rate=x.rate / step, gain=2.0)
