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
series, of Rician ones.
What has none: averages over packets, which are integrals of these (`windows`), and the level of an averaged power, an
integral over its Laplace transform (`log_mean`).
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import every, within
from samefade.channel.correlation import envelope, log_mean
from samefade.channel.correlation.eavesdropper import Eavesdropper
from samefade.channel.correlation.exchange import Exchange
from samefade.channel.correlation.noise import Noise
from samefade.channel.correlation.rounding import rounded_covariance, rounded_variance
from samefade.channel.correlation.second_order import Second, second_order
from samefade.channel.correlation.shadows import Shadowing
from samefade.channel.correlation.sight import LineOfSight
from samefade.channel.correlation.spectral import ExponentialProfile, Profile
from samefade.channel.correlation.temporal import Fading, Jakes, doppler
from samefade.channel.correlation.windows import Kernel
from samefade.channel.large_scale import LIGHT
from samefade.types import Float


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
        own = self._second(self.fading.gain)
        factor = self._static()
        ab, ae, be = (c * f for c, f in zip(own.across, factor, strict=True))
        noise = [n / self.noise.pilots for n in self.scattered_noise()]
        return _correlations(Shared(ab, ae, be), [c + n for c, n in zip(own.own, noise, strict=True)])

    def power(self) -> Shared:
        """Return the correlations of the averaged powers |h + n|², linear, without shadowing."""
        return _correlations(*self._powers())

    def level(self, *, shadowed: bool = True) -> Shared:
        """Return the correlations of the reported levels in dB: fading, shadowing, noise and rounding together.

        Args:
            shadowed: False leaves out shadowing, as an ideal removal of the large scale would.
        """
        c = self.covariance(shadowed=shadowed)
        own = [c[..., i, i] for i in range(3)]
        return _correlations(Shared(c[..., 0, 1], c[..., 0, 2], c[..., 1, 2]), own)

    def covariance(self, *, shadowed: bool = True) -> Float:
        """Return the covariance (…, 3, 3) of the levels of a, b and Eve, dB².

        Args:
            shadowed: False leaves out shadowing.
        """
        across, own = self._levels()
        if shadowed:
            wide = self.shadowing.spread**2
            own = [v + wide for v in own]
            across = Shared(*(c + wide * s for c, s in zip(across, self.shadow_correlations(), strict=True)))
        step = self.noise.step
        if step > 0:  # Eve does not round, and one rounded level keeps its covariance with another
            across = across._replace(ab=rounded_covariance(across.ab, own[0], own[1], step))
            own = [rounded_variance(own[0], step), rounded_variance(own[1], step), own[2]]
        return _matrix(across, own)

    def scattered_noise(self) -> list[Float]:
        """Return the noise power of one pilot of a, b and Eve, in units of the scattered power."""
        return [(1 + self.sight.k) * self.noise.power(end) for end in "abe"]

    def shadow_correlations(self) -> Shared:
        """Return the correlations of the shadowing: the device has moved v·τ between the two packets."""
        moved = self.shadowing.correlation(np.asarray(self.speed) * self.delay)
        shared, near = self.shadowing.shared(self.eve.from_a, self.eve.from_b), self.eve.near_a()
        return Shared(moved, shared * np.where(near, 1.0, moved), shared * np.where(near, moved, 1.0))

    def _second(self, kernel: Kernel) -> Second:
        return second_order(kernel, self.exchange, self.doppler, self.eve.near_a())

    def _static(self) -> Shared:
        """Return the factors of the scattered gain's correlations that do not change over time."""
        across, eve, near = self.profile.gain(self.gap), self.eve.gain(self.wavelength), self.eve.near_a()
        return Shared(across, eve * np.where(near, 1.0, across), eve * np.where(near, across, 1.0))

    def _powers(self) -> tuple[Shared, list[Float]]:
        """Return covariances and variances of the averaged powers, in units of the scattered power squared."""
        k, factor = self.sight.k, self._static()
        square = self._second(lambda delay, fd: self.fading.gain(delay, fd) ** 2)
        across = [c * f**2 for c, f in zip(square.across, factor, strict=True)]
        own = list(square.own)
        if k:
            steady = self._second(lambda delay, fd: self.fading.gain(delay, fd) * np.cos(self.sight.turned(delay, fd)))
            across = [c + 2 * k * s * f for c, s, f in zip(across, steady.across, factor, strict=True)]
            own = [c + 2 * k * s for c, s in zip(own, steady.own, strict=True)]
        heard = [(2 * (1 + k) * n + n**2) / self.noise.pilots for n in self.scattered_noise()]
        return Shared(*across), [c + n for c, n in zip(own, heard, strict=True)]

    def _levels(self) -> tuple[Shared, list[Float]]:
        """Return covariances and variances of the small-scale levels, dB²."""
        k, noise = self.sight.k, self.scattered_noise()
        if self.exchange.snapshot and self.noise.pilots == 1:
            left = [k / (1 + n) for n in noise]
            own = [envelope.log_variance(x) for x in left]
            rho = self._rician(left) if k else [envelope.level(r) for r in self.gain()]
            found = [r * np.sqrt(own[i] * own[j]) for r, (i, j) in zip(rho, _PAIRS, strict=True)]
        else:
            found, own = self._averaged_levels()
        scale = envelope.DECIBELS**2
        return Shared(*(scale * c for c in found)), [scale * v for v in own]

    def _averaged_levels(self) -> tuple[list[Float], list[Float]]:
        """Return covariances and variances of ln of averaged powers, nepers²; Eve's packet is that of the end near."""
        near, up, down, pilots = self.eve.near_a(), self.exchange.up, self.exchange.down, self.noise.pilots
        noise = [self.noise.power(end) for end in "abe"]
        packets = [
            log_mean.Packet(0.0, up, noise[0], pilots),
            log_mean.Packet(self.delay, down, noise[1], pilots),
            log_mean.Packet(np.where(near, 0.0, self.delay), np.where(near, up, down), noise[2], pilots),
        ]
        kernel, fd = self.fading.gain, self.doppler
        own = [log_mean.log_variance(kernel, self.sight, packet, fd) for packet in packets]
        pairs = zip(self._static(), _PAIRS, strict=True)
        across = [log_mean.log_covariance(kernel, self.sight, packets[i], packets[j], r, fd) for r, (i, j) in pairs]
        if not any(np.isnan(c).any() for c in (*own, *across)):
            return across, own
        many, wide = self._gamma_levels()
        return [np.where(np.isnan(c), g, c) for c, g in zip(across, many, strict=True)], [
            np.where(np.isnan(v), g, v) for v, g in zip(own, wide, strict=True)
        ]

    def _gamma_levels(self) -> tuple[list[Float], list[Float]]:
        """Return covariances and variances of ln of averages over many fades, as of Gamma variables, nepers²."""
        across, variance = self._powers()
        mean = [1 + self.sight.k + n for n in self.scattered_noise()]
        shape = [m**2 / v for m, v in zip(mean, variance, strict=True)]
        pairs = zip(_correlations(across, variance), _PAIRS, strict=True)
        found = [envelope.gamma_log_covariance(r, shape[i], shape[j]) for r, (i, j) in pairs]
        return found, [envelope.gamma_log_variance(m) for m in shape]

    def _rician(self, left: list[Float]) -> list[Float]:
        """Return the correlations of Rician levels; K of each end with its noise counted as scattered."""
        turned, near = self.sight.turned(self.delay, self.doppler), self.eve.near_a()
        turns = turned, np.where(near, 0.0, turned), np.where(near, turned, 0.0)
        pairs = zip(self.gain(), turns, _PAIRS, strict=True)
        return [envelope.rician_level(r, left[i], left[j], turn) for r, turn, (i, j) in pairs]


_PAIRS = ((0, 1), (0, 2), (1, 2))


def _correlations(across: Shared, own: list[Float]) -> Shared:
    """Return covariances as correlations of one shape, without what the last digits add beyond ±1."""
    found = [c / np.sqrt(own[i] * own[j]) for c, (i, j) in zip(across, _PAIRS, strict=True)]
    return Shared(*(np.clip(r, -1.0, 1.0) for r in np.broadcast_arrays(*found)))


def _matrix(across: Shared, own: list[Float]) -> Float:
    out = np.empty((*np.broadcast_shapes(*(np.shape(v) for v in (*across, *own))), 3, 3))
    for i, variance in enumerate(own):
        out[..., i, i] = variance
    for (i, j), c in zip(_PAIRS, across, strict=True):
        out[..., i, j] = out[..., j, i] = c
    return out
