"""Estimate min-entropy by strings too long to be common (SP 800-90B, section 6.3.6, LRS)."""

from math import log2

import numpy as np

from samefade.entropy.sp80090b.most_common import raised
from samefade.entropy.sp80090b.repeats import Repeats
from samefade.errors import TooFewSamples


def longest_repeat(found: Repeats) -> float:
    """Return the longest repeated substring estimate, bits a symbol.

    Args:
        found: What is repeated in the string.

    Raises:
        TooFewSamples: When no string of the length u is repeated; with as many samples as named one must be.
    """
    if found.longest < found.rare:
        raise TooFewSamples(have=found.samples, need=found.alphabet**found.rare + found.rare)
    w = np.arange(found.rare, found.longest + 1)
    places = found.samples - w + 1
    p = float(((found.pairs[w] / (places * (places - 1) / 2)) ** (1 / w)).max())
    return abs(log2(raised(min(1.0, p), found.samples)))
