"""One node: a store, a session and a recording joined, so that it agrees on keys and never loses its place."""

from samefade.api.node.keeper import Keeper
from samefade.api.node.making import Node, NotEnrolled, initiator, listener, responder
from samefade.api.node.recorded import FIRST, heard, plan, recording
from samefade.api.node.replaying import Replay, Replayed, replay

__all__ = [
    "FIRST",
    "Keeper",
    "Node",
    "NotEnrolled",
    "Replay",
    "Replayed",
    "heard",
    "initiator",
    "listener",
    "plan",
    "recording",
    "replay",
    "responder",
]
