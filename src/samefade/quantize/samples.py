"""Take the samples of a feature that may be quantised."""

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ConstantSignal, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Feature, Half


def usable(x: Feature[Half], *, least: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the indices and the values of the usable samples, (m,) each.

    Raises:
        ConstantSignal: When they do not vary.
        NotFinite: When one is NaN or infinite.
        OutOfRange: When there is more than one tone.
        TooFewSamples: When there are fewer than `least`.
    """
    if x.values.ndim != 1:
        raise OutOfRange("dimensions", x.values.ndim, "1: choose one tone")
    index = np.flatnonzero(x.usable)
    values = x.values[index].astype(np.float64)
    if len(values) < max(least, 1):
        raise TooFewSamples(have=len(values), need=max(least, 1))
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        raise NotFinite(f"feature of end {x.source.end}", bad)
    if values.max() == values.min():
        raise ConstantSignal(x.source.end, float(values[0]))
    return index, values


def check_levels(levels: int) -> int:
    """Return the number of levels.

    Raises:
        OutOfRange: When it is no power of two from 2 to 256.
    """
    if levels not in (2, 4, 8, 16, 32, 64, 128, 256):
        raise OutOfRange("levels", levels, "a power of two from 2 to 256")
    return int(levels)
