"""What a key costs: frames, downlinks, time on air, hours and joules, whichever way it is made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What one key costs a device.

    Attributes:
        frames: Uplinks sent for it.
        downlinks: Downlinks heard for it.
        airtime: Of those uplinks, or of the bytes added to frames that are sent anyway, seconds.
        hours: From its first frame until it is there.
        joules: From the battery, None where it is not known.
    """

    frames: int
    downlinks: int
    airtime: float
    hours: float
    joules: float | None

    @property
    def days(self) -> float:
        """Return the hours as days."""
        return self.hours / 24
