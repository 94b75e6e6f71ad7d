"""Drive a session: hear what it asks for, tell its events, keep its deadlines; the one place that does."""

from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar, runtime_checkable

from samefade.errors import ProtocolError, SamefadeError
from samefade.link.ear import Ear
from samefade.link.source import Source
from samefade.session import Event, Failed, Known, Machine, Probe, Sample

Item = TypeVar("Item")
Address = TypeVar("Address", bound=Hashable)


def ignore(event: Event) -> None:
    """Do nothing with an event."""


@runtime_checkable
class Stops(Protocol):
    """A session, or a host, that can be told to end."""

    def stop(self, now: float) -> None:
        """End because the owner wants it; what is said last is still to be sent."""
        ...


class Driven(Protocol[Item]):
    """What a shell turns: items come from the line and go to the line; an item is a datagram, with address or not."""

    def start(self, now: float) -> list[Item]:
        """Begin; return what to send."""
        ...

    def receive(self, item: Item, now: float) -> list[Item]:
        """Take what came; return what to send."""
        ...

    def turn(self, now: float) -> list[Item]:
        """Do what is due; return what to send."""
        ...

    def stop(self, now: float) -> list[Item]:
        """End because the owner wants it; return what to send last."""
        ...

    @property
    def deadline(self) -> float | None:
        """Return when the next turn is due, or None when only the line can bring something."""
        ...

    @property
    def closed(self) -> bool:
        """Say whether the conversation is over."""
        ...


class Drive:
    """Drive one session: every event is told before anything that followed from it is sent."""

    __slots__ = ("_ear", "_machine", "_on_event")

    def __init__(
        self, machine: Machine, source: Source | None = None, on_event: Callable[[Event], None] = ignore
    ) -> None:
        """Take the session, where its samples come from, and who is told of its events.

        What `on_event` raises ends the drive before anything more is sent: what could not be kept is never told.
        A `ProtocolError`, such as `FramesUsed`, ends the session alone, because another run came first.
        """
        self._machine, self._ear, self._on_event = machine, Ear(source), on_event

    def start(self, now: float) -> list[bytes]:
        """Begin; return what to send."""
        self._machine.start(now)
        return self._settle(now)

    def receive(self, item: bytes, now: float) -> list[bytes]:
        """Hand a datagram over; return what to send."""
        self._machine.receive(item, now)
        return self._settle(now)

    def turn(self, now: float) -> list[bytes]:
        """Hear what is due and let time pass; return what to send."""
        due = self._machine.deadline
        if due is not None and due <= now:
            self._machine.tick(now)
        return self._settle(now)

    def stop(self, now: float) -> list[bytes]:
        """End because the owner wants it; return what to send last."""
        if isinstance(self._machine, Stops):
            self._machine.stop(now)
        return self._settle(now)

    @property
    def deadline(self) -> float | None:
        """Return when the next turn is due, or None when only the line can bring something."""
        return earlier(self._machine.deadline, self._ear.deadline)

    @property
    def closed(self) -> bool:
        """Say whether the session is over."""
        return self._machine.closed

    def _settle(self, now: float) -> list[bytes]:
        self._tell(now)
        if self._ear.deadline is not None:
            for sample in self._ear.due(now):
                self._machine.hear(sample, now)
            self._tell(now)
        return self._machine.outgoing()

    def _tell(self, now: float) -> None:
        while events := self._machine.events():
            refused = False
            for event in events:
                if refused and not isinstance(event, Failed):
                    continue  # it followed from what was refused
                try:
                    self._on_event(event)
                except ProtocolError as why:
                    self._machine.stop(now, why)
                    refused = True
                else:
                    if isinstance(event, Probe):
                        self._ear.ask(event, now)


class Host(Protocol[Address]):
    """Many sessions behind one address: which peer a datagram belongs to, and how many may be half open.

    Before a peer is known, a host sends it no more bytes than came from it; the shell sends what it is given.
    """

    def receive(self, datagram: bytes, address: Address, now: float) -> None:
        """Take a datagram; never raises."""
        ...

    def hear(self, sample: Sample, address: Address, now: float) -> None:
        """Take a sample of the channel to one peer."""
        ...

    def tick(self, now: float) -> None:
        """Let time pass; to be called at `deadline` or later."""
        ...

    def refuse(self, address: Address, why: SamefadeError, now: float) -> None:
        """End the session with one peer, because what one of its events asked for could not be done."""
        ...

    def outgoing(self) -> list[tuple[bytes, Address]]:
        """Return the datagrams to send now and where to, once."""
        ...

    def events(self) -> list[tuple[Address, Event]]:
        """Return what has happened and with whom, once."""
        ...

    @property
    def deadline(self) -> float | None:
        """Return when `tick` wants to be called, or None for never."""
        ...


class HostDrive(Generic[Address]):
    """Drive a host: the same for many peers; it is over only when the shell is asked to stop."""

    closed = False

    def __init__(
        self,
        host: Host[Address],
        source: Callable[[Address], Source | None],
        on_event: Callable[[Address, Event], None],
    ) -> None:
        """Take the host, the source of samples for each peer, and who is told of events.

        What `on_event` raises ends the drive, but for a `ProtocolError`, which ends the session with that peer alone.
        """
        self._host, self._source, self._on_event = host, source, on_event
        self._ears: dict[Address, Ear] = {}

    def start(self, now: float) -> list[tuple[bytes, Address]]:
        """Begin: a host waits to be spoken to."""
        return self._settle(now)

    def receive(self, item: tuple[bytes, Address], now: float) -> list[tuple[bytes, Address]]:
        """Hand a datagram over; return what to send and where to."""
        self._host.receive(*item, now)
        return self._settle(now)

    def turn(self, now: float) -> list[tuple[bytes, Address]]:
        """Hear what is due and let time pass; return what to send and where to."""
        due = self._host.deadline
        if due is not None and due <= now:
            self._host.tick(now)
        return self._settle(now)

    def stop(self, now: float) -> list[tuple[bytes, Address]]:
        """End every session because the owner wants it; return what to send last and where to."""
        if isinstance(self._host, Stops):
            self._host.stop(now)
        return self._settle(now)

    @property
    def deadline(self) -> float | None:
        """Return when the next turn is due, or None when only the line can bring something."""
        due = self._host.deadline
        for ear in self._ears.values():
            due = earlier(due, ear.deadline)
        return due

    def _settle(self, now: float) -> list[tuple[bytes, Address]]:
        self._tell(now)
        if self._ears:
            for address, ear in self._ears.items():
                for sample in ear.due(now):
                    self._host.hear(sample, address, now)
            self._ears = {address: ear for address, ear in self._ears.items() if ear.deadline is not None}
            self._tell(now)
        return self._host.outgoing()

    def _tell(self, now: float) -> None:
        while events := self._host.events():
            refused = set()
            for address, event in events:
                if address in refused and not isinstance(event, Failed):
                    continue  # as above
                try:
                    self._on_event(address, event)
                except ProtocolError as why:
                    self._host.refuse(address, why, now)
                    refused.add(address)
                else:
                    self._hark(address, event, now)

    def _hark(self, address: Address, event: Event, now: float) -> None:
        if isinstance(event, Failed | Known):
            self._ears.pop(address, None)
        elif isinstance(event, Probe):
            ear = self._ears.setdefault(address, Ear(self._source(address)))
            ear.ask(event, now)


def earlier(one: float | None, other: float | None) -> float | None:
    """Return the earlier of two deadlines, either of which may be never."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
