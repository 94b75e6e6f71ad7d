"""Plan: whether a key can be had on this link, what it costs and what limits it, with EDHOC beside it."""

from dataclasses import dataclass, replace
from math import ceil, inf

from samefade.errors import OutOfRange
from samefade.lpwan.cost import Cost
from samefade.lpwan.planner.circumstances import Circumstances
from samefade.lpwan.planner.costs import probing_cost, telling_cost
from samefade.lpwan.planner.exchange import Exchange, exchange, intervals
from samefade.lpwan.planner.reciprocity import PARTLY, Reciprocity, reciprocity
from samefade.lpwan.planner.secrecy import LEAST, Secrecy, secrecy


@dataclass(frozen=True)
class Plan:
    """What a deployer learns.

    Attributes:
        asked: What the plan is for.
        probe: Times and frequencies of one probe.
        reciprocity: How alike the two ends and Eve hear it.
        secrecy: Bits of one probe.
        probes: How many a key needs, those that are told included; None where there is no key.
        kept: How many of them would have to be kept for it, infinite where they are worth nothing; a run that may not
            keep so many gives no key.
        interval: Seconds from probe to probe.
        probing: What the probes cost, None where there is no key.
        reconciliation: What is added by what must be told, None where there is no key.
        limit: What stands in the way or takes the time: reciprocity, stillness, Eve, reconciliation, duty cycle,
            downlinks, energy, …
        edhoc: What the rival costs, None over NB-IoT.
    """

    asked: Circumstances
    probe: Exchange
    reciprocity: Reciprocity
    secrecy: Secrecy
    probes: int | None
    kept: float
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
    kept = _kept(asked, bits) if bits.enough else inf
    if interval == inf or kept > asked.run or kept == inf:
        why = "the length of a run" if inf not in (interval, kept) else _obstacle(asked, found, bits)
        return Plan(asked, probe, found, bits, None, kept, interval, None, None, why, edhoc)
    probes = ceil(kept) + (asked.price.spoken if asked.bits_per_probe is None else 0)
    probing = probing_cost(asked, probe, probes, interval)
    told = telling_cost(asked, probe, probes, bits, interval)
    made = Plan(asked, probe, found, bits, probes, kept, interval, probing, told, slowest, edhoc)
    joules = made.key.joules if made.key else None
    return replace(made, limit="energy") if joules is not None and joules > asked.battery else made


def _kept(asked: Circumstances, bits: Secrecy) -> float:
    """Return how many probes must be kept: with the price of a short record, or of bits that were given."""
    if asked.bits_per_probe is not None:
        return ceil(asked.key_bits / bits.net)
    return float(asked.price.kept(bits.net, asked.key_bits))


def refresh_hours(bits_per_probe: float, airtime: float, duty: float, key_bits: int = 128) -> float:
    """Return the hours that a key takes where the duty cycle limits: ⌈bits / net bits a probe⌉ · airtime / duty.

    Raises:
        OutOfRange: When the bits of a probe or the duty cycle are not above 0.
    """
    for name, value in (("bits per probe", bits_per_probe), ("duty", duty)):
        if not 0 < value < inf:
            raise OutOfRange(name, value, "above 0")
    return ceil(key_bits / bits_per_probe) * airtime / duty / 3600


def _obstacle(asked: Circumstances, found: Reciprocity, bits: Secrecy) -> str:
    if found.still == inf:
        return "stillness"
    if asked.bits_per_probe is not None:
        return "reconciliation"
    if bits.net + bits.eve >= LEAST:  # enough would be left without her
        return "Eve"
    alike = (found.raw if asked.shadows_are_secret else found.fading).ends
    return "reconciliation" if abs(alike) >= PARTLY else "reciprocity"


def rival(asked: Circumstances) -> Cost | None:
    """Return what EDHOC costs on the same link, None over NB-IoT, where a frame's energy is not known."""
    if asked.probing == "nb-iot":
        return None
    return asked.edhoc.cost(asked.rules, asked.rate, radio=asked.radio, day=asked.fair.downlinks)
