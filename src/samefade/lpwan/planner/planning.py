"""Plan: whether a key can be had on this link, what it costs and what limits it, with EDHOC beside it."""

from dataclasses import dataclass, replace
from math import ceil, inf

from samefade.lpwan.cost import Cost
from samefade.lpwan.energy import uplink_energy
from samefade.lpwan.planner.circumstances import Circumstances
from samefade.lpwan.planner.exchange import Exchange, exchange, intervals
from samefade.lpwan.planner.reciprocity import Reciprocity, reciprocity
from samefade.lpwan.planner.secrecy import LEAST, Secrecy, secrecy
from samefade.lpwan.spare import free_bytes, largest_payload

CONFIRMATION = 16  # bytes that the device sends to confirm the key; the gateway's ride on an answer


@dataclass(frozen=True)
class Plan:
    """What a deployer learns.

    Attributes:
        asked: What the plan is for.
        probe: Times and frequencies of one probe.
        reciprocity: How alike the two ends and Eve hear it.
        secrecy: Bits of one probe.
        probes: How many a key needs, None where there is no key.
        interval: Seconds from probe to probe.
        probing: What the probes cost, None where there is no key.
        reconciliation: What is added by what must be told, None where there is no key.
        limit: What stands in the way or takes the time: reciprocity, stillness, Eve, duty cycle, downlinks, energy, …
        edhoc: What the rival costs, None over NB-IoT.
    """

    asked: Circumstances
    probe: Exchange
    reciprocity: Reciprocity
    secrecy: Secrecy
    probes: int | None
    interval: float
    probing: Cost | None
    reconciliation: Cost | None
    limit: str
    edhoc: Cost | None

    @property
    def key(self) -> Cost | None:
        """Return what a key costs, probes and reconciliation together, or None where there is none."""
        p, r = self.probing, self.reconciliation
        if p is None or r is None:
            return None
        joules = None if p.joules is None or r.joules is None else p.joules + r.joules
        return Cost(p.frames + r.frames, p.downlinks + r.downlinks, p.airtime + r.airtime, p.hours + r.hours, joules)

    @property
    def edhoc_is_cheaper(self) -> bool | None:
        """Return whether EDHOC takes fewer joules, or there is no key; None where its cost is not known."""
        if self.edhoc is None or self.edhoc.joules is None:
            return None
        return self.key is None or self.key.joules is None or self.edhoc.joules < self.key.joules


def plan(asked: Circumstances) -> Plan:
    """Plan a key.

    Raises:
        OutOfRange: When the region does not allow such frames.
    """
    probe = exchange(asked)
    return decided(asked, probe, reciprocity(asked, probe), rival(asked))


def decided(asked: Circumstances, probe: Exchange, found: Reciprocity, edhoc: Cost | None) -> Plan:
    """Plan with what is known of reciprocity and of the rival already.

    Raises:
        OutOfRange: When the region does not allow such frames.
    """
    bits = secrecy(asked, found)
    waits = intervals(asked, probe, found.still)
    slowest = max(waits, key=lambda name: waits[name])
    interval = waits[slowest]
    if not bits.enough or interval == inf:
        return Plan(asked, probe, found, bits, None, interval, None, None, _obstacle(found, bits), edhoc)
    margin = asked.margin if asked.bits_per_probe is None else 0
    probes = ceil((asked.key_bits + margin) / bits.net)
    probing = _probing(asked, probe, probes, interval)
    told = _reconciliation(asked, probe, probes, bits, interval)
    made = Plan(asked, probe, found, bits, probes, interval, probing, told, slowest, edhoc)
    joules = made.key.joules if made.key else None
    return replace(made, limit="energy") if joules is not None and joules > asked.battery else made


def refresh_hours(bits_per_probe: float, airtime: float, duty: float, key_bits: int = 128) -> float:
    """Return the hours that a key takes where the duty cycle limits: ⌈bits / net bits a probe⌉ · airtime / duty."""
    return ceil(key_bits / bits_per_probe) * airtime / duty / 3600


def _obstacle(found: Reciprocity, bits: Secrecy) -> str:
    if found.still == inf:
        return "stillness"
    alone = bits.net + bits.eve  # what is left without her
    return "Eve" if alone >= LEAST else "reciprocity"


def _probing(asked: Circumstances, probe: Exchange, probes: int, interval: float) -> Cost:
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


def _reconciliation(asked: Circumstances, probe: Exchange, probes: int, bits: Secrecy, interval: float) -> Cost:
    """Return what telling costs: bytes ride on the probes as far as these have room, then on frames of their own."""
    tell = ceil(probes * bits.told / 8) + CONFIRMATION
    if asked.probing == "nb-iot":
        return Cost(0, 0, 0.0, 0.0, None)
    rate, most = asked.rate, largest_payload(asked.rules, asked.rate)
    each, longer = _filled(asked, tell, probes, most)
    filled = min(ceil(tell / each), probes) if each else 0
    own = ceil(max(tell - filled * each, 0) / most) if most else 0
    alone = rate.time_on_air(most)
    # a longer probe takes longer only where it then waits for the duty cycle
    wait = max((probe.up + longer) / probe.duty, interval) - interval
    return Cost(
        frames=own,
        downlinks=0,
        airtime=filled * longer + own * alone,
        hours=(filled * wait + own * max(alone / probe.duty, asked.period)) / 3600,
        joules=asked.radio.sending(filled * longer) + own * uplink_energy(asked.rules, rate, most, radio=asked.radio),
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


def rival(asked: Circumstances) -> Cost | None:
    """Return what EDHOC costs on the same link, None over NB-IoT, where a frame's energy is not known."""
    if asked.probing == "nb-iot":
        return None
    return asked.edhoc.cost(asked.rules, asked.rate, radio=asked.radio, day=asked.fair.downlinks)
