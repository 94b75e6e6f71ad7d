"""Average over a distribution at a few of its quantiles."""

import numpy as np
from numpy.typing import NDArray

_COUNT = 25
LEVELS = tuple((i + 0.5) / _COUNT for i in range(_COUNT))


def normal() -> NDArray[np.float64]:
    """Return the standard normal values at the levels."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.array(LEVELS)), np.float64)
