"""One exchange of packets: how long after one end's reading the other's is taken, and over how long each averages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import every
from samefade.types import Float


@dataclass(frozen=True, eq=False)
class Exchange:
    """A packet up, which end a hears, a pause, and a packet down, which end b hears; any shapes that broadcast.

    Attributes:
        up: Time on air of the packet that a hears, s; 0 is a snapshot.
        pause: From its end to the start of the reply, s.
        down: Time on air of the packet that b hears, s.
    """

    up: ArrayLike = 0.0
    pause: ArrayLike = 0.0
    down: ArrayLike = 0.0

    def __post_init__(self) -> None:
        """Refuse negative times."""
        for name in ("up", "pause", "down"):
            every(name, getattr(self, name), 0)

    @property
    def delay(self) -> Float:
        """Return τ from the middle of one packet to that of the other: up/2 + pause + down/2, s."""
        up, pause, down = (np.asarray(part, np.float64) for part in (self.up, self.pause, self.down))
        return np.asarray(up / 2 + pause + down / 2)

    @property
    def snapshot(self) -> bool:
        """Return whether both packets are taken as moments."""
        return not (np.any(self.up) or np.any(self.down))
