"""Quantise the sign of change: up or down, ties dropped.

It sees no trend and needs no thresholds, but neighbouring differences share a sample: of independent samples they are
a moving average with lag-1 correlation −½. So pairs do not overlap unless that is asked for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange, TooFewSamples
from samefade.quantize.samples import usable
from samefade.types import Feature, Kept, Mask, Symbols, Terms


@dataclass(frozen=True)
class Differential:
    """One bit for each pair of samples: 1 where the later is higher.

    Attributes:
        lag: How many samples lie from the one of a pair to the other.
        epsilon: Changes of at most this size, in the unit of the values, are ties and are dropped.
        overlapping_dependent_pairs: Use every sample in two pairs: twice the bits, which depend on each other.
    """

    lag: int = 1
    epsilon: float = 0.0
    overlapping_dependent_pairs: bool = False

    @property
    def levels(self) -> int:
        """Return 2: one bit a symbol."""
        return 2

    def quantize(self, x: Feature[Kept], terms: Terms | None = None) -> Symbols:  # noqa: ARG002 -- every quantiser takes terms
        """Return the sign of change of every pair whose samples are both usable; `index` is the earlier sample's.

        Nothing is charged yet: `common` charges the exchange of the indices of ties.
        Reliability is the size of the change beyond epsilon in units of the spread of the changes.

        Raises:
            TypeError: When the feature was made of samples that were spoken.
            ConstantSignal: When the usable samples do not vary.
            OutOfRange: When lag is below 1, epsilon negative or not finite, or there is more than one tone.
            TooFewSamples: When no pair changes by more than epsilon.
        """
        x = x.kept
        if self.lag < 1:
            raise OutOfRange("lag", self.lag, "at least 1 sample")
        if not (np.isfinite(self.epsilon) and self.epsilon >= 0):
            raise OutOfRange("epsilon", self.epsilon, "a finite number of at least 0")
        usable(x, least=self.lag + 1)
        first = np.flatnonzero(self.candidates(x.usable))
        change = x.values[first + self.lag].astype(np.float64) - x.values[first]
        moved = np.abs(change) > self.epsilon
        if not moved.any():
            raise TooFewSamples(have=0, need=1)
        change = change[moved]
        strength = (np.abs(change) - self.epsilon) / np.sqrt(np.mean(change**2))
        return Symbols((change > 0).astype(np.uint8), 2, first[moved], reliability=strength)

    def candidates(self, usable: Mask) -> Mask:
        """Return which samples are the earlier of a pair that can both be used, (n,)."""
        first = self._first(len(usable))
        out = np.zeros(len(usable), np.bool_)
        out[first] = usable[first] & usable[first + self.lag]
        return out

    def _first(self, n: int) -> NDArray[np.int64]:
        start = np.arange(max(n - self.lag, 0))
        # in blocks of 2·lag, the first half pairs with the second
        return start if self.overlapping_dependent_pairs else start[start % (2 * self.lag) < self.lag]
