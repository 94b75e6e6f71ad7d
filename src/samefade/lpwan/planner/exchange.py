"""Say when and where the two directions of a probe are heard."""

from dataclasses import dataclass
from math import inf

from samefade.lpwan import nbiot
from samefade.lpwan.planner.circumstances import Circumstances

_SUBFRAME = 1e-3  # s: of NRS, what an NB-IoT device listens to at the least


@dataclass(frozen=True)
class Exchange:
    """One probe: an uplink and what comes back.

    Attributes:
        up: The uplink's time on air, seconds.
        down: The downlink's.
        apart: τ from the middle of one to the middle of the other, seconds; for NB-IoT its least.
        gap: Hz between the two carriers.
        duty: Fraction of time that the device may send.
        gateway_duty: Fraction of time that the gateway may send on the downlink's frequency.
    """

    up: float
    down: float
    apart: float
    gap: float
    duty: float
    gateway_duty: float

    @property
    def cycle(self) -> float:
        """Return seconds from the start of the uplink to the end of the downlink."""
        return self.apart + (self.up + self.down) / 2


def exchange(asked: Circumstances) -> Exchange:
    """Return the times and frequencies of one probe.

    τ = ToA_up / 2 + turn-around + ToA_down / 2: a packet's strength is an average over it.

    Raises:
        OutOfRange: When the region does not allow the frame.
    """
    if asked.probing == "nb-iot":
        block = asked.narrowband
        up = nbiot.uplink_time(block.units, block.repetitions, tones=block.tones, spacing=block.spacing)
        return Exchange(up, _SUBFRAME, nbiot.GUARD + up, asked.gap, 1.0, 1.0)
    rules, rate = asked.rules, asked.rate
    up = rate.time_on_air(asked.payload)
    duty = rules.band(asked.channel).duty
    if asked.probing == "ping-pong":  # the reply is the same frame on the same channel
        return Exchange(up, up, up + asked.reply_delay, 0.0, duty, duty)
    channel, slow = rules.first_window(asked.channel, rate.index) if asked.window == 1 else rules.second_window()
    down = slow.time_on_air(0, down=True)
    delay = rules.delay + asked.window - 1
    return Exchange(up, down, up / 2 + delay + down / 2, abs(channel - asked.channel), duty, rules.band(channel).duty)


def intervals(asked: Circumstances, probe: Exchange, still: float) -> dict[str, float]:
    """Return by reason how many seconds one probe needs at the least; the largest limits.

    Args:
        asked: What the plan is for.
        probe: Times and frequencies of one probe.
        still: Seconds until the channel has changed enough for another one, infinite where nothing moves.
    """
    fair, day = asked.fair, 86_400.0
    found = {
        "airtime": probe.cycle,
        "stillness": still,
        "duty cycle": probe.up / probe.duty,
        "the gateway's duty cycle": asked.devices * probe.down / probe.gateway_duty,
        "downlinks": day / fair.downlinks,
        "fair airtime": day * probe.up / fair.airtime if fair.airtime < inf else 0.0,
        "traffic": asked.period,
    }
    return {name: float(seconds) for name, seconds in found.items()}
