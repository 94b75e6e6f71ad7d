"""Cut values into levels and leave some out: what the quantisers of low-power networks share.

Such a quantiser has a pure half, `cut`, which knows nothing of halves of a record: calibration applies it to spoken
samples of both ends to see how many bits differ, and only `quantize` makes secrets of kept ones.
"""

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from samefade.errors import TooFewSamples
from samefade.types import Ledger, Mask, Symbols

Real = NDArray[np.float64]


class Cut(NamedTuple):
    """Values cut into levels.

    Attributes:
        level: (m,) level of each value, 0 to levels − 1, also of those that are left out.
        keep: (m,) which are kept.
        strength: (m,) distance to what would have made another level, in units of the spread.
    """

    level: NDArray[np.uint8]
    keep: Mask
    strength: Real


@runtime_checkable
class Cutter(Protocol):
    """A quantiser that leaves values out, by a rule that needs nothing but the values."""

    @property
    def levels(self) -> int:
        """Return how many levels there are, a power of two."""
        ...

    def cut(self, values: Real) -> Cut:
        """Return the level of each value (m,), and which are kept."""
        ...


def kept(cut: Cut, levels: int, index: NDArray[np.int64], public: Ledger | None = None) -> Symbols:
    """Return the symbols that a cut keeps; `index` says of which samples the values came, (m,).

    Raises:
        TooFewSamples: When none is kept.
    """
    if not cut.keep.any():
        raise TooFewSamples(have=0, need=1)
    values, strength = cut.level[cut.keep], cut.strength[cut.keep]
    return Symbols(values, levels, index[cut.keep], Ledger() if public is None else public, strength)


def between(values: Real, low: Real, high: Real) -> Cut:
    """Cut at guard intervals: what lies in [low_i, high_i) is left out, (levels − 1,) intervals in rising order.

    A level of its own counts from the middle of the interval below it.
    """
    level = np.searchsorted((low + high) / 2, values, side="right")
    inside = ((values[:, None] >= low) & (values[:, None] < high)).any(axis=1)
    near = np.minimum(np.abs(values[:, None] - low), np.abs(values[:, None] - high)).min(axis=1)
    return Cut(level.astype(np.uint8), np.asarray(~inside), np.asarray(near / values.std()))
