"""The air, frame by frame: collisions, gateways that are deaf while they send, and who gets an answer.

A frame is lost at a gateway where it is too weak, where another one overlaps it on its channel and is not enough
weaker (capture: M. Bor et al., "Do LoRa low-power wide-area networks scale?", 2016: 6 dB), or where the gateway sends.
Frames are judged when they end, in that order; an answer begins a second later at the earliest, so what a gateway sends
during a frame is known by then.
"""

from typing import Any

import numpy as np

from samefade.compiled import compiled
from samefade.types import Float, Integer

WEAK, COLLIDED, DEAF = 1, 2, 4  # why a frame was not heard
DUTY, BUSY = 8, 16  # why it was not answered
RING = 512  # transmissions of a gateway that are looked back at
Parts = tuple[Any, ...]  # arrays and numbers that belong together
_BACK = 20.0  # s: an answer is planned and sent within this


@compiled
def _deaf(gateway: int, start: float, end: float, sent: Float, count: Integer) -> bool:
    """Say whether a gateway sends at any time from start to end."""
    for back in range(min(count[gateway], RING)):
        place = (count[gateway] - 1 - back) % RING
        if sent[gateway, place, 0] < start - _BACK:
            return False
        if sent[gateway, place, 0] < end and sent[gateway, place, 1] > start:
            return True
    return False


@compiled
def _answer(
    i: int,
    gateway: int,
    end: float,
    windows: Parts,
    limits: Parts,
    memory: Parts,
    out: Parts,
) -> None:
    """Plan the answer to a frame, in the first window or the second."""
    first_air, first_band, second_air, second_band, delay = windows
    spacing, free, sent, count = limits[0], memory[0], memory[1], memory[2]
    _, _, window, why, down = out
    refused = 0
    for number in range(2):
        airtime = first_air[i] if number == 0 else second_air
        band = first_band[i] if number == 0 else second_band
        start = end + delay + number
        if free[gateway, band] > start or spacing[band] == np.inf:
            refused |= DUTY
        elif _deaf(gateway, start, start + airtime, sent, count):
            refused |= BUSY
        else:
            free[gateway, band] = start + spacing[band] * airtime
            place = count[gateway] % RING
            sent[gateway, place, 0], sent[gateway, place, 1] = start, start + airtime
            count[gateway] += 1
            window[i], down[i] = number + 1, start
            return
    why[i] |= DUTY if refused & DUTY else BUSY


@compiled
def _judge(
    i: int,
    frames: Parts,
    level: Float,
    windows: Parts,
    limits: Parts,
    memory: Parts,
    out: Parts,
) -> None:
    """Find the gateway that heard a frame best, and plan its answer."""
    start, end, _, sf, asked = frames
    need, sent, count = limits[1], memory[1], memory[2]
    lost, server, _, why, _ = out
    best, loudest = -1, 0
    for g in range(level.shape[1]):
        if level[i, g] < need[sf[i]]:
            lost[i, g] |= WEAK
        if _deaf(g, start[i], end[i], sent, count):
            lost[i, g] |= DEAF
        if lost[i, g] == 0 and (best < 0 or level[i, g] > level[i, best]):
            best = g
        if level[i, g] > level[i, loudest]:
            loudest = g
    server[i] = best
    if best < 0:
        why[i] = lost[i, loudest]
    elif asked[i]:
        _answer(i, best, end[i], windows, limits, memory, out)


@compiled
def _ended(now: float, end: Float, pending: Integer, count: int) -> int:
    """Return the place of the frame that ends first, among those that have ended by now, or −1."""
    first = -1
    for p in range(count):
        if end[pending[p]] <= now and (first < 0 or end[pending[p]] < end[pending[first]]):
            first = p
    return first


@compiled
def _collide(i: int, j: int, frames: Parts, level: Float, limits: Parts, lost: Integer) -> None:
    """Mark which of two overlapping frames are lost, gateway by gateway."""
    channel, sf = frames[2], frames[3]
    if channel[i] != channel[j]:
        return
    apart = limits[2] if sf[i] == sf[j] else limits[3]
    for g in range(level.shape[1]):
        if level[i, g] - level[j, g] < apart:
            lost[i, g] |= COLLIDED
        if level[j, g] - level[i, g] < apart:
            lost[j, g] |= COLLIDED


@compiled
def day(frames: Parts, level: Float, windows: Parts, limits: Parts, memory: Parts, out: Parts) -> None:
    """Play a piece of work.

    Args:
        frames: Start, end (s), channel, spreading factor less 7, and whether an answer is asked for; by start, (N,).
        level: (N, G) strength at each gateway, dBm.
        windows: Airtime (N,) and sub-band (N,) of the first window, airtime and sub-band of the second, delay (s).
        limits: Seconds between starts for each second on the air by sub-band, least strength by spreading factor (dBm),
            and dB above a frame of the same and of another spreading factor.
        memory: When gateways may send next in each sub-band (G, bands), what they sent (G, 512, 2), how much (G,).
        out: Why lost (N, G), heard by (N,), window (N,), why (N,), start of the answer (N,); filled here.
    """
    start, end = frames[0], frames[1]
    pending, count = np.empty(len(start) + 1, np.int64), 0
    for i in range(len(start) + 1):
        now = start[i] if i < len(start) else np.inf
        place = _ended(now, end, pending, count)
        while place >= 0:
            j = pending[place]
            count -= 1
            pending[place] = pending[count]
            _judge(j, frames, level, windows, limits, memory, out)
            place = _ended(now, end, pending, count)
        if i < len(start):
            for p in range(count):
                _collide(i, pending[p], frames, level, limits, out[0])
            pending[count] = i
            count += 1
