"""Keep the duty cycle while blocks ride on frames: the application's own frames come first.

A frame with a block is longer, and a radio must then be silent for longer.
So a block is only as long as leaves the next frame of the application its time: the whole frame takes at most its share
of the time until then (airtime ≤ duty cycle × period), and of what the keeper of the sub-band has left, and of the
dwell time of the region.
If every frame keeps to its share, so does every hour.
"""

from typing import NamedTuple

from samefade.errors import OutOfRange
from samefade.lpwan.duty import DutyKeeper
from samefade.lpwan.refresh.device import DeviceEnd
from samefade.lpwan.refresh.payload import joined, spare
from samefade.lpwan.regions import DataRate, Region
from samefade.lpwan.spare import largest_payload


class Frame(NamedTuple):
    """One uplink, ready to be sent.

    Attributes:
        payload: The whole FRMPayload.
        shared: Whether it goes out on the refresh port, with a block or the byte that says that there is none.
        airtime: Seconds.
    """

    payload: bytes
    shared: bool
    airtime: float


class Paced:
    """A device's end with a radio that has a duty cycle."""

    def __init__(self, end: DeviceEnd, region: Region, keeper: DutyKeeper, *, period: float) -> None:
        """Take the end, and the rules of its radio.

        Args:
            end: The device's end.
            region: Its sub-bands, dwell time and data rates.
            keeper: What the radio has sent in each sub-band.
            period: Seconds between two frames of the application.

        Raises:
            OutOfRange: When the period is not above 0.
        """
        if period <= 0:
            raise OutOfRange("period", period, "above 0 seconds")
        self.end, self._region, self._keeper, self._period = end, region, keeper, period

    def uplink(self, now: float, counter: int, payload: bytes, frequency: float, rate: DataRate) -> Frame | None:
        """Return the frame to send now, or None where even the application's own has to wait.

        The caller stores the end's state before it sends the frame, and tells `sent` when it did.

        Args:
            now: Seconds, of the keeper's clock.
            counter: Counter of the frame.
            payload: What the application sends.
            frequency: Hz.
            rate: Data rate.
        """
        bare = rate.time_on_air(len(payload))
        if self._keeper.earliest(now, frequency, bare) > now:
            return None
        share = self._region.band(frequency).duty * self._period
        most = largest_payload(self._region, rate, airtime=min(share, self._keeper.left(now, frequency)))
        if len(payload) >= most or self._keeper.earliest(now, frequency, rate.time_on_air(most)) > now:
            return Frame(payload, shared=False, airtime=bare)
        whole = joined(payload, self.end.uplink(counter, spare(payload, most)), most)
        return Frame(whole, shared=True, airtime=rate.time_on_air(len(whole)))

    def sent(self, now: float, frequency: float, frame: Frame) -> None:
        """Tell that the frame was sent."""
        self._keeper.sent(now, frequency, frame.airtime)
