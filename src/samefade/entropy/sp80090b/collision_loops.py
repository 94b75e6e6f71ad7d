"""Count how long it takes until two bits are equal."""

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled


@compiled
def waits(bits: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Return the number of waits, their sum, and the sum of their squares; a wait is 2 or 3 bits."""
    i, count, squares, last = 0, 0, 0, len(bits) - 1
    while i < last:
        if bits[i] == bits[i + 1]:
            step = 2
        elif i < last - 1:
            step = 3  # of three bits, two are equal
        else:
            break
        count += 1
        squares += step * step
        i += step
    return count, i, squares
