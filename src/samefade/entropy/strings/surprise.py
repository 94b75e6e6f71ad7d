"""Say by how much the cells of normal values surprise."""

import numpy as np
from numpy.typing import NDArray

from samefade.types import Float

Real = NDArray[np.float64]
_FINE = 14  # cells of equal width from which on a grid is fine


def surprised(values: Real, centre: Real, spread: Real, edges: Float) -> Real:
    """Return what each cell is expected to surprise by, did, and the variance of that, (n, 3), bits and bits²."""
    from samefade.entropy.strings.loops import surprises

    cuts = np.asarray(edges, np.float64)
    widths = np.diff(cuts)
    even = len(widths) >= _FINE and bool(np.ptp(widths) <= 1e-6 * widths.mean())
    out = np.empty((len(values), 3))
    cell = np.searchsorted(cuts, values, side="right")
    surprises(cell, np.ascontiguousarray(centre), spread, cuts, float(widths.mean()) if even else 0.0, out)
    return out
