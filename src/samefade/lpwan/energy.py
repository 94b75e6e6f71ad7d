"""Compute what frames cost a device's battery.

Source: SX1276, about 28 mA at 14 dBm and 3.3 V (published); 10.8 mA while it receives and 0.2 µA asleep (its data
sheet, unverified here). Other radios and powers are other numbers.
Not counted: the microcontroller, the regulator's loss, the crystal's start-up.
"""

from dataclasses import dataclass

from samefade.errors import OutOfRange
from samefade.lpwan.regions import DataRate, Region

WINDOW_SYMBOLS = 8  # a receive window without a frame stays open so long; assumed, radios need at least 5


@dataclass(frozen=True)
class Radio:
    """What a radio takes from its battery.

    Attributes:
        transmit: Ampere while it sends; the default is 14 dBm.
        receive: Ampere while it listens.
        sleep: Ampere asleep.
        volt: Supply.
    """

    transmit: float = 0.028
    receive: float = 0.0108
    sleep: float = 2e-7
    volt: float = 3.3

    def __post_init__(self) -> None:
        """Refuse currents that no radio has."""
        for name in ("transmit", "receive", "sleep", "volt"):
            if not 0 <= getattr(self, name) < 1_000:
                raise OutOfRange(name, getattr(self, name), "at least 0, in ampere or volt")

    def sending(self, seconds: float) -> float:
        """Return joules for sending so long."""
        return self.transmit * self.volt * seconds

    def listening(self, seconds: float) -> float:
        """Return joules for listening so long."""
        return self.receive * self.volt * seconds

    def sleeping(self, seconds: float) -> float:
        """Return joules for sleeping so long."""
        return self.sleep * self.volt * seconds


SX1276 = Radio()


def empty_window(rate: DataRate, symbols: float = WINDOW_SYMBOLS) -> float:
    """Return how long a receive window in which nothing comes stays open, seconds."""
    if not rate.sf:
        return symbols * 8 / rate.bandwidth  # FSK: symbols of a byte each
    return symbols * float(2**rate.sf) / rate.bandwidth


def uplink_energy(
    region: Region,
    rate: DataRate,
    payload: int,
    *,
    radio: Radio = SX1276,
    answer: int | None = None,
    window: int = 1,
    windows: bool = True,
) -> float:
    """Return joules of one class-A exchange: the uplink, the windows after it and the answer, if one comes.

    Args:
        region: Where.
        rate: Data rate of the uplink.
        payload: Bytes of FRMPayload.
        radio: What it takes.
        answer: Bytes of FRMPayload of the downlink, or None where nothing comes.
        window: The window in which the answer comes, 1 or 2.
        windows: Whether the device opens windows at all.

    Raises:
        OutOfRange: When the window is neither 1 nor 2, or the frame is impossible.
    """
    if window not in (1, 2):
        raise OutOfRange("window", window, "1 or 2")
    joules = radio.sending(rate.time_on_air(payload))
    if not windows:
        return joules
    first = region.first_window(region.channel(rate), rate.index)[1]
    second = region.second_window()[1]
    if answer is None:
        return joules + radio.listening(empty_window(first) + empty_window(second))
    if window == 1:  # a device that heard a frame in the first window does not open the second
        return joules + radio.listening(first.time_on_air(answer, down=True))
    return joules + radio.listening(empty_window(first) + second.time_on_air(answer, down=True))
