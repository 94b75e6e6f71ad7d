"""How alike the fades on two frequencies are: models of correlation over frequency.

Each model is a delay profile with the verb `gain(offset)`: the size |ρ_f| of the correlation of the complex gain on
two carriers `offset` hertz apart, which is the size of the Fourier transform of the profile.
Its phase turns with the mean delay; both ends see that turn as a constant, and no feature that is used depends on it.

*Notation*: Δf offset (Hz), τ_rms root of the profile's second central moment (s).
Source: P. A. Bello, "Characterization of randomly time-variant linear channels", 1963.

Where up and down are on different channels (US915 and AU915, any FDD), this is what is left of reciprocity.
"""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import finite, within
from samefade.channel.delay_line import Taps
from samefade.errors import OutOfRange
from samefade.types import Float


class Profile(Protocol):
    """Any model of correlation over frequency."""

    def gain(self, offset: ArrayLike) -> Float:
        """Return |ρ_f| at offsets in Hz, of their shape."""
        ...


@dataclass(frozen=True)
class _Spread:
    """A profile that its delay spread alone describes.

    Attributes:
        spread: τ_rms, seconds; 0 is a flat channel.
    """

    spread: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a spread that is none."""
        within("spread", self.spread, 0)


@dataclass(frozen=True)
class ExponentialProfile(_Spread):
    """Power falls as exp(−delay / τ_rms): |ρ_f| = 1 / √(1 + (2π·Δf·τ_rms)²).

    Attributes:
        spread: τ_rms, seconds; 0 is a flat channel.
    """

    def gain(self, offset: ArrayLike) -> Float:
        """Return 1 / √(1 + (2π·Δf·τ_rms)²)."""
        return np.asarray(1 / np.hypot(1.0, 2 * pi * self.spread * finite("offset", offset)))


@dataclass(frozen=True)
class UniformProfile(_Spread):
    """Equal power over √12·τ_rms seconds: |ρ_f| = |sin x / x| with x = π·Δf·√12·τ_rms.

    Attributes:
        spread: τ_rms, seconds.
    """

    def gain(self, offset: ArrayLike) -> Float:
        """Return |sinc(Δf·√12·τ_rms)|."""
        return np.asarray(np.abs(np.sinc(sqrt(12) * self.spread * finite("offset", offset))))


@dataclass(frozen=True)
class GaussianProfile(_Spread):
    """A bell of power over delay: |ρ_f| = exp(−(2π·Δf·τ_rms)² / 2).

    Attributes:
        spread: τ_rms, seconds.
    """

    def gain(self, offset: ArrayLike) -> Float:
        """Return exp(−(2π·Δf·τ_rms)² / 2)."""
        return np.asarray(np.exp(-0.5 * (2 * pi * self.spread * finite("offset", offset)) ** 2))


@dataclass(frozen=True)
class TwoPaths(_Spread):
    """Two paths of equal mean power, 2·τ_rms apart: |ρ_f| = |cos(2π·Δf·τ_rms)|, which comes back to 1.

    Attributes:
        spread: τ_rms, seconds.
    """

    def gain(self, offset: ArrayLike) -> Float:
        """Return |cos(2π·Δf·τ_rms)|."""
        return np.asarray(np.abs(np.cos(2 * pi * self.spread * finite("offset", offset))))


@dataclass(frozen=True)
class TapProfile:
    """Paths as a tapped delay line has them: |ρ_f| = |Σ_l p_l·exp(−2πi·Δf·τ_l)| / Σ_l p_l.

    Attributes:
        taps: (delay in seconds, linear power) of each path.
    """

    taps: Taps

    def __post_init__(self) -> None:
        """Refuse taps without power."""
        table = finite("taps", self.taps)
        if table.ndim != 2 or table.shape[1:] != (2,) or np.min(table) < 0 or not np.sum(table[:, 1]) > 0:
            raise OutOfRange("taps", f"shape {table.shape}", "(delay, power) of at least 0, not all powers 0")

    def gain(self, offset: ArrayLike) -> Float:
        """Return the size of the taps' Fourier transform."""
        delays, powers = np.asarray(self.taps, np.float64).T
        turned = np.exp(-2j * pi * finite("offset", offset)[..., None] * delays)
        return np.asarray(np.abs(turned @ powers) / np.sum(powers))


def between(profile: Profile, up: ArrayLike, down: ArrayLike) -> Float:
    """Return |ρ_f| between each channel of `up` and each of `down`, centre frequencies in Hz, (u, d).

    Hopping: where the reply's channel is drawn apart from the request's, the correlation of gains over many exchanges
    is the mean of this matrix, that of powers the mean of its square (probabilities of the channels equal).

    Raises:
        NotFinite: When a frequency is NaN or infinite.
    """
    first, second = np.atleast_1d(finite("up", up)), np.atleast_1d(finite("down", down))
    return profile.gain(first[:, None] - second)
