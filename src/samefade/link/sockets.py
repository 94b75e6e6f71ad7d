"""UDP sockets as lines that block; what the system refuses in passing is loss, as on the air."""

import socket
from types import TracebackType
from typing import Self

from samefade.link.address import SocketAddress, resolve, text
from samefade.link.errors import refused

LARGEST = 1500  # bytes; no session sends more, and what is longer was not meant for one
AT_ONCE = 64  # datagrams taken in one go, so that a flood does not keep deadlines waiting


class _Socket:
    """What both lines have: a socket that is closed for certain.

    Attributes:
        socket: The socket.
        lost: How many datagrams the system did not carry, or were too long to be ours.
    """

    def __init__(self, opened: socket.socket) -> None:
        """Take an open socket, which this closes."""
        opened.settimeout(0)
        self.socket = opened
        self.lost = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the socket."""
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()

    @property
    def address(self) -> SocketAddress:
        """Return the address of this end."""
        return self.socket.getsockname()  # type: ignore[no-any-return]  # whatever the family has

    def _arrived(self, seconds: float) -> list[tuple[bytes, SocketAddress]]:
        came: list[tuple[bytes, SocketAddress]] = []
        self.socket.settimeout(seconds)
        for _ in range(AT_ONCE):
            try:
                datagram, address = self.socket.recvfrom(LARGEST + 1)
            except (BlockingIOError, TimeoutError):
                break
            except OSError:  # an ICMP error about something sent before, or a datagram too long for the buffer
                self.lost += 1
                continue
            finally:
                self.socket.settimeout(0)
            if len(datagram) > LARGEST:
                self.lost += 1
            else:
                came.append((datagram, address))
        return came


class UdpPeer(_Socket):
    """A line to one peer: a connected socket, so that the system drops what strangers send."""

    @classmethod
    def connect(cls, host: str, port: int) -> Self:
        """Open a line to a host.

        Raises:
            OutOfRange: When the port is none.
            LinkRefused: What the system refuses: an unknown name, no route, no permission.
        """
        return cls(open_socket(host, port, listen=False))

    def send(self, item: bytes) -> None:
        """Send a datagram; one that the system refuses is lost."""
        try:
            self.socket.send(item)
        except OSError:
            self.lost += 1

    def wait(self, seconds: float) -> list[bytes]:
        """Return the datagrams that came, waiting for them at most this long."""
        return [datagram for datagram, _ in self._arrived(seconds)]


class UdpPort(_Socket):
    """A line to whoever speaks to this address."""

    @classmethod
    def bind(cls, host: str = "", port: int = 0) -> Self:
        """Listen at an address of this machine; without one, at all of them, IPv4 and IPv6.

        Raises:
            OutOfRange: When the port is none.
            LinkRefused: What the system refuses: an address in use, a port that needs permission.
        """
        return cls(open_socket(host, port, listen=True))

    def send(self, item: tuple[bytes, SocketAddress]) -> None:
        """Send a datagram to an address; one that the system refuses is lost."""
        try:
            self.socket.sendto(*item)
        except OSError:
            self.lost += 1

    def wait(self, seconds: float) -> list[tuple[bytes, SocketAddress]]:
        """Return the datagrams that came and where from, waiting for them at most this long."""
        return self._arrived(seconds)


def open_socket(host: str, port: int, *, listen: bool) -> socket.socket:
    """Open a UDP socket: bound to an address of this machine, or connected to another.

    Raises:
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses.
    """
    family, address = resolve(host, port, listen=listen)
    where = text(host or "*", port)
    try:
        opened = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        raise refused(where, error) from None
    try:
        if listen and not host and family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        (opened.bind if listen else opened.connect)(address)
    except OSError as error:
        opened.close()
        raise refused(where, error) from None
    return opened
