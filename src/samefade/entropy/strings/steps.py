"""Tell values that come in steps, as whole decibels do, from values that do not."""

import numpy as np
from numpy.typing import NDArray

OFTEN = 8  # times that each value occurs on average where values come in steps


def steps(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the smallest value and the least distance of two, 0 where values do not come in steps.

    Args:
        values: (n,) in a unit in which 1e-9 is nothing.
    """
    found = np.unique(np.round(values, 9))
    return float(found[0]), float(np.diff(found).min()) if 1 < len(found) < len(values) / OFTEN else 0.0
