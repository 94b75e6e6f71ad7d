"""Say what keeps each device of a deployment from a key."""

import numpy as np
from numpy.typing import NDArray

from samefade.lpwan.deploy.setting import Deployment
from samefade.lpwan.deploy.tally import Tally
from samefade.lpwan.deploy.world import World

LEAST = 64  # pairs of a device, below which nothing is said of it
_FAINT = 0.01  # bits a pair, below which the ends share nothing to speak of
# what became of a frame instead of a pair, in words
LOSSES = {
    "delayed": "the device's duty cycle",
    "weak": "too weak a link",
    "collided": "collisions",
    "deaf": "gateways that send and do not hear",
    "unasked": "the downlink budget",
    "duty": "the gateways' duty cycle",
    "busy": "gateways that are busy",
    "missed": "answers that the device does not hear",
}


def limits(
    setting: Deployment,
    world: World,
    tally: Tally,
    bits: tuple[NDArray[np.float64], ...],
    times: tuple[NDArray[np.float64], ...],
) -> tuple[str, ...]:
    """Say for each device what limits it: the channel where no key is left, else what takes most of its pairs.

    The last of `times` is what it would take if the record showed its mean without an error.
    """
    names = list(LOSSES)
    unasked = tally.count("heard") - tally.count("asked")
    lost = np.stack([unasked if name == "unasked" else tally.count(name) for name in names], axis=1)
    worst, most = np.argmax(lost, axis=1), np.max(lost, axis=1)
    planned, pairs = tally.count("planned"), tally.moments[:, 0, 0]
    (shared, left, secret), (days, pooled, hope) = bits, times
    said = []
    for i in range(setting.devices):
        kind = setting.motions[world.motion[i]][0]
        if pairs[i] < LEAST:
            said.append(LOSSES[names[worst[i]]])
        elif np.isfinite(days[i]):
            said.append(LOSSES[names[worst[i]]] if most[i] > 0.5 * planned[i] else "frames an hour")
        elif np.isfinite(pooled[i]):
            said.append("the length of a run")
        elif secret[i] > 0:
            said.append("a battery's life")
        elif shared[i] < _FAINT:
            said.append("the turn-around" if kind.travel else "nothing that varies")
        elif left[i] < 0.5 * shared[i]:
            said.append("Eve hears it too")
        else:
            said.append("too short a record" if np.isfinite(hope[i]) else "the cost of reconciliation")
    return tuple(said)
