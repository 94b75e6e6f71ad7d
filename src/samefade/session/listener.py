"""A responder for many: which session a datagram belongs to, and how much a stranger may cost.

A datagram of a known connection goes to its session; any other must be the first message of a handshake.
Before a peer has proved that it holds the prior secret it costs one half-open session and gets no more bytes than it
sent; the oldest half-open sessions make room for new ones, so a flood of old first messages blocks nobody.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from samefade.errors import SamefadeError
from samefade.session.events import Event
from samefade.session.machine import Sample
from samefade.session.session import Session
from samefade.wire import codes
from samefade.wire.cbor import decode
from samefade.wire.errors import Malformed

Address = TypeVar("Address", bound=Hashable)
HALF_OPEN, LIVE, PATIENCE = 1000, 100, 30.0


@dataclass(eq=False)
class _Peer(Generic[Address]):
    """A session with where it is, and the first message that it answered."""

    session: Session
    address: Address
    hello: bytes
    since: float


class Listener(Generic[Address]):
    """Many sessions behind one address.

    Attributes:
        dropped: Datagrams that belonged to nobody, by reason.
    """

    def __init__(
        self,
        make: Callable[[bytes], Session],
        *,
        half_open: int = HALF_OPEN,
        live: int = LIVE,
        patience: float = PATIENCE,
        chance: Callable[[int], bytes] | None = None,
    ) -> None:
        """Take what makes a session for a stranger.

        Args:
            make: Returns a session that waits to be spoken to under this connection identifier.
            half_open: How many peers may be half open.
            live: How many proven peers may be served at once.
            patience: Seconds after which a half-open peer is forgotten.
            chance: Returns that many unpredictable bytes, for connection identifiers that nobody off the path can name;
                without it they are counted.
        """
        self._make, self._most_half_open, self._most_live, self._patience = make, half_open, live, patience
        self._half_open: dict[bytes, _Peer[Address]] = {}  # by connection, in the order of their arrival
        self._live: dict[bytes, _Peer[Address]] = {}
        self._at: dict[Address, bytes] = {}  # the live connection of each address
        self._greeted: dict[bytes, bytes] = {}  # a repeated first message is answered as it was
        self._touched: dict[bytes, _Peer[Address]] = {}
        self._next, self._chance = 0, chance
        self.dropped = dict.fromkeys(("malformed", "stranger", "busy"), 0)

    @property
    def half_open(self) -> int:
        """Return how many peers have not proved anything yet."""
        return len(self._half_open)

    @property
    def live(self) -> int:
        """Return how many peers are served."""
        return len(self._live)

    def receive(self, datagram: bytes, address: Address, now: float) -> None:
        """Take a datagram."""
        try:
            connection = _connection(datagram)
        except Malformed:
            self.dropped["malformed"] += 1
            return
        if connection is None:
            connection = self._greeted.get(datagram) or self._open(datagram, address, now)
        peer = self._live.get(connection) or self._half_open.get(connection)
        if peer is None:
            self.dropped["stranger"] += 1
            return
        if connection in self._half_open:
            peer.address = address  # the answer goes to who asked: a copy sent from elsewhere must not divert it
        peer.session.receive(datagram, now)
        self._touched[connection] = peer
        if connection in self._half_open:
            self._judge(connection, peer, address)

    def hear(self, sample: Sample, address: Address, now: float) -> None:
        """Take a sample of the channel to one peer."""
        connection = self._at.get(address)
        if connection is not None:
            peer = self._touched[connection] = self._live[connection]
            peer.session.hear(sample, now)

    def tick(self, now: float) -> None:
        """Let time pass."""
        for connection in [x for x, peer in self._half_open.items() if now >= peer.since + self._patience]:
            self._forget(connection)
        for connection, peer in self._live.items():
            due = peer.session.deadline
            if due is not None and due <= now:
                peer.session.tick(now)
                self._touched[connection] = peer

    def stop(self, now: float) -> None:
        """End every session; what they say last is still to be sent."""
        for connection, peer in self._live.items():
            peer.session.stop(now)
            self._touched[connection] = peer

    def refuse(self, address: Address, why: SamefadeError, now: float) -> None:
        """End the session with one peer, because what one of its events asked for could not be done."""
        connection = self._at.get(address)
        if connection is not None:
            peer = self._touched[connection] = self._live[connection]
            peer.session.stop(now, why)

    def outgoing(self) -> list[tuple[bytes, Address]]:
        """Return the datagrams to send now and where to, once."""
        out = [(datagram, peer.address) for peer in self._touched.values() for datagram in peer.session.outgoing()]
        for connection, peer in self._touched.items():
            if peer.session.closed:
                self._forget(connection)
        self._touched.clear()
        return out

    def events(self) -> list[tuple[Address, Event]]:
        """Return what has happened and with whom, once; of half-open peers nothing is told."""
        return [(peer.address, event) for peer in self._touched.values() for event in self._told(peer)]

    @property
    def deadline(self) -> float | None:
        """Return when `tick` wants to be called."""
        return min(self._deadlines(), default=None)

    def _told(self, peer: _Peer[Address]) -> list[Event]:
        return peer.session.events() if peer.session.proven else []

    def _deadlines(self) -> Iterator[float]:
        if self._half_open:
            yield next(iter(self._half_open.values())).since + self._patience
        for peer in self._live.values():
            due = peer.session.deadline
            if due is not None:
                yield due

    def _open(self, datagram: bytes, address: Address, now: float) -> bytes:
        """Make a session for a stranger."""
        connection = self._fresh()
        self._half_open[connection] = _Peer(self._make(connection), address, datagram, now)
        self._greeted[datagram] = connection
        return connection

    def _judge(self, connection: bytes, peer: _Peer[Address], address: Address) -> None:
        """Keep a stranger that said something sensible; serve one that proved who it is."""
        if not peer.session.greeted:
            self._forget(connection)
            self.dropped["stranger"] += 1
        elif peer.session.proven:
            self._serve(connection, peer, address)
        else:
            while len(self._half_open) > self._most_half_open:  # only what is sensible takes another's room
                self._forget(next(iter(self._half_open)))

    def _serve(self, connection: bytes, peer: _Peer[Address], address: Address) -> None:
        del self._half_open[connection]
        old = self._at.get(address)
        anew = old is not None and self._live[old].session.peer == peer.session.peer
        if old is not None and anew:  # the peer has begun anew
            self._forget(old)
        if len(self._live) >= self._most_live or (old is not None and not anew):  # an address serves one peer at a time
            self.dropped["busy"] += 1
            self._touched.pop(connection, None)
            self._greeted.pop(peer.hello, None)
            return
        peer.address = address
        self._live[connection], self._at[address] = peer, connection

    def _forget(self, connection: bytes) -> None:
        peer = self._half_open.pop(connection, None) or self._live.pop(connection, None)
        if peer is not None:
            self._greeted.pop(peer.hello, None)
            if self._at.get(peer.address) == connection:
                del self._at[peer.address]

    def _fresh(self) -> bytes:
        """Return a connection identifier that nobody has."""
        while True:
            self._next = (self._next + 1) % 2**32
            connection = self._next.to_bytes(4, "big") if self._chance is None else self._chance(4)
            if connection not in self._live and connection not in self._half_open:
                return connection


def _connection(datagram: bytes) -> bytes | None:
    """Return the connection that a datagram names, or None for the first message of a handshake.

    Raises:
        Malformed: When it is neither.
    """
    said = decode(datagram)
    if isinstance(said, list) and len(said) >= 2:
        if isinstance(said[0], bytes):
            return said[0]
        if said[0] in (codes.PSK_1, codes.EDHOC_1):
            return None
        if said[0] == codes.EDHOC_3 and isinstance(said[1], bytes):
            return said[1]
    raise Malformed("neither a frame nor the first message of a handshake")
