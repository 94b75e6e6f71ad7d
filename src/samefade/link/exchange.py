"""Datagrams as CoAP exchanges: the client's line, which asks for what waits, and the server's, which holds it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from samefade.link.downlinks import Downlinks
from samefade.link.inbox import Inbox

LARGEST = 1024  # bytes; more would be cut into blocks (RFC 7959)
UNDER_WAY = 64  # exchanges at a time
LAST_WORD = 0.2  # seconds that exchanges have when the line is closed


@dataclass(frozen=True)
class Polling:
    """How often a client asks when it has nothing to say.

    Attributes:
        first: Pause after something went up or came down, seconds.
        last: The longest pause, seconds; each empty answer doubles the pause up to it.
        patience: After how long an exchange without an answer is lost, seconds.
    """

    first: float = 0.05
    last: float = 4.0
    patience: float = 2.0


class CoapPeer:
    """A line to one server.

    Attributes:
        lost: How many exchanges brought no answer, or one that is an error.
        polls: How many empty requests were sent.
    """

    def __init__(self, context: Any, uri: str, polling: Polling) -> None:  # noqa: ANN401 -- aiocoap's
        """Take a client context and the address of the resource."""
        self._context, self._uri, self._polling = context, uri, polling
        self._inbox: Inbox[bytes] = Inbox()
        self._tasks: set[asyncio.Task[object]] = set()
        self._talked = asyncio.Event()
        self._polling_task: asyncio.Task[object] | None = None
        self._fault: BaseException | None = None
        self.lost = self.polls = 0

    def send(self, item: bytes) -> None:
        """Post a datagram; one too many at a time, or too long, is lost."""
        if len(self._tasks) >= UNDER_WAY or not 0 < len(item) <= LARGEST:
            self.lost += 1
            return
        self._watch(asyncio.create_task(self._exchange(item)))
        self._talked.set()

    async def wait(self, seconds: float) -> list[bytes]:
        """Return the datagrams that came, waiting for them at most this long."""
        came = await self._inbox.wait(seconds)
        if self._fault is not None:
            raise self._fault
        return came

    def poll(self) -> None:
        """Begin to ask for what waits at the server, ever less often while nothing does."""
        self._polling_task = asyncio.create_task(self._poll())
        self._watch(self._polling_task)

    async def _poll(self) -> None:
        pause = self._polling.first
        while True:
            self._talked.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._talked.wait()
            except TimeoutError:
                pass
            else:
                pause = self._polling.first
                await asyncio.sleep(pause)
            self.polls += 1
            pause = self._polling.first if await self._exchange(b"") else min(2 * pause, self._polling.last)

    async def close(self) -> None:
        """Give what was said last a moment to leave, then give up what is under way."""
        if self._polling_task is not None:
            self._polling_task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=LAST_WORD)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _watch(self, task: "asyncio.Task[object]") -> None:
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[object]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._fault = task.exception()  # nothing that was expected: whoever waits shall know
            self._inbox.wake()

    async def _exchange(self, payload: bytes) -> bool:
        """Return whether the answer brought a datagram."""
        from aiocoap import POST, Message, Unreliable, error

        request = Message(code=POST, uri=self._uri, payload=payload, transport_tuning=Unreliable)
        try:
            async with asyncio.timeout(self._polling.patience):
                answer = await self._context.request(request).response
        except (TimeoutError, OSError, error.Error):
            self.lost += 1
            return False
        if not answer.code.is_successful():
            self.lost += 1
            return False
        if answer.payload:
            self._inbox.put(answer.payload)
        return bool(answer.payload)


class CoapPort:
    """A line to whoever posts to /samefade; an address is a text, as aiocoap writes it.

    Attributes:
        hold: How long an answer waits for something to bring, seconds.
    """

    def __init__(self, hold: float) -> None:
        """Begin with nothing on the way down."""
        self.hold = hold
        self._inbox: Inbox[tuple[bytes, str]] = Inbox()
        self._down = Downlinks()

    @property
    def lost(self) -> int:
        """Return how many datagrams found no room, up or down."""
        return self._inbox.lost + self._down.lost

    def send(self, item: tuple[bytes, str]) -> None:
        """Keep a datagram until its peer asks."""
        self._down.put(*item)

    async def wait(self, seconds: float) -> list[tuple[bytes, str]]:
        """Return the datagrams that came and where from, waiting for them at most this long."""
        return await self._inbox.wait(seconds)

    async def answer(self, payload: bytes, address: str) -> bytes:
        """Take what a request brought; return what its answer brings."""
        if 0 < len(payload) <= LARGEST:
            self._inbox.put((payload, address))
        return await self._down.take(address, self.hold)
