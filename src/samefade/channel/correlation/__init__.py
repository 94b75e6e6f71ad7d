"""How alike the ends hear, and what Eve shares: correlation over time, frequency, space and shadows, in closed form.

`Channel` composes the parts into one value; each part is a record with one verb and can be used alone.
"""

from samefade.channel.correlation.draws import Drawn, draw
from samefade.channel.correlation.eavesdropper import Eavesdropper
from samefade.channel.correlation.envelope import level, power, rician_level
from samefade.channel.correlation.exchange import Exchange
from samefade.channel.correlation.model import Channel, Shared
from samefade.channel.correlation.noise import Noise, noisy
from samefade.channel.correlation.rounding import (
    rounded_correlation,
    rounded_covariance,
    rounded_variance,
    rounding_noise,
    tie_probability,
)
from samefade.channel.correlation.shadows import Shadowing
from samefade.channel.correlation.sight import LineOfSight
from samefade.channel.correlation.spatial import Isotropic, Scattering, Sector, VonMises, coherence_distance
from samefade.channel.correlation.spectral import (
    ExponentialProfile,
    GaussianProfile,
    Profile,
    TapProfile,
    TwoPaths,
    UniformProfile,
    between,
)
from samefade.channel.correlation.temporal import Autoregressive, Bell, Fading, Jakes, autoregressive, doppler
from samefade.channel.correlation.windows import averaged, window_mean

__all__ = [
    "Autoregressive",
    "Bell",
    "Channel",
    "Drawn",
    "Eavesdropper",
    "Exchange",
    "ExponentialProfile",
    "Fading",
    "GaussianProfile",
    "Isotropic",
    "Jakes",
    "LineOfSight",
    "Noise",
    "Profile",
    "Scattering",
    "Sector",
    "Shadowing",
    "Shared",
    "TapProfile",
    "TwoPaths",
    "UniformProfile",
    "VonMises",
    "autoregressive",
    "averaged",
    "between",
    "coherence_distance",
    "doppler",
    "draw",
    "level",
    "noisy",
    "power",
    "rician_level",
    "rounded_correlation",
    "rounded_covariance",
    "rounded_variance",
    "rounding_noise",
    "tie_probability",
    "window_mean",
]
