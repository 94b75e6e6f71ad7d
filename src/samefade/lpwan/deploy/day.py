"""Compute one piece of work, a day or a part of one: when devices send, what is heard, and which pairs come of it.

A pair is an uplink that the answering gateway heard and an answer that the device heard; each end reads one strength.
End a is the gateway and end b the device, as in `channel.correlation.Channel`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.lpwan.deploy import fades
from samefade.lpwan.deploy.airing import THRESHOLD, Air, air, floor, starts
from samefade.lpwan.deploy.piece import Piece, Played, decibels
from samefade.lpwan.deploy.readings import Readings, draw
from samefade.lpwan.deploy.setting import Deployment
from samefade.lpwan.deploy.tally import COUNTS, FOLLOWED, MOMENTS, Tally
from samefade.lpwan.deploy.world import World, place, state


def simulate(setting: Deployment, piece: int, keep: tuple[int, ...] = ()) -> Tally:
    """Compute a piece of work.

    Args:
        setting: The deployment.
        piece: Which one of `setting.pieces`, from 0; what it gives depends on the setting and on this alone.
        keep: Devices whose frames are returned too.
    """
    about, start, channel, rng = _begun(setting, piece)
    played = _played(about, start, channel)
    return _tally(about, played, draw(about, played, rng), keep)


def play(setting: Deployment, piece: int) -> tuple[Air, World, Played]:
    """Return the air of a piece of work frame by frame, to look at."""
    about, start, channel, _ = _begun(setting, piece)
    return about.table, about.world, _played(about, start, channel)


def _begun(
    setting: Deployment, piece: int
) -> tuple[Piece, NDArray[np.float64], NDArray[np.int64], np.random.Generator]:
    rng = np.random.default_rng([setting.seed, 1, piece])
    world, table = place(setting), air(setting.region, setting.payload, setting.noise_figure)
    start, channel = starts(setting, world.sf, rng)
    times = np.maximum.accumulate(np.where(np.isfinite(start), start, 0.0), axis=0)
    shadows, gains = fades.walk(setting, world, state(setting, world, piece), times, rng)
    steady, scattered = np.sqrt(world.k / (world.k + 1)), np.sqrt(1 / (world.k + 1))
    return Piece(piece, setting, world, table, shadows, gains, steady, scattered), start, channel, rng


def _played(about: Piece, start: NDArray[np.float64], channel: NDArray[np.int64]) -> Played:
    """Send the frames in the order of their starts."""
    from samefade.lpwan.deploy import loops

    setting, world, table = about.setting, about.world, about.table
    masts = setting.gateways
    felt = about.steady[:, None] + about.scattered[:, None] * about.gains[..., :masts]
    level = table.power - world.loss + about.shadows[..., :masts] + decibels(felt)
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


def _slots(about: Piece) -> NDArray[np.int64]:
    """Return the slots of the day that are in this piece."""
    here = about.setting.slots // about.setting.parts
    return np.arange(here) + about.number % about.setting.parts * here


def _asks(about: Piece) -> NDArray[np.bool_]:
    """Return which frames ask for an answer, (K, n)."""
    return np.asarray((_slots(about)[:, None] + np.arange(about.setting.devices)) % about.setting.every == 0)


def _spread(values: NDArray[Any], order: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return what was found of the frames that were sent, by slot and device; 0 for the others."""
    made = np.zeros((int(np.prod(shape)), *values.shape[1:]), values.dtype)
    made[order] = values
    return made.reshape(*shape, *values.shape[1:])


def _tally(about: Piece, played: Played, read: Readings, keep: tuple[int, ...]) -> Tally:
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


def _moments(read: Readings, devices: int) -> NDArray[np.float64]:
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


def _followed(about: Piece, played: Played, read: Readings, keep: tuple[int, ...]) -> dict[int, NDArray[np.float64]]:
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
