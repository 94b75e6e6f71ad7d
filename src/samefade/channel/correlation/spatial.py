"""How alike the fades at two places are: what an eavesdropper some centimetres or metres away hears of the same fade.

Each model is a record with the verb `gain(distance, wavelength)`: the size of the correlation of the scattered complex
gain at two antennas that far apart, with its sign where it is real.

*Notation*: d distance, λ wavelength (m), x = 2π·d/λ, α the angle between the way from one antenna to the other and
the middle of the directions that waves come from.

- Waves from all sides, a node among scatterers: J0(x); gone within half a wavelength.
- Waves from a few degrees only, an elevated gateway that sees the scatterers around a far node: sin(Δ·x)/(Δ·x) and the
  like; gone only after tens of wavelengths.

Not claimed: no formula here holds where a line of sight carries the power, and none holds next to a legitimate
antenna: an antenna within centimetres changes the field that it listens to (Zenger, Vogt, Zimmer, Sezgin and Paar,
"The passive eavesdropper affects my channel", 2016, refute the half-wavelength rule there).

Sources: R. H. Clarke 1968 (J0); J. Salz and J. H. Winters, "Effect of fading correlation on adaptive arrays in digital
mobile radio", 1994 (uniform sector); A. Abdi and M. Kaveh, "A space-time correlation model for multielement antenna
systems in mobile fading channels", 2002 (von Mises).
"""

from dataclasses import dataclass
from math import pi
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import every, within
from samefade.channel.correlation.windows import legendre
from samefade.errors import OutOfRange
from samefade.types import Float

_BROADSIDE = pi / 2
_TURNS = 1000.0


class Scattering(Protocol):
    """Any model of correlation over space."""

    def gain(self, distance: ArrayLike, wavelength: ArrayLike) -> Float:
        """Return the correlation of the complex gain, shape of the arguments broadcast."""
        ...


def _phase(distance: ArrayLike, wavelength: ArrayLike) -> Float:
    """Return x = 2π·d/λ."""
    return np.asarray(2 * pi * every("distance", distance, 0) / every("wavelength", wavelength, 1e-9))


@dataclass(frozen=True)
class Isotropic:
    """Waves of equal strength from all sides of a plane: J0(2π·d/λ)."""

    def gain(self, distance: ArrayLike, wavelength: ArrayLike) -> Float:
        """Return J0(2π·d/λ)."""
        from scipy.special import j0

        return np.asarray(j0(_phase(distance, wavelength)))


@dataclass(frozen=True)
class Sector:
    """Waves of equal strength from a sector only: an elevated gateway, or one-sided scattering.

    ρ = 1/(2Δ) ∫ exp(i·x·cos(θ − α)) dθ over |θ| ≤ Δ, by numerical integral; broadside and Δ small it is
    sin(Δ·x)/(Δ·x).
    Scatterers on a ring of radius R around a node at distance D are seen within Δ ≈ R / D.

    Attributes:
        spread: Δ, half of the sector, radians; π is all sides.
        angle: α, radians; π/2 is broadside, where antennas decorrelate soonest.
    """

    spread: float = 0.1
    angle: float = _BROADSIDE

    def __post_init__(self) -> None:
        """Refuse a sector that is none."""
        if not 0 < self.spread <= pi:
            raise OutOfRange("spread", self.spread, "above 0 and at most π radians")
        within("angle", self.angle, -2 * pi, 2 * pi)

    def gain(self, distance: ArrayLike, wavelength: ArrayLike) -> Float:
        """Return |ρ|; beyond a thousand turns within the sector, its value there."""
        x = np.minimum(_phase(distance, wavelength), _TURNS * pi / self.spread)
        # the integrand turns at most Δ·x/π times; Gauss–Legendre nodes, 16 a turn
        panels = int(np.ceil(self.spread * float(np.max(x, initial=0.0)) / pi)) + 1
        nodes, weights = legendre(16)
        centres = (2 * np.arange(panels) + 1) / panels - 1
        theta = self.spread * (centres[:, None] + nodes / panels).ravel()
        weight = np.tile(weights, panels) / (2 * panels)
        turning = np.cos(theta - self.angle)
        total = [np.abs(np.exp(1j * phase * turning) @ weight) for phase in x.ravel().tolist()]
        return np.reshape(np.asarray(total, np.float64), x.shape)


@dataclass(frozen=True)
class VonMises:
    """Waves around a mean direction, exp(κ·cos θ) / (2π·I0(κ)): ρ = I0(√(κ² − x² + 2i·κ·x·cos α)) / I0(κ).

    κ = 0 is all sides, J0(x); large κ is a beam of about 1/√κ radians, whose correlation falls as exp(−x²/2κ)
    broadside.

    Attributes:
        concentration: κ.
        angle: α, radians; π/2 is broadside.
    """

    concentration: float = 100.0
    angle: float = _BROADSIDE

    def __post_init__(self) -> None:
        """Refuse a concentration that is none."""
        within("concentration", self.concentration, 0)
        within("angle", self.angle, -2 * pi, 2 * pi)

    def gain(self, distance: ArrayLike, wavelength: ArrayLike) -> Float:
        """Return |ρ|."""
        from scipy.special import i0e, ive

        x, k = _phase(distance, wavelength), self.concentration
        root = np.sqrt(k * k - x * x + 2j * k * x * np.cos(self.angle))
        # both functions are scaled by exp(−|real part|), so that large κ does not overflow
        return np.asarray(np.abs(ive(0, root)) * np.exp(np.abs(root.real) - k) / i0e(k))


def coherence_distance(scattering: Scattering, wavelength: float, *, level: float = 0.5, most: float = 1e3) -> float:
    """Return the smallest distance (m) at which the correlation of the gain has fallen to `level`.

    Looked for up to `most` wavelengths, on a grid of a hundredth of one, straight between its points.

    Raises:
        OutOfRange: When the level is not between 0 and 1, or is not reached.
    """
    if not 0 < level < 1:
        raise OutOfRange("level", level, "between 0 and 1, both excluded")
    within("most", most, 0.1, 5e3)
    reach = 1.0
    while True:
        reach = min(reach, most)
        d = np.arange(0.0, reach, min(0.01, reach / 100))
        rho = np.abs(scattering.gain(d * wavelength, wavelength))
        below = np.flatnonzero(rho <= level)
        if len(below):
            i = int(below[0])
            part = (rho[i - 1] - level) / (rho[i - 1] - rho[i])
            return float((d[i - 1] + part * (d[i] - d[i - 1])) * wavelength)
        if reach >= most:
            raise OutOfRange("level", level, f"a correlation that is reached within {most:g} wavelengths")
        reach *= 8
