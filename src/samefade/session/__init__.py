"""One end of a conversation without input or output of its own: bytes, samples and time go in, the same come out."""

from samefade.session.events import (
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
from samefade.session.machine import Machine, Sample

__all__ = [
    "Confirmed",
    "Discarded",
    "Event",
    "Failed",
    "Issued",
    "Known",
    "Machine",
    "Moved",
    "Pending",
    "Present",
    "Probe",
    "Progress",
    "Refused",
    "Reserve",
    "Root",
    "Sample",
]
