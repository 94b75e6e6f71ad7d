"""Run one end over a real link until it is done or asked to stop; a stop tells the other end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import time
from typing import Any

from samefade.api.node.keeper import Keeper
from samefade.errors import OutOfRange
from samefade.keys.store import Store
from samefade.link.drive import Drive, HostDrive
from samefade.link.source import Source
from samefade.session import Confirmed, Event, Failed, Known, Listener, Present, Session

Told = Callable[[Event], None]


@dataclass(frozen=True)
class Link:
    """Where the other end is.

    Attributes:
        kind: "udp", "coap" or "serial".
        host: Name or address, or the serial device.
        port: Port, or the speed of a serial line.
    """

    kind: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Link":
        """Read `udp:HOST:PORT`, `coap:HOST:PORT` or `serial:DEVICE[:SPEED]`; an IPv6 address stands in brackets.

        Raises:
            OutOfRange: When it is none of these.
        """
        kind, _, rest = text.partition(":")
        host, colon, number = rest.rpartition(":")
        if kind == "serial":
            named = host if colon and number.isdigit() else rest
            return cls(kind, named, int(number) if named != rest else 115_200)
        if kind not in ("udp", "coap") or not colon or not number.isdigit():
            raise OutOfRange("--link", text, "udp:HOST:PORT, coap:HOST:PORT or serial:DEVICE[:SPEED]")
        return cls(kind, host.strip("[]"), int(number))


@dataclass
class Stopping:
    """Asks a loop to end; the shell tells the other end then.

    Attributes:
        asked: Set it (a signal handler may) to stop.
    """

    asked: bool = False

    def __call__(self) -> bool:
        """Say whether to stop."""
        return self.asked


def run_session(link: Link, session: Session, source: Source, tell: Told, stop: Stopping) -> bool:
    """Carry one session to the other end; return whether it came to its end.

    Raises:
        SamefadeError: When the link is refused or lost, or something could not be kept.
    """
    drive = Drive(session, source, tell)
    if link.kind == "udp":
        from samefade.link.udp import run_udp

        return run_udp(drive, link.host, link.port, stop=stop)
    if link.kind == "coap":
        from samefade.link.coap import run_coap

        return run_coap(drive, link.host, link.port, stop=stop)
    from samefade.link.serial import run_serial

    return run_serial(drive, link.host, speed=link.port, stop=stop)


@dataclass
class Serving:
    """What a responder tells and keeps, for each address that speaks to it.

    Attributes:
        store: Where it keeps.
        source: What it hears of every peer.
        tell: Told of each event with the address, after it was kept.
        runs: How many runs to serve, or None for as many as come.
        stop: Ends the loop.
    """

    store: Store | None
    source: Source
    tell: Callable[[str, Event], None]
    runs: int | None
    stop: Stopping
    _keepers: dict[str, Keeper] = field(default_factory=dict)
    _done: int = 0

    def told(self, address: Any, event: Event) -> None:  # noqa: ANN401 -- whatever the link calls an address
        """Keep what an event brings and tell of it."""
        where = _where(address)
        if isinstance(event, Known):  # a peer that begins anew here is owed nothing of what was before
            self._keepers[where] = Keeper(self.store, time)
        if where in self._keepers:  # after the last word there is nothing to keep
            self._keepers[where].keep(event)
        self.tell(where, event)
        if isinstance(event, Confirmed | Present | Failed):
            self._keepers.pop(where, None)
            self._done += 1

    @property
    def served(self) -> bool:
        """Say whether as many runs were served as were asked for."""
        return self.runs is not None and self._done >= self.runs


def _where(address: Any) -> str:  # noqa: ANN401 -- whatever the link calls an address
    return address if isinstance(address, str) else f"{address[0]}:{address[1]}"


def serve(link: Link, host: Listener[Any], serving: Serving, ready: Callable[[str], None]) -> None:
    """Answer whoever speaks to this end until it is asked to stop.

    Args:
        link: Where to listen.
        host: The sessions.
        serving: What to keep and tell.
        ready: Told of the address once it is open.

    Raises:
        SamefadeError: When the link is refused, or something could not be kept.
    """

    def stop() -> bool:  # the last word of the last run may have to be said again
        return serving.stop() or (serving.served and host.live == 0)

    drive: HostDrive[Any] = HostDrive(host, lambda _: serving.source, serving.told)
    if link.kind == "udp":
        from samefade.link.udp import serve_udp

        serve_udp(drive, link.host, link.port, stop=stop, ready=lambda at: ready(f"udp:{at[0]}:{at[1]}"))
    elif link.kind == "coap":
        from samefade.link.coap import serve_coap

        serve_coap(drive, link.host, link.port, stop=stop, ready=lambda n: ready(f"coap:{link.host}:{n}"))
    else:
        raise OutOfRange("--link of a responder for many", link.kind, "udp or coap; a serial line has one other end")
