"""A tapped delay line: several fading paths of different length, hence a fade that differs from tone to tone.

*Notation*: tap l with power p_l and delay τ_l (s), path h_l(t), tone at baseband frequency f (Hz):
H(t, f) = Σ_l √p_l · h_l(t) · exp(−2πi·f·τ_l), with Σ_l p_l = 1.

Source: P. A. Bello, "Characterization of randomly time-variant linear channels", 1963.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import count, finite, positive, within
from samefade.channel.fading import WAVES, Waves, scatter
from samefade.errors import OutOfRange
from samefade.types import Complex, Float

Taps = Sequence[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class DelayLine:
    """Fading paths with their delays: it can be evaluated at any time and any tone.

    Attributes:
        paths: One fading path for each tap.
        delays: (l,) seconds.
        powers: (l,) linear, their sum is 1.
    """

    paths: tuple[Waves, ...]
    delays: Float
    powers: Float

    def taps_at(self, times: ArrayLike) -> Complex:
        """Evaluate √p_l · h_l(t) at the times given (s); returns complex (n, l)."""
        return np.stack([path.at(times) for path in self.paths], axis=-1) * np.sqrt(self.powers)

    def steering(self, tones: ArrayLike) -> Complex:
        """Return exp(−2πi·f·τ_l) for tones at baseband frequencies f (Hz), complex (l, k)."""
        return np.asarray(np.exp(-2j * np.pi * np.outer(self.delays, finite("tones", tones))))

    def at(self, times: ArrayLike, tones: ArrayLike) -> Complex:
        """Evaluate H at n times (s) and k baseband frequencies (Hz); returns complex (n, k)."""
        return np.asarray(self.taps_at(times) @ self.steering(tones))


def exponential_taps(spread: float, taps: int = 6) -> tuple[tuple[float, float], ...]:
    """Return (delay, power) of a decaying profile whose delay spread is exactly the one asked for.

    The delays are 0, d, 2d, … and the powers fall as exp(−delay/spread), cut after `taps` taps.
    The profile is then stretched until the square root of its second central moment equals `spread`.

    Args:
        spread: RMS delay spread, seconds; 0 gives one tap, a flat channel.
        taps: Number of taps.

    Raises:
        OutOfRange: When the spread is negative or above 1 ms, or there is no tap.
    """
    spread, taps = within("spread", spread, 0, 1e-3), count("taps", taps)
    if spread == 0 or taps == 1:
        return ((0.0, 1.0),)
    steps = np.arange(taps) * 3.0 / taps
    powers = np.exp(-steps) / np.sum(np.exp(-steps))
    delays = steps * spread / np.sqrt(np.sum(powers * steps**2) - np.sum(powers * steps) ** 2)
    return tuple((float(d), float(p)) for d, p in zip(delays, powers, strict=True))


def delay_line(taps: Taps, doppler_hz: float, rng: np.random.Generator, *, waves: int = WAVES) -> DelayLine:
    """Draw independent Jakes paths for the taps; powers are scaled to sum to 1.

    Args:
        taps: (delay in seconds, linear power) of each path.
        doppler_hz: Largest Doppler shift of every path, Hz.
        rng: Source of chance.
        waves: Waves in each path.

    Raises:
        OutOfRange: When there is no tap, a delay is negative, no tap has power, or a parameter is absurd.
        NotFinite: When a delay or power is NaN or infinite.
    """
    table = finite("taps", taps)
    if table.ndim != 2 or table.shape[1:] != (2,) or not len(table):
        raise OutOfRange("taps", f"shape {table.shape}", "at least one (delay, power)")
    if np.min(table) < 0 or np.sum(table[:, 1]) <= 0:
        raise OutOfRange("taps", float(np.min(table)), "delays and powers of at least 0, not all powers 0")
    paths = tuple(scatter(doppler_hz, rng, waves=waves) for _ in table)
    return DelayLine(paths, table[:, 0], table[:, 1] / np.sum(table[:, 1]))


def tapped_delay_line(
    n: int, rate: float, taps: Taps, doppler: float, tones: ArrayLike | None, rng: np.random.Generator
) -> Complex:
    """Draw an evenly sampled channel whose fade differs from tone to tone.

    Closed form: E[H(t+τ, f+F)·H*(t, f)] = J0(2π·f_d·τ) · Σ_l p_l·exp(−2πi·F·τ_l).

    Args:
        n: Number of samples.
        rate: Samples per second.
        taps: (delay in seconds, linear power) of each path.
        doppler: Largest Doppler shift f_d, Hz.
        tones: Baseband frequencies, Hz, (k,); None means the centre alone.
        rng: Source of chance.

    Returns:
        Complex array (n, k), or (n,) where `tones` is None; unit mean power.

    Raises:
        OutOfRange: When a parameter is absurd.
        NotFinite: When a tone, delay or power is NaN or infinite.
    """
    times = np.arange(count("n", n)) / positive("rate", rate)
    line = delay_line(taps, doppler, rng)
    response = line.at(times, [0.0] if tones is None else tones)
    return response[:, 0] if tones is None else response
