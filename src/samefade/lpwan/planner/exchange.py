"""Say when and where the two directions of a probe are heard."""

from dataclasses import dataclass
from math import inf

from samefade.errors import OutOfRange
from samefade.lpwan import nbiot
from samefade.lpwan.energy import empty_window
from samefade.lpwan.planner.circumstances import Circumstances
from samefade.lpwan.regions import DataRate
from samefade.lpwan.spare import largest_payload

_SUBFRAME = 1e-3  # s: of NRS, what an NB-IoT device listens to at the least
REGISTER_SYMBOLS = 8  # what register readings next to the turn-around average over; assumed


@dataclass(frozen=True)
class Exchange:
    """One probe: an uplink and what comes back.

    Attributes:
        up: The uplink's time on air, seconds.
        down: The downlink's.
        apart: τ from the middle of one reading to the middle of the other, seconds; for NB-IoT from start to start,
            the least that half duplex allows.
        read_up: Seconds of the uplink that the gateway's reading averages over.
        read_down: Seconds of the downlink that the device's averages over.
        gap: Hz between the two carriers.
        duty: Fraction of time that the device may send.
        gateway_duty: Fraction of time that the gateway may send on the downlink's frequency.
    """

    up: float
    down: float
    apart: float
    read_up: float
    read_down: float
    gap: float
    duty: float
    gateway_duty: float

    @property
    def cycle(self) -> float:
        """Return seconds from the start of the uplink to the end of the downlink."""
        return self.up + self.apart - (self.read_up + self.read_down) / 2 + self.down


def exchange(asked: Circumstances) -> Exchange:
    """Return the times and frequencies of one probe.

    τ = ToA_up / 2 + turn-around + ToA_down / 2 where a reading is an average over the packet.
    Register readings are taken of the end of the uplink and of the beginning of the downlink: with them the packets do
    not count.

    Raises:
        OutOfRange: When the region does not allow the frame, or not its length.
    """
    if asked.probing == "nb-iot":
        block = asked.narrowband
        up = nbiot.uplink_time(block.units, block.repetitions, tones=block.tones, spacing=block.spacing)
        return Exchange(up, _SUBFRAME, nbiot.GUARD + up, up, _SUBFRAME, asked.gap, 1.0, 1.0)
    rules, rate = asked.rules, asked.rate
    if asked.payload > (most := largest_payload(rules, rate)):
        raise OutOfRange("payload", asked.payload, f"at most {most} bytes at SF{rate.sf} in {rules.name}")
    up, duty = rate.time_on_air(asked.payload), rules.band(asked.channel).duty
    channel, slow = answer(asked)
    if asked.probing == "ping-pong":
        down, pause = up, asked.reply_delay
    else:
        down, pause = slow.time_on_air(0, down=True), rules.delay + asked.window - 1
    read_up, read_down = up, down
    if asked.reading == "register":
        read_up, read_down = (empty_window(each, REGISTER_SYMBOLS) for each in (rate, slow))
    apart = read_up / 2 + pause + read_down / 2
    gap, shared = abs(channel - asked.channel), rules.band(channel).duty
    return Exchange(up, down, apart, read_up, read_down, gap, duty, shared)


def answer(asked: Circumstances) -> tuple[int, DataRate]:
    """Return the frequency (Hz) and data rate of what comes back over LoRa."""
    if asked.probing == "ping-pong":  # the reply is the same frame on the same channel
        return asked.channel, asked.rate
    rules = asked.rules
    return rules.first_window(asked.channel, asked.rate.index) if asked.window == 1 else rules.second_window()


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
