"""Where the eavesdropper is: her distance from both ends, and how the waves come to each of them.

She hears, beside one end, the packet that is meant for it, at the same moment; of her two chances the
nearer one counts.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import every
from samefade.channel.correlation.spatial import Isotropic, Scattering
from samefade.types import Float, Mask

FAR = 1e6


@dataclass(frozen=True, eq=False)
class Eavesdropper:
    """Where Eve is, and how the waves come to that place.

    Attributes:
        from_b: Metres from end b (the moving device).
        from_a: Metres from end a (the gateway).
        around_b: Correlation over distances around b: a node among scatterers.
        around_a: Correlation over distances around a: an elevated gateway is a `Sector` or `VonMises`.
    """

    from_b: ArrayLike = FAR
    from_a: ArrayLike = FAR
    around_b: Scattering = field(default_factory=Isotropic)
    around_a: Scattering = field(default_factory=Isotropic)

    def __post_init__(self) -> None:
        """Refuse negative distances."""
        every("from_a", self.from_a, 0)
        every("from_b", self.from_b, 0)

    def near_a(self) -> Mask:
        """Return where she is nearer to a than to b."""
        return np.asarray(np.asarray(self.from_a) < np.asarray(self.from_b))

    def gain(self, wavelength: ArrayLike) -> Float:
        """Return ρ_E, the correlation of her scattered gain with that of the end that she is nearer to."""
        at_a = self.around_a.gain(self.from_a, wavelength)
        return np.where(self.near_a(), at_a, self.around_b.gain(self.from_b, wavelength))
