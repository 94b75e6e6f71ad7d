"""Compute one piece of work, a day or a part of one: when devices send, what is heard, and which pairs come of it.

A pair is an uplink that the answering gateway heard and an answer that the device heard; each end reads one strength.
End a is the gateway and end b the device, as in `channel.correlation.Channel`.
The reading is S + 20·log10|h + n|, rounded: shadows S, fade h, noise n at the mean SNR with a symbol's processing gain
(10·log10 2^SF), as `channel.correlation.Channel` has it for snapshots, which gives the closed form (`closed`).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.channel.correlation import Bell, Jakes, doppler
from samefade.channel.large_scale import LIGHT
from samefade.lpwan.deploy import fades
from samefade.lpwan.deploy.airing import THRESHOLD, Air, air, floor, starts
from samefade.lpwan.deploy.setting import Deployment
from samefade.lpwan.deploy.tally import COUNTS, FOLLOWED, MOMENTS, Tally
from samefade.lpwan.deploy.world import World, place, state
from samefade.types import Complex


class Played(NamedTuple):
    """The air of a piece of work, by slot and device (K, n) unless said otherwise.

    Attributes:
        start: Seconds after its beginning, infinite where nothing was sent.
        channel: Index.
        server: Gateway that heard it best, −1 for none.
        window: In which it was answered, 0 for none.
        why: Bits of `loops`: why it was not heard, or not answered.
        answer: When the answer began, s.
    """

    start: NDArray[np.float64]
    channel: NDArray[np.int64]
    server: NDArray[np.int64]
    window: NDArray[np.int64]
    why: NDArray[np.int64]
    answer: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Piece:
    """What the steps of a piece of work share."""

    number: int
    setting: Deployment
    world: World
    table: Air
    shadows: NDArray[np.float64]
    gains: Complex
    steady: NDArray[np.float64]
    scattered: NDArray[np.float64]


def simulate(setting: Deployment, piece: int, keep: tuple[int, ...] = ()) -> Tally:
    """Compute a piece of work.

    Args:
        setting: The deployment.
        piece: Which one of `setting.pieces`, from 0; what it gives depends on the setting and on this alone.
        keep: Devices whose frames are returned too.
    """
    about, start, channel, rng = _begun(setting, piece)
    played = _played(about, start, channel)
    return _tally(about, played, _heard(about, played, rng), keep)


def play(setting: Deployment, piece: int) -> tuple[Air, World, Played]:
    """Return the air of a piece of work frame by frame, to look at."""
    about, start, channel, _ = _begun(setting, piece)
    return about.table, about.world, _played(about, start, channel)


def _begun(
    setting: Deployment, piece: int
) -> tuple[_Piece, NDArray[np.float64], NDArray[np.int64], np.random.Generator]:
    rng = np.random.default_rng([setting.seed, 1, piece])
    world, table = place(setting), air(setting.region, setting.payload, setting.noise_figure)
    start, channel = starts(setting, world.sf, rng)
    times = np.maximum.accumulate(np.where(np.isfinite(start), start, 0.0), axis=0)
    shadows, gains = fades.walk(setting, world, state(setting, world, piece), times, rng)
    steady, scattered = np.sqrt(world.k / (world.k + 1)), np.sqrt(1 / (world.k + 1))
    return _Piece(piece, setting, world, table, shadows, gains, steady, scattered), start, channel, rng


def _played(about: _Piece, start: NDArray[np.float64], channel: NDArray[np.int64]) -> Played:
    """Send the frames in the order of their starts."""
    from samefade.lpwan.deploy import loops

    setting, world, table = about.setting, about.world, about.table
    masts = setting.gateways
    felt = about.steady[:, None] + about.scattered[:, None] * about.gains[..., :masts]
    level = table.power - world.loss + about.shadows[..., :masts] + _decibels(felt)
    sent = np.flatnonzero(np.isfinite(start))
    order = sent[np.argsort(start.ravel()[sent], kind="stable")]
    sf = np.broadcast_to(world.sf - 7, start.shape).ravel()[order]
    begin, where = start.ravel()[order], channel.ravel()[order]
    asked = _asks(about).ravel()[order]
    frames = (begin, begin + table.up[sf], where, sf, asked)
    windows = (
        table.first_air[sf, where], table.first_band[where], table.second_air, table.second_band, table.delay,
    )  # fmt: skip
    need = floor(125_000, setting.noise_figure) + np.array([THRESHOLD[f] for f in range(7, 13)])
    spacing = np.ascontiguousarray(table.spacing[:, 1])
    ready = np.where(np.isfinite(spacing), spacing, 0.0) * max(float(np.max(windows[0], initial=0)), table.second_air)
    memory = (
        np.tile(ready, (masts, 1)), np.full((masts, loops.RING, 2), -np.inf), np.zeros(masts, np.int64),
    )  # fmt: skip
    n = len(order)
    out = (
        np.zeros((n, masts), np.int64), np.full(n, -1, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64),
        np.full(n, np.inf),
    )  # fmt: skip
    loops.day(
        frames, np.ascontiguousarray(level.reshape(-1, masts)[order]), windows,
        (spacing, need, setting.capture, setting.across), memory, out,
    )  # fmt: skip
    _, server, window, why, answer = (_spread(part, order, start.shape) for part in out)
    server[~np.isfinite(start)] = -1
    return Played(start, channel, server, window, why, answer)


def _slots(about: _Piece) -> NDArray[np.int64]:
    """Return the slots of the day that are in this piece."""
    here = about.setting.slots // about.setting.parts
    return np.arange(here) + about.number % about.setting.parts * here


def _asks(about: _Piece) -> NDArray[np.bool_]:
    """Return which frames ask for an answer, (K, n)."""
    return np.asarray((_slots(about)[:, None] + np.arange(about.setting.devices)) % about.setting.every == 0)


def _spread(values: NDArray[Any], order: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return what was found of the frames that were sent, by slot and device; 0 for the others."""
    made = np.zeros((int(np.prod(shape)), *values.shape[1:]), values.dtype)
    made[order] = values
    return made.reshape(*shape, *values.shape[1:])


class _Readings(NamedTuple):
    """Readings of pairs, as lists over slots and devices: where, and what gateway, device and Eve read, dB."""

    heard: NDArray[np.bool_]
    slot: NDArray[np.int64]
    device: NDArray[np.int64]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    e: NDArray[np.float64]


def _heard(about: _Piece, played: Played, rng: np.random.Generator) -> _Readings:
    """Draw what is read of every answered frame; where the device misses the answer there is no pair."""
    setting, world, table = about.setting, about.world, about.table
    slot, device = np.nonzero(played.window)
    server, window, channel = (part[slot, device] for part in (played.server, played.window, played.channel))
    link = _links(table, world.sf[device] - 7, channel, window)
    down_air = np.where(window == 1, table.first_air[world.sf[device] - 7, channel], table.second_air)
    delay = table.up[world.sf[device] - 7] / 2 + table.delay + (window - 1) + down_air / 2
    gap = np.where(window == 1, table.first_gap[channel], table.second_gap[channel])
    over_time, moved = _kept(setting, world, device, delay, rng)
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
    heard = down_snr + down_shade + _decibels(felt) >= link[:, 2]
    gain = 10 * np.log10(2.0) * world.sf[device]
    a = _read(up_shade, steady + scattered * up_gain, up_snr + gain, rng)
    b = _read(down_shade, felt, down_snr + gain, rng)
    e = _eve(about, (slot, device), (up_shade, down_shade), (up_gain, down_gain), (up_snr + gain, down_snr + gain), rng)
    at_gateway, at_device = table.power - loss, link[:, 0] - loss
    a, b = (_rounded(level, mean, setting.step) for level, mean in ((a, at_gateway), (b, at_device)))
    return _Readings(heard, slot, device, a, b, e)


def _eve(
    about: _Piece,
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


def _kept(
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


def _decibels(gain: Complex) -> NDArray[np.float64]:
    return np.asarray(10 * np.log10(gain.real**2 + gain.imag**2))


def _read(
    shade: NDArray[np.float64], gain: Complex, snr: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    return shade + _decibels(gain + 10 ** (-snr / 20) * _circular(len(gain), rng))


def _rounded(level: NDArray[np.float64], mean: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Return a level about the mean of its link, reported in steps of absolute strength."""
    return level if step == 0 else np.round((mean + level) / step) * step - mean


def _tally(about: _Piece, played: Played, read: _Readings, keep: tuple[int, ...]) -> Tally:
    from samefade.lpwan.deploy import loops

    setting, table = about.setting, about.table
    sent, pair = np.isfinite(played.start), np.zeros(played.start.shape, bool)
    pair[read.slot, read.device] = read.heard
    lost = sent & (played.server < 0)
    parts = {
        "planned": np.ones_like(sent), "delayed": ~sent, "sent": sent,
        "weak": lost & (played.why & loops.WEAK > 0),
        "collided": lost & (played.why & (loops.WEAK | loops.COLLIDED) == loops.COLLIDED),
        "deaf": lost & (played.why & (loops.WEAK | loops.COLLIDED) == 0),
        "heard": sent & ~lost, "asked": sent & ~lost & _asks(about),
        "duty": played.why & loops.DUTY > 0, "busy": played.why & loops.BUSY > 0,
        "answered": played.window > 0, "second": played.window == 2,
        "missed": (played.window > 0) & ~pair, "pairs": pair,
    }  # fmt: skip
    counts = np.stack([np.count_nonzero(parts[name], axis=0) for name in COUNTS], axis=1)
    down = np.zeros(setting.gateways)
    window, server = played.window[read.slot, read.device], played.server[read.slot, read.device]
    sf, channel = about.world.sf[read.device] - 7, played.channel[read.slot, read.device]
    np.add.at(down, server, np.where(window == 1, table.first_air[sf, channel], table.second_air))
    up = float(np.sum(counts[:, COUNTS.index("sent")] * table.up[about.world.sf - 7]))
    days = 1 / setting.parts
    return Tally(days, counts, _moments(read, setting.devices), up, down, _followed(about, played, read, keep))


def _moments(read: _Readings, devices: int) -> NDArray[np.float64]:
    """Return the sums of products, each pair beside the one before of the same device and day."""
    order = np.lexsort((read.slot, read.device))
    order = order[read.heard[order]]
    device = read.device[order]
    now = np.stack([read.a[order], read.b[order], read.e[order]], axis=1)
    follows = np.flatnonzero(device[1:] == device[:-1]) + 1
    rows = np.concatenate([np.ones((len(follows), 1)), now[follows], now[follows - 1]], axis=1)
    sums = np.zeros((devices, len(MOMENTS), len(MOMENTS)))
    for i in range(len(MOMENTS)):
        for j in range(i, len(MOMENTS)):
            sums[:, i, j] = sums[:, j, i] = np.bincount(device[follows], rows[:, i] * rows[:, j], devices)
    return sums


def _followed(about: _Piece, played: Played, read: _Readings, keep: tuple[int, ...]) -> dict[int, NDArray[np.float64]]:
    """Return every frame that some devices sent, with what was read of it: `tally.FOLLOWED`."""
    found = {}
    for device in keep:
        slot = np.flatnonzero(np.isfinite(played.start[:, device]))
        rows = np.full((len(slot), len(FOLLOWED)), np.nan)
        rows[:, 0], rows[:, 1] = about.number // about.setting.parts, _slots(about)[slot]
        rows[:, 2], rows[:, 3] = played.server[slot, device] >= 0, _asks(about)[slot, device]
        of = np.flatnonzero(read.device == device)
        at = np.searchsorted(slot, read.slot[of])
        rows[at, 4] = read.a[of]
        rows[at, 5] = np.where(read.heard[of], read.b[of], np.nan)
        rows[at, 6] = read.e[of]
        found[device] = rows
    return found
