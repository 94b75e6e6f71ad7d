"""What the steps of a piece of work share, and what its air came to."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.lpwan.deploy.airing import Air
from samefade.lpwan.deploy.setting import Deployment
from samefade.lpwan.deploy.world import World
from samefade.types import Complex


@dataclass(frozen=True, eq=False)
class Piece:
    """What the steps of a piece of work share."""

    number: int
    setting: Deployment
    world: World
    table: Air
    shadows: NDArray[np.float64]
    gains: Complex
    steady: NDArray[np.float64]
    scattered: NDArray[np.float64]


class Played(NamedTuple):
    """The air of a piece of work, by slot and device (K, n) unless said otherwise.

    Attributes:
        start: Seconds after its beginning, infinite where nothing was sent.
        channel: Index.
        server: Gateway that heard it best, −1 for none.
        window: In which it was answered, 0 for none.
        why: Bits of `loops`: why it was not heard, or not answered.
        answer: When the answer began, s.
    """

    start: NDArray[np.float64]
    channel: NDArray[np.int64]
    server: NDArray[np.int64]
    window: NDArray[np.int64]
    why: NDArray[np.int64]
    answer: NDArray[np.float64]


def decibels(gain: Complex) -> NDArray[np.float64]:
    """Return the power of a gain in dB."""
    return np.asarray(10 * np.log10(gain.real**2 + gain.imag**2))
