"""What a piece of work came to, device by device; pieces add up."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

COUNTS = (
    "planned", "delayed", "sent", "weak", "collided", "deaf", "heard", "asked", "duty", "busy", "answered", "second",
    "missed", "pairs",
)  # fmt: skip
FOLLOWED = ("day", "slot", "heard", "asked", "a", "b", "e")
MOMENTS = ("one", "a", "b", "e", "a before", "b before", "e before")


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over frames; all of them add.

    Attributes:
        days: How many, parts of one included.
        counts: (n, 14) frames by what became of them: `COUNTS`.
        moments: (n, 7, 7) sums of products of 1 and the readings of a pair and of the pair before: `MOMENTS`, dB.
        up: Seconds of uplinks on the air.
        down: (G,) seconds that each gateway sent.
        frames: Of devices that were asked for, by device: (m, 7) what became of each frame, `FOLLOWED`; the readings
            of a and Eve are NaN where it was not answered, that of b also where the device did not hear the answer.
    """

    days: float
    counts: NDArray[np.int64]
    moments: NDArray[np.float64]
    up: float
    down: NDArray[np.float64]
    frames: dict[int, NDArray[np.float64]]

    def __add__(self, other: Self) -> Self:
        """Return both together."""
        mine, more = ({f.name: getattr(each, f.name) for f in fields(self)} for each in (self, other))
        both: dict[str, Any] = {name: mine[name] + more[name] for name in mine if name != "frames"}
        both["frames"] = {device: np.concatenate([rows, other.frames[device]]) for device, rows in self.frames.items()}
        return type(self)(**both)

    def count(self, name: str) -> NDArray[np.int64]:
        """Return one column of the counts, (n,)."""
        return self.counts[:, COUNTS.index(name)]


def together(pieces: Iterable[Tally]) -> Tally:
    """Return the sum of pieces that are given in their order.

    Floating-point sums depend on the order in the last digit, so whoever computes pieces in parallel sorts them first.
    """
    found = iter(pieces)
    total = next(found)
    for each in found:
        total += each
    return total
