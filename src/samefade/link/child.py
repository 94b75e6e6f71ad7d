"""One end of a replay in a process of its own."""

import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from samefade.errors import SamefadeError
from samefade.link.drive import Drive, ignore
from samefade.link.errors import refused
from samefade.link.follow import follow
from samefade.link.sockets import UdpPeer
from samefade.link.source import Source
from samefade.session import Event, Machine

Told = dict[str, Any]
STOP = "stop"


@dataclass(frozen=True)
class End:
    """One end: a session, what it hears, and who is told of its events.

    Attributes:
        machine: The session.
        source: Where its samples come from, or None.
        on_event: Told of every event before what follows from it is sent; here keys are kept.
    """

    machine: Machine = field(repr=False)
    source: Source | None = None
    on_event: Callable[[Event], None] = ignore


def crossed() -> tuple[socket.socket, socket.socket]:
    """Return two UDP sockets of this machine that hear each other and nobody else.

    Raises:
        LinkRefused: When the system refuses them.
    """
    opened: list[socket.socket] = []
    try:
        for _ in range(2):
            opened.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            opened[-1].bind(("127.0.0.1", 0))
        one, other = opened
        one.connect(other.getsockname())
        other.connect(one.getsockname())
    except OSError as error:
        for each in opened:
            each.close()
        raise refused("127.0.0.1", error) from None
    return one, other


def live(make: Callable[[], End], opened: socket.socket, pipe: Connection) -> None:
    """Run one end until it is over, the parent says so, or the parent is gone; this is a process's whole life.

    Args:
        make: Makes the end.
        opened: Connected to the line.
        pipe: Takes the public form of each event, then whether the session finished.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells both; the parent decides
    with UdpPeer(opened) as line, pipe:
        try:
            end = make()

            def tell(event: Event) -> None:
                end.on_event(event)
                pipe.send(event.public())

            finished = follow(Drive(end.machine, end.source, tell), line, stop=pipe.poll)
            pipe.send(finished)
        except SamefadeError as error:
            pipe.send({"event": "failed", "error": {"error": type(error).__name__, "why": str(error)}})
            pipe.send(None)
        except BrokenPipeError:
            return  # the parent is gone
