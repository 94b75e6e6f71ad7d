"""Shadowing that ends and eavesdropper share: correlation over metres, not over centimetres.

ρ_s = exp(−Δd / d_cor) for two places Δd apart (M. Gudmundson, "Correlation model for shadow fading in mobile radio
systems", 1991); d_cor of 20 to 100 m and spreads of 4 to 8 dB are usual figures (unverified).
The same law as `channel.shadowing` draws along a way.

What Eve shares of it depends on her distance from *either* node: next to b she hears a through b's shadows, next to a
she hears b through a's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import every, positive, within
from samefade.types import Float


@dataclass(frozen=True)
class Shadowing:
    """Log-normal shadowing with an exponential correlation.

    Attributes:
        spread: Standard deviation, dB; 0 is none.
        distance: d_cor, metres.
    """

    spread: float = 6.0
    distance: float = 50.0

    def __post_init__(self) -> None:
        """Refuse absurd numbers."""
        within("spread", self.spread, 0, 60)
        positive("distance", self.distance)

    def correlation(self, metres: ArrayLike) -> Float:
        """Return exp(−Δd / d_cor)."""
        return np.asarray(np.exp(-every("metres", metres, 0) / self.distance))

    def shared(self, from_a: ArrayLike, from_b: ArrayLike) -> Float:
        """Return what Eve shares with the link, at her distances (m) from both ends: that of the nearer one.

        She may combine what she hears of both ends; more than the nearer one tells her is not counted.
        """
        return self.correlation(np.minimum(every("from_a", from_a, 0), every("from_b", from_b, 0)))
