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
    # in place: of a constant string there is one w for every symbol
    p = found.pairs[found.rare :] / (found.samples - w)
    p /= (found.samples - w + 1) / 2
    p **= 1 / w
    return abs(log2(raised(min(1.0, float(p.max())), found.samples)))
