"""Estimate min-entropy by the time until two symbols are equal (SP 800-90B, section 6.3.2; bits only)."""

from math import log2, sqrt

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.sp80090b.alphabet import checked
from samefade.entropy.sp80090b.most_common import Z_99

_NEED = 6  # a collision takes at most 3 bits, and a standard deviation needs two of them


def collision(bits: NDArray[np.uint8]) -> float:
    """Return the collision estimate, bits a bit.

    Args:
        bits: (n,) zeros and ones.

    Raises:
        OutOfRange: When the bits are no bytes 0 and 1.
        TooFewSamples: When there are fewer than 6.
    """
    from samefade.entropy.sp80090b.collision_loops import waits

    count, total, squares = waits(checked(bits, 2, need=_NEED))
    mean = total / count
    deviation = sqrt(max(0.0, squares - total * mean) / (count - 1))
    return from_mean(mean - Z_99 * deviation / sqrt(count))


def from_mean(mean: float) -> float:
    """Return the min-entropy at which the mean wait is so long (step 7 in closed form: 2 + 2p(1 − p))."""
    # at 2.5 and above no p explains the wait: full entropy (step 8)
    return 1.0 if mean >= 2.5 else abs(log2(0.5 + sqrt(1.25 - 0.5 * max(2.0, mean))))
