"""Simulate RSSI that is read many times within each packet, at both ends of a link that takes turns.

End a's probe takes `airtime` seconds, then comes the turn-around, then end b's reply. b reads its register during the
probe, a during the reply; so b's last and a's first values lie closest together.
The fade is Rayleigh with Jakes' spectrum; noise is Gaussian in dB, and values come in whole steps as chips give them.
"""

import numpy as np

from samefade.channel.fading import scatter
from samefade.errors import OutOfRange
from samefade.types import Float, Observation, Pair

_FLOOR = 1e-4  # of the mean amplitude: a receiver does not see deeper


def registers(  # noqa: PLR0913 -- one argument for each fact of the link
    packets: int,
    rng: np.random.Generator,
    *,
    doppler_hz: float,
    airtime: float,
    turn_around: float,
    interval: float,
    count: int = 32,
    noise_db: float = 1.0,
    step_db: float = 1.0,
) -> Pair[Observation]:
    """Return both ends' register RSSI, (packets, count) dBm each, around −100 dBm.

    Args:
        packets: Probes, each with a reply.
        rng: Source of chance.
        doppler_hz: Maximum Doppler frequency, Hz.
        airtime: Seconds that a packet takes.
        turn_around: Seconds from the end of the probe to the begin of the reply.
        interval: Seconds from one probe to the next.
        count: Register values in each packet, evenly spaced.
        noise_db: Standard deviation of each value's error, dB.
        step_db: Step of the register, dB.

    Raises:
        OutOfRange: When a number makes no sense, or a reply would end after the next probe begins.
    """
    if packets < 2 or count < 1:
        raise OutOfRange("packets and count", (packets, count), "at least 2 packets of 1 value")
    if not (airtime > 0 and turn_around >= 0 and 2 * airtime + turn_around <= interval):
        raise OutOfRange("interval", interval, "at least probe, turn-around and reply together")
    if not (noise_db >= 0 and step_db > 0):
        raise OutOfRange("noise_db and step_db", (noise_db, step_db), "at least 0, and above 0")
    waves = scatter(doppler_hz, rng)
    begin = np.arange(packets)[:, None] * interval + (np.arange(count) + 0.5) * (airtime / count)

    def heard(late: float) -> Float:
        power = 20 * np.log10(np.abs(waves.at((begin + late).ravel())) + _FLOOR).reshape(begin.shape)
        noisy = -100 + power + noise_db * rng.standard_normal(begin.shape)
        return np.asarray(np.rint(noisy / step_db) * step_db)

    b, a = heard(0.0), heard(airtime + turn_around)
    every = np.ones(packets, np.bool_)
    return Pair(Observation(a, 1 / interval, every, "a", "dBm"), Observation(b, 1 / interval, every, "b", "dBm"))
