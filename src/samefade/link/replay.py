"""Two recordings as if live: both ends in memory, or each in a process of its own with the line between them here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any

from samefade.link.child import STOP, End, Told, crossed, live
from samefade.link.hostile import Attacker, Channel, Hostile
from samefade.link.memory import CALM, ENDS, Memory, Outcome
from samefade.link.sockets import UdpPeer

GRACE = 0.7  # seconds that a process has to end once it was asked to; what it keeps survives its being killed


def in_memory(a: End, b: End, hostile: Hostile = CALM, *, seed: int = 0, limit: float = 3600.0) -> Outcome:
    """Let both ends talk in virtual time.

    Args:
        a: The initiator, with its source and its listener.
        b: The responder.
        hostile: What happens to datagrams on the way.
        seed: Of its chance.
        limit: Virtual seconds.

    Raises:
        OutOfRange: When `limit` is not positive.
    """
    listeners = {"a": a.on_event, "b": b.on_event}
    memory = Memory(hostile, seed)
    return memory.run(
        a.machine, b.machine, a.source, b.source, limit=limit, on_event=lambda end, event: listeners[end](event)
    )


@dataclass(frozen=True)
class Ran:
    """What came of two processes.

    Attributes:
        finished: Whether both sessions came to their end, be it good or bad.
        datagrams: How many passed between them.
        dropped: How many of them were lost on purpose.
        seconds: How long it took.
    """

    finished: bool
    datagrams: int
    dropped: int
    seconds: float


@dataclass
class _Relay:
    """The line between two processes, which is in this one."""

    sockets: tuple[UdpPeer, UdpPeer]
    channels: tuple[Channel, Channel]
    flying: list[tuple[float, int, int, bytes]] = field(default_factory=list)

    def carry(self) -> None:
        """Take what came and send what is due."""
        for end, socket in enumerate(self.sockets):
            for datagram in socket.wait(0.0):
                now = monotonic()
                for at, arriving in self.channels[end].carry(datagram, now):
                    heappush(self.flying, (at, self.channels[end].sent, 1 - end, arriving))
        while self.flying and self.flying[0][0] <= monotonic():
            _, _, to, datagram = heappop(self.flying)
            self.sockets[to].send(datagram)

    def pause(self) -> float:
        """Return how long nothing is due, at most a fifth of a second."""
        return min(0.2, max(0.0, self.flying[0][0] - monotonic())) if self.flying else 0.2


def as_processes(
    a: Callable[[], End],
    b: Callable[[], End],
    told: Callable[[str, Told], None],
    *,
    hostile: Hostile = CALM,
    seed: int = 0,
    attacker: Attacker | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Ran:
    """Let two processes talk over UDP sockets of this machine, with the hostile line in this process.

    Keys stay in the process that computed them: what comes back is the public form of each event.

    Args:
        a: Makes the initiator, in its process; must be importable there.
        b: Makes the responder.
        told: Told of each event, with the name of its end, "a" or "b".
        hostile: What happens to datagrams on the way.
        seed: Of its chance.
        attacker: Who sits on the line.
        stop: Looked at five times a second.

    Raises:
        LinkRefused: When the system refuses a socket.
    """
    begun = monotonic()
    context = get_context("spawn")  # a fork would copy what this process knows
    pairs = (crossed(), crossed())
    pipes: dict[Connection, str] = {}
    children = []
    channels = tuple(Channel(hostile, seed, to, attacker) for to in reversed(ENDS))
    with UdpPeer(pairs[0][1]) as to_a, UdpPeer(pairs[1][1]) as to_b:
        ended = False
        relay = _Relay((to_a, to_b), (channels[0], channels[1]))
        try:
            for name, make, (theirs, _) in zip(ENDS, (a, b), pairs, strict=True):
                ours, other = context.Pipe()
                pipes[ours] = name
                child = context.Process(target=live, args=(make, theirs, other), daemon=True)
                child.start()
                children.append(child)
                other.close()
            ended = _attend(relay, pipes, told, stop)
        finally:
            for theirs, _ in pairs:
                theirs.close()
            for pipe in pipes:
                pipe.close()
            for child in children:
                _end(child, patience=GRACE if ended else 0.1)
    sent, dropped = sum(c.sent for c in channels), sum(c.dropped for c in channels)
    return Ran(ended, sent, dropped, monotonic() - begun)


def _attend(
    relay: _Relay, pipes: dict[Connection, str], told: Callable[[str, Told], None], stop: Callable[[], bool]
) -> bool:
    """Carry datagrams and events until both ends are over; return whether they finished."""
    alive, finished, until = dict(pipes), 0, float("inf")
    failed = False
    while alive and monotonic() < until:
        if until == float("inf") and (failed or stop()):  # nobody answers an end whose other end is gone
            until = monotonic() + GRACE
            for pipe in alive:
                _ask(pipe)
        for ready in wait([*alive, *(line.socket for line in relay.sockets)], relay.pause()):
            if isinstance(ready, Connection):
                message = _message(ready)
                if isinstance(message, dict):
                    told(alive[ready], message)
                else:
                    finished += message is True
                    failed = failed or message is not True
                    del alive[ready]
        relay.carry()
    return finished == len(pipes)


def _ask(pipe: Connection) -> None:
    try:
        pipe.send(STOP)
    except OSError:
        return  # it is over already


def _message(pipe: Connection) -> Any:  # noqa: ANN401 -- an event in its public form, whether it finished, or None
    try:
        return pipe.recv()
    except (EOFError, OSError):
        return None


def _end(child: Any, patience: float) -> None:  # noqa: ANN401 -- a process of the context
    child.join(patience)
    if child.is_alive():
        child.kill()
        child.join()
    child.close()
