"""Small-scale fading of one path: autoregressive and Jakes, each with its closed form.

Sources: R. H. Clarke, "A statistical theory of mobile-radio reception", 1968 (the correlation J0);
Y. R. Zheng and C. Xiao, "Simulation models with correct statistical properties for Rayleigh fading channels", 2003
(random angles in equal sectors: the ensemble has the correlation J0 exactly, whatever the number of waves).

*Notation*: n samples, f_d Doppler frequency (Hz), τ delay (s), K steady over scattered power, E expectation.
Every signal has unit mean power.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import count, finite, positive, within
from samefade.types import Complex, Float

WAVES = 24


def ar1(n: int, coefficient: float, rng: np.random.Generator) -> Complex:
    """Draw a stationary first-order autoregression h[i] = c·h[i−1] + √(1−c²)·w[i].

    Closed form: E[h[i+m]·h*[i]] = c^|m|; unit mean power from the first sample on.

    Args:
        n: Number of samples.
        coefficient: c, at least 0 and at most 1; 0 is white, 1 stands still.
        rng: Source of chance.

    Returns:
        Complex array (n,), circular Gaussian.

    Raises:
        OutOfRange: When n is not a positive whole number or c is outside 0 … 1.
    """
    from scipy.signal import lfilter

    n, c = count("n", n), within("coefficient", coefficient, 0, 1)
    drive = white(n, rng)
    drive[1:] *= np.sqrt(1 - c * c)
    return np.asarray(lfilter([1.0], [1.0, -c], drive), dtype=np.complex128)


def white(n: int, rng: np.random.Generator) -> Complex:
    """Draw circular complex Gaussian samples of unit mean power, (n,)."""
    parts = rng.standard_normal((n, 2)) / np.sqrt(2)
    return np.asarray(parts[:, 0] + 1j * parts[:, 1])


@dataclass(frozen=True, eq=False)
class Waves:
    """A fading path as a sum of plane waves: it can be evaluated at any time, so that every party hears the same one.

    Attributes:
        frequencies: (m,) Doppler frequency of each wave, Hz.
        phases: (m,) phase of each wave at time 0, radians.
        steady: Complex amplitude of the steady part (the line of sight, arriving broadside: no Doppler).
        scattered: Amplitude of the waves together.
    """

    frequencies: Float
    phases: Float
    steady: complex = 0j
    scattered: float = 1.0

    def at(self, times: ArrayLike) -> Complex:
        """Evaluate at the times given (s), which need not be even or ordered; returns complex (n,), good to 10⁻⁶.

        Raises:
            NotFinite: When a time is NaN or infinite.
        """
        t = finite("times", times)
        total = np.zeros((*t.shape, 2))
        for frequency, phase in zip(self.frequencies, self.phases, strict=True):
            # whole turns go in double precision; what is left is small enough for the faster single precision
            turns = frequency * t
            turns -= np.rint(turns)
            angle = (2 * np.pi * turns + phase).astype(np.float32)
            total[..., 0] += np.cos(angle)
            total[..., 1] += np.sin(angle)
        return np.asarray(self.steady + self.scattered / np.sqrt(len(self.phases)) * total.view(np.complex128)[..., 0])


def scatter(doppler_hz: float, rng: np.random.Generator, *, k_factor: float = 0.0, waves: int = WAVES) -> Waves:
    """Draw one path with the Jakes spectrum (Zheng and Xiao 2003: one random angle in each of `waves` equal sectors).

    Args:
        doppler_hz: Largest Doppler shift f_d = speed / wavelength; 0 stands still.
        rng: Source of chance.
        k_factor: K, power of the steady part over that of the waves (linear, not dB).
        waves: Number of waves; more come closer to Gaussian amplitudes.

    Raises:
        OutOfRange: When a parameter is negative, NaN, infinite or absurd.
    """
    fd, k = within("doppler_hz", doppler_hz, 0), within("k_factor", k_factor, 0)
    m = count("waves", waves)
    angles = 2 * np.pi * (np.arange(m) + rng.random(m)) / m
    phases = 2 * np.pi * rng.random(m)
    steady = np.sqrt(k / (k + 1)) * np.exp(2j * np.pi * rng.random())
    return Waves(fd * np.cos(angles), phases, complex(steady), float(np.sqrt(1 / (k + 1))))


def jakes(n: int, doppler_hz: float, rate: float, rng: np.random.Generator, k_factor: float = 0.0) -> Complex:
    """Draw evenly sampled Jakes fading with an optional steady part.

    Closed form: E[h(t+τ)·h*(t)] = (K + J0(2π·f_d·τ)) / (K + 1).

    Args:
        n: Number of samples.
        doppler_hz: Largest Doppler shift f_d, Hz.
        rate: Samples per second.
        rng: Source of chance.
        k_factor: K, linear.

    Returns:
        Complex array (n,).

    Raises:
        OutOfRange: When a parameter is absurd.
    """
    times = np.arange(count("n", n)) / positive("rate", rate)
    return scatter(doppler_hz, rng, k_factor=k_factor).at(times)
