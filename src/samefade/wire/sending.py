"""Cut messages into pieces and send each until it has arrived: selective repeat within a window."""

from .errors import Malformed, WireError
from .fragment import Piece
from .profile import Profile
from .timer import Timer

OVERTAKEN = 3  # later pieces that arrived before one is taken for lost (RFC 9002, section 6.1.1)


class _Flight:
    """A piece on its way."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.sent = 0.0
        self.turn = -1  # when it was last sent, counted in transmissions
        self.again = 0  # retransmissions since the last progress
        self.once = True  # it was sent once: its round trip can be measured
        self.lost = False
        self.arrived = False


class Sending:
    """One end's outgoing half.

    Attributes:
        queued: Bytes of messages that wait to be sent or acknowledged.
        dead: Whether the other end is taken for gone.
        repeated: Number of retransmissions so far.
    """

    def __init__(self, space: int, profile: Profile) -> None:
        """Take the bytes of message that fit into one piece."""
        self._space = space
        self._profile = profile
        self._timer = Timer(profile)
        self._messages: list[bytes] = []
        self._cut = 0  # bytes of the first message that were sent already
        self._flight: list[_Flight] = []
        self._base = 0  # number of the first piece in flight, modulo 2^16
        self._turn = 0
        self._backed_off: float | None = None
        self.queued = 0
        self.dead = False
        self.repeated = 0

    @property
    def idle(self) -> bool:
        """Say whether everything was sent and has arrived."""
        return not self._messages and not self._flight

    @property
    def ready(self) -> bool:
        """Say whether there is something to send now: a piece that is lost, or a new one within the window."""
        return self._fresh or any(flight.lost for flight in self._flight)

    @property
    def _fresh(self) -> bool:
        return bool(self._messages) and len(self._flight) < self._profile.window

    @property
    def deadline(self) -> float | None:
        """Return when the next retransmission is due, or None."""
        waiting = [flight.sent for flight in self._flight if not flight.arrived]
        return min(waiting) + self._timer.timeout if waiting else None

    def send(self, message: bytes) -> None:
        """Queue a message.

        Raises:
            WireError: When the other end would not take one that long, or too much waits already.
        """
        longest = self._profile.longest
        if len(message) > longest or self.queued + len(message) > 2 * longest:
            raise WireError("the message is too long, or too much waits to be sent")
        self._messages.append(bytes(message))
        self.queued += len(message)

    def acknowledged(self, next_number: int, bitmap: int, now: float) -> None:
        """Take word of what has arrived.

        Raises:
            Malformed: When it speaks of pieces that were never sent.
        """
        count = (next_number - self._base) & 0xFFFF
        if count >= 0x8000:
            return  # older than what we know
        if count > len(self._flight) or bitmap >> max(len(self._flight) - count - 1, 0):
            raise Malformed("an acknowledgement of what was never sent")
        flights = self._flight[:count]
        flights += [f for i, f in enumerate(self._flight[count + 1 :]) if bitmap >> i & 1]
        news = [flight for flight in flights if not flight.arrived]
        if news:
            self._progress(news, now)
        self._flight = self._flight[count:]
        self._base = next_number

    def pieces(self, now: float) -> list[Piece]:
        """Return the pieces to send now: first what is lost, then what is new."""
        self._find_lost(now)
        out: list[Piece] = []
        if self.dead:
            return out
        for flight in self._flight:
            if flight.lost:
                flight.again += 1
                flight.once = False
                self.repeated += 1
                out.append(self._sent(flight, now))
        while self._fresh:
            flight = _Flight(self._next_piece())
            self._flight.append(flight)
            out.append(self._sent(flight, now))
        return out

    def _progress(self, news: list[_Flight], now: float) -> None:
        latest = max([flight.turn for flight in news])
        for flight in news:
            flight.arrived = True
            self.queued -= len(flight.piece.data)
            flight.piece.data = b""
            if flight.turn != latest:
                continue  # only the newest is measured: the others may have waited for it
            if flight.once:
                self._timer.measured(max(now - flight.sent, 0.0))
            else:
                self._timer.unmeasured()
        for flight in self._flight:
            flight.again = 0
            if not flight.arrived and flight.turn <= latest - OVERTAKEN:
                flight.lost = True

    def _find_lost(self, now: float) -> None:
        """Mark what has waited for too long, and back off once for all that was sent together."""
        timeout, late = self._timer.timeout, False
        for flight in self._flight:
            if not flight.arrived and now >= flight.sent + timeout:
                flight.lost = True
                late = late or self._backed_off is None or flight.sent >= self._backed_off
                self.dead = self.dead or flight.again >= self._profile.tries
        if late:
            self._timer.back_off()
            self._backed_off = now

    def _sent(self, flight: _Flight, now: float) -> Piece:
        flight.sent, flight.turn, flight.lost = now, self._turn, False
        self._turn += 1
        return flight.piece

    def _next_piece(self) -> Piece:
        message, start = self._messages[0], self._cut
        end = start + self._space
        last = end >= len(message)
        if last:
            self._messages.pop(0)
        self._cut = 0 if last else end
        number = (self._base + len(self._flight)) & 0xFFFF
        return Piece(number, message[start:end], begin=start == 0, end=last)
