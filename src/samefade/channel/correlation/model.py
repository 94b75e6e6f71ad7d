"""The whole channel of two ends and an eavesdropper as one value, and what its parts together make of correlation.

*Notation*: a hears the packet up, b the packet down τ later; Eve hears, beside one of them, the packet that is meant
for that one. ρ_T over time, ρ_f over frequency, ρ_E over Eve's distance, 1/γ noise; K and φ of a line of sight.

What is assumed:
- Correlations over time, frequency and space multiply; the scattered gain is circular Gaussian.
- Next to b, Eve hears a's packet at the moment b hears it: her gain has ρ_E with b's and ρ_T·ρ_f·ρ_E with a's; next
  to a the other way round. With τ = 0 this is one fade that all three hear, the table of published rates.
- The steady part of a line of sight is known to everybody: it is no randomness, and only its share of the power is
  felt. A second frequency leaves its phase alone.
- Shadowing moves with the node, v·τ between the two packets, and is independent of small-scale fading.

What has a closed form: gain and power of snapshots, shadowing, the level of Rayleigh snapshots (dilogarithm) and, as a
series, of Rician ones. Packet averages are integrals of these. The level of an *averaged* power has none: `level` takes
averaged powers as Gamma variables there, and says so in `envelope.averaged_level`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import every, within
from samefade.channel.correlation import envelope
from samefade.channel.correlation.exchange import Exchange
from samefade.channel.correlation.noise import Noise
from samefade.channel.correlation.rounding import rounded_covariance, rounded_variance
from samefade.channel.correlation.shadows import Shadowing
from samefade.channel.correlation.spatial import Isotropic, Scattering
from samefade.channel.correlation.spectral import ExponentialProfile, Profile
from samefade.channel.correlation.temporal import Fading, Jakes, doppler
from samefade.channel.correlation.windows import window_mean
from samefade.channel.large_scale import LIGHT
from samefade.errors import OutOfRange
from samefade.types import Float

FAR = 1e6
ENDS = "abe"


class Shared(NamedTuple):
    """Three correlations: of the ends, and of each end with Eve.

    Attributes:
        ab: Of a with b.
        ae: Of a with Eve.
        be: Of b with Eve.
    """

    ab: Float
    ae: Float
    be: Float


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

    def near_a(self) -> np.ndarray:
        """Return where she is nearer to a than to b."""
        return np.asarray(np.asarray(self.from_a) < np.asarray(self.from_b))

    def gain(self, wavelength: ArrayLike) -> Float:
        """Return ρ_E, the correlation of her scattered gain with that of the end that she is nearer to."""
        at_a = self.around_a.gain(np.minimum(self.from_a, _REACH * np.asarray(wavelength)), wavelength)
        at_b = self.around_b.gain(np.minimum(self.from_b, _REACH * np.asarray(wavelength)), wavelength)
        return np.where(self.near_a(), at_a, at_b)


_REACH = 5e3  # wavelengths; the same small correlation is taken beyond, where small-scale fading shares nothing


@dataclass(frozen=True, eq=False)
class Channel:
    """Two ends and an eavesdropper: time, frequency, space, shadows and noise.

    Numbers may be arrays of any shapes that broadcast (speed, times on air, gap, distances, signal-to-noise ratios);
    every answer has the broadcast shape.

    Attributes:
        carrier: Hz.
        speed: Of the moving device or of what moves around it, m/s.
        exchange: Times of the two packets.
        fading: Correlation over time.
        sight: Line of sight.
        profile: Correlation over frequency.
        gap: Between the carriers of up and down, Hz; 0 where the reply is on the same channel.
        eve: Where the eavesdropper is.
        shadowing: Large-scale fading.
        noise: Of the three radios.
    """

    carrier: float = 868e6
    speed: ArrayLike = 1.4
    exchange: Exchange = field(default_factory=Exchange)
    fading: Fading = field(default_factory=Jakes)
    sight: LineOfSight = field(default_factory=LineOfSight)
    profile: Profile = field(default_factory=ExponentialProfile)
    gap: ArrayLike = 0.0
    eve: Eavesdropper = field(default_factory=Eavesdropper)
    shadowing: Shadowing = field(default_factory=Shadowing)
    noise: Noise = field(default_factory=Noise)

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        within("carrier", self.carrier, 1)
        every("speed", self.speed, 0)
        every("gap", self.gap, -np.inf)

    @property
    def wavelength(self) -> float:
        """Return λ, metres."""
        return LIGHT / self.carrier

    @property
    def doppler(self) -> Float:
        """Return f_d = v·f/c, Hz."""
        return doppler(self.speed, self.carrier)

    @property
    def delay(self) -> Float:
        """Return τ, seconds."""
        return self.exchange.delay

    def over_time(self) -> Float:
        """Return ρ_T of the scattered gain at τ: snapshots, no noise."""
        return self.fading.gain(self.delay, self.doppler)

    def gain(self) -> Shared:
        """Return the correlations of the averaged complex gains, about their steady part, noise included.

        Snapshots: ρ_T·ρ_f / √((1 + 1/(L·γ_A))(1 + 1/(L·γ_B))), γ of the scattered part, γ/(K+1).
        """
        own = [self._own(self._gain_kernel, end) + self._scattered_noise(end) / self.noise.pilots for end in ENDS]
        return self._pairs(lambda x, y: self._across(self._gain_kernel, x, y) * self._static(x, y), own)

    def power(self) -> Shared:
        """Return the correlations of the averaged powers |h + n|², linear, without shadowing."""
        return self._pairs(self._power_covariance, [self._power_variance(end) for end in ENDS])

    def level(self, *, shadowed: bool = True) -> Shared:
        """Return the correlations of the reported levels in dB: fading, shadowing, noise and rounding together.

        Args:
            shadowed: False leaves out shadowing, as an ideal removal of the large scale would.
        """
        c = self.covariance(shadowed=shadowed)
        spread = np.sqrt(np.diagonal(c, axis1=-2, axis2=-1))
        return Shared(*(_bounded(c[..., i, j] / (spread[..., i] * spread[..., j])) for i, j in _PAIRS))

    def covariance(self, *, shadowed: bool = True) -> Float:
        """Return the covariance (…, 3, 3) of the levels of a, b and Eve, dB²."""
        variance = [self._level_variance(end) + (self.shadowing.spread**2 if shadowed else 0.0) for end in ENDS]
        small = self._small_levels()
        shadows = self._shadows() if shadowed else Shared(np.zeros(()), np.zeros(()), np.zeros(()))
        step = self.noise.step
        entries: dict[tuple[int, int], Float] = {}
        for (i, j), fade, shade in zip(_PAIRS, small, shadows, strict=True):
            c = fade * np.sqrt(self._level_variance(ENDS[i]) * self._level_variance(ENDS[j]))
            c = c + shade * self.shadowing.spread**2
            both = step > 0 and (i, j) == (0, 1)  # Eve does not round, and one rounded level keeps its covariance
            entries[i, j] = entries[j, i] = rounded_covariance(c, variance[0], variance[1], step) if both else c
        for i in range(3):
            entries[i, i] = rounded_variance(variance[i], step) if step > 0 and i < 2 else variance[i]
        shape = np.broadcast_shapes(*(np.shape(v) for v in entries.values()))
        out = np.empty((*shape, 3, 3))
        for (i, j), value in entries.items():
            out[..., i, j] = value
        return out

    # The parts that the verbs are made of. Powers are counted in units of the scattered power.

    def _window(self, end: str) -> ArrayLike:
        """Return how long an end averages: Eve hears the packet of the end that she is near to."""
        if end == "e":
            return np.where(self.eve.near_a(), self.exchange.up, self.exchange.down)
        return self.exchange.up if end == "a" else self.exchange.down

    def _gain_kernel(self, delay: ArrayLike, fd: ArrayLike) -> Float:
        return self.fading.gain(delay, fd)

    def _square_kernel(self, delay: ArrayLike, fd: ArrayLike) -> Float:
        return np.asarray(self.fading.gain(delay, fd) ** 2)

    def _steady_kernel(self, delay: ArrayLike, fd: ArrayLike) -> Float:
        return np.asarray(self.fading.gain(delay, fd) * np.cos(self.sight.turned(delay, fd)))

    def _own(self, kernel: Callable[[Float, Float], Float], end: str) -> Float:
        window = self._window(end)
        return window_mean(kernel, 0.0, window, window, self.doppler)

    def _across(self, kernel: Callable[[Float, Float], Float], x: str, y: str) -> Float:
        """Return the mean over the windows of two parties; Eve's packet is that of the end that she is near to."""
        delay: ArrayLike = self.delay
        if y == "e":
            beside = self.eve.near_a() if x == "a" else ~self.eve.near_a()
            delay = np.where(beside, 0.0, delay)
        return window_mean(kernel, delay, self._window(x), self._window(y), self.doppler)

    def _static(self, x: str, y: str) -> Float:
        """Return the factors of the scattered gain's correlation that do not change over time."""
        across = self.profile.gain(self.gap)
        if y != "e":
            return across
        beside = self.eve.near_a() if x == "a" else ~self.eve.near_a()
        return np.asarray(self.eve.gain(self.wavelength) * np.where(beside, 1.0, across))

    def _scattered_noise(self, end: str) -> Float:
        """Return the noise power of one pilot in units of the scattered power."""
        return np.asarray((1 + self.sight.k) * self.noise.power(end))

    def _power_covariance(self, x: str, y: str) -> Float:
        rho, k = self._static(x, y), self.sight.k
        steady = 2 * k * rho * self._across(self._steady_kernel, x, y) if k else 0.0
        return np.asarray(rho**2 * self._across(self._square_kernel, x, y) + steady)

    def _power_variance(self, end: str) -> Float:
        k, noise = self.sight.k, self._scattered_noise(end)
        steady = 2 * k * self._own(self._steady_kernel, end) if k else 0.0
        own = self._own(self._square_kernel, end) + steady
        return np.asarray(own + (2 * (1 + k) * noise + noise**2) / self.noise.pilots)

    def _shape(self, end: str) -> Float:
        """Return m of an averaged power: its mean squared over its variance."""
        mean = 1 + self.sight.k + self._scattered_noise(end)
        return np.asarray(mean**2 / self._power_variance(end))

    def _snapshot(self) -> bool:
        return self.noise.pilots == 1 and not np.any(self.exchange.up) and not np.any(self.exchange.down)

    def _level_variance(self, end: str) -> Float:
        """Return the variance of the small-scale level, dB²."""
        if self._snapshot():
            nepers = envelope.log_variance(self.sight.k / (1 + self._scattered_noise(end)))
        else:
            nepers = envelope.gamma_log_variance(self._shape(end))
        return np.asarray(envelope.DECIBELS**2 * nepers)

    def _small_levels(self) -> Shared:
        """Return the correlations of the small-scale levels."""
        if not self._snapshot():
            shape = {end: self._shape(end) for end in ENDS}
            found = [envelope.averaged_level(r, shape[ENDS[i]], shape[ENDS[j]])
                     for r, (i, j) in zip(self.power(), _PAIRS, strict=True)]  # fmt: skip
            return Shared(*found)
        if not self.sight.k:
            return Shared(*(envelope.level(r) for r in self.gain()))
        k = {end: self.sight.k / (1 + self._scattered_noise(end)) for end in ENDS}
        found = []
        for r, (i, j) in zip(self.gain(), _PAIRS, strict=True):
            found.append(envelope.rician_level(r, k[ENDS[i]], k[ENDS[j]], self._turned(ENDS[i], ENDS[j])))
        return Shared(*found)

    def _turned(self, x: str, y: str) -> Float:
        beside = False if y != "e" else self.eve.near_a() if x == "a" else ~self.eve.near_a()
        return np.asarray(np.where(beside, 0.0, self.sight.turned(self.delay, self.doppler)))

    def _shadows(self) -> Shared:
        """Return the correlations of the shadowing: the device has moved v·τ between the two packets."""
        moved = self.shadowing.correlation(np.asarray(self.speed) * self.delay)
        shared = self.shadowing.shared(self.eve.from_a, self.eve.from_b)
        near = self.eve.near_a()
        return Shared(moved, shared * np.where(near, 1.0, moved), shared * np.where(near, moved, 1.0))

    def _pairs(self, covariance: Callable[[str, str], Float], own: Sequence[Float]) -> Shared:
        found = [covariance(ENDS[i], ENDS[j]) / np.sqrt(own[i] * own[j]) for i, j in _PAIRS]
        return Shared(*(_bounded(r) for r in np.broadcast_arrays(*found)))


_PAIRS = ((0, 1), (0, 2), (1, 2))


def _bounded(rho: Float) -> Float:
    """Return a correlation without what the last digits add beyond ±1."""
    if np.any(np.abs(rho) > 1 + 1e-6):
        raise OutOfRange("correlation of the model", float(np.max(np.abs(rho))), "at most 1")
    return np.clip(rho, -1.0, 1.0)
