"""Sessions over UDP: one that speaks to a host, or a host of many, each with a face that blocks and one for asyncio."""

from collections.abc import Callable

from samefade.link import asockets
from samefade.link.address import SocketAddress
from samefade.link.drive import Drive, HostDrive
from samefade.link.follow import afollow, follow, never
from samefade.link.sockets import UdpPeer, UdpPort


def run_udp(drive: Drive, host: str, port: int, *, stop: Callable[[], bool] = never) -> bool:
    """Carry one session to a host until it is over or asked to stop.

    Args:
        drive: The session, usually an initiator, with its source and its listener.
        host: Name or address of the other end.
        port: Its port.
        stop: Looked at five times a second; `threading.Event.is_set` is one, and a signal handler may set it.

    Returns:
        Whether the session came to its end, be it good or bad.

    Raises:
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses.
    """
    with UdpPeer.connect(host, port) as line:
        return follow(drive, line, stop=stop)


def serve_udp(
    drive: HostDrive[SocketAddress],
    host: str = "",
    port: int = 0,
    *,
    stop: Callable[[], bool],
    ready: Callable[[SocketAddress], None] | None = None,
) -> None:
    """Answer whoever speaks to an address until asked to stop.

    Args:
        drive: The host of the sessions.
        host: An address of this machine; without one, all of them, IPv4 and IPv6.
        port: 0 lets the system choose.
        stop: Looked at five times a second.
        ready: Told of the address once it is open.

    Raises:
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses.
    """
    with UdpPort.bind(host, port) as line:
        if ready is not None:
            ready(line.address)
        follow(drive, line, stop=stop)


async def arun_udp(drive: Drive, host: str, port: int, *, stop: Callable[[], bool] = never) -> bool:
    """Do what `run_udp` does under asyncio; cancelling the task closes the socket as well.

    Raises:
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses.
    """
    async with asockets.peer(host, port) as line:
        return await afollow(drive, line, stop=stop)


async def aserve_udp(
    drive: HostDrive[SocketAddress],
    host: str = "",
    port: int = 0,
    *,
    stop: Callable[[], bool] = never,
    ready: Callable[[SocketAddress], None] | None = None,
) -> None:
    """Do what `serve_udp` does under asyncio; cancelling the task closes the socket as well.

    Raises:
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses.
    """
    async with asockets.port(host, port) as line:
        if ready is not None:
            ready(line.address)
        await afollow(drive, line, stop=stop)
