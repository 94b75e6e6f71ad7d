"""Quantise into several levels and drop what lies near a threshold: mean ± α·σ generalised to m levels.

Thresholds are those that make m levels of a normal law equally likely, mean + σ·Φ⁻¹(i/m); around each a band of ±α·σ
is dropped. With two levels this is the guard band of Mathur et al. 2008 (`GuardBand`).
LoRa-Key (Xu, Jha and Hu 2019), LoRa-LiSK (Junejo et al. 2022) and Han et al. 2020 quantise into several levels; their
thresholds are not known to us, so these are ours.
Both ends must keep the same samples, so each tells the other which it kept: see `common`.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.quantize.cuts import Cut, Real, between, kept
from samefade.quantize.samples import check_levels, usable
from samefade.types import Feature, Kept, Symbols, Terms


@dataclass(frozen=True)
class Guarded:
    """Several levels with a guard band around each threshold; Gray-coded by `to_bits`.

    Attributes:
        levels: How many levels, a power of two; `terms.levels` goes first where calibration chose it.
        alpha: Half of each band's width in standard deviations; `terms.thresholds["alpha"]` goes first.
    """

    levels: int = 4
    alpha: float = 0.1

    def quantize(self, x: Feature[Kept], terms: Terms | None = None) -> Symbols:
        """Return the level of every usable sample outside the bands; `index` says what was kept.

        Nothing is charged yet: `common` charges the exchange of the indices.
        Reliability is the distance to the nearest edge of a band in units of σ.

        Raises:
            TypeError: When the feature was made of samples that were spoken.
            ConstantSignal: When the usable samples do not vary.
            OutOfRange: When a parameter makes no sense, or there is more than one tone.
            TooFewSamples: With fewer than 2 usable samples, or when all lie within a band.
        """
        own = self.agreed(terms)
        index, values = usable(x.kept, least=2)
        return kept(own.cut(values), own.levels, index)

    def agreed(self, terms: Terms | None) -> "Guarded":
        """Return the quantiser with what calibration chose."""
        if terms is None:
            return self
        return Guarded(terms.levels or self.levels, terms.thresholds.get("alpha", self.alpha))

    def cut(self, values: Real) -> Cut:
        """Return the level of each value, (m,), and which lie outside the bands.

        Raises:
            OutOfRange: When `levels` is no power of two from 2 to 256, or alpha is negative or not finite.
        """
        from scipy.special import ndtri

        levels = check_levels(self.levels)
        if not (np.isfinite(self.alpha) and self.alpha >= 0):
            raise OutOfRange("alpha", self.alpha, "a finite number of at least 0")
        spread = values.std()
        edges = values.mean() + spread * ndtri(np.arange(1, levels) / levels)
        return between(values, edges - self.alpha * spread, edges + self.alpha * spread)
