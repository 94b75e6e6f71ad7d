"""Play virtual devices and ChirpStack over a broker, until each has a new secret or is told why not.

Devices take turns.
A frame's window is open until its device's next turn: what the network says until then answers it, else a bare
acknowledgement does, and what comes later waits in the queue for the next frame, as at a network server.
The network's process may be slower than we are, which a network of radios never meets: its downlinks tell how many
frames ago they were said, and we go as slowly as it needs.
"""

import asyncio
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from samefade.errors import InputError, NoAnswer
from samefade.lpwan.frames import Heard
from samefade.lpwan.refresh import NoKey, Refreshed
from samefade.lpwan.rehearsal import chirpstack
from samefade.lpwan.rehearsal.tracker import Tracker
from samefade.lpwan.server.errors import BrokerRefuses
from samefade.lpwan.server.mqtt import Broker, Line, connected, lost, waits
from samefade.lpwan.server.reading import Unreadable

GATEWAY = "00005eef10000000"  # of the range for documentation, as the devices are
_SLOWER, _FASTER, _SLOWEST = 1.25, 0.98, 1.0  # of the pace; seconds between two frames at most
_IN_TIME = 2  # frames that an answer may be late and still show that the other side keeps up
_LONGEST_WAIT = 10.0  # seconds for the other side to catch up, at once
_QOS, _QUEUE = 1, 2
_SNR = 6.5  # dB

_AGAIN = "given up"  # the reason that says nothing of the channel: the other side was too slow, and is tried again
_FAREWELL = 20.0  # seconds for the last messages to leave
_OFTEN = 0.2  # seconds between two words on how it goes
_STRANGE = 30  # blocks that do not open, and none that does: the other side has another secret

Tell = Callable[[str], None]


class Unanswered(NoAnswer):
    """Nobody answers the virtual devices."""

    advice = (
        "Does `samefade lpwan serve` run with this broker, application, --every and --port, "
        "and does its store hold the devices of this folder, with these secrets?"
    )


class BrokerAbsent(InputError):
    """No MQTT broker answers."""

    advice = "Start one, as `mosquitto`, and name it with --broker HOST:PORT."

    def __init__(self, broker: str, reason: str) -> None:
        """Name the broker, and give the reason."""
        super().__init__(broker=broker, reason=reason)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How a rehearsal goes on, and when it ends.

    Attributes:
        application: Identity of the application, in topics.
        port: FPort of frames with a block.
        pace: Frames a second, of all devices together.
        refreshes: New secrets that each device is to have.
        most: Most frames of a device.
        unanswered: Frames of each device that arrive and bring no answer to any, after which nobody seems to be there.
        patience: Seconds that we wait then.
        computing: Seconds that we wait instead for one who has answered before: a first run compiles what it computes
            with, which takes minutes on a slow machine.
    """

    application: str = "rehearsal"
    port: int = 85
    pace: float = 100.0
    refreshes: int = 1
    most: int = 8000
    unanswered: int = 600
    patience: float = 60.0
    computing: float = 600.0


@dataclass
class _Seat:
    """A device in the play.

    Attributes:
        tracker: The device.
        open: Whether its last frame arrived and has no answer yet.
        waiting: Frames for it in the network server's queue; where more come, the oldest are lost.
        sent: Downlinks that it was sent, in this rehearsal.
    """

    tracker: Tracker
    open: bool = False
    waiting: deque[bytes] = field(default_factory=lambda: deque(maxlen=_QUEUE))
    sent: int = 0


class Play:
    """A rehearsal.

    Attributes:
        stopped: Whether somebody asked to stop before the end.
        frames: Uplinks that were sent.
        slowest: Most frames that the other side was behind.
    """

    def __init__(self, trackers: Sequence[Tracker], rules: Rules, broker: Broker, tell: Tell) -> None:
        """Take devices, rules, a broker, and who is told how it goes."""
        self.stopped, self.frames, self.slowest = False, 0, 0
        self._rules, self._broker, self._tell = rules, broker, tell
        self._seats = {one.eui.hex(): _Seat(one) for one in trackers}
        self._gap = self._least_gap = 1 / rules.pace
        self._rest = 0.0  # seconds to wait for the other side
        self._unanswered = 0
        self._told_at = 0.0
        self._answered = asyncio.Event()
        self._over = asyncio.Event()

    def stop(self) -> None:
        """Let `run` return soon; what every device has reached is kept."""
        self.stopped = True
        self._over.set()

    async def run(self) -> None:
        """Play until every device has what it should, or was told why not, or somebody asks to stop.

        Raises:
            Unanswered: When nobody answers.
            BrokerAbsent: When there is no broker to begin with.
            BrokerRefuses: When the broker does not let this client in.
            MissingExtra: When the extra `mqtt` is not installed.
            CannotWrite: When the state of a device cannot be kept.
        """
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError, ValueError):  # not in the main thread, or not on this system
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.stop)
        playing = asyncio.create_task(self._connect())
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait([playing, over], return_when=asyncio.FIRST_COMPLETED)
        for task in (playing, over):
            if not task.done():
                task.cancel()
        await asyncio.gather(playing, over, return_exceptions=True)
        if not playing.cancelled() and (error := playing.exception()) is not None:
            raise error

    @property
    def done(self) -> int:
        """Return how many devices have what they should, or were told why not."""
        return len(self._seats) - len(list(self._left()))

    @property
    def downlinks(self) -> int:
        """Return how many downlinks with a block were sent."""
        return sum(seat.sent for seat in self._seats.values())

    async def _connect(self) -> None:
        """Hold a connection; when it is lost, come back."""
        tries, first = waits(), True
        while not self._over.is_set():
            try:
                async with connected(self._broker, (chirpstack.commands(self._rules.application),), _QOS) as line:
                    tries, first = waits(), False
                    hearing = asyncio.create_task(self._hear(line))
                    try:
                        await self._send(line, hearing)
                        await line.drain(_FAREWELL)
                        self._over.set()
                        return
                    finally:
                        hearing.cancel()
                        await asyncio.gather(hearing, return_exceptions=True)
            except BrokerRefuses:
                raise
            except Exception as error:
                if not lost(error):
                    raise
                if first:
                    raise BrokerAbsent(self._broker.address, str(error)) from None
                wait = next(tries)
                self._tell(f"{self._broker.address} is away: {error}; again in {wait:.1f} s")
                await asyncio.sleep(wait)

    async def _send(self, line: Line, hearing: "asyncio.Task[None]") -> None:
        """Let devices take turns until none is left."""
        for seat in self._turns():
            begin = time.monotonic()
            self._turn(line, seat)
            self._go_on_telling(begin)
            if self._unanswered > self._rules.unanswered * len(self._seats):
                await self._wait_for_anybody()
            rest, self._rest = self._gap + self._rest, 0.0
            await asyncio.sleep(max(0.0, begin + rest - time.monotonic()))
            if hearing.done():
                hearing.result()
                raise ConnectionError("the broker says no more")

    def _turns(self) -> Iterator[_Seat]:
        for seat in cycle(list(self._seats.values())):
            if not any(True for _ in self._left()):
                return
            if self._is_left(seat):
                yield seat

    def _left(self) -> Iterator[_Seat]:
        return (seat for seat in self._seats.values() if self._is_left(seat))

    def _is_left(self, seat: _Seat) -> bool:
        tracker = seat.tracker
        final = any(isinstance(event, NoKey) and event.reason != _AGAIN for event in tracker.told)
        if tracker.frames >= self._rules.most or final:
            return False
        return sum(isinstance(event, Refreshed) for event in tracker.told) < self._rules.refreshes

    def _turn(self, line: Line, seat: _Seat) -> None:
        """Close the window of a device's last frame, and send the next one."""
        tracker = seat.tracker
        if seat.open and tracker.acknowledged:
            self._answer(line, seat, b"")
            if not self._is_left(seat):
                return
        if tracker.session < 0:
            tracker.join()
            line.publish([chirpstack.published("join", self._event(tracker, "join"))])
        frame = tracker.uplink()
        self.frames += 1
        seat.open = frame is not None
        if frame is None:
            return
        self._unanswered += 1
        line.publish([chirpstack.published("up", self._event(tracker, "up", frame))])
        if seat.waiting:
            self._answer(line, seat, seat.waiting.popleft())

    def _answer(self, line: Line, seat: _Seat, frame: bytes) -> None:
        """Send a device a frame, and tell which gateway did."""
        seat.open = False
        seat.sent += bool(frame)
        line.publish([chirpstack.published("txack", self._event(seat.tracker, "txack", frame))])
        seat.tracker.answer(frame)
        if seat.tracker.strange >= _STRANGE:
            raise Unanswered(waited=0.0, state=f"{_STRANGE} blocks for {seat.tracker.name} do not open")

    async def _hear(self, line: Line) -> None:
        """Take what the network says, as a network server takes it."""
        async for batch in line.batches():
            for _, message in batch:
                with suppress(Unreadable):
                    command = chirpstack.taken(message)
                    if (seat := self._seats.get(command.device)) is not None and command.port == self._rules.port:
                        self._commanded(line, seat, command.payload)

    def _commanded(self, line: Line, seat: _Seat, frame: bytes) -> None:
        self._unanswered = 0
        self._answered.set()
        self._keep_pace(seat.tracker.late(frame))
        if seat.open:
            self._answer(line, seat, frame)
        else:
            seat.waiting.append(frame)

    def _keep_pace(self, late: int) -> None:
        """Go as slowly as the other side needs: wait where it is behind, and return to what was asked for."""
        self.slowest = max(self.slowest, late)
        if late <= _IN_TIME:
            self._gap = max(self._least_gap, self._gap * _FASTER)
            return
        self._rest = min(_LONGEST_WAIT, self._rest + late * self._gap * len(self._seats))
        self._gap = min(_SLOWEST, self._gap * _SLOWER)

    async def _wait_for_anybody(self) -> None:
        """Wait for an answer, whoever gets it: the other side may be far behind.

        Raises:
            Unanswered: When none comes.
        """
        self._answered.clear()
        known = self.downlinks > 0
        patience = self._rules.computing if known else self._rules.patience
        self._tell("waiting for `serve`, which computes" if known else "nobody answers; waiting")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._answered.wait(), patience)
            return
        raise Unanswered(waited=patience, state=f"no block in the last {self._unanswered:,} frames")

    def _go_on_telling(self, now: float) -> None:
        if now - self._told_at >= _OFTEN:
            self._told_at = now
            self._tell(f"{self.frames:,} frames, {self.downlinks:,} downlinks with a block")

    def _event(self, tracker: Tracker, kind: str, frame: bytes = b"") -> dict[str, Any]:
        now = time.time()
        about = chirpstack.info(
            self._rules.application, tracker.eui.hex(), name=tracker.name, application_name="rehearsal"
        )
        if kind == "join":
            return chirpstack.join(about, address=tracker.address, time=now)
        if kind == "txack":
            queued = f"rehearsal-{self.downlinks}" if frame else ""
            return chirpstack.sent(about, GATEWAY, counter=self.downlinks, queued=queued, time=now)
        heard = [Heard(GATEWAY, tracker.reading, _SNR)]
        address = tracker.address
        return chirpstack.up(about, tracker.counter, frame, heard, port=self._rules.port, address=address, time=now)
