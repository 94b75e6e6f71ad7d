"""What a world is made of: its motion, its radios, its eavesdropper, as values."""

from dataclasses import dataclass, field

from samefade.channel.bounds import count, positive, within
from samefade.channel.eve import Eve
from samefade.errors import OutOfRange

Cuts = tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class Motion:
    """What the channel itself does.

    Attributes:
        doppler: Largest Doppler shift of the scattered waves, Hz.
        k_factor: Power of the line of sight over that of the scattered waves (linear).
        spread: RMS delay spread of the scattered waves, seconds.
        drift_db: Standard deviation of the slow drift that all tones share, dB.
        drift_seconds: Time constant of that drift, seconds.
    """

    doppler: float = 0.3
    k_factor: float = 0.0
    spread: float = 50e-9
    drift_db: float = 0.0
    drift_seconds: float = 120.0

    def __post_init__(self) -> None:
        """Refuse absurd numbers."""
        within("doppler", self.doppler, 0, 1e6)
        within("k_factor", self.k_factor, 0)
        within("spread", self.spread, 0, 1e-3)
        within("drift_db", self.drift_db, 0, 60)
        positive("drift_seconds", self.drift_seconds)


@dataclass(frozen=True)
class Radio:
    """What one end adds to the channel, loses of it, and shows on its clock.

    Attributes:
        snr_db: Signal-to-noise ratio of one tone of one packet, dB.
        agc_db: Step of the automatic gain control, dB.
        agc_seconds: Mean time between its jumps, seconds.
        spikes: Probability that a packet's level is wrong.
        spike_db: Spread of such a level, dB.
        loss: Probability that a packet is lost by itself.
        burst_loss: Share of packets lost in bursts.
        burst: Mean length of a burst, packets.
        cuts: Known losses: (place in the record 0 … 1, packets); place 0 is a recording that was started late.
        offset: What its clock shows at true time 0, seconds.
        drift_ppm: How much too fast its clock runs, parts per million.
    """

    snr_db: float = 20.0
    agc_db: float = 0.0
    agc_seconds: float = 1.0
    spikes: float = 0.0
    spike_db: float = 3.0
    loss: float = 0.0
    burst_loss: float = 0.0
    burst: float = 5.0
    cuts: Cuts = ()
    offset: float = 0.0
    drift_ppm: float = 0.0

    def __post_init__(self) -> None:
        """Refuse probabilities that are none; the impairments check the rest where they are made."""
        for name in ("spikes", "loss", "burst_loss"):
            within(name, getattr(self, name), 0, 1)
        within("snr_db", self.snr_db, -60, 200)


@dataclass(frozen=True)
class Scenario:
    """A whole world: motion, two radios, the eavesdropper.

    Attributes:
        name: Its key.
        about: What it is, in one sentence.
        motion: What the channel does.
        a: The first end (the access point).
        b: The second end (the station), which hears `lag` later.
        e: The eavesdropper's radio.
        eve: What she shares with end b.
        seconds: Duration.
        rate: Exchanges of this link per second.
        lag: Half-duplex delay from a's packet to b's, seconds.
        jitter: Largest random delay of an exchange, seconds.
        distance: Metres between the ends.
        exponent: Path-loss exponent; with the distance it sets the level of the RSSI.
        stations: How many stations the access point talks to, one after the other.
        turn: Which of them this link is, from 0.
    """

    name: str
    about: str
    motion: Motion = field(default_factory=Motion)
    a: Radio = field(default_factory=Radio)
    b: Radio = field(default_factory=Radio)
    e: Radio = field(default_factory=Radio)
    eve: Eve = field(default_factory=Eve)
    seconds: float = 600.0
    rate: float = 10.0
    lag: float = 0.004
    jitter: float = 0.002
    distance: float = 3.0
    exponent: float = 2.0
    stations: int = 1
    turn: int = 0

    def __post_init__(self) -> None:
        """Refuse a world without packets, one too large to hold, or a turn that nobody has."""
        positive("seconds", self.seconds)
        positive("rate", self.rate)
        count("number of packets", self.packets * count("stations", self.stations))
        if not 0 <= self.turn < self.stations:
            raise OutOfRange("turn", self.turn, f"0 to {self.stations - 1}")

    @property
    def packets(self) -> int:
        """Return the number of this link's exchanges, heard or lost."""
        return round(self.seconds * self.rate)
