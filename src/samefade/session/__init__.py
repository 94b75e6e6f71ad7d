"""One end of a conversation without input or output of its own: bytes, samples and time go in, the same come out."""

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
