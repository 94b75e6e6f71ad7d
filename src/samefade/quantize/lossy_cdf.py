"""Quantise into equally likely levels and drop what lies near a quantile: the lossy CDF quantiser (LCDF).

da Cruz et al., Physical Communication 2021, use it on LoRaWAN; how wide their guard intervals are is not known to us.
Here a share `guard` of the distribution around each quantile is dropped, half of it on either side.
As with `Cdf`, the thresholds are quantiles of the samples themselves, so every level occurs equally often and Eve knows
that; this is charged for the samples that an end kept.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.quantize.cdf import forced_balance
from samefade.quantize.cuts import Cut, Real, between, kept
from samefade.quantize.samples import check_levels, usable
from samefade.types import Feature, Kept, Ledger, Symbols, Terms


@dataclass(frozen=True)
class LossyCdf:
    """Equiprobable levels with guard intervals between them.

    Attributes:
        levels: How many levels, a power of two.
        guard: Share of the samples that is dropped at each threshold, at least 0 and below 1 / levels.
    """

    levels: int = 4
    guard: float = 0.08

    def quantize(self, x: Feature[Kept], terms: Terms | None = None) -> Symbols:  # noqa: ARG002 -- every quantiser takes terms
        """Return the level of every usable sample outside the guard intervals; `index` says what was kept.

        The forced balance of what is kept is charged; `common` charges the exchange of the indices.

        Raises:
            TypeError: When the feature was made of samples that were spoken.
            ConstantSignal: When the usable samples do not vary.
            OutOfRange: When a parameter makes no sense, or there is more than one tone.
            TooFewSamples: When there are fewer usable samples than levels, or none is kept.
        """
        index, values = usable(x.kept, least=check_levels(self.levels))
        cut = self.cut(values)
        count = int(np.count_nonzero(cut.keep))
        told = f"forced balance of {count} symbols at {self.levels} levels"
        return kept(cut, self.levels, index, Ledger().pay(told, forced_balance(count, self.levels)))

    def cut(self, values: Real) -> Cut:
        """Return the level of each value, (m,), and which lie outside the guard intervals.

        Raises:
            OutOfRange: When `levels` is no power of two from 2 to 256, or `guard` is not within its range.
        """
        levels = check_levels(self.levels)
        if not 0 <= self.guard < 1 / levels:
            raise OutOfRange("guard", self.guard, f"at least 0 and below {1 / levels:g}")
        at = np.arange(1, levels) / levels
        return between(values, np.quantile(values, at - self.guard / 2), np.quantile(values, at + self.guard / 2))
