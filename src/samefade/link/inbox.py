"""What has arrived under asyncio and was not taken yet."""

import asyncio
from collections import deque
from typing import Generic

from samefade.link.drive import Item

HELD = 1024  # datagrams; more than a session ever has under way, and a bound to what a flood can fill


class Inbox(Generic[Item]):
    """A bounded queue between a transport and the loop that drives a session.

    Attributes:
        lost: How many found it full.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._held: deque[Item] = deque()
        self._something = asyncio.Event()
        self.lost = 0

    def put(self, item: Item) -> None:
        """Keep what arrived, or lose it when there is no room."""
        if len(self._held) >= HELD:
            self.lost += 1
            return
        self._held.append(item)
        self._something.set()

    def wake(self) -> None:
        """End a wait although nothing arrived."""
        self._something.set()

    async def wait(self, seconds: float) -> list[Item]:
        """Return what arrived, waiting for it at most this long."""
        if not self._held and not self._something.is_set():
            try:
                async with asyncio.timeout(seconds):
                    await self._something.wait()
            except TimeoutError:
                return []
        else:
            await asyncio.sleep(0)  # a flood must not keep the other tasks waiting
        self._something.clear()
        arrived = list(self._held)
        self._held.clear()
        return arrived


async def closed(transport: asyncio.WriteTransport | asyncio.DatagramTransport, gone: "asyncio.Future[None]") -> None:
    """Close a transport once what was said last has left, or half a second later; `gone` is done when it is closed."""
    transport.close()
    await asyncio.wait([gone], timeout=0.5)
    if not gone.done():
        transport.abort()
        await gone
