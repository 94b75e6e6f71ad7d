"""A line of sight: a steady wave beside the scattered ones (S. O. Rice, 1945)."""

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import within
from samefade.types import Complex, Float


@dataclass(frozen=True)
class LineOfSight:
    """A steady wave beside the scattered ones (Rice).

    Attributes:
        k: K, its power over that of the scattered waves (not dB); 0 is Rayleigh fading.
        angle: Between its direction and that of travel, radians; π/2 arrives broadside and has no Doppler shift.
    """

    k: float = 0.0
    angle: float = pi / 2

    def __post_init__(self) -> None:
        """Refuse a K that is none."""
        within("k", self.k, 0, 1e5)
        within("angle", self.angle, -2 * pi, 2 * pi)

    def turned(self, delay: ArrayLike, doppler: ArrayLike) -> Float:
        """Return φ = 2π·f_d·τ·cos(angle), radians."""
        at = 0.0 if self.angle == pi / 2 else np.cos(self.angle)
        return np.asarray(2 * pi * at * np.asarray(doppler, np.float64) * np.asarray(delay, np.float64))

    def raw(self, rho: ArrayLike, delay: ArrayLike, doppler: ArrayLike) -> Complex:
        """Return (K·exp(iφ) + ρ)/(K + 1), the correlation of the whole gain with its steady part left in.

        It looks high, and none of what the steady part adds is random: `Channel.gain` is about the steady part.

        Args:
            rho: Correlation of the scattered gain.
            delay: τ, s.
            doppler: f_d, Hz.
        """
        steady = self.k * np.exp(1j * self.turned(delay, doppler))
        return np.asarray((steady + np.asarray(rho, np.float64)) / (self.k + 1))
