"""Count the bytes that may still ride on a frame: what the region, the dwell time and the duty cycle leave."""

from math import inf

from samefade.errors import OutOfRange
from samefade.lpwan.regions import DataRate, Region


def largest_payload(region: Region, rate: DataRate, *, options: int = 0, airtime: float = inf) -> int:
    """Return the most bytes of FRMPayload of an uplink, −1 where even an empty frame is too long.

    Args:
        region: What it allows.
        rate: Data rate of the uplink.
        options: Bytes of FOpts.
        airtime: The longest frame, seconds; for a duty cycle what its keeper has left.
    """
    size = region.largest(rate, options)
    allowed = min(airtime, region.dwell_up if rate.bandwidth <= 125_000 else inf)
    while size >= 0 and not rate.time_on_air(size, options) <= allowed:
        size -= 1
    return size


def spare_bytes(region: Region, rate: DataRate, carried: int, *, options: int = 0, airtime: float = inf) -> int:
    """Return how many bytes may be added to an uplink's payload, 0 where the frame itself is too long already.

    Args:
        region: What it allows.
        rate: Data rate of the uplink.
        carried: Bytes of FRMPayload that it has anyway.
        options: Bytes of FOpts.
        airtime: The longest frame, seconds.

    Raises:
        OutOfRange: When the payload is negative.
    """
    if carried < 0:
        raise OutOfRange("payload", carried, "0 bytes or more")
    return max(largest_payload(region, rate, options=options, airtime=airtime) - carried, 0)


def free_bytes(region: Region, rate: DataRate, carried: int, *, options: int = 0) -> int:
    """Return how many bytes may be added without a longer time on air: the last symbols have room for them.

    Raises:
        OutOfRange: When the payload is negative.
    """
    room = spare_bytes(region, rate, carried, options=options)
    now = rate.time_on_air(carried, options) if room else 0.0
    free = 0
    while free < room and rate.time_on_air(carried + free + 1, options) <= now:
        free += 1
    return free
