"""Run the network's side for many devices from one process: a desk, a broker, and one computation at a time."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from samefade.errors import CannotWrite
from samefade.keys.errors import StoreBusy
from samefade.lpwan.server.desk import Desk, Outcome
from samefade.lpwan.server.errors import BrokerRefuses
from samefade.lpwan.server.mqtt import Broker, Line, connected, lost, waits
from samefade.lpwan.server.said import Adapter

_AGAIN = 1.0  # seconds until a store that was busy, or a disk that was full, is tried again
_HOUR = 3600.0

Tell = Callable[[dict[str, Any]], None]


class Service:
    """Connects a desk with a broker, until it is told to stop."""

    def __init__(self, desk: Desk, adapter: Adapter, broker: Broker, tell: Tell) -> None:
        """Take what is served, how, where, and who is told of events."""
        self._desk, self._adapter, self._broker, self._tell = desk, adapter, broker, tell
        self._stopped = asyncio.Event()
        self._queued: dict[str, None] = {}  # devices to compute for, in order
        self._awake = asyncio.Event()
        self._line: Line | None = None
        self._dropped: Counter[str] = Counter()  # what never came to the desk

    def stop(self) -> None:
        """Let `run` return soon: after what is being taken is on the disk, and said."""
        self._stopped.set()

    async def run(self) -> None:
        """Serve until `stop`, SIGINT or SIGTERM.

        Raises:
            BrokerRefuses: When the broker does not let this client in, at the first time.
            ServedAlready: When another process serves these devices.
            MissingExtra: When the extra `mqtt` is not installed.
            StoreDamaged: When the store was altered.
        """
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError):  # not in the main thread, or not on this system
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.stop)
        with self._desk.alone():
            self._put(await asyncio.to_thread(self._desk.begin))
            await self._until_stopped(self._talk(), self._compute(), self._report())
        self._tell(self._counted())

    async def _until_stopped(self, *jobs: Coroutine[Any, Any, None]) -> None:
        """Run jobs until one fails or all shall stop; none is torn from the middle of a transaction."""
        tasks = [asyncio.create_task(job) for job in (*jobs, self._waited())]
        done, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self._stopped.set()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for task in done:
            task.result()

    async def _waited(self) -> None:
        await self._stopped.wait()

    async def _talk(self) -> None:
        """Hold a connection; when it is lost, come back."""
        tries, first = waits(), True
        while True:
            try:
                topics, qos = self._adapter.topics(), self._adapter.qos
                async with connected(self._broker, topics, qos, self._dropped) as line:
                    self._tell({"event": "connected", "broker": self._broker.address})
                    tries, first, self._line = waits(), False, line
                    async for batch in line.batches():
                        self._said(await self._kept(self._desk.take, batch))
            except BrokerRefuses as error:
                if first:
                    raise
                reason = str(error)
            except Exception as error:
                if not lost(error):
                    raise
                reason = str(error) or type(error).__name__
            finally:
                self._line = None
            wait = next(tries)
            self._tell({"event": "away", "broker": self._broker.address, "reason": reason, "again_s": round(wait, 1)})
            await asyncio.sleep(wait)

    async def _compute(self) -> None:
        """Compute for one device after the other, beside the talking."""
        while True:
            await self._awake.wait()
            if not self._queued:
                self._awake.clear()
                continue
            device = next(iter(self._queued))
            del self._queued[device]
            self._said(await self._kept(self._desk.work, device))

    async def _report(self) -> None:
        """Tell every hour what was counted."""
        while True:
            await asyncio.sleep(_HOUR)
            self._tell(self._counted())

    async def _kept(self, change: Callable[[Any], Outcome], what: object) -> Outcome:
        """Let the desk change something; where the disk does not take it, try again until it does."""
        while True:
            job = asyncio.create_task(asyncio.to_thread(change, what))
            try:
                return await asyncio.shield(job)
            except asyncio.CancelledError:
                with suppress(StoreBusy, CannotWrite):
                    self._said(await job)  # it is on the disk: say it before the line is closed
                raise
            except (StoreBusy, CannotWrite) as error:
                self._tell({"event": "notkept", "reason": str(error), "again_s": _AGAIN})
            await asyncio.sleep(_AGAIN)

    def _said(self, outcome: Outcome) -> None:
        """Tell and publish what is on the disk; a frame that is not published is a lost frame, as on the air."""
        for event in outcome.events:
            self._tell(event)
        self._put(outcome)
        if self._line is not None:
            self._line.publish(outcome.downlinks)

    def _put(self, outcome: Outcome) -> None:
        self._queued.update(dict.fromkeys(outcome.work))
        if self._queued:
            self._awake.set()

    def _counted(self) -> dict[str, Any]:
        counts = Counter(dict(self._desk.counts))  # a copy at one moment: another thread may be counting
        counts.update({f"dropped: {reason}": number for reason, number in self._dropped.items()})
        counts["messages"] += self._dropped.total()
        return {"event": "counted", **dict(sorted(counts.items()))}
