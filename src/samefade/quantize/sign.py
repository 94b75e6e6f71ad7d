"""Quantise differences by their sign, and drop those that are too small to tell.

On `restore.Difference` this is differential quantisation (Zhang, Marshall and Hanzo, IEEE Transactions on Vehicular
Technology 2018, arXiv 1810.08031): up or down, ties and changes of at most ε left out.
`Differential` does both steps at once; here the differences stay a feature, so the account can say what Eve's own
differences and the ones before tell of them.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.quantize.cuts import Cut, Real, kept
from samefade.quantize.samples import usable
from samefade.types import Feature, Kept, Symbols, Terms


@dataclass(frozen=True)
class Sign:
    """One bit a value: 1 above zero.

    Attributes:
        epsilon: Values of at most this size, in their own unit, are dropped; 0 drops ties alone.
    """

    epsilon: float = 0.0

    @property
    def levels(self) -> int:
        """Return 2: one bit a symbol."""
        return 2

    def quantize(self, x: Feature[Kept], terms: Terms | None = None) -> Symbols:  # noqa: ARG002 -- every quantiser takes terms
        """Return the sign of every usable value beyond ε; `index` says what was kept.

        Nothing is charged yet: `common` charges the exchange of the indices.

        Raises:
            TypeError: When the feature was made of samples that were spoken.
            ConstantSignal: When the usable values do not vary.
            OutOfRange: When epsilon is negative or not finite, or there is more than one tone.
            TooFewSamples: When none is larger than ε.
        """
        index, values = usable(x.kept, least=2)
        return kept(self.cut(values), 2, index)

    def cut(self, values: Real) -> Cut:
        """Return the sign of each value, (m,), and which are larger than ε.

        Raises:
            OutOfRange: When epsilon is negative or not finite.
        """
        if not (np.isfinite(self.epsilon) and self.epsilon >= 0):
            raise OutOfRange("epsilon", self.epsilon, "a finite number of at least 0")
        size = np.abs(values)
        strength = (size - self.epsilon) / np.sqrt(np.mean(values**2))
        return Cut((values > 0).astype(np.uint8), size > self.epsilon, np.asarray(strength))
