"""Run the real refresh protocol on what a simulated device and its network heard: what the closed forms leave open.

Both ends are those of `lpwan.refresh`, with their blocks in the spare bytes of the frames that were simulated.
What is simplified: the frames' airtime is that of the simulation, which knows nothing of the blocks; and the device
takes off what it knows of the power of the second window, so that its readings are of one scale.
"""

from collections import Counter
from dataclasses import dataclass
from hashlib import shake_256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.lpwan.deploy.setting import Deployment
from samefade.lpwan.refresh import DeviceEnd, NetworkEnd, NoKey, Policy, Refreshed, spare
from samefade.session.events import Root

_MIDDLE = -100.0  # dBm that the mean of a link is put at


@dataclass(frozen=True)
class Refreshes:
    """What the protocol came to at one device.

    Attributes:
        device: Which.
        pairs: Pairs of readings that it had.
        days: When each key was there, in days from the beginning.
        refused: Runs that gave no key, by reason.
        equal: Whether both ends held the same secret in the end.
    """

    device: int
    pairs: int
    days: tuple[float, ...]
    refused: tuple[tuple[str, int], ...]
    equal: bool

    def told(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return {
            "device": self.device, "pairs": self.pairs, "keys": len(self.days), "days": list(self.days),
            "runs_without_a_key": dict(self.refused), "both_ends_equal": self.equal,
        }  # fmt: skip


def refresh(setting: Deployment, followed: tuple[int, NDArray[np.float64]]) -> Refreshes:
    """Play the frames of one device through both ends of the protocol.

    Args:
        setting: The deployment.
        followed: The device, and its frames as `simulate` returned them.
    """
    device, rows = followed
    eui = device.to_bytes(8, "big")
    secret = shake_256(b"simulated" + eui).digest(32)
    policy = Policy(every=setting.every)
    a = NetworkEnd(eui, Root(b"simulate", 0, secret), policy)
    b = DeviceEnd(eui, Root(b"simulate", 0, secret), policy)
    room = spare(bytes(setting.payload))
    days: list[float] = []
    refused: Counter[str] = Counter()
    held = [secret, secret]
    for day, slot, heard, asked, at_gateway, at_device, _ in rows.tolist():
        counter = _counter(setting, device, int(day), int(slot))
        block = b.uplink(counter, room)
        if heard:
            answered = bool(asked) and np.isfinite(at_gateway)
            a.uplink(counter, round(_MIDDLE + at_gateway) if answered else None, block)
            answer = a.downlink(room) if answered else b""
            if np.isfinite(at_device):
                b.downlink(counter, round(_MIDDLE + at_device), answer)
        if a.has_work:
            a.work()
        for end, told in enumerate((a.events(), b.events())):
            for event in told:
                if isinstance(event, Refreshed):
                    held[end] = event.root.reveal_secret_bytes()
                    days += [day + slot / setting.slots] if end == 0 else []
                elif isinstance(event, NoKey) and end == 0:
                    refused[event.reason] += 1
    pairs = int(np.isfinite(rows[:, 5]).sum())
    return Refreshes(device, pairs, tuple(days), tuple(sorted(refused.items())), held[0] == held[1])


def _counter(setting: Deployment, device: int, day: int, slot: int) -> int:
    """Return a frame counter that always goes up, and is a multiple of `every` where an answer is asked for."""
    every = setting.every
    here = slot + device % every
    return (day * (setting.slots // every + 2) + here // every + 1) * every + here % every
