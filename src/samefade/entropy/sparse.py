"""Bound a whole string by every d-th of its symbols.

A smooth series is predictable from its exact recent past, so the entropy of a symbol given that past is next to
nothing, however many independent values the series holds.
But a string holds at least the entropy of any part of it: H(S_1 … S_n) ≥ H(S_1, S_{1+d}, S_{1+2d} …), for every d.
The largest of these bounds is reported for the whole string.
A series of bandwidth B has 2B independent values a second, and the best d finds about as many.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.gaussian import gaussian
from samefade.errors import ConstantSignal, OutOfRange, TooFewSamples
from samefade.types import Float

SPACINGS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_LEAST_SYMBOLS = 48


def sparse(values: Float, edges: Float, *, eve: Float | None = None, confidence: float = 0.99) -> float:
    """Return the best Gaussian bound over all spacings, bits for each symbol of the whole string.

    The confidence is shared out over the spacings tried (Bonferroni), because the best is taken.

    Args:
        values: (n,) samples, evenly spaced.
        edges: (n, levels − 1) thresholds; rows with NaN hold no symbol.
        eve: (n,) or (n, m) what Eve heard at the same times.
        confidence: One-sided confidence of the bound.

    Raises:
        TooFewSamples: When there are too few samples even for the closest spacing.
        ConstantSignal: When the samples do not vary.
        NotFinite: When a sample is NaN or infinite.
    """
    x = np.asarray(values, np.float64)
    held: NDArray[np.bool_] = np.all(np.isfinite(edges) | np.isinf(edges), axis=1)
    each = 1 - (1 - confidence) / len(SPACINGS)
    best = _share(x, edges, held, eve, each, step=1)
    for step in SPACINGS[1:]:
        if np.count_nonzero(held[::step]) < _LEAST_SYMBOLS:
            break
        try:
            best = max(best, _share(x, edges, held, eve, each, step=step))
        except (TooFewSamples, ConstantSignal, OutOfRange):  # so sparse that nothing can be judged
            break
    return best


def _share(
    x: NDArray[np.float64], edges: Float, held: NDArray[np.bool_], eve: Float | None, confidence: float, *, step: int
) -> float:
    heard = None if eve is None else eve[::step]
    each = gaussian(x[::step], edges[::step], eve=heard, confidence=confidence)
    return each * int(np.count_nonzero(held[::step])) / int(np.count_nonzero(held))
