"""A hostile line on real sockets: a UDP proxy that loses, doubles, reorders, cuts and flips, or is an attacker."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from samefade.link import asockets
from samefade.link.address import SocketAddress
from samefade.link.hostile import Attacker, Channel, Hostile

CLIENTS = 256  # at a time; those who come later are not heard
EARLY = 64  # datagrams of a client kept until its socket is open


class _Route:
    """One client's way through.

    Attributes:
        up: The socket towards the target, once it is open.
        early: What came before that.
    """

    def __init__(self, up: Channel, down: Channel) -> None:
        """Take its two directions."""
        self.towards_b, self.towards_a = up, down
        self.up: asockets.AsyncUdpPeer | None = None
        self.early: list[bytes] = []

    def send(self, datagram: bytes) -> None:
        """Send up, or keep what cannot go yet."""
        if self.up is not None:
            self.up.send(datagram)
        elif len(self.early) < EARLY:
            self.early.append(datagram)


class Proxy:
    """A proxy at work: the client is end a, the target is end b.

    Attributes:
        address: Where clients speak to it.
    """

    def __init__(
        self,
        front: asockets.AsyncUdpPort,
        target: tuple[str, int],
        hostile: Hostile,
        seed: int,
        attacker: Attacker | None,
    ) -> None:
        """Take an open front socket, the target, and what happens on the way."""
        self._front, self._target, self._hostile, self._seed, self._attacker = front, target, hostile, seed, attacker
        self._routes: dict[SocketAddress, _Route] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.address = front.address

    @property
    def sent(self) -> int:
        """Return how many datagrams were put in."""
        return sum(channel.sent for channel in self._channels())

    @property
    def dropped(self) -> int:
        """Return how many were lost on purpose."""
        return sum(channel.dropped for channel in self._channels())

    @property
    def damaged(self) -> int:
        """Return how many copies were cut or flipped."""
        return sum(channel.damaged for channel in self._channels())

    async def serve(self) -> None:
        """Carry datagrams until cancelled."""
        while True:
            for datagram, address in await self._front.wait(60.0):
                route = self._route(address)
                if route is not None:
                    _carry(route.towards_b, datagram, route.send)

    async def close(self) -> None:
        """Close the sockets towards the target; raise what went wrong with one."""
        for task in self._tasks:
            task.cancel()
        for wrong in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(wrong, Exception):
                raise wrong

    def _channels(self) -> list[Channel]:
        return [channel for route in self._routes.values() for channel in (route.towards_a, route.towards_b)]

    def _route(self, address: SocketAddress) -> _Route | None:
        known = self._routes.get(address)
        if known is not None or len(self._routes) >= CLIENTS:
            return known
        seed = f"{self._seed}, client {len(self._routes)}"
        route = _Route(*(Channel(self._hostile, seed, to, self._attacker) for to in ("b", "a")))
        self._routes[address] = route
        self._tasks.add(asyncio.create_task(self._back(route, address)))
        return route

    async def _back(self, route: _Route, address: SocketAddress) -> None:
        async with asockets.peer(*self._target) as up:
            route.up = up
            for datagram in route.early:
                up.send(datagram)
            while True:
                for datagram in await up.wait(60.0):
                    _carry(route.towards_a, datagram, lambda arriving: self._front.send((arriving, address)))


@asynccontextmanager
async def proxy(
    target: tuple[str, int],
    hostile: Hostile,
    *,
    seed: int = 0,
    attacker: Attacker | None = None,
    listen: tuple[str, int] = ("127.0.0.1", 0),
) -> AsyncIterator[Proxy]:
    """Run a proxy between clients and a target.

    Args:
        target: Host and port of the responder.
        hostile: What happens to datagrams, in both directions.
        seed: Of its chance; what it does to the n-th datagram of the n-th client is repeatable, when it does it is not.
        attacker: Who sits on the line.
        listen: Host and port for the clients; port 0 lets the system choose.

    Raises:
        OutOfRange: When a port is none.
        LinkRefused: What the system refuses.
    """
    async with asockets.port(*listen) as front:
        running = Proxy(front, target, hostile, seed, attacker)
        task = asyncio.create_task(running.serve())
        try:
            yield running
        finally:
            task.cancel()
            await asyncio.wait([task])
            await running.close()


def _carry(channel: Channel, datagram: bytes, send: Callable[[bytes], None]) -> None:
    loop = asyncio.get_running_loop()
    now = loop.time()
    for at, arriving in channel.carry(datagram, now):
        if at <= now:
            send(arriving)
        else:
            loop.call_at(at, send, arriving)
