"""The eavesdropper: how much of the shared fade she hears at her distance.

Small-scale fading decorrelates within a wavelength where waves arrive from all sides; large-scale fading does not.
So two numbers describe her, and neither is zero by default.

Source: R. H. Clarke 1968 (the correlation J0 of isotropic two-dimensional scattering).
Not claimed: the formula fails near a line of sight and near the legitimate ends (Zenger et al. 2016).
"""

from dataclasses import dataclass

import numpy as np

from samefade.channel.bounds import positive, within
from samefade.types import Complex, Float

WAVELENGTH = 0.1235


def spatial_correlation(distance: float, wavelength: float = WAVELENGTH) -> float:
    """Return the correlation J0(2πd/λ) of the complex gain at two places d metres apart.

    Args:
        distance: d, metres.
        wavelength: λ, metres; the default belongs to 2.427 GHz.

    Raises:
        OutOfRange: When the distance is negative or the wavelength is not above 0.
    """
    from samefade.channel.correlation.spatial import Isotropic

    return float(Isotropic().gain(within("distance", distance, 0), positive("wavelength", wavelength)))


@dataclass(frozen=True)
class Eve:
    """Where the eavesdropper is, as what she shares.

    Attributes:
        distance: Metres from end b; the small-scale correlation is J0(2πd/λ) unless it is given.
        shared: Correlation of her large-scale fading (dB) with that of the link, 0 to 1.
        small_scale: Correlation of her complex scattered gain with that of the link, −1 to 1, or None for the formula.
        wavelength: Metres.
    """

    distance: float = 0.3
    shared: float = 0.8
    small_scale: float | None = None
    wavelength: float = WAVELENGTH

    def __post_init__(self) -> None:
        """Refuse correlations outside their range."""
        within("Eve's shared large-scale correlation", self.shared, 0, 1)
        if self.small_scale is not None:
            within("Eve's small-scale correlation", self.small_scale, -1, 1)
        else:  # J0 itself is looked at when it is used: a world can be named without loading SciPy
            within("distance", self.distance, 0)
            positive("wavelength", self.wavelength)

    @property
    def correlation(self) -> float:
        """Return the small-scale correlation: the one given, or the formula's."""
        if self.small_scale is not None:
            return self.small_scale
        return spatial_correlation(self.distance, self.wavelength)

    def small(self, link: Complex, own: Complex) -> Complex:
        """Mix the link's scattered gain with an independent one of the same power."""
        rho = self.correlation
        return np.asarray(rho * link + np.sqrt(1 - rho**2) * own)

    def large(self, link: Float, own: Float) -> Float:
        """Mix the link's large-scale fading (dB) with an independent one of the same variance."""
        return np.asarray(self.shared * link + np.sqrt(1 - self.shared**2) * own)
