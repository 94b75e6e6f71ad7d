"""Say what a region allows: data rates, payloads, channels, sub-bands with their duty cycle, and receive windows.

A region is a value; the four are in `region_tables`. `network` changes what an operator may change.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf

from samefade.errors import OutOfRange
from samefade.lpwan.airtime import frame_bytes, fsk_time_on_air, time_on_air

DWELL = 0.4  # s: the longest uplink where dwell time is limited
FIRST_DELAY = 1.0  # s from the end of the uplink to the first receive window (RECEIVE_DELAY1)


@lru_cache(maxsize=8192)
def _time(sf: int, bandwidth: int, size: int, crc: bool) -> float:  # noqa: FBT001 -- a cache knows arguments by place
    """Return the time on air of one frame; a deployment asks for the same few again and again."""
    if not sf:
        return fsk_time_on_air(size, bandwidth)
    return time_on_air(sf=sf, payload=size, bandwidth=bandwidth, crc=crc)


@dataclass(frozen=True)
class DataRate:
    """One way to modulate.

    Attributes:
        index: DR of the region.
        sf: Spreading factor, 0 for FSK.
        bandwidth: Hz; for FSK its bit rate.
        largest: Most bytes of FRMPayload without FOpts (N of the Regional Parameters).
        dwelling: The same while dwell time is limited; 0 where the rate may not be used then.
        up: Whether devices send at this rate.
        down: Whether gateways do.
    """

    index: int
    sf: int
    bandwidth: int
    largest: int
    dwelling: int
    up: bool = True
    down: bool = True

    def time_on_air(self, payload: int, options: int = 0, *, down: bool = False) -> float:
        """Return how long a frame with this FRMPayload is on the air, seconds; downlinks have no checksum.

        Raises:
            OutOfRange: When the frame is longer than 255 bytes.
        """
        return _time(self.sf, self.bandwidth, frame_bytes(payload, options), not down)


@dataclass(frozen=True)
class SubBand:
    """A stretch of spectrum with one duty cycle, shared by the channels in it.

    Attributes:
        low: Hz.
        high: Hz, not in it.
        duty: Largest fraction of time on the air, 1 where nothing limits it.
        power: Largest power, dBm EIRP.
    """

    low: int
    high: int
    duty: float
    power: float


@dataclass(frozen=True)
class Region:
    """What a region allows.

    Attributes:
        name: As in the Regional Parameters.
        rates: Data rates.
        uplinks: Centre frequencies of the uplink channels of 125 kHz, Hz.
        downlinks: Of the first receive window, Hz; empty where it is the uplink's.
        bands: Sub-bands.
        first: Data rate of the first receive window: for each uplink rate, by RX1DROffset.
        second: Frequency (Hz) and data rate of the second receive window.
        power: Largest power of a device by default, dBm EIRP.
        dwell_up: Longest uplink of 125 kHz, seconds.
        dwell_down: Longest downlink of 125 kHz, seconds.
        delay: Seconds from the end of an uplink to the first receive window; the second opens 1 s later.
        wide: Centre frequencies of the uplink channels of 500 kHz, Hz.
    """

    name: str
    rates: tuple[DataRate, ...]
    uplinks: tuple[int, ...]
    downlinks: tuple[int, ...]
    bands: tuple[SubBand, ...]
    first: tuple[tuple[int, ...], ...]
    second: tuple[int, int]
    power: float
    dwell_up: float = inf
    dwell_down: float = inf
    delay: float = FIRST_DELAY
    wide: tuple[int, ...] = ()

    def rate(self, index: int) -> DataRate:
        """Return the data rate with this index.

        Raises:
            OutOfRange: When the region has none.
        """
        for rate in self.rates:
            if rate.index == index:
                return rate
        raise OutOfRange("data rate", index, f"one of {self.name}: {', '.join(str(r.index) for r in self.rates)}")

    def uplink_rate(self, sf: int, bandwidth: int = 125_000) -> DataRate:
        """Return the data rate of uplinks with this spreading factor.

        Raises:
            OutOfRange: When the region has none, or dwell time forbids it.
        """
        for rate in self.rates:
            if rate.up and (rate.sf, rate.bandwidth) == (sf, bandwidth):
                if self.largest(rate) > 0:
                    return rate
                short = ", ".join(
                    f"SF{r.sf}" for r in self.rates if r.up and r.bandwidth == bandwidth and self.largest(r)
                )
                raise OutOfRange("spreading factor", sf, f"{short}: frames below {self.dwell_up:g} s in {self.name}")
        known = ", ".join(f"SF{r.sf} at {r.bandwidth:,} Hz" for r in self.rates if r.up and r.sf)
        raise OutOfRange("spreading factor", f"SF{sf} at {bandwidth:,} Hz", f"one of {self.name}: {known}")

    def band(self, frequency: float) -> SubBand:
        """Return the sub-band of a frequency (Hz).

        Raises:
            OutOfRange: When the region has none there.
        """
        for band in self.bands:
            if band.low <= frequency < band.high:
                return band
        raise OutOfRange("frequency", frequency, f"Hz, inside a sub-band of {self.name}")

    def channel(self, rate: DataRate) -> int:
        """Return the first uplink channel that has this data rate, Hz."""
        return self.wide[0] if self.wide and rate.bandwidth == 500_000 else self.uplinks[0]

    def largest(self, rate: DataRate, options: int = 0, *, down: bool = False) -> int:
        """Return the most bytes of FRMPayload at a data rate beside this many bytes of FOpts, 0 where nothing fits."""
        limited = (self.dwell_down if down else self.dwell_up) < inf
        return max((rate.dwelling if limited else rate.largest) - options, 0)

    def first_window(self, frequency: int, rate: int, offset: int = 0) -> tuple[int, DataRate]:
        """Return the frequency (Hz) and data rate of the first receive window after an uplink.

        Args:
            frequency: Of the uplink, Hz.
            rate: Data rate of the uplink.
            offset: RX1DROffset.

        Raises:
            OutOfRange: When the region has no such channel, rate or offset.
        """
        if not 0 <= rate < len(self.first) or not 0 <= offset < len(self.first[rate]):
            raise OutOfRange("data rate and RX1DROffset", (rate, offset), f"those of {self.name}")
        self.band(frequency)
        found = self.rate(self.first[rate][offset])
        if not self.largest(found, down=True):  # too slow for the dwell limit: the slowest that is allowed
            found = next(each for each in self.rates if each.down and self.largest(each, down=True))
        return self._down(frequency), found

    def second_window(self) -> tuple[int, DataRate]:
        """Return the frequency (Hz) and data rate of the second receive window."""
        return self.second[0], self.rate(self.second[1])

    def limited(self, *, up: bool, down: bool = False) -> "Region":
        """Return the region with dwell time limited to 400 ms or not, as a network tells its devices."""
        return replace(self, dwell_up=DWELL if up else inf, dwell_down=DWELL if down else inf)

    def _down(self, frequency: int) -> int:
        if not self.downlinks:
            return frequency
        for channels in (self.uplinks, self.wide):
            if frequency in channels:
                return self.downlinks[channels.index(frequency) % len(self.downlinks)]
        raise OutOfRange("frequency", frequency, f"Hz, an uplink channel of {self.name}")
