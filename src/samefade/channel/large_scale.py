"""Large-scale fading: path loss, shadowing and slow drift, all in decibels.

Sources: H. T. Friis, "A note on a simple transmission formula", 1946 (free space up to the reference distance);
M. Gudmundson, "Correlation model for shadow fading in mobile radio systems", 1991;
G. E. Uhlenbeck and L. S. Ornstein, "On the theory of the Brownian motion", 1930.
"""

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import finite, increasing, positive, within
from samefade.errors import OutOfRange
from samefade.types import Float

LIGHT = 299_792_458.0


def path_loss(
    distance: ArrayLike, *, exponent: float = 2.0, frequency: float = 2.427e9, reference: float = 1.0
) -> Float:
    """Return the log-distance path loss in dB: free space to the reference distance, then 10·exponent·log10(d/d0).

    Args:
        distance: Metres, any shape, above 0.
        exponent: 2 in free space, about 3 to 5 through walls.
        frequency: Carrier, Hz; the default is channel 4 of the 2.4 GHz band.
        reference: d0, metres.

    Raises:
        OutOfRange: When a distance is not above 0, or a parameter is absurd.
        NotFinite: When a distance is NaN or infinite.
    """
    d = finite("distance", distance)
    if d.size and float(np.min(d)) <= 0:
        raise OutOfRange("distance", float(np.min(d)), "metres above 0")
    d0 = positive("reference", reference)
    free = 20 * np.log10(4 * np.pi * d0 * positive("frequency", frequency) / LIGHT)
    return np.asarray(free + 10 * within("exponent", exponent, 0, 10) * np.log10(d / d0))


def ornstein_uhlenbeck(times: ArrayLike, time_constant: float, rng: np.random.Generator) -> Float:
    """Draw slow drift of unit variance, sampled exactly at uneven times.

    Closed form: E[x(t+τ)·x(t)] = exp(−|τ|/time_constant).
    Two parties share one drift when it is drawn on their merged times; equal times give equal values.

    Args:
        times: (n,) seconds, never stepping back.
        time_constant: Seconds after which the correlation has fallen to 1/e.
        rng: Source of chance.

    Returns:
        Real array (n,), Gaussian.

    Raises:
        OutOfRange: When the times step back or the time constant is not above 0.
        NotFinite: When a time is NaN or infinite.
    """
    t = increasing("times", times)
    kept = np.exp(-np.diff(t, prepend=-np.inf) / positive("time_constant", time_constant)) if len(t) else t
    drive = np.sqrt(1 - kept**2) * rng.standard_normal(len(t))  # the first is kept = 0: stationary from the start
    path, x = np.empty(len(t)), 0.0
    for i, (c, w) in enumerate(zip(kept.tolist(), drive.tolist(), strict=True)):
        path[i] = x = c * x + w
    return path


def shadowing(positions: ArrayLike, spread: float, distance: float, rng: np.random.Generator) -> Float:
    """Draw log-normal shadowing along a way (Gudmundson 1991).

    Closed form: E[s(x+Δ)·s(x)] = spread²·exp(−|Δ|/distance): an Ornstein–Uhlenbeck process in space.

    Args:
        positions: (n,) metres along the way, never stepping back.
        spread: Standard deviation, dB.
        distance: Metres after which the correlation has fallen to 1/e.
        rng: Source of chance.

    Returns:
        Real array (n,), dB.

    Raises:
        OutOfRange: When the positions step back, or a parameter is absurd.
        NotFinite: When a position is NaN or infinite.
    """
    return within("spread", spread, 0, 60) * ornstein_uhlenbeck(positions, distance, rng)
