"""Keep the duty cycle: when a radio may send next, by sub-band.

Two rules, as radios and regulations have them:

- *time-off*: after T seconds on the air, nothing for T / d − T seconds (LoRaWAN 1.0.x, section 7). State: one time a
  sub-band. Within any hour it allows d hours and at most one frame more.
- *window*: within any hour at most d hours (ETSI EN 300 220-1: the observation period is one hour). State: what was
  sent within the last hour, merged so that it stays small; merging errs on the side of silence.

The clock is the caller's: seconds, of any origin, that do not go back.
"""

from dataclasses import dataclass, field
from math import inf
from typing import Literal

from samefade.errors import OutOfRange
from samefade.lpwan.regions import Region, SubBand

HOUR = 3_600.0
GRAIN = 60.0  # s: frames that began within a minute are kept as one
_ROUNDING = 1e-9  # s: sums of airtimes differ by less than this

Rule = Literal["time-off", "window", "both"]
State = tuple[tuple[float, tuple[float, ...]], ...]


@dataclass(slots=True)
class _Spent:
    """What one sub-band has sent: a block of `airtime` seconds ends at `end`."""

    free: float = -inf  # when the time-off is over
    begun: float = -inf  # when the latest block began
    blocks: list[float] = field(default_factory=list)  # end, airtime, end, airtime, …

    def window(self, now: float, airtime: float, most: float) -> float:
        """Return the earliest start at which no hour holds more than `most` seconds."""
        if airtime > most:
            return inf
        room = most - airtime + _ROUNDING
        for i in range(len(self.blocks) - 2, -1, -2):  # from the latest: how much of the past still fits
            if self.blocks[i + 1] > room:
                return max(now, self.blocks[i] - room + HOUR - airtime)
            room -= self.blocks[i + 1]
        return now

    def keep(self, start: float, airtime: float, grain: float) -> None:
        """Add a frame, joined to the latest block where that began a moment ago, and forget what is over an hour."""
        end = start + airtime
        old = 0
        while old < len(self.blocks) and self.blocks[old] <= start - HOUR:
            old += 2
        del self.blocks[:old]
        if self.blocks and start - self.begun < grain:
            self.blocks[-2:] = [end, self.blocks[-1] + airtime]  # as if all of it had been sent just now
        else:
            self.blocks += [end, airtime]
            self.begun = start


class DutyKeeper:
    """When one transmitter may send next in each sub-band of a region.

    It decides nothing about the radio itself: the caller asks, sends, and tells what it sent.
    """

    __slots__ = ("_grain", "_region", "_rule", "_spent")

    def __init__(self, region: Region, rule: Rule = "both", *, grain: float = GRAIN) -> None:
        """Begin with nothing sent.

        Args:
            region: Its sub-bands and duty cycles.
            rule: `time-off`, `window`, or `both`: the later of the two.
            grain: Frames that began within so many seconds are kept as one; 0 keeps each.

        Raises:
            OutOfRange: When the rule is unknown.
        """
        if rule not in ("time-off", "window", "both"):
            raise OutOfRange("rule", rule, "time-off, window or both")
        self._region, self._rule, self._grain = region, rule, grain
        self._spent: dict[int, _Spent] = {}  # by the lower edge of a sub-band, Hz

    def earliest(self, now: float, frequency: float, airtime: float) -> float:
        """Return the earliest time, not before now, at which a frame may begin; infinite where none ever may.

        Args:
            now: Seconds.
            frequency: Hz.
            airtime: Seconds.

        Raises:
            OutOfRange: When the region has no sub-band there, or the airtime is not above 0.
        """
        band, spent = self._of(frequency, airtime)
        if band.duty >= 1:
            return now
        start = now
        if self._rule != "window":
            start = max(start, spent.free)
        if self._rule != "time-off":
            start = max(start, spent.window(now, airtime, band.duty * HOUR))
        return start

    def sent(self, start: float, frequency: float, airtime: float) -> None:
        """Tell what was sent, allowed or not.

        Args:
            start: When it began, seconds.
            frequency: Hz.
            airtime: Seconds.

        Raises:
            OutOfRange: When the region has no sub-band there, or the airtime is not above 0.
        """
        band, spent = self._of(frequency, airtime)
        if band.duty >= 1:
            return
        spent.free = max(spent.free, start + airtime / band.duty)
        if self._rule != "time-off":
            spent.keep(start, airtime, self._grain)

    def left(self, now: float, frequency: float) -> float:
        """Return how many seconds on the air the hour up to now still has room for, infinite where nothing limits it.

        With the rule `time-off` alone, nothing is counted: then it is the duty cycle of one hour or, in time-off, 0.
        """
        band, spent = self._of(frequency, 1.0)
        if band.duty >= 1:
            return inf
        if self._rule != "window" and spent.free > now:
            return 0.0
        used = sum(
            max(0.0, min(spent.blocks[i + 1], spent.blocks[i] - now + HOUR)) for i in range(0, len(spent.blocks), 2)
        )
        return max(band.duty * HOUR - used, 0.0)

    def state(self) -> State:
        """Return what must be kept over a restart, in the order of the region's sub-bands."""
        kept = (self._spent.get(band.low, _Spent()) for band in self._region.bands)
        return tuple((each.free, (each.begun, *each.blocks)) for each in kept)

    def restore(self, state: State) -> None:
        """Go on from a state of the same region.

        Raises:
            OutOfRange: When it has another number of sub-bands.
        """
        if len(state) != len(self._region.bands):
            raise OutOfRange("state", f"of {len(state)} sub-bands", f"{len(self._region.bands)} of {self._region.name}")
        self._spent = {
            band.low: _Spent(free, begun, list(blocks))
            for band, (free, (begun, *blocks)) in zip(self._region.bands, state, strict=True)
        }

    def _of(self, frequency: float, airtime: float) -> tuple[SubBand, _Spent]:
        if not 0 < airtime < inf:
            raise OutOfRange("airtime", airtime, "seconds, above 0")
        band = self._region.band(frequency)
        spent = self._spent.get(band.low)
        if spent is None:
            spent = self._spent[band.low] = _Spent()
        return band, spent
