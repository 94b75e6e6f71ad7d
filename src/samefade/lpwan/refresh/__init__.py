"""Refresh the secret of a device by the fades of its ordinary traffic: a protocol without input or output of its own.

The device and the network hold a prior secret; every uplink that is answered gives a pair of signal strengths.
Over days these become a channel key, and K_new = HKDF(K_old, K_channel): never weaker than what was held before.
All that is said rides as a block in the spare bytes of frames; docs/explain/refresh.md draws it.
"""

from samefade.lpwan.refresh.device import DeviceEnd
from samefade.lpwan.refresh.events import Answered, Carried, NoKey, Refreshed
from samefade.lpwan.refresh.network import NetworkEnd
from samefade.lpwan.refresh.paced import Frame, Paced
from samefade.lpwan.refresh.payload import joined, parted, spare
from samefade.lpwan.refresh.policy import Policy

__all__ = [
    "Answered",
    "Carried",
    "DeviceEnd",
    "Frame",
    "NetworkEnd",
    "NoKey",
    "Paced",
    "Policy",
    "Refreshed",
    "joined",
    "parted",
    "spare",
]
