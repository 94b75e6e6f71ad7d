"""What a network server tells of a device, whichever server it is; and what an adapter to one can do."""

from dataclasses import dataclass
from typing import Protocol

from samefade.lpwan.frames import Downlink, Uplink


@dataclass(frozen=True)
class Received:
    """A frame of a device came in.

    Attributes:
        uplink: The frame; the gateways that heard it stand in the order in which the server would answer through them,
            and those that it would not answer through are left out.
        address: Name of the device in the topics of the server.
        session: What the server calls the device's session, its DevAddr; empty where it does not tell.
    """

    uplink: Uplink
    address: str
    session: str = ""

    @property
    def device(self) -> str:
        """Return the DevEUI."""
        return self.uplink.device


@dataclass(frozen=True)
class Joined:
    """A device has a new session: its frame counters begin again.

    Attributes:
        device: DevEUI, 16 hexadecimal digits in small letters.
        address: Name of the device in the topics of the server.
    """

    device: str
    address: str


@dataclass(frozen=True)
class Sent:
    """A frame for a device was sent, or left the server's queue.

    Attributes:
        device: DevEUI, 16 hexadecimal digits in small letters.
        gateway: Which gateway transmits it; empty where the server does not tell.
        queued: Whether it came from the queue of applications; the server sends frames of its own, too.
        gone: Whether it was dropped and not sent.
    """

    device: str
    gateway: str = ""
    queued: bool = True
    gone: bool = False


Said = Received | Joined | Sent


class Adapter(Protocol):
    """How to talk with one kind of network server about one application."""

    @property
    def qos(self) -> int:
        """Return the MQTT quality of service that the server speaks."""
        ...

    def topics(self) -> tuple[str, ...]:
        """Return what to subscribe to."""
        ...

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says.

        Raises:
            Unreadable: When it is malformed, or says nothing that is needed here.
        """
        ...

    def write(self, downlink: Downlink, address: str) -> tuple[str, bytes]:
        """Return the topic and the message that put a frame into the server's queue.

        Raises:
            OutOfRange: When no such frame can be sent.
        """
        ...
