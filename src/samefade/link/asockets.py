"""UDP sockets as lines under asyncio; what the system refuses in passing is loss, as on the air."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from samefade.link.address import SocketAddress
from samefade.link.inbox import Inbox, closed
from samefade.link.sockets import LARGEST, open_socket

BACKLOG = 1 << 16  # bytes that wait for the system; beyond them datagrams are lost, as the system would lose them


class _Protocol(asyncio.DatagramProtocol):
    """Put what arrives into the inbox.

    Attributes:
        lost: How many datagrams the system did not carry, or were too long to be ours.
    """

    def __init__(self) -> None:
        """Begin without a socket."""
        self.inbox: Inbox[tuple[bytes, SocketAddress]] = Inbox()
        self.gone = asyncio.get_running_loop().create_future()
        self.lost = 0

    def datagram_received(self, data: bytes, addr: SocketAddress) -> None:
        """Keep it, unless it is too long to be ours."""
        if len(data) > LARGEST:
            self.lost += 1
        else:
            self.inbox.put((data, addr))

    def error_received(self, exc: Exception) -> None:  # noqa: ARG002 -- the name of the face
        """Count what the system refused, an ICMP error among it: it is loss."""
        self.lost += 1

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- the name of the face
        """Say that the socket is closed."""
        self.gone.set_result(None)


class AsyncUdp:
    """What both lines have.

    Attributes:
        address: The address of this end.
    """

    def __init__(self, transport: asyncio.DatagramTransport, protocol: _Protocol) -> None:
        """Take an open socket."""
        self._transport, self._protocol, self._refused = transport, protocol, 0
        self.address: SocketAddress = transport.get_extra_info("sockname")

    @property
    def lost(self) -> int:
        """Return how many datagrams the system did not carry, were too long, or found no room."""
        return self._protocol.lost + self._protocol.inbox.lost + self._refused

    def _room(self) -> bool:
        """Say whether the system takes another datagram; count it as lost otherwise."""
        full: bool = self._transport.get_write_buffer_size() > BACKLOG  # type: ignore[attr-defined]  # both loops have it
        self._refused += full
        return not full


class AsyncUdpPeer(AsyncUdp):
    """A line to one peer: a connected socket, so that the system drops what strangers send."""

    def send(self, item: bytes) -> None:
        """Send a datagram; one that the system refuses is lost."""
        if self._room():
            self._transport.sendto(item)

    async def wait(self, seconds: float) -> list[bytes]:
        """Return the datagrams that came, waiting for them at most this long."""
        return [datagram for datagram, _ in await self._protocol.inbox.wait(seconds)]


class AsyncUdpPort(AsyncUdp):
    """A line to whoever speaks to this address."""

    def send(self, item: tuple[bytes, SocketAddress]) -> None:
        """Send a datagram to an address; one that the system refuses is lost."""
        if self._room():
            self._transport.sendto(*item)

    async def wait(self, seconds: float) -> list[tuple[bytes, SocketAddress]]:
        """Return the datagrams that came and where from, waiting for them at most this long."""
        return await self._protocol.inbox.wait(seconds)


@asynccontextmanager
async def peer(host: str, port: int) -> AsyncIterator[AsyncUdpPeer]:
    """Open a line to a host, and close it.

    Raises:
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses: an unknown name, no route, no permission.
    """
    opened = await asyncio.to_thread(open_socket, host, port, listen=False)
    async with _endpoint(opened) as (transport, protocol):
        yield AsyncUdpPeer(transport, protocol)


@asynccontextmanager
async def port(host: str = "", number: int = 0) -> AsyncIterator[AsyncUdpPort]:
    """Listen at an address of this machine, and stop; without one, at all of them, IPv4 and IPv6.

    Raises:
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses: an address in use, a port that needs permission.
    """
    opened = await asyncio.to_thread(open_socket, host, number, listen=True)
    async with _endpoint(opened) as (transport, protocol):
        yield AsyncUdpPort(transport, protocol)


@asynccontextmanager
async def _endpoint(opened: socket.socket) -> AsyncIterator[tuple[asyncio.DatagramTransport, _Protocol]]:
    opened.settimeout(0)
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(_Protocol, sock=opened)
    try:
        yield transport, protocol
    finally:
        await closed(transport, protocol.gone)
