"""What a radio adds to the fade: noise, gain steps, spikes, rounding, and a clock of its own.

Everything here is independent at the two ends, so all of it takes from reciprocity.
Gains are in decibels and multiply the whole packet: an automatic gain control knows no tones.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.channel.bounds import count, finite, increasing, positive, within
from samefade.types import Complex, Float

STEPS = 3


def noise(shape: tuple[int, ...], snr_db: float, rng: np.random.Generator) -> Complex:
    """Draw thermal noise for a channel of unit mean power: circular Gaussian of power 10^(−snr_db/10).

    Args:
        shape: Shape of the result, complex64.
        snr_db: Signal-to-noise ratio of one tone of one packet, dB.
        rng: Source of chance.

    Raises:
        OutOfRange: When the ratio is outside −60 … 200 dB.
    """
    amplitude = np.float32(np.sqrt(10 ** (-within("snr_db", snr_db, -60, 200) / 10) / 2))
    parts = rng.standard_normal((*shape, 2), dtype=np.float32)
    parts *= amplitude
    return parts.view(np.complex64)[..., 0]


def gain_steps(times: ArrayLike, step_db: float, dwell: float, rng: np.random.Generator) -> Float:
    """Draw the level of an automatic gain control that jumps now and then.

    At random instants (Poisson, one every `dwell` seconds on average) the level is drawn anew from −1, 0 or +1 step.
    Closed form: mean 0, variance 2/3·step_db², correlation exp(−|τ|/dwell).

    Args:
        times: (n,) seconds, never stepping back.
        step_db: Size of a step, dB; 0 switches it off.
        dwell: Mean time between jumps, seconds.
        rng: Source of chance.

    Returns:
        Real array (n,), dB.

    Raises:
        OutOfRange: When the times step back or a parameter is absurd.
        NotFinite: When a time is NaN or infinite.
    """
    t = increasing("times", times)
    step, dwell = within("step_db", step_db, 0, 60), positive("dwell", dwell)
    stays = np.exp(-np.diff(t, prepend=-np.inf) / dwell) if len(t) else t
    jumps = rng.random(len(t)) >= stays
    levels = rng.integers(STEPS, size=len(t)) - STEPS // 2
    latest = np.maximum.accumulate(np.where(jumps, np.arange(len(t)), 0))
    return np.asarray(step * levels[latest])


def spikes(n: int, probability: float, size_db: float, rng: np.random.Generator) -> Float:
    """Draw rare packets whose level is wrong: 0 dB, or Gaussian with spread `size_db` with the given probability.

    Returns:
        Real array (n,), dB.

    Raises:
        OutOfRange: When a parameter is absurd.
    """
    struck = rng.random(count("n", n)) < within("probability", probability, 0, 1)
    return np.asarray(struck * within("size_db", size_db, 0, 60) * rng.standard_normal(n))


def to_int8(csi: Complex, counts: float) -> NDArray[np.int8]:
    """Round a channel to the chip's signed bytes.

    Args:
        csi: Complex array (n, k).
        counts: How many steps of the converter one unit of amplitude fills.

    Returns:
        int8 array (n, k, 2), I and Q on the last axis; what exceeds −128 … 127 is clipped, as in the chip.

    Raises:
        OutOfRange: When `counts` is not above 0.
        NotFinite: When the channel holds NaN or infinite values.
    """
    parts = np.stack([csi.real, csi.imag], axis=-1) * np.float32(positive("counts", counts))
    if not np.isfinite(parts).all():
        finite("csi", parts)
    return np.clip(np.rint(parts, out=parts), -128, 127, out=parts).astype(np.int8)


def own_clock(times: ArrayLike, offset: float, drift_ppm: float) -> Float:
    """Return what a node's own clock shows at true times: offset + (1 + drift·10⁻⁶)·t, rounded to microseconds.

    Args:
        times: (n,) true seconds.
        offset: What the clock shows at time 0, seconds.
        drift_ppm: How much too fast it runs, parts per million.

    Raises:
        OutOfRange: When the drift is beyond ±10,000 ppm or the offset is not finite.
        NotFinite: When a time is NaN or infinite.
    """
    t = finite("times", times)
    ppm = within("drift_ppm", drift_ppm, -10_000, 10_000)
    return np.asarray(np.round(within("offset", offset, -1e10, 1e10) + (1 + 1e-6 * ppm) * t, 6))


def hearing_times(n: int, rate: float, lag: float, jitter: float, rng: np.random.Generator) -> tuple[Float, Float]:
    """Return when each end hears: a at even instants plus jitter, b later by the half-duplex lag.

    The radio cannot send and listen at once, so what b hears comes `lag` seconds after what a heard.

    Args:
        n: Number of exchanges.
        rate: Exchanges per second.
        lag: Seconds from a's packet to b's, below one period.
        jitter: Largest delay of an exchange, seconds; lag and jitter together stay below one period.
        rng: Source of chance.

    Returns:
        Two real arrays (n,), true seconds, both strictly increasing.

    Raises:
        OutOfRange: When lag and jitter do not fit into one period, or another parameter is absurd.
    """
    n, rate = count("n", n), positive("rate", rate)
    lag = within("lag", lag, 0, 0.99 / rate)
    jitter = within("jitter", jitter, 0, 0.99 / rate - lag)
    a = np.arange(n) / rate + jitter * rng.random(n)
    return a, a + lag
