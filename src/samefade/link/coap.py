"""Sessions over CoAP (RFC 7252, with aiocoap): each datagram is a POST to /samefade, and the answer brings one back.

Only the client begins, as a LoRaWAN class A device does: what goes down waits for something that goes up,
or is fetched by an empty POST, which the client sends ever less often while nothing comes.
Messages are non-confirmable (section 4.3): a session repeats itself what is lost, so a second layer that does is harm.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from samefade.errors import MissingExtra
from samefade.link.address import resolve, text
from samefade.link.drive import Drive, HostDrive
from samefade.link.errors import LinkRefused
from samefade.link.exchange import CoapPeer, CoapPort, Polling
from samefade.link.follow import afollow, never
from samefade.link.sockets import UdpPort

PATH = "samefade"
PORT = 5683  # RFC 7252, section 6.1


@asynccontextmanager
async def peer(host: str, port: int = PORT, polling: Polling | None = None) -> AsyncIterator[CoapPeer]:
    """Open a line to a CoAP server, and close it.

    Raises:
        MissingExtra: Without the extra `coap`.
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses: an unknown name.
    """
    aiocoap = _aiocoap()
    found = await asyncio.to_thread(resolve, host, port)
    context = await aiocoap.Context.create_client_context(transports=_transports()[:1])
    line = CoapPeer(context, f"coap://{text(*found.address[:2])}/{PATH}", polling or Polling())
    line.poll()
    try:
        yield line
    finally:
        await line.close()
        await context.shutdown()


@asynccontextmanager
async def server(host: str = "", port: int = PORT, hold: float = 0.1) -> AsyncIterator[tuple[CoapPort, int]]:
    """Listen for CoAP at an address of this machine, and stop; give the line and the port; 0 lets the system choose.

    Raises:
        MissingExtra: Without the extra `coap`.
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses: an address in use, a port that needs permission.
    """
    aiocoap = _aiocoap()
    with UdpPort.bind(host, port) as asked:  # aiocoap would share an address in use without a word
        number = asked.address[1]
    line = CoapPort(hold)
    try:
        context = await aiocoap.Context.create_server_context(
            _site(line), bind=(host or "::", number), transports=_transports()
        )
    except (OSError, RuntimeError, ValueError, aiocoap.error.Error) as error:
        raise LinkRefused(text(host or "*", number), str(error)) from None
    try:
        yield line, number
    finally:
        await context.shutdown()


async def arun_coap(
    drive: Drive,
    host: str,
    port: int = PORT,
    *,
    stop: Callable[[], bool] = never,
    polling: Polling | None = None,
) -> bool:
    """Carry one session to a CoAP server until it is over or asked to stop; cancelling the task closes the socket too.

    Args:
        drive: The session, usually an initiator, with its source and its listener.
        host: Name or address of the server.
        port: Its port.
        stop: Looked at five times a second; `asyncio.Event.is_set` is one.
        polling: How often to ask when there is nothing to say.

    Returns:
        Whether the session came to its end, be it good or bad.

    Raises:
        MissingExtra: Without the extra `coap`.
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses.
    """
    async with peer(host, port, polling) as line:
        return await afollow(drive, line, stop=stop)


async def aserve_coap(
    drive: HostDrive[str],
    host: str = "",
    port: int = PORT,
    *,
    stop: Callable[[], bool] = never,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Answer whoever posts to /samefade until asked to stop; cancelling the task closes the socket as well.

    Args:
        drive: The host of the sessions; its addresses are texts.
        host: An address of this machine; without one, all of them, IPv4 and IPv6.
        port: 0 lets the system choose.
        stop: Looked at five times a second.
        ready: Told of the port once it is open.

    Raises:
        MissingExtra: Without the extra `coap`.
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses.
    """
    async with server(host, port) as (line, number):
        if ready is not None:
            ready(number)
        await afollow(drive, line, stop=stop)


def run_coap(
    drive: Drive,
    host: str,
    port: int = PORT,
    *,
    stop: Callable[[], bool] = never,
    polling: Polling | None = None,
) -> bool:
    """Do what `arun_coap` does, in a loop of its own.

    Raises:
        MissingExtra: Without the extra `coap`.
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses.
    """
    return asyncio.run(arun_coap(drive, host, port, stop=stop, polling=polling))


def serve_coap(
    drive: HostDrive[str],
    host: str = "",
    port: int = PORT,
    *,
    stop: Callable[[], bool],
    ready: Callable[[int], None] | None = None,
) -> None:
    """Do what `aserve_coap` does, in a loop of its own.

    Raises:
        MissingExtra: Without the extra `coap`.
        OutOfRange: When the port is none.
        LinkRefused: What the system refuses.
    """
    asyncio.run(aserve_coap(drive, host, port, stop=stop, ready=ready))


def _aiocoap() -> Any:  # noqa: ANN401 -- a module
    try:
        aiocoap = import_module("aiocoap")
        import_module("aiocoap.resource")
    except ImportError:
        raise MissingExtra("coap") from None
    return aiocoap


def _transports() -> list[str]:
    """Return aiocoap's own choice for UDP on this system, and nothing beside UDP."""
    return ["udp6"] if sys.platform == "linux" else ["simple6", "simplesocketserver"]


def _site(line: CoapPort) -> Any:  # noqa: ANN401 -- aiocoap's
    aiocoap = _aiocoap()

    class Datagrams(aiocoap.resource.Resource):  # type: ignore[misc,name-defined]  # loaded late
        async def render_post(self, request: Any) -> Any:  # noqa: ANN401 -- aiocoap's
            payload = await line.answer(request.payload, request.remote.hostinfo)
            return aiocoap.Message(code=aiocoap.CHANGED, payload=payload)

    site = aiocoap.resource.Site()
    site.add_resource([PATH], Datagrams())
    return site
