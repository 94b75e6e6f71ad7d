"""Send the messages of a handshake until they are answered."""

from samefade.errors import RemoteProtocolError
from samefade.session.secured import Handshake, Secured
from samefade.wire.profile import Profile


class Opening:
    """A handshake with its timer.

    The initiator repeats its last message until a frame of the other end comes; the responder answers and no more,
    so a stranger cannot make it send more than it got.
    """

    def __init__(self, handshake: Handshake, profile: Profile) -> None:
        """Take a handshake that has not begun."""
        self._handshake, self._profile = handshake, profile
        self._last: tuple[bytes, ...] = ()
        self._wait, self._left = profile.first_timeout, profile.tries
        self.deadline: float | None = None
        self.dropped, self.answered = 0, False

    @property
    def secured(self) -> Secured | None:
        """Return what was established, once it is."""
        return self._handshake.secured

    def start(self, now: float) -> tuple[bytes, ...]:
        """Return the first message, if this end begins."""
        if self._handshake.role == "responder":
            return ()
        self._last = (self._handshake.begin(),)
        self.deadline = now + self._wait
        return self._last

    def receive(self, datagram: bytes, now: float) -> tuple[bytes, ...]:
        """Return what to answer; what is no message of this handshake is counted and dropped."""
        try:
            answer = self._handshake.hear(datagram)
        except RemoteProtocolError:
            self.dropped += 1
            if self._handshake.role == "initiator" and self.deadline is not None and not self.answered:
                self._last = (self._handshake.begin(),)  # a handshake that a forged answer used up begins anew
            return ()
        self.answered = True
        if self._handshake.role == "initiator":
            self._last, self._wait = answer, self._profile.first_timeout
            self.deadline = now + self._wait if answer else None
        return answer

    def tick(self, now: float) -> tuple[bytes, ...]:
        """Return what is due to be sent again."""
        if self.deadline is None or now < self.deadline:
            return ()
        self._left -= 1
        self._wait = min(2 * self._wait, self._profile.most_timeout)
        self.deadline = now + self._wait if self._left > 0 else None
        return self._last

    @property
    def given_up(self) -> bool:
        """Say whether nothing came back however often it was sent."""
        return self._left <= 0

    def done(self) -> None:
        """Stop: the other end was heard."""
        self.deadline = None
