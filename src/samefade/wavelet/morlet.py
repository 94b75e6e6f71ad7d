"""The Morlet wavelet with six oscillations: its scales, its frequencies, its cone.

Torrence and Compo, "A Practical Guide to Wavelet Analysis", Bull. Am. Met. Soc. 79 (1998), table 1.

Notation: s scale (s), ω angular frequency (rad/s), ω₀ = 6, λ_F Fourier wavelength of a unit scale.
ψ̂(sω) ∝ exp(−(sω − ω₀)²/2).

The transform is the plain sum of equation 2, W(s, t) = Σ_τ x(τ)·ψ*((τ − t)/s), the signal being its mean (and so
nothing, as the mean is removed) outside the record; no length of a Fourier transform is part of the definition.
On the Fourier side that is ψ̂ summed over its images ω + 2πk·rate, which matter above a third of the rate only.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange
from samefade.types import Float, Integer

OMEGA = 6.0
WAVELENGTH = 4 * np.pi / (OMEGA + np.sqrt(2 + OMEGA**2))  # λ_F, 1.0330
SMALLEST = 2 / WAVELENGTH  # samples: the scale whose frequency is half the rate
CONE = np.sqrt(2)  # e-folding time of a unit scale


@dataclass(frozen=True, eq=False)
class Family:
    """The rows of a transform.

    Attributes:
        samples: (S,) scales in samples, ascending, a constant ratio apart.
        first: Index of the first row that was asked for.
        stop: Index after the last.
    """

    samples: Float
    first: int
    stop: int

    def scale(self, rate: float) -> Float:
        """Return the scales asked for, s."""
        scale: Float = self.samples[self.first : self.stop] / rate
        return scale

    def frequency(self, rate: float) -> Float:
        """Return the Fourier frequencies of the rows asked for, Hz, descending."""
        frequency: Float = rate / (WAVELENGTH * self.samples[self.first : self.stop])
        return frequency


def family(smallest: float, count: int, voices: int) -> Float:
    """Return (count,) scales in samples, `voices` to the octave, ascending from `smallest`."""
    scales: Float = smallest * 2.0 ** (np.arange(count) / voices)
    return scales


def count(n: int, voices: int, smallest: float = SMALLEST) -> int:
    """Return how many rows n samples have: all octaves up to a scale as long as the record."""
    return max(1, int(np.round(np.log2(n / smallest) * voices)) + 1)


def between(samples: Float, rate: float, low: float | None, high: float | None) -> Family:
    """Return the rows whose frequency lies between low and high, Hz, both included; None means no limit.

    Raises:
        OutOfRange: When the limits are not 0 ≤ low ≤ high ≤ rate/2, or hold no row.
    """
    bottom, top = 0.0 if low is None else low, rate / 2 if high is None else high
    if not (0 <= bottom <= top <= rate / 2 * (1 + 1e-9)):
        raise OutOfRange("low, high", f"{low}, {high}", f"0 ≤ low ≤ high ≤ {rate / 2:g} Hz, half the rate")
    frequency = rate / (WAVELENGTH * samples)
    kept = np.flatnonzero((frequency >= bottom * (1 - 1e-9)) & (frequency <= top * (1 + 1e-9)))
    if not len(kept):
        raise OutOfRange("low, high", f"{low}, {high}", f"some row of {frequency[-1]:.4g} to {frequency[0]:.4g} Hz")
    return Family(samples, int(kept[0]), int(kept[-1]) + 1)


def cone(scale: Float, rate: float) -> Integer:
    """Return how many samples at each end lie inside the cone of influence, √2·s, rounded up."""
    samples: Integer = np.ceil(CONE * scale * rate).astype(np.int64)
    return samples


def spectrum(u: Float) -> Float:
    """Return exp(−(u − 6)²/2), the wavelet at u = sω without its norm."""
    power = np.square(u - OMEGA)
    power *= -0.5
    gains: Float = np.exp(power)
    return gains


def norm(samples: Float, kind: str) -> Float:
    """Return the factor of ψ̂ at scales in samples: √(2πs)·π^(−1/4) for "L2" (equation 6), 2 for "L1"."""
    return 2.0 * np.ones_like(samples) if kind == "L1" else np.sqrt(2 * np.pi * samples) * np.pi**-0.25
