"""Noise of the readings: what each radio adds, and what several pilots or readings leave of it.

*Notation*: γ signal-to-noise ratio of one pilot (power ratio, not dB), L pilots.

- A gain averaged over L pilots has noise 1/(L·γ), so ρ = ρ_T·ρ_f / √((1 + 1/(L·γ_A))(1 + 1/(L·γ_B))).
- A power averaged over L readings |h + n|² has the variance 2/(L·γ) + 1/(L·γ²) from noise, beside that of fading:
  squares are averaged and not the gains, so weak signals gain less from L.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import count, every, within
from samefade.types import Float


def noisy(rho: ArrayLike, snr_a: ArrayLike, snr_b: ArrayLike, *, pilots: int = 1) -> Float:
    """Return the correlation of two noisy gains, ρ / √((1 + 1/(L·γ_A))(1 + 1/(L·γ_B))).

    Args:
        rho: Correlation without noise, ρ_T·ρ_f.
        snr_a: γ_A, power ratio above 0.
        snr_b: γ_B.
        pilots: L, averaged coherently.

    Raises:
        OutOfRange: When a ratio is not above 0, a correlation outside −1 … 1, or there is no pilot.
        NotFinite: When a number is NaN or infinite.
    """
    count("pilots", pilots)
    left_a = 1 + 1 / (pilots * every("snr_a", snr_a, 1e-30))
    left_b = 1 + 1 / (pilots * every("snr_b", snr_b, 1e-30))
    return np.asarray(every("rho", rho, -1, 1) / np.sqrt(left_a * left_b))


@dataclass(frozen=True, eq=False)
class Noise:
    """What three radios add, as power ratios and steps.

    Attributes:
        snr_a: γ_A of one pilot: mean signal power over noise power; any shape.
        snr_b: γ_B.
        snr_e: γ_E, Eve's.
        pilots: L, spread evenly over the packet; the noise of each is its own.
        step: Steps of the reported level, dB; 0 reports exactly. Eve's radio does not round.
    """

    snr_a: ArrayLike = 100.0
    snr_b: ArrayLike = 100.0
    snr_e: ArrayLike = 100.0
    pilots: int = 1
    step: float = 1.0

    def __post_init__(self) -> None:
        """Refuse ratios that are none."""
        for name in ("snr_a", "snr_b", "snr_e"):
            every(name, getattr(self, name), 1e-30)
        count("pilots", self.pilots)
        within("step", self.step, 0, 60)

    def power(self, end: str) -> Float:
        """Return 1/γ of an end, "a", "b" or "e"."""
        return np.asarray(1 / np.asarray(getattr(self, f"snr_{end}"), np.float64))
