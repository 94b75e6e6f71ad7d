"""Price the probes of a plan, and what must be told to make one key of them."""

from math import ceil

from samefade.lpwan.cost import Cost
from samefade.lpwan.energy import uplink_energy
from samefade.lpwan.planner.circumstances import Circumstances
from samefade.lpwan.planner.exchange import Exchange, answer
from samefade.lpwan.planner.secrecy import Secrecy
from samefade.lpwan.spare import free_bytes, largest_payload

CONFIRMATION = 16  # bytes that the device sends to confirm the key; the gateway's ride on an answer


def probing_cost(asked: Circumstances, probe: Exchange, probes: int, interval: float) -> Cost:
    """Return what so many probes cost, one in `interval` seconds."""
    hours = probes * interval / 3600
    listening = asked.radio.listening(probe.down)
    if asked.piggybacked:  # the frames are sent anyway: hearing the downlink is what is added
        joules: float | None = 0.0 if asked.answered else probes * listening
        return Cost(0, probes, 0.0, hours, None if asked.probing == "nb-iot" else joules)
    if asked.probing == "nb-iot":
        joules = None
    elif asked.probing == "ping-pong":
        joules = probes * (asked.radio.sending(probe.up) + listening)
    else:
        joules = probes * uplink_energy(
            asked.rules, asked.rate, asked.payload, radio=asked.radio, answer=0, window=asked.window
        )
    return Cost(probes, probes, probes * probe.up, hours, joules)


def telling_cost(asked: Circumstances, probe: Exchange, probes: int, bits: Secrecy, interval: float) -> Cost:
    """Return what telling costs: bytes ride on the probes as far as these have room, then on frames of their own."""
    if asked.probing == "nb-iot":
        return Cost(0, 0, 0.0, 0.0, None)
    rate, most = asked.rate, largest_payload(asked.rules, asked.rate)
    if asked.bits_per_probe is not None:  # who knows the bits says nothing of the protocol: the least that can be told
        tell, heard = ceil(probes * bits.told / 8) + CONFIRMATION, 0.0
        each, longer = _filled(asked, tell, probes, most)
    else:
        tell = ceil(probes * asked.price.up)
        each, longer = asked.price.on_frames(rate, asked.payload, most)
        heard = probes * asked.price.heard(asked.radio, answer(asked)[1])
    filled = min(ceil(tell / each), probes) if each else 0
    own = ceil(max(tell - filled * each, 0) / most) if most else 0
    alone = rate.time_on_air(most)
    # a longer probe takes longer only where it then waits for the duty cycle
    wait = max((probe.up + longer) / probe.duty, interval) - interval
    sending = asked.radio.sending(filled * longer)
    return Cost(
        frames=own,
        downlinks=0,
        airtime=filled * longer + own * alone,
        hours=(filled * wait + own * max(alone / probe.duty, asked.period)) / 3600,
        joules=sending + heard + own * uplink_energy(asked.rules, rate, most, radio=asked.radio),
    )


def _filled(asked: Circumstances, tell: int, probes: int, most: int) -> tuple[int, float]:
    """Return how many bytes to add to probes that carry some, and by how much each of these becomes longer, seconds.

    Of three ways the one with the least time on air: spread over all probes, what the last symbols have room for, and
    as few probes as possible.
    """
    room = max(most - asked.payload, 0)
    spread = min(room, ceil(tell / probes))
    free = free_bytes(asked.rules, asked.rate, asked.payload)
    bare = asked.rate.time_on_air(asked.payload)
    ways = [
        (each, asked.rate.time_on_air(asked.payload + each) - bare) for each in {spread, free, room} if each >= spread
    ]
    return min(ways, key=lambda way: (ceil(tell / way[0]) * way[1] if way[0] else 0.0, way[0]))
