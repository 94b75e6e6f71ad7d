"""Draw what a, b and Eve read of independent probes under a channel model: the numbers that the closed forms speak of.

The scattered gain is drawn at points within each packet, jointly Gaussian with exactly the model's correlation; then
line of sight, noise, averages, decibels, shadowing and rounding follow as a receiver makes them.
Averages within packets are sums over points, eight for every turn of the Doppler shift; the closed forms integrate.
"""

from typing import NamedTuple

import numpy as np

from samefade.channel.bounds import count
from samefade.channel.correlation.model import Channel
from samefade.channel.fading import white
from samefade.errors import OutOfRange
from samefade.types import Complex, Float

_MOST_POINTS = 512


class Drawn(NamedTuple):
    """What a, b and Eve read, rows in this order, one column for each probe.

    Attributes:
        gain: (3, n) complex gain averaged over the packet, without shadowing.
        power: (3, n) power averaged over the packet, without shadowing.
        level: (3, n) dB with shadowing, rounded for a and b; 0 dB is the mean power of the link without noise.
    """

    gain: Complex
    power: Float
    level: Float


def draw(channel: Channel, n: int, rng: np.random.Generator) -> Drawn:
    """Draw n independent probes of a channel whose parameters are single numbers.

    Eve's steady part is as long as the ends' and turns with them.

    Args:
        channel: The model.
        n: Number of probes.
        rng: Source of chance.

    Raises:
        OutOfRange: When a parameter is an array, n is not a positive whole number, or the packets hold more turns of
            the Doppler shift than 512 points can follow.
    """
    n = count("n", n)
    if (size := np.size(channel.gain().ab)) != 1:
        raise OutOfRange("parameters of the channel", f"{size} channels", "one channel")
    times = _points(channel)
    scattered = _scattered(channel, times, n, rng)  # (3, points, n)
    steady = _steady(channel, times)
    pilots = channel.noise.pilots
    read = [_read(fade + line[:, None], float(np.max(ratio)), pilots, rng)
            for fade, line, ratio in zip(scattered, steady, channel.scattered_noise(), strict=True)]  # fmt: skip
    gain, power = np.array([g for g, _ in read]), np.array([p for _, p in read])
    scale = 1 + channel.sight.k
    level = 10 * np.log10(power / scale) + _shadows(channel, n, rng)
    if step := channel.noise.step:
        level[:2] = np.round(level[:2] / step) * step
    return Drawn(gain / np.sqrt(scale), power / scale, level)


def _points(channel: Channel) -> Float:
    """Return (3, points) times, s; as many points as there are pilots, or a multiple where the fade asks for more."""
    pilots = channel.noise.pilots
    if channel.exchange.snapshot:
        least = 1
    else:
        longest = np.maximum(channel.exchange.up, channel.exchange.down)
        least = max(8, int(np.ceil(8 * float(np.max(longest * channel.doppler)))))
    points = 1 if channel.exchange.snapshot else pilots * -(-least // pilots)
    if points > _MOST_POINTS:
        raise OutOfRange("points within a packet", points, f"at most {_MOST_POINTS}: shorter packets or less speed")
    inside = (np.arange(points) + 0.5) / points - 0.5
    up = float(np.max(channel.exchange.up)) * inside
    down = float(np.max(channel.exchange.down)) * inside + float(np.max(channel.delay))
    return np.stack([up, down, up if np.all(channel.eve.near_a()) else down])


def _scattered(channel: Channel, times: Float, n: int, rng: np.random.Generator) -> Complex:
    """Return (3, points, n) scattered gains: a and b jointly, Eve a mixture of the end she is near to and her own."""
    points = times.shape[1]
    both = np.concatenate([times[0], times[1]])
    lags = np.abs(both[:, None] - both)
    covariance = channel.fading.gain(lags, np.full(lags.shape, float(np.max(channel.doppler))))
    across = float(np.max(channel.profile.gain(channel.gap)))
    covariance[:points, points:] *= across
    covariance[points:, :points] *= across
    values, vectors = np.linalg.eigh(covariance)  # band-limited fades have eigenvalues of about 0
    # the symmetric root is unique: a seed gives the same numbers whatever signs the eigenvectors come with
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    ends = (root @ white(2 * points * n, rng).reshape(2 * points, n)).reshape(2, points, n)
    near = 0 if np.all(channel.eve.near_a()) else 1
    own = (root @ white(2 * points * n, rng).reshape(2 * points, n)).reshape(2, points, n)[near]
    rho = float(np.max(channel.eve.gain(channel.wavelength)))
    return np.stack([*ends, rho * ends[near] + np.sqrt(1 - rho**2) * own])


def _steady(channel: Channel, times: Float) -> Complex:
    turned = channel.sight.turned(times, channel.doppler)
    return np.asarray(np.sqrt(channel.sight.k) * np.exp(1j * turned))


def _read(h: Complex, noise: float, pilots: int, rng: np.random.Generator) -> tuple[Complex, Float]:
    """Return the averaged gain and power (n,) of fades (points, n), with noise of this power on each of the pilots.

    Each pilot has the root of the mean power of its part of the packet, and the phase of its mean.
    """
    n = h.shape[1]
    if len(h) == 1:
        h = np.repeat(h, pilots, axis=0)
    parts = h.reshape(pilots, -1, n)
    added = np.sqrt(noise) * white(pilots * n, rng).reshape(pilots, n)
    mean = parts.mean(axis=1)
    size = np.abs(mean)
    turn = np.divide(mean, size, out=np.ones_like(mean), where=size > 0)
    heard = np.sqrt(np.mean(np.abs(parts) ** 2, axis=1)) * turn + added
    return np.asarray(np.mean(mean + added, axis=0)), np.asarray(np.mean(np.abs(heard) ** 2, axis=0))


def _shadows(channel: Channel, n: int, rng: np.random.Generator) -> Float:
    """Return (3, n) shadowing, dB: Eve's is a mixture of that of the end she is near to and her own."""
    moved, ae, be = (float(np.max(s)) for s in channel.shadow_correlations())
    first, second, third = rng.standard_normal((3, n))
    a, b = first, moved * first + np.sqrt(1 - moved**2) * second
    near, shared = (a, ae) if np.all(channel.eve.near_a()) else (b, be)
    return np.asarray(channel.shadowing.spread * np.stack([a, b, shared * near + np.sqrt(1 - shared**2) * third]))
