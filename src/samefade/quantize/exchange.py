"""Keep what both ends kept, and charge for saying so."""

from dataclasses import replace
from math import ceil, lgamma, log

import numpy as np

from samefade.errors import EndsDisagree, OutOfRange
from samefade.types import Ledger, Symbols


def common(a: Symbols, b: Symbols, *, of: int | None = None) -> tuple[Symbols, Symbols]:
    """Return the symbols whose samples both ends kept; both get the same ledger.

    a names the m_a samples that she kept of n candidates, and b which m of those he kept too: each message is charged
    with the bits that it takes at best, log2 of the number of possible sets, rounded up.
    This bounds what they tell from above: a symmetric band says little about the sign that becomes the bit, so the
    charge often eats the whole key, and that is the price of proof without a model of the channel.

    Args:
        a: One end's symbols.
        b: The other end's symbols.
        of: How many candidates there were, n; by default the last index that either kept, plus one.

    Raises:
        EndsDisagree: When the numbers of levels differ.
        OutOfRange: When `of` is too small for the indices.
    """
    if a.levels != b.levels:
        raise EndsDisagree("levels", a.levels, b.levels)
    span = 1 + max((int(x.index[-1]) for x in (a, b) if len(x)), default=-1)
    n = span if of is None else of
    if n < span:
        raise OutOfRange("of", of, f"at least {span} candidates")
    shared, in_a, in_b = np.intersect1d(a.index, b.index, assume_unique=True, return_indices=True)
    public = a.public if a.public == b.public else a.public + b.public
    public = _told(public, "a", n, len(a))
    public = _told(public, "b", len(a), len(shared))
    return _take(a, in_a, public), _take(b, in_b, public)


def _told(ledger: Ledger, end: str, n: int, m: int) -> Ledger:
    return ledger.pay(f"indices told by {end}: {m} of {n}", set_bits(n, m))


def set_bits(n: int, m: int) -> int:
    """Return the bits that name m of n things: log2 of the binomial coefficient, rounded up."""
    exact = (lgamma(n + 1) - lgamma(m + 1) - lgamma(n - m + 1)) / log(2)
    return max(0, ceil(exact - 1e-9))  # lgamma of a certain outcome is off by its rounding alone


def _take(x: Symbols, chosen: np.ndarray[tuple[int, ...], np.dtype[np.intp]], public: Ledger) -> Symbols:
    reliability = None if x.reliability is None else x.reliability[chosen]
    return replace(x, values=x.values[chosen], index=x.index[chosen], public=public, reliability=reliability)
