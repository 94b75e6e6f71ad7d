"""Compute what the rival costs over the same radio: an authenticated key exchange with EDHOC (RFC 9528).

Three messages with 101 bytes in total, the smallest that RFC 9528 tells: Diffie–Hellman keys at both ends, named by key
identifiers (the split 37, 45, 19 of its table is unverified here).
The device begins: message 1 up, 2 down, 3 up. A class-A device is answered only after it sent: where message 2 needs
more than one downlink, empty uplinks ask for the others.
A message longer than a frame is cut, one byte of each piece saying which it is (assumed; SCHC needs about that).

Computation: one scalar multiplication took 34.16 µJ on a Cortex-M0+ (published; a binary curve of about 112 bit,
unverified). X25519 is taken as 3.6 million cycles (published for a Cortex-M0) at 0.3 nJ each (unverified): 1.1 mJ.
"""

from dataclasses import dataclass
from math import ceil, inf

from samefade.errors import OutOfRange
from samefade.lpwan.airtime import HEADER
from samefade.lpwan.cost import Cost
from samefade.lpwan.energy import SX1276, Radio, uplink_energy
from samefade.lpwan.regions import DataRate, Region
from samefade.lpwan.spare import largest_payload

BINARY_CURVE = 34.16e-6  # J, published
X25519 = 1.1e-3  # J, unverified


@dataclass(frozen=True)
class Edhoc:
    """An exchange of three messages.

    Attributes:
        messages: Bytes of each: up, down, up.
        multiplications: Scalar multiplications of the device: its ephemeral key, and three shared secrets.
        multiplication: Joules of one.
        piece: Bytes in each frame that say which piece it is, where a message is cut.
    """

    messages: tuple[int, int, int] = (37, 45, 19)
    multiplications: int = 4
    multiplication: float = X25519
    piece: int = 1

    def computation(self) -> float:
        """Return the joules of the device's scalar multiplications."""
        return self.multiplications * self.multiplication

    def uplinks(self, region: Region, rate: DataRate) -> tuple[int, ...]:
        """Return the bytes of FRMPayload of each uplink, empty ones included.

        Raises:
            OutOfRange: When a frame has no room for a piece.
        """
        up, down = largest_payload(region, rate), self._down(region, rate)
        first, third = self._cut(self.messages[0], up), self._cut(self.messages[2], up)
        return (*first, *[0] * (len(self._cut(self.messages[1], down)) - 1), *third)

    def downlinks(self, region: Region, rate: DataRate) -> tuple[int, ...]:
        """Return the bytes of FRMPayload of each downlink in the first window.

        Raises:
            OutOfRange: When a frame has no room for a piece.
        """
        return self._cut(self.messages[1], self._down(region, rate))

    def cost(
        self, region: Region, rate: DataRate, *, radio: Radio = SX1276, day: float = inf, period: float = 0.0
    ) -> Cost:
        """Return what one exchange costs the device.

        Args:
            region: What it allows.
            rate: Data rate of the uplinks.
            radio: What it takes from the battery.
            day: Downlinks a day that the network grants.
            period: Seconds between the uplinks of a device that sends no sooner.
        """
        ups, downs = self.uplinks(region, rate), self.downlinks(region, rate)
        air = [rate.time_on_air(each) for each in ups]
        duty = region.band(region.channel(rate)).duty
        # the answers come after the last piece of message 1 and after each empty uplink
        asked = len(ups) - len(self._cut(self.messages[2], largest_payload(region, rate))) - len(downs)
        answers = [None] * asked + list(downs) + [None] * (len(ups) - asked - len(downs))
        joules = sum(
            uplink_energy(region, rate, up, radio=radio, answer=answer) for up, answer in zip(ups, answers, strict=True)
        )
        # each next frame waits for the duty cycle, and for the window in which the answer comes; the last has none
        seconds = sum(max(each / duty, each + region.delay, period) for each in air[:-1]) + air[-1]
        return Cost(
            frames=len(ups),
            downlinks=len(downs),
            airtime=sum(air),
            hours=max(seconds / 3600, 24 * (ceil(len(downs) / day) - 1) if day < inf else 0.0),
            joules=joules + self.computation(),
        )

    def _down(self, region: Region, rate: DataRate) -> int:
        first = region.first_window(region.channel(rate), rate.index)[1]
        return region.largest(first, down=True)

    def _cut(self, message: int, room: int) -> tuple[int, ...]:
        if message <= room:
            return (message,)
        each = room - self.piece
        if each < 1:
            raise OutOfRange("frame", room + HEADER + 1, "bytes with room for a piece of a message")
        whole, rest = divmod(message, each)
        return (room,) * whole + ((rest + self.piece,) if rest else ())
