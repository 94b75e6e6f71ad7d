"""What a deployer is asked: the device, the link, the network and whom the key must be kept from."""

from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Literal

from samefade.errors import OutOfRange
from samefade.lpwan.downlinks import UNLIMITED, FairUse
from samefade.lpwan.energy import SX1276, Radio
from samefade.lpwan.nbiot import GAP, TONE
from samefade.lpwan.price import EFFICIENCY, LONGEST, Price
from samefade.lpwan.region_tables import region, the_things_network
from samefade.lpwan.regions import DataRate, Region
from samefade.lpwan.rival import Edhoc

Probing = Literal["ping-pong", "class-a", "nb-iot"]
BANDS = {"nb-iot": 900e6}  # Hz, where no region names a channel
_LIMITS = {
    "speed": (0, 1_000, "m/s"),
    "period": (0, 1e8, "seconds"),
    "snr": (-40, 100, "dB"),
    "shadowing": (0, 60, "dB"),
    "delay_spread": (0, 1e-3, "seconds"),
    "reply_delay": (0, 3_600, "seconds"),
    "efficiency": (0, 1, "a part"),
    "step": (0, 20, "dB"),
    "gap": (0, 1e9, "Hz"),
    "longest": (1, inf, "pairs"),
    "shadow_distance": (1e-3, 1e6, "metres"),
    "battery": (1e-12, inf, "joules"),
    "key_bits": (1, 1e6, "bits"),
    "devices": (1, 1e6, "devices"),
    "eve": (0, 1e9, "metres"),
    "frequency": (1e6, 1e11, "Hz"),
    "bits_per_probe": (0, 1e6, "bits"),
}


@dataclass(frozen=True)
class NarrowBand:
    """What of NB-IoT sets the time between the two directions.

    Attributes:
        units: Resource units of an uplink.
        repetitions: How often it is sent.
        tones: Of each unit.
        spacing: Hz between subcarriers.
    """

    units: int = 1
    repetitions: int = 1
    tones: int = 1
    spacing: int = TONE


@dataclass(frozen=True)
class Circumstances:
    """What a plan is made for.

    Attributes:
        sf: Spreading factor of the uplinks.
        region: Name of the region.
        speed: Of the device or of what moves around it, m/s; 0 is a channel in which nothing moves.
        bandwidth: Of the uplinks, Hz.
        payload: Bytes of FRMPayload of an uplink; 4 make the usual frame of 17 bytes.
        period: Seconds between uplinks that are sent anyway; 0 where probes are sent as fast as is allowed.
        piggybacked: Whether probes ride on those uplinks and cost no frame of their own.
        answered: Whether those uplinks are answered anyway, so that hearing the downlink costs nothing either.
        probing: How the downlink comes: `ping-pong` at once, `class-a` in a receive window, or `nb-iot`.
        window: The receive window of class A, 1 or 2.
        reply_delay: Seconds from the end of the uplink to the reply in ping-pong.
        reading: Of signal strength: `packet`, its average over a packet, or `register`, the register's next to the
            turn-around (eight symbols, assumed).
        frequency: Carrier of the uplink, Hz; None for the region's first channel.
        snr: Of one reading of signal strength, dB: the fade's power over that of the reading's own noise.
        step: What readings are rounded to, dB.
        delay_spread: Of the channel, seconds rms: it matters where the two directions have two frequencies.
        gap: Hz between the two directions of NB-IoT; 0 with time division.
        shadowing: Its standard deviation, dB.
        shadow_distance: Metres over which it forgets itself.
        eve: Metres from the eavesdropper to one end; None where nobody is thought to listen.
        eve_near: The end that she is next to.
        shadows_are_secret: Whether shadowing may count towards the key. Whoever knows the place knows the shadows.
        efficiency: Part of I(A;B) that reconciliation keeps; `price` says what speaks for the default.
        bits_per_probe: Net bits a probe, where they are known from elsewhere, with the price of a short record in them.
        key_bits: Bits of the key.
        price: What a key costs beyond its bits.
        longest: Most probes that a run over class A keeps for its key; infinite where it may pool without end. The
            other ways to probe have no such limit.
        network: `private`, or `ttn` with its receive delay and fair use.
        devices: How many share the gateway's duty cycle.
        battery: Most joules that a key may cost.
        radio: What the device's radio takes.
        edhoc: The rival.
        narrowband: What of NB-IoT sets the time.
    """

    sf: int = 9
    region: str = "EU868"
    speed: float = 1.4
    bandwidth: int = 125_000
    payload: int = 4
    period: float = 0.0
    piggybacked: bool = False
    answered: bool = False
    probing: Probing = "class-a"
    window: int = 1
    reply_delay: float = 0.0
    reading: Literal["packet", "register"] = "packet"
    frequency: float | None = None
    snr: float = 20.0
    step: float = 1.0
    delay_spread: float = 2e-7
    gap: float = GAP
    shadowing: float = 6.0
    shadow_distance: float = 50.0
    eve: float | None = None
    eve_near: Literal["device", "gateway"] = "device"
    shadows_are_secret: bool = False
    efficiency: float = EFFICIENCY
    bits_per_probe: float | None = None
    key_bits: int = 128
    price: Price = field(default_factory=Price)
    longest: float = LONGEST
    network: Literal["private", "ttn"] = "private"
    devices: int = 1
    battery: float = inf
    radio: Radio = SX1276
    edhoc: Edhoc = field(default_factory=Edhoc)
    narrowband: NarrowBand = field(default_factory=NarrowBand)

    def __post_init__(self) -> None:
        """Refuse what no deployment has."""
        for name, (low, high, unit) in _LIMITS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise OutOfRange(name, value, f"{low:g} to {high:g}, {unit}")
        self._words()
        if self.piggybacked and not self.period:
            raise OutOfRange("period", 0, "the seconds between the uplinks that probes ride on")
        if self.probing == "nb-iot" and self.network == "ttn":
            raise OutOfRange("network", "ttn", "private over NB-IoT: The Things Network is one of LoRaWAN")

    def _words(self) -> None:
        for name, value, known in (
            ("probing", self.probing, ("ping-pong", "class-a", "nb-iot")),
            ("window", self.window, (1, 2)),
            ("reading", self.reading, ("packet", "register")),
            ("network", self.network, ("private", "ttn")),
            ("eve near", self.eve_near, ("device", "gateway")),
        ):
            if value not in known:
                raise OutOfRange(name, value, " or ".join(map(str, known)))

    @cached_property
    def rules(self) -> Region:
        """Return the region as the network runs it."""
        found = region(self.region)
        return the_things_network(found) if self.network == "ttn" else found

    @cached_property
    def rate(self) -> DataRate:
        """Return the data rate of the uplinks, in a region that lets it."""
        return self.rules.uplink_rate(self.sf, self.bandwidth)

    @property
    def run(self) -> float:
        """Return the most probes that may be kept for a key."""
        return self.longest if self.probing == "class-a" and self.bits_per_probe is None else inf

    @property
    def fair(self) -> FairUse:
        """Return what the network grants in a day."""
        return FairUse() if self.network == "ttn" else UNLIMITED

    @property
    def channel(self) -> int:
        """Return the region's channel for the uplinks, Hz."""
        return self.rules.channel(self.rate)

    @property
    def carrier(self) -> float:
        """Return the frequency that fading is reckoned at, Hz."""
        if self.frequency is not None:
            return self.frequency
        return BANDS["nb-iot"] if self.probing == "nb-iot" else self.channel
