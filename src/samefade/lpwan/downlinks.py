"""Keep a gateway's side: its duty cycle is shared by all devices, it is deaf while it sends, and networks grant little.

The Things Network's fair use, 10 downlinks and 30 s of uplink airtime a day and device, is unverified.
"""

from collections import deque
from dataclasses import dataclass
from math import ceil, inf

from samefade.errors import OutOfRange
from samefade.lpwan.duty import DutyKeeper, Rule
from samefade.lpwan.regions import DataRate, Region

DAY = 86_400.0
LONGEST = 10.0  # s: no frame is longer, so a transmission that ended before it deafens nobody any more


@dataclass(frozen=True)
class FairUse:
    """What a network grants each device in a day.

    Attributes:
        downlinks: Most downlinks.
        airtime: Most seconds of uplinks.
    """

    downlinks: float = 10
    airtime: float = 30.0

    def days(self, downlinks: int, airtime: float) -> int:
        """Return on how many days so many downlinks and seconds of uplinks must be spread, at least 1."""
        return max(ceil(downlinks / self.downlinks), ceil(airtime / self.airtime), 1)


UNLIMITED = FairUse(inf, inf)


class FairUseKeeper:
    """What one device has used of a fair use within the last 24 hours."""

    __slots__ = ("_down", "_fair", "_up")

    def __init__(self, fair: FairUse) -> None:
        """Begin with nothing used."""
        self._fair = fair
        self._down: deque[float] = deque()
        self._up: deque[tuple[float, float]] = deque()

    def downlink(self, now: float) -> bool:
        """Return whether another downlink is granted now."""
        self._forget(now)
        return len(self._down) < self._fair.downlinks

    def uplink(self, now: float, airtime: float) -> bool:
        """Return whether an uplink of so many seconds is granted now."""
        self._forget(now)
        return sum(each for _, each in self._up) + airtime <= self._fair.airtime

    def sent_down(self, now: float) -> None:
        """Tell of a downlink."""
        self._down.append(now)

    def sent_up(self, now: float, airtime: float) -> None:
        """Tell of an uplink."""
        self._up.append((now, airtime))

    def _forget(self, now: float) -> None:
        while self._down and self._down[0] <= now - DAY:
            self._down.popleft()
        while self._up and self._up[0][0] <= now - DAY:
            self._up.popleft()


@dataclass(frozen=True)
class Chosen:
    """A downlink that a gateway may send.

    Attributes:
        window: 1 or 2.
        start: When it begins, seconds.
        frequency: Hz.
        rate: Data rate.
        airtime: Seconds.
    """

    window: int
    start: float
    frequency: int
    rate: DataRate
    airtime: float


class Gateway:
    """A gateway with one transmitter: it sends one frame at a time, and hears nothing meanwhile."""

    __slots__ = ("_busy", "_duty", "_region")

    def __init__(self, region: Region, rule: Rule = "both") -> None:
        """Begin with nothing sent."""
        self._region = region
        self._duty = DutyKeeper(region, rule)
        self._busy: deque[tuple[float, float]] = deque()

    def hears(self, start: float, airtime: float) -> bool:
        """Return whether it is silent throughout a frame, so that it can hear it."""
        return all(end <= start or begun >= start + airtime for begun, end in self._busy)

    def may(self, start: float, frequency: float, airtime: float) -> bool:
        """Return whether it may begin a frame at this very time: duty cycle, and nothing else on its transmitter."""
        return self.hears(start, airtime) and self._duty.earliest(start, frequency, airtime) <= start

    def sent(self, start: float, frequency: float, airtime: float) -> None:
        """Tell of a frame that was sent."""
        self._duty.sent(start, frequency, airtime)
        self._busy.append((start, start + airtime))
        while self._busy and self._busy[0][1] < start - LONGEST:
            self._busy.popleft()

    def answer(self, end: float, frequency: int, rate: DataRate, payload: int, options: int = 0) -> Chosen | None:
        """Choose the window of a class-A downlink, or None where neither is free.

        Args:
            end: When the uplink ended, seconds.
            frequency: Of the uplink, Hz.
            rate: Of the uplink.
            payload: Bytes of FRMPayload of the downlink.
            options: Bytes of its FOpts.

        Raises:
            OutOfRange: When the payload is negative.
        """
        if payload < 0:
            raise OutOfRange("payload", payload, "0 bytes or more")
        windows = (self._region.first_window(frequency, rate.index), self._region.second_window())
        for number, (channel, down) in enumerate(windows, 1):
            if payload > self._region.largest(down, options, down=True):
                continue
            airtime = down.time_on_air(payload, options, down=True)
            start = end + self._region.delay + (number - 1)
            if self.may(start, channel, airtime):
                return Chosen(number, start, channel, down, airtime)
        return None
