"""A session over a serial line: COBS frames, a face that blocks (pyserial) and one for asyncio (pyserial-asyncio-fast).

The line may be a cable, a radio modem or a pseudo-terminal; both ends set the same speed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

from samefade.errors import MissingExtra
from samefade.link.cobs import Unframer, frame
from samefade.link.drive import Drive
from samefade.link.errors import LineLost, NoSuchPort, refused
from samefade.link.follow import afollow, follow, never
from samefade.link.inbox import Inbox, closed

SPEED = 115200  # bits per second, the default of most boards
PATIENCE = 1.0  # seconds until a write that a full buffer holds up is lost


class SerialLine:
    """A serial line that blocks.

    Attributes:
        lost: How many datagrams could not be written in time.
    """

    def __init__(self, port: str, speed: int = SPEED) -> None:
        """Open a port.

        Raises:
            MissingExtra: Without the extra `serial`.
            LinkRefused: What the system refuses: no such port, no permission.
        """
        self._serial = _open(port, speed)
        self._port = port
        self._frames = Unframer()
        self.lost = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the port."""
        self._serial.close()

    @property
    def broken(self) -> int:
        """Return how many pieces that came were no frame."""
        return self._frames.broken

    def send(self, item: bytes) -> None:
        """Send a datagram as a frame; one that cannot be written within a second is lost.

        Raises:
            LineLost: When the port went away.
        """
        from serial import SerialTimeoutException

        try:
            self._serial.write(frame(item))
        except SerialTimeoutException:
            self.lost += 1
        except OSError as error:
            raise LineLost(self._port, str(error)) from None

    def wait(self, seconds: float) -> list[bytes]:
        """Return the datagrams that came, waiting for bytes at most this long.

        Raises:
            LineLost: When the port went away.
        """
        try:
            self._serial.timeout = seconds
            came = self._serial.read(1)
            if came:
                came += self._serial.read(self._serial.in_waiting)
        except OSError as error:
            raise LineLost(self._port, str(error)) from None
        return self._frames.feed(came)


class _Protocol(asyncio.Protocol):
    """Find frames in what arrives."""

    def __init__(self) -> None:
        """Begin without a port."""
        self.inbox: Inbox[bytes] = Inbox()
        self.frames = Unframer()
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.why: Exception | None = None

    def data_received(self, data: bytes) -> None:
        """Keep the frames that are complete."""
        for datagram in self.frames.feed(data):
            self.inbox.put(datagram)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits: the port is closed."""
        self.why = exc
        self.gone.set_result(None)
        self.inbox.wake()


class AsyncSerialLine:
    """A serial line under asyncio."""

    def __init__(self, port: str, transport: asyncio.WriteTransport, protocol: _Protocol) -> None:
        """Take an open port."""
        self._port, self._transport, self._protocol = port, transport, protocol
        self.lost = 0

    @property
    def broken(self) -> int:
        """Return how many pieces that came were no frame."""
        return self._protocol.frames.broken

    def send(self, item: bytes) -> None:
        """Send a datagram as a frame; one for which the buffer has no room is lost."""
        if self._transport.get_write_buffer_size() > 1 << 16:
            self.lost += 1
        else:
            self._transport.write(frame(item))

    async def wait(self, seconds: float) -> list[bytes]:
        """Return the datagrams that came, waiting for them at most this long.

        Raises:
            LineLost: When the port went away.
        """
        came = await self._protocol.inbox.wait(seconds)
        if self._protocol.gone.done():
            raise LineLost(self._port, str(self._protocol.why or "closed"))
        return came


@asynccontextmanager
async def line(port: str, speed: int = SPEED) -> AsyncIterator[AsyncSerialLine]:
    """Open a port under asyncio, and close it.

    Raises:
        MissingExtra: Without the extra `serial`.
        LinkRefused: What the system refuses: no such port, no permission.
    """
    try:
        from serial_asyncio_fast import connection_for_serial
    except ImportError:
        raise MissingExtra("serial") from None
    opened = await asyncio.to_thread(_open, port, speed)
    loop = asyncio.get_running_loop()
    protocol = _Protocol()
    transport, _ = await connection_for_serial(loop, lambda: protocol, opened)
    try:
        yield AsyncSerialLine(port, transport, protocol)
    finally:
        await closed(transport, protocol.gone)


def run_serial(drive: Drive, port: str, *, speed: int = SPEED, stop: Callable[[], bool] = never) -> bool:
    """Carry one session over a serial line until it is over or asked to stop.

    Args:
        drive: The session, with its source and its listener.
        port: Name of the port, as the system has it.
        speed: Bits per second.
        stop: Looked at five times a second; `threading.Event.is_set` is one.

    Returns:
        Whether the session came to its end, be it good or bad.

    Raises:
        MissingExtra: Without the extra `serial`.
        LinkRefused: What the system refuses, or that the line went away.
    """
    with SerialLine(port, speed) as opened:
        return follow(drive, opened, stop=stop)


async def arun_serial(drive: Drive, port: str, *, speed: int = SPEED, stop: Callable[[], bool] = never) -> bool:
    """Do what `run_serial` does under asyncio; cancelling the task closes the port as well.

    Raises:
        MissingExtra: Without the extra `serial`.
        LinkRefused: What the system refuses, or that the line went away.
    """
    async with line(port, speed) as opened:
        return await afollow(drive, opened, stop=stop)


def _open(port: str, speed: int) -> Any:  # noqa: ANN401 -- pyserial ships no types
    try:
        import serial
    except ImportError:
        raise MissingExtra("serial") from None
    try:
        return serial.serial_for_url(port, baudrate=speed, timeout=0, write_timeout=PATIENCE)
    except OSError as error:
        raise refused(port, error) from None
    except ValueError as error:
        raise NoSuchPort(port, str(error)) from None
