"""Carry whole messages in order over frames that get lost, doubled and mixed up.

Selective repeat with a cumulative acknowledgement and a bitmap, which ride on what is sent anyway.
The time enters as an argument; nothing here knows a clock, a key or what a message means.
"""

from .errors import WireError
from .fragment import OVERHEAD, Payload, pack, unpack
from .profile import Profile
from .receiving import Receiving
from .sending import Sending


class Order:
    """Both directions of one end."""

    def __init__(self, room: int, profile: Profile) -> None:
        """Take the bytes of payload that fit into a frame.

        Raises:
            WireError: When nothing would fit.
        """
        self._space = room - OVERHEAD - (profile.window + 6) // 8  # of the bitmap, at its longest
        if self._space < 1 or not 1 <= profile.window <= 32:
            raise WireError("no room for a piece, or a window beyond 32")
        self._sending = Sending(self._space, profile)
        self._receiving = Receiving(profile)
        self._now = 0.0

    @property
    def dead(self) -> bool:
        """Say whether the other end is taken for gone: nothing more will be sent."""
        return self._sending.dead

    @property
    def idle(self) -> bool:
        """Say whether all that was sent has arrived."""
        return self._sending.idle

    @property
    def queued(self) -> int:
        """Return the bytes of messages that wait to be sent or acknowledged."""
        return self._sending.queued

    @property
    def repeated(self) -> int:
        """Return how many retransmissions there were."""
        return self._sending.repeated

    @property
    def deadline(self) -> float | None:
        """Return when `outgoing` wants to be called, on the caller's clock, or None for never."""
        if self.dead:
            return None
        times = [time for time in (self._sending.deadline, self._receiving.due) if time is not None]
        if self._sending.ready:
            times.append(self._now)
        return min(times) if times else None

    def send(self, message: bytes) -> None:
        """Queue a message; it may be empty.

        Raises:
            WireError: When the other end would not take one that long, or too much waits already.
        """
        self._sending.send(message)

    def receive(self, payload: bytes, now: float) -> list[bytes]:
        """Take what a frame carried; return the messages that are whole now, in order.

        Raises:
            Malformed: When a correct end would not have sent it; the session then dies.
        """
        self._now = now
        heard = unpack(payload)
        self._sending.acknowledged(heard.next, heard.bitmap, now)
        return [] if heard.piece is None else self._receiving.take(heard.piece, now)

    def outgoing(self, now: float) -> list[bytes]:
        """Return the payloads to send now: what is lost, what is new, and an acknowledgement where one is owed."""
        self._now = now
        pieces = self._sending.pieces(now)
        if self.dead:
            return []
        receiving = self._receiving
        out = [pack(Payload(receiving.next, receiving.bitmap, piece)) for piece in pieces]
        if not out and receiving.due is not None and now >= receiving.due:
            out.append(pack(Payload(receiving.next, receiving.bitmap, None)))
        if out:
            receiving.said()
        return out
