"""Seal and order as one thing: whole messages in and out, datagrams below."""

from collections import deque

from samefade.errors import LocalProtocolError, RemoteProtocolError
from samefade.session.secured import Secured
from samefade.wire.errors import Malformed, WireError
from samefade.wire.order import Order
from samefade.wire.profile import Profile
from samefade.wire.seal import Seal


class Carrier:
    """What carries messages once both ends hold keys.

    Attributes:
        proven: Whether a sealed frame of the other end was heard: it holds the keys.
    """

    def __init__(self, secured: Secured, profile: Profile) -> None:
        """Take the keys of a handshake."""
        self._seal = Seal(secured.key_out, secured.key_in, secured.connection_out, secured.connection_in, profile)
        self._order, self._longest = Order(self._seal.room, profile), profile.longest
        self._waiting: deque[bytes] = deque()
        self.proven = False

    def send(self, message: bytes) -> None:
        """Queue a message.

        Raises:
            LocalProtocolError: When it is longer than the other end would take.
        """
        if len(message) > self._longest:
            raise LocalProtocolError(message_bytes=len(message), longest=self._longest)
        self._waiting.append(message)
        self._hand_over()

    def _hand_over(self) -> None:
        """Give as much as order takes at once; the rest waits for its turn, however much is spoken."""
        while self._waiting and self._order.queued + len(self._waiting[0]) <= 2 * self._longest:
            self._order.send(self._waiting.popleft())

    def receive(self, datagram: bytes, now: float) -> list[bytes] | None:
        """Return the messages that are whole now, in order; None where the datagram is not a frame of the other end.

        Raises:
            RemoteProtocolError: When the other end sends what no correct end sends.
        """
        payload = self._seal.open(datagram)
        if payload is None:
            return None
        self.proven = True
        try:
            return self._order.receive(payload, now)
        except Malformed as why:
            raise RemoteProtocolError(why=str(why)) from None

    def outgoing(self, now: float) -> list[bytes]:
        """Return the datagrams to send now.

        Raises:
            LocalProtocolError: When the numbers of this key have run out.
        """
        self._hand_over()
        try:
            return [self._seal.frame(payload) for payload in self._order.outgoing(now)]
        except WireError as why:
            raise LocalProtocolError(why=str(why)) from None

    @property
    def deadline(self) -> float | None:
        """Return when `outgoing` wants to be called."""
        return self._order.deadline

    @property
    def dead(self) -> bool:
        """Say whether the other end is taken for gone."""
        return self._order.dead

    @property
    def idle(self) -> bool:
        """Say whether all that was sent has arrived."""
        return self._order.idle and not self._waiting

    @property
    def dropped(self) -> dict[str, int]:
        """Return how many datagrams were dropped, by reason."""
        return {reason: n for reason, n in self._seal.dropped.items() if n}
