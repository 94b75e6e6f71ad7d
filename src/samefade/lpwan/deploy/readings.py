"""What gateway, device and Eve read of every answered frame.

The reading is S + 20·log10|h + n|, rounded: shadows S, fade h, noise n at the mean SNR with a symbol's processing gain
(10·log10 2^SF), as `channel.correlation.Channel` has it for snapshots, which gives the closed form (`closed`).
End a is the gateway and end b the device, as there.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.channel.correlation import Bell, Jakes, doppler
from samefade.channel.large_scale import LIGHT
from samefade.lpwan.deploy.airing import Air, floor
from samefade.lpwan.deploy.piece import Piece, Played, decibels
from samefade.lpwan.deploy.setting import Deployment
from samefade.lpwan.deploy.world import World
from samefade.types import Complex


class Readings(NamedTuple):
    """Readings of pairs, as lists over slots and devices: where, and what gateway, device and Eve read, dB."""

    heard: NDArray[np.bool_]
    slot: NDArray[np.int64]
    device: NDArray[np.int64]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    e: NDArray[np.float64]


def draw(about: Piece, played: Played, rng: np.random.Generator) -> Readings:
    """Draw what is read of every answered frame; where the device misses the answer there is no pair."""
    setting, world, table = about.setting, about.world, about.table
    slot, device = np.nonzero(played.window)
    server, window, channel = (part[slot, device] for part in (played.server, played.window, played.channel))
    link = _links(table, world.sf[device] - 7, channel, window)
    down_air = np.where(window == 1, table.first_air[world.sf[device] - 7, channel], table.second_air)
    delay = table.up[world.sf[device] - 7] / 2 + table.delay + (window - 1) + down_air / 2
    gap = np.where(window == 1, table.first_gap[channel], table.second_gap[channel])
    over_time, moved = kept_over(setting, world, device, delay, rng)
    over_frequency = setting.profile.gain(gap)

    up_shade, up_gain = about.shadows[slot, device, server], about.gains[slot, device, server]
    kept = setting.shadowing.correlation(moved)
    fresh = setting.shadowing.spread * rng.standard_normal(len(slot))
    down_shade = kept * up_shade + np.sqrt(1 - kept**2) * fresh
    other = about.gains[slot, device, setting.gateways]
    down_gain = over_time * (over_frequency * up_gain + np.sqrt(1 - over_frequency**2) * other)
    down_gain += np.sqrt(1 - over_time**2) * _circular(len(slot), rng)

    loss = world.loss[device, server]
    steady, scattered = about.steady[device], about.scattered[device]
    up_snr = table.power - loss - floor(125_000, setting.noise_figure)
    down_snr = link[:, 0] - loss - link[:, 1]
    felt = steady + scattered * down_gain
    heard = down_snr + down_shade + decibels(felt) >= link[:, 2]
    gain = 10 * np.log10(2.0) * world.sf[device]
    a = _read(up_shade, steady + scattered * up_gain, up_snr + gain, rng)
    b = _read(down_shade, felt, down_snr + gain, rng)
    e = _eve(about, (slot, device), (up_shade, down_shade), (up_gain, down_gain), (up_snr + gain, down_snr + gain), rng)
    at_gateway, at_device = table.power - loss, link[:, 0] - loss
    a, b = (_rounded(level, mean, setting.step) for level, mean in ((a, at_gateway), (b, at_device)))
    return Readings(heard, slot, device, a, b, e)


def _eve(
    about: Piece,
    where: tuple[NDArray[np.int64], NDArray[np.int64]],
    shades: tuple[NDArray[np.float64], NDArray[np.float64]],
    gains: tuple[Complex, Complex],
    snrs: tuple[NDArray[np.float64], NDArray[np.float64]],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return what Eve reads: the frame that the end beside her receives, with a receiver as good as that end's."""
    setting, world = about.setting, about.world
    end = 1 if setting.beside_device else 0
    shared = float(setting.shadowing.shared(setting.eve.from_a, setting.eve.from_b))
    rho = float(setting.eve.gain(LIGHT / world.carrier))
    own_shade = about.shadows[(*where, setting.gateways)]
    own_gain = about.gains[(*where, setting.gateways + 1)]
    shade = shared * shades[end] + np.sqrt(1 - shared**2) * own_shade
    gain = rho * gains[end] + np.sqrt(1 - rho**2) * own_gain
    device = where[1]
    return _read(shade, about.steady[device] + about.scattered[device] * gain, snrs[end], rng)


def kept_over(
    setting: Deployment, world: World, device: NDArray[np.int64], delay: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the correlation over time of each pair's fade, and how far the device has moved in between, metres."""
    active = rng.random(len(device))
    over_time, moved = np.ones(len(device)), np.zeros(len(device))
    for number, (kind, _) in enumerate(setting.motions):
        of = world.motion[device] == number
        moves = of & (active < kind.active)
        rests = of & ~moves
        over_time[moves] = Jakes().gain(delay[moves], doppler(kind.speed, world.carrier))
        over_time[rests] = Bell().gain(delay[rests], doppler(kind.stir, world.carrier))
        moved[moves] = kind.speed * delay[moves]
    return over_time, moved


def _links(
    table: Air, sf: NDArray[np.int64], channel: NDArray[np.int64], window: NDArray[np.int64]
) -> NDArray[np.float64]:
    return np.where((window == 1)[:, None], table.first_link[sf, channel], table.second_link)


def _circular(n: int, rng: np.random.Generator) -> Complex:
    return np.asarray(rng.standard_normal((n, 2)).view(np.complex128)[:, 0] * np.sqrt(0.5))


def _read(
    shade: NDArray[np.float64], gain: Complex, snr: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    return shade + decibels(gain + 10 ** (-snr / 20) * _circular(len(gain), rng))


def _rounded(level: NDArray[np.float64], mean: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Return a level about the mean of its link, reported in steps of absolute strength."""
    return level if step == 0 else np.round((mean + level) / step) * step - mean
