"""One end of a conversation without input or output of its own: bytes, samples and time go in, the same come out.

The names are loaded when they are first used: whoever only keeps keys needs the events and not the schemes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samefade.session.agreement import Agreement
    from samefade.session.events import (
        Certificate,
        Confirmed,
        Discarded,
        Event,
        Failed,
        Issued,
        Known,
        Moved,
        Pending,
        Present,
        Probe,
        Progress,
        Refused,
        Reserve,
        Root,
    )
    from samefade.session.listener import Listener
    from samefade.session.machine import Machine, Sample
    from samefade.session.plan import Plan, pack_mark, unpack_mark
    from samefade.session.secured import Handshake, Role, Secured
    from samefade.session.session import Session
    from samefade.session.showing import Showing

_HOMES = {
    "Agreement": "agreement",
    "Certificate": "events",
    "Confirmed": "events",
    "Discarded": "events",
    "Event": "events",
    "Failed": "events",
    "Handshake": "secured",
    "Issued": "events",
    "Known": "events",
    "Listener": "listener",
    "Machine": "machine",
    "Moved": "events",
    "Pending": "events",
    "Plan": "plan",
    "Present": "events",
    "Probe": "events",
    "Progress": "events",
    "Refused": "events",
    "Reserve": "events",
    "Role": "secured",
    "Root": "events",
    "Sample": "machine",
    "Secured": "secured",
    "Session": "session",
    "Showing": "showing",
    "pack_mark": "plan",
    "unpack_mark": "plan",
}

__all__ = [
    "Agreement",
    "Certificate",
    "Confirmed",
    "Discarded",
    "Event",
    "Failed",
    "Handshake",
    "Issued",
    "Known",
    "Listener",
    "Machine",
    "Moved",
    "Pending",
    "Plan",
    "Present",
    "Probe",
    "Progress",
    "Refused",
    "Reserve",
    "Role",
    "Root",
    "Sample",
    "Secured",
    "Session",
    "Showing",
    "pack_mark",
    "unpack_mark",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- a module attribute can be anything
    """Load a name when it is first asked for."""
    if name in _HOMES:
        return getattr(import_module(f"samefade.session.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'samefade.session' has no attribute {name!r}")
