"""Quantise to one bit and drop what lies near the mean (mean ± α·σ).

Mathur et al. 2008 call the thresholds q+ and q−; KGNet (Zhang et al. 2021) uses α = 0.3.
Both ends must keep the same samples, so each tells the other which it kept: see `common`.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange, TooFewSamples
from samefade.quantize.samples import usable
from samefade.types import Feature, Kept, Symbols, Terms


@dataclass(frozen=True)
class GuardBand:
    """One bit a sample, with a band around the mean that is dropped.

    Attributes:
        alpha: Half of the band's width in standard deviations.
    """

    alpha: float = 0.3

    @property
    def levels(self) -> int:
        """Return 2: one bit a symbol."""
        return 2

    def quantize(self, x: Feature[Kept], terms: Terms | None = None) -> Symbols:  # noqa: ARG002 -- every quantiser takes terms
        """Return 1 above mean + α·σ, 0 below mean − α·σ, and nothing between; `index` says what was kept.

        Nothing is charged yet: `common` charges the exchange of the indices.
        Reliability is the distance to the nearer threshold in units of σ.

        Raises:
            TypeError: When the feature was made of samples that were spoken.
            ConstantSignal: When the usable samples do not vary.
            OutOfRange: When alpha is negative or not finite, or there is more than one tone.
            TooFewSamples: With fewer than 2 usable samples, or when all lie within the band.
        """
        x = x.kept
        if not (np.isfinite(self.alpha) and self.alpha >= 0):
            raise OutOfRange("alpha", self.alpha, "a finite number of at least 0")
        index, values = usable(x, least=2)
        score = (values - values.mean()) / values.std()
        outside = np.abs(score) > self.alpha
        if not outside.any():
            raise TooFewSamples(have=0, need=1)
        kept = score[outside]
        return Symbols((kept > 0).astype(np.uint8), 2, index[outside], reliability=np.abs(kept) - self.alpha)
