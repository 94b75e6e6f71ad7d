"""LoRaWAN keys: what a root key gives, the frames that activate a device, and a join server that takes our roots."""

from samefade.lpwan.lorawan.derivation import (
    NetworkKeys,
    SessionKeys,
    join_keys,
    session_keys_10,
    session_keys_11,
)
from samefade.lpwan.lorawan.frames import BadFrame, JoinAccept, JoinRequest, RejoinRequest
from samefade.lpwan.lorawan.roots import RootKeys, root_keys

__all__ = [
    "BadFrame",
    "JoinAccept",
    "JoinRequest",
    "NetworkKeys",
    "RejoinRequest",
    "RootKeys",
    "SessionKeys",
    "join_keys",
    "root_keys",
    "session_keys_10",
    "session_keys_11",
]
