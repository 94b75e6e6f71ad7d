"""Two sessions and a hostile line between them, in virtual time: no clock, no chance but the seed's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from samefade.errors import OutOfRange
from samefade.link.drive import Drive
from samefade.link.hostile import Attacker, Channel, Hostile
from samefade.link.source import Source
from samefade.session import Event, Machine

ENDS = ("a", "b")
CALM = Hostile()


@dataclass(frozen=True)
class Outcome:
    """What came of a conversation in memory.

    Attributes:
        finished: Whether both ends closed.
        seconds: Virtual time that passed.
        datagrams: How many were sent by both ends.
        octets: How many bytes they had.
        dropped: How many were lost.
        damaged: How many copies were cut or flipped.
        a: What happened at the first end, in order.
        b: What happened at the second.
    """

    finished: bool
    seconds: float
    datagrams: int
    octets: int
    dropped: int
    damaged: int
    a: tuple[Event, ...] = field(repr=False)
    b: tuple[Event, ...] = field(repr=False)


class Memory:
    """A line in memory."""

    def __init__(self, hostile: Hostile = CALM, seed: int = 0, attacker: Attacker | None = None) -> None:
        """Take what the line does to datagrams, the seed of its chance, and who sits on it."""
        self._hostile, self._seed, self._attacker = hostile, seed, attacker

    def run(
        self,
        a: Machine,
        b: Machine,
        source_a: Source | None = None,
        source_b: Source | None = None,
        *,
        limit: float = 3600.0,
        on_event: Callable[[str, Event], None] | None = None,
    ) -> Outcome:
        """Let two sessions talk until both are closed, nothing can happen any more, or the time is over.

        Args:
            a: The first end; it is started first.
            b: The second end.
            source_a: What the first end hears.
            source_b: What the second end hears.
            limit: Virtual seconds.
            on_event: Told of every event with the name of its end, "a" or "b", before what follows from it is sent.

        Raises:
            OutOfRange: When `limit` is not positive.
        """
        if not limit > 0:
            raise OutOfRange("limit", limit, "a positive number of seconds")
        heard: tuple[list[Event], list[Event]] = ([], [])
        drives = tuple(
            Drive(machine, source, _teller(name, events, on_event))
            for name, machine, source, events in zip(ENDS, (a, b), (source_a, source_b), heard, strict=True)
        )
        lines = tuple(Channel(self._hostile, self._seed, to, self._attacker) for to in reversed(ENDS))
        seconds = _talk(drives, lines, limit)
        return Outcome(
            finished=a.closed and b.closed,
            seconds=seconds,
            datagrams=sum(line.sent for line in lines),
            octets=sum(line.octets for line in lines),
            dropped=sum(line.dropped for line in lines),
            damaged=sum(line.damaged for line in lines),
            a=tuple(heard[0]),
            b=tuple(heard[1]),
        )


def _teller(name: str, events: list[Event], on_event: Callable[[str, Event], None] | None) -> Callable[[Event], None]:
    if on_event is None:
        return events.append

    def tell(event: Event) -> None:
        events.append(event)
        on_event(name, event)

    return tell


def _talk(drives: tuple[Drive, ...], lines: tuple[Channel, ...], limit: float) -> float:
    """Return the virtual time at which it ended."""
    flying: list[tuple[float, int, int, bytes]] = []  # when, a running number that keeps the order, to whom, what
    now, order = 0.0, 0

    def put(end: int, datagrams: list[bytes]) -> None:
        nonlocal order
        carry = lines[end].carry
        for datagram in datagrams:
            for at, arriving in carry(datagram, now):
                order += 1
                heappush(flying, (at, order, 1 - end, arriving))

    for end, drive in enumerate(drives):
        put(end, drive.start(now))
    while not (drives[0].closed and drives[1].closed):
        at, whose = _next(drives, flying)
        if whose is None or at > limit:
            return now if whose is None else limit
        now = max(now, at)
        if whose >= 0:
            put(whose, drives[whose].turn(now))
        else:
            _, _, to, datagram = heappop(flying)
            if not drives[to].closed:
                put(to, drives[to].receive(datagram, now))
    return now


def _next(drives: tuple[Drive, ...], flying: list[tuple[float, int, int, bytes]]) -> tuple[float, int | None]:
    """Return when the next thing happens, and at which end's wish: −1 for an arrival, None for nothing any more."""
    at = flying[0][0] if flying else 0.0
    which: int | None = -1 if flying else None
    for end, drive in enumerate(drives):
        due = None if drive.closed else drive.deadline
        if due is not None and (which is None or due < at):
            at, which = due, end
    return at, which
