"""Estimate min-entropy by the most common strings of each length (SP 800-90B, section 6.3.5)."""

from math import log2

import numpy as np

from samefade.entropy.sp80090b.most_common import raised
from samefade.entropy.sp80090b.repeats import OFTEN, Repeats
from samefade.errors import TooFewSamples


def t_tuple(found: Repeats) -> float:
    """Return the t-tuple estimate, bits a symbol.

    Args:
        found: What is repeated in the string.

    Raises:
        TooFewSamples: When no symbol is there 35 times; with as many as named one must be.
    """
    t = np.arange(1, found.rare)
    if not len(t):
        raise TooFewSamples(have=found.samples, need=(OFTEN - 1) * found.alphabet + 1)
    p = float(((found.most[t] / (found.samples - t + 1)) ** (1 / t)).max())
    return abs(log2(raised(p, found.samples)))
