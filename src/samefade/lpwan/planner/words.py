"""Say a plan in sentences, so that nobody has to know what a correlation is to decide."""

from dataclasses import replace
from math import ceil, inf

from samefade.lpwan.cost import Cost
from samefade.lpwan.planner.planning import Plan, decided
from samefade.lpwan.planner.secrecy import LEAST

_CENTURY = 36_525 * 24  # hours
_MISSING = (
    "NOBODY IS ASSUMED TO LISTEN: no eavesdropper was named, so this is the best that the channel can do, "
    "and no promise. Say how near one may come."
)


def verdict(plan: Plan) -> str:
    """Return whether there is a key, and what limits it."""
    if plan.probes is None:
        return f"No key: {_obstacle(plan)}"
    if plan.limit == "energy":
        return f"No key for the {energy(plan.asked.battery)} that the battery has for it: one takes {_sum(plan.key)}."
    unheard = ", if nobody listens" if plan.asked.eve is None else ""
    takes = duration(plan.key.hours if plan.key else inf)
    return f"A key of {plan.asked.key_bits:,} bits takes {takes}{unheard}: {_limit(plan)}"


def comparison(plan: Plan) -> str:
    """Return which is cheaper, the channel or EDHOC, with both numbers."""
    rival, key = plan.edhoc, plan.key
    if rival is None or rival.joules is None:
        return (
            "EDHOC needs three messages of 101 bytes in total; what an NB-IoT modem draws is not known here, so that "
            "no joules are compared."
        )
    if key is None or key.joules is None:
        return f"EDHOC gives a key for {_sum(rival)}; the channel gives none."
    first, second = ("EDHOC", "the channel") if plan.edhoc_is_cheaper else ("The channel", "EDHOC")
    numbers = (rival, key) if plan.edhoc_is_cheaper else (key, rival)
    return f"{first} is cheaper: {_sum(numbers[0])}; {second} takes {_sum(numbers[1])}."


def warnings(plan: Plan) -> tuple[str, ...]:
    """Return what a reader must know before believing the numbers, most important first."""
    asked, said = plan.asked, []
    if asked.eve is None:
        said.append(_MISSING)
    if asked.bits_per_probe is not None:
        said.append(
            f"The {asked.bits_per_probe:g} bits a probe were given and not derived; the models find "
            f"{plan.secrecy.secret:.3f} at the most."
        )
    if asked.shadows_are_secret:
        said.append("Shadowing was counted as secret: whoever walks the same way, or has a map, knows it.")
    if plan.key and plan.key.joules is not None and plan.key.joules < plan.asked.edhoc.computation():
        said.append("What the microcontroller draws while it computes a key from readings is not counted.")
    if asked.network == "ttn":
        said.append("The fair use of The Things Network and its receive delay of 5 s are unverified.")
    if asked.probing == "ping-pong" and asked.network == "ttn":
        said.append("No LoRaWAN network answers at once: ping-pong needs gateways of one's own.")
    if plan.probes is not None and asked.bits_per_probe is None:
        said.append(
            f"Reconciliation is assumed to keep {asked.efficiency:.0%} of what the ends share; {asked.price.spoken} "
            "probes are told to learn from, and no frame is lost. The session judges what was really heard, and "
            "refuses where too little is left."
        )
    return tuple(said)


def duration(hours: float) -> str:
    """Return hours as people say them."""
    if hours == inf:
        return "for ever"
    if hours > _CENTURY:
        return "over a century"
    seconds = hours * 3600
    for size, name in ((86_400, "days"), (3600, "hours"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.1f} {name}"
    return f"{seconds:.1f} s"


def energy(joules: float | None) -> str:
    """Return joules as people say them."""
    if joules is None:
        return "not known"
    if not joules:
        return "0 J"
    for size, name in ((1.0, "J"), (1e-3, "mJ")):
        if joules >= size:
            return f"{three_digits(joules / size)} {name}"
    return f"{joules * 1e6:.3g} µJ"


def three_digits(number: float) -> str:
    """Return a number above 0 with three digits, and without a power of ten."""
    return f"{float(f'{number:.3g}'):,.0f}" if number >= 100 else f"{number:.3g}"


def _sum(cost: Cost | None) -> str:
    if cost is None:
        return "nothing that there is"
    ups = "no uplinks of its own" if not cost.frames else f"{cost.frames:,} uplink{'s' * (cost.frames != 1)}"
    downs = f"{cost.downlinks:,} downlink{'s' * (cost.downlinks != 1)}"
    return f"{energy(cost.joules)}, {ups}, {downs}, {duration(cost.hours)}"


def _obstacle(plan: Plan) -> str:
    found, bits, asked = plan.reciprocity, plan.secrecy, plan.asked
    alike = found.raw if plan.asked.shadows_are_secret else found.fading
    if plan.limit == "stillness":
        return "nothing moves, so that no reading is new. The channel could be measured before, by anyone."
    if plan.limit == "reconciliation":
        left = f"{max(bits.net, 0.0):.3g} bits a probe are left after reconciliation"
        return f"{left}, and below {LEAST:g} nothing is counted."
    if plan.limit == "Eve":
        return (
            f"Eve shares too much. After reconciliation {plan.asked.efficiency * bits.shared:.3f} bits a probe are "
            f"left, and she knows {bits.eve:.3f}."
        )
    if plan.limit == "the length of a run":
        pooled = decided(replace(asked, longest=inf), plan.probe, found, plan.edhoc).key
        return (
            f"{ceil(plan.kept):,} probes would have to be kept, at {bits.net:.3f} bits each, and a run keeps at most "
            f"{asked.run:,.0f}. With runs of any length it would take {_sum(pooled)}."
        )
    gap = f" and {plan.probe.gap / 1e6:.3g} MHz" if plan.probe.gap else ""
    return (
        f"the two ends do not hear the same fade. {plan.probe.apart:.3g} s{gap} lie between them, the correlation of "
        f"their readings is {alike.ends:.2f}, and {found.disagreement:.0%} of the bits would differ."
    )


def _limit(plan: Plan) -> str:
    asked, every = plan.asked, plan.interval
    fair = asked.fair
    said = {
        "airtime": f"nothing but the frames themselves takes time, {every:.3g} s a probe.",
        "stillness": f"the channel changes no faster, one probe in {every:.3g} s.",
        "duty cycle": f"the duty cycle of {plan.probe.duty:.1%} allows one probe in {every:.3g} s.",
        "the gateway's duty cycle": f"{asked.devices:,} devices share the gateway's {plan.probe.gateway_duty:.1%}.",
        "downlinks": f"the network grants {fair.downlinks:g} downlinks a day, and each probe needs one.",
        "fair airtime": f"the network grants {fair.airtime:g} s of uplinks a day.",
        "traffic": f"the device sends once in {duration(every / 3600)}.",
    }
    return said[plan.limit]
