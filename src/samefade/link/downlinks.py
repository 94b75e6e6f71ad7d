"""Datagrams that wait for their peer to ask: the way down of a link on which only one end may begin."""

import asyncio
from collections import OrderedDict, deque

PEERS = 1024  # addresses for which something is kept; beyond them, what waits longest is lost
HELD = 64  # datagrams for one address
WAITING = 256  # requests held at a time; beyond them an answer comes at once


class Downlinks:
    """What is to go down, by address.

    Attributes:
        lost: How many found no room.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._held: OrderedDict[str, deque[bytes]] = OrderedDict()
        self._asking: dict[str, deque[asyncio.Future[bytes]]] = {}
        self._waiting = 0
        self.lost = 0

    def put(self, datagram: bytes, address: str) -> None:
        """Give a datagram to a request that waits, or keep it for the next."""
        for asking in self._asking.get(address, ()):
            if not asking.done():
                asking.set_result(datagram)
                return
        held = self._held.setdefault(address, deque())
        if len(held) >= HELD:
            self.lost += 1
            return
        held.append(datagram)
        if len(self._held) > PEERS:
            self.lost += len(self._held.popitem(last=False)[1])

    async def take(self, address: str, seconds: float) -> bytes:
        """Return the next datagram for an address, waiting at most this long; empty when there is none."""
        held = self._held.get(address)
        if held:
            datagram = held.popleft()
            if not held:
                del self._held[address]
            return datagram
        if self._waiting >= WAITING:
            return b""
        return await self._ask(address, seconds)

    async def _ask(self, address: str, seconds: float) -> bytes:
        asking: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        queue = self._asking.setdefault(address, deque())
        queue.append(asking)
        self._waiting += 1
        try:
            await asyncio.wait([asking], timeout=seconds)
            return asking.result() if asking.done() else b""
        finally:
            self._waiting -= 1
            queue.remove(asking)
            if not queue:
                self._asking.pop(address, None)
            asking.cancel()
