"""The links of a network: one access point, three kinds of stations, indoors and outdoors.

The setting is that of the WSKG paper (Basha and Hamdaoui 2025, section V-D): an access point and a station on Pycom
boards (ESP32), a station on a LuatOS board (ESP32-C3), and one on a Seeed XIAO (ESP32-C3 with an external antenna), in
a room of 9 m × 9.6 m and on a campus outdoors, both rich in other radio traffic, on 2.427 GHz.

What is calibrated to what:

- The Pycom radio and the motion indoors are those of `los-short`, rounded: the same boards in such a room.
  That scenario follows one published curve; nothing else here follows any measurement.
- Everything else is a round number of ours that follows a word of the paper, and says so where it stands.
  The paper's numbers are lost (rates, durations, distances, key rates, error rates).
- So which board or place is better was *put in* here. A simulation of these links cannot confirm what the paper says
  of boards and places; it can show how the schemes stand to each other on one link.

Rate and duration are ours too: the access point manages ten exchanges a second, as in the paper's first testbed, and
its three stations share them in turn, for one hour: 12,000 exchanges a link.
"""

from dataclasses import dataclass, replace

from samefade.channel.eve import Eve
from samefade.channel.setting import Motion, Radio, Scenario

EXCHANGES = 10.0  # of the access point with all its stations, per second


@dataclass(frozen=True)
class Station:
    """A kind of station.

    Attributes:
        name: Its key.
        about: What it is.
        radio: What its radio does where nothing disturbs it.
        antenna_db: How much stronger both ends hear this link than with an antenna on the board.
        turn: When the access point talks to it.
    """

    name: str
    about: str
    radio: Radio
    antenna_db: float
    turn: int


@dataclass(frozen=True)
class Place:
    """Where the network stands.

    Attributes:
        name: Its key.
        about: What it is.
        motion: What the channel does there.
        noise_db: How much more noise every radio hears than in `los-short`.
        spikes: Probability that a packet's level is wrong.
        loss: Share of packets lost one by one, at a station; the access point loses twice as many.
        burst_loss: Share lost in bursts, likewise.
        burst: Mean length of a burst, packets.
        distances: Metres from the access point to each station, in the order of their turns.
        exponent: Path-loss exponent.
    """

    name: str
    about: str
    motion: Motion
    noise_db: float
    spikes: float
    loss: float
    burst_loss: float
    burst: float
    distances: tuple[float, ...]
    exponent: float


# ESP32: los-short's radio, 13 dB a tone and packet, gain steps of 0.7 dB; its losses come with the place
_ESP32 = Radio(snr_db=13, agc_db=0.7, agc_seconds=1.0, spike_db=3)
# ESP32-C3: "better RF performance"; 4 dB, as an amplitude a factor of 1.6, and gain steps a little smaller
_ESP32_C3 = Radio(snr_db=17, agc_db=0.5, agc_seconds=1.0, spike_db=3)

STATIONS = (
    Station("pycom", "a Pycom board (ESP32)", replace(_ESP32, offset=3.1, drift_ppm=-9), 0.0, 0),
    Station("luatos", "a LuatOS board (ESP32-C3)", replace(_ESP32_C3, offset=1.7, drift_ppm=6), 0.0, 1),
    # "an external antenna to increase the signal strength": 2 dB, the gain of a small rod over a chip antenna
    Station("xiao", "a Seeed XIAO (ESP32-C3, external antenna)", replace(_ESP32_C3, offset=5.2, drift_ppm=-4), 2.0, 2),
)

PLACES = (
    Place(
        "indoor",
        "in a room of 9 m × 9.6 m among other networks",
        # los-short's motion, rounded: boards at rest, people about
        Motion(doppler=0.5, k_factor=100, spread=30e-9, drift_db=2.0, drift_seconds=150),
        noise_db=0.0,
        # other networks: twice los-short's wrong levels, and packets that collide now and then
        spikes=0.02,
        loss=0.001,
        burst_loss=0.002,
        burst=4,
        # "at different distances": across the room
        distances=(3, 4, 5),
        exponent=2.0,
    ),
    Place(
        "outdoor",
        "outdoors on a campus, in the sun, among other networks",
        # passers-by and wind move faster than people in a room, fewer walls scatter, and echoes come from farther
        Motion(doppler=1.0, k_factor=200, spread=100e-9, drift_db=2.0, drift_seconds=150),
        # "the high noise level in the outdoor environment": 5 dB
        noise_db=5.0,
        # more of what comes from outside the network: half as many wrong levels again, twice the losses, longer
        spikes=0.03,
        loss=0.002,
        burst_loss=0.005,
        burst=6,
        distances=(6, 8, 10),
        exponent=2.0,
    ),
)


def link(place: Place, station: Station) -> Scenario:
    """Return the link of one station as a scenario: a is the access point, b the station.

    Signal-to-noise ratios are those of channel estimates, which at such distances the radio limits and not the path;
    so the distance sets the level of the RSSI alone.
    Each end hears a stronger antenna, and each place's noise.
    All links of a place share the access point: its clock, its gain and its bursts go on from link to link.
    """
    better = station.antenna_db - place.noise_db
    # the access point hears three stations at once compete, and the paper loses more with each
    ap = _at(replace(_ESP32, offset=0.8, drift_ppm=12), place, better, losses=2)
    return Scenario(
        f"{place.name}/{station.name}",
        f"An access point and {station.about} {place.about}; two other stations have their turns between.",
        place.motion,
        a=ap,
        b=_at(station.radio, place, better, losses=1),
        # she has the access point's kind of radio and antenna, and loses as much
        e=_at(replace(_ESP32, offset=2.4, drift_ppm=4), place, -place.noise_db, losses=2),
        eve=Eve(0.5, 0.8),
        seconds=3600,
        rate=EXCHANGES / len(STATIONS),
        distance=place.distances[station.turn],
        exponent=place.exponent,
        stations=len(STATIONS),
        turn=station.turn,
    )


def _at(radio: Radio, place: Place, better_db: float, *, losses: int) -> Radio:
    return replace(
        radio,
        snr_db=radio.snr_db + better_db,
        spikes=place.spikes,
        loss=losses * place.loss,
        burst_loss=losses * place.burst_loss,
        burst=place.burst,
    )


LINKS: dict[str, Scenario] = {each.name: each for each in (link(p, s) for p in PLACES for s in STATIONS)}
