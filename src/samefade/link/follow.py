"""Turn a drive on a real line until it is over or asked to stop: one loop that blocks, and its twin under asyncio."""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from samefade.link.drive import Driven, Item

PATIENCE = 0.2  # seconds between two looks at `stop`


class Line(Protocol[Item]):
    """Something that carries datagrams; what it cannot carry is lost, as on the air."""

    def send(self, item: Item) -> None:
        """Send one."""
        ...

    def wait(self, seconds: float) -> list[Item]:
        """Return what came, waiting for it at most this long."""
        ...


class AsyncLine(Protocol[Item]):
    """The same under asyncio."""

    def send(self, item: Item) -> None:
        """Send one."""
        ...

    async def wait(self, seconds: float) -> list[Item]:
        """Return what came, waiting for it at most this long."""
        ...


def never() -> bool:
    """Never ask to stop."""
    return False


def follow(
    drive: Driven[Item],
    line: Line[Item],
    *,
    stop: Callable[[], bool] = never,
    clock: Callable[[], float] = monotonic,
) -> bool:
    """Carry a conversation until it is over or asked to stop.

    Args:
        drive: One session, or a host of many.
        line: What carries its datagrams.
        stop: Looked at five times a second; `threading.Event.is_set` is one.
        clock: Seconds, never going back.

    Returns:
        Whether the conversation came to its own end, be it good or bad; False when it was stopped.

    Raises:
        LineLost: When the line went away.
    """
    _send(line, drive.start(clock()))
    while not drive.closed:
        if stop():
            _send(line, drive.stop(clock()))
            return False
        for item in line.wait(_pause(drive.deadline, clock())):
            _send(line, drive.receive(item, clock()))
        _send(line, drive.turn(clock()))
    return True


async def afollow(
    drive: Driven[Item],
    line: AsyncLine[Item],
    *,
    stop: Callable[[], bool] = never,
    clock: Callable[[], float] = monotonic,
) -> bool:
    """Carry a conversation until it is over or asked to stop; `asyncio.Event.is_set` is a `stop`.

    Raises:
        LineLost: When the line went away.
    """
    _send(line, drive.start(clock()))
    while not drive.closed:
        if stop():
            _send(line, drive.stop(clock()))
            return False
        for item in await line.wait(_pause(drive.deadline, clock())):
            _send(line, drive.receive(item, clock()))
        _send(line, drive.turn(clock()))
    return True


def _send(line: Line[Item] | AsyncLine[Item], items: list[Item]) -> None:
    for item in items:
        line.send(item)


def _pause(deadline: float | None, now: float) -> float:
    return PATIENCE if deadline is None else min(PATIENCE, max(0.0, deadline - now))
