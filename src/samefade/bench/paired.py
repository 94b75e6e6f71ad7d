"""Compare two schemes on the same worlds: paired differences, their interval, and a test.

Source: F. Wilcoxon, "Individual comparisons by ranking methods", 1945; differences of zero are ranked with the others
and stand on neither side (J. W. Pratt, "Remarks on zeros and ties in the Wilcoxon signed rank procedures", 1959).
The law is the exact one of all signs, ties and zeros as they are: key rates tie often, and the usual normal
approximation then gives p values that are too small by half for few pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from samefade.types import Float

Direction = Literal["above", "below", "no difference seen", "too few pairs"]
LEVEL, FEWEST = 0.01, 7  # with six pairs the smallest one-sided p value is 1/64
_RESAMPLES = 2000
_EXACT = 400  # pairs; for more, the normal approximation is as good


@dataclass(frozen=True)
class Paired:
    """What paired runs say about x − y.

    Attributes:
        pairs: How many worlds had both.
        difference: Mean of x − y.
        low: Lower end of its 95 % bootstrap interval.
        high: Upper end.
        p_above: One-sided p value of "x is not above y".
        p_below: One-sided p value of "x is not below y".
    """

    pairs: int
    difference: float
    low: float
    high: float
    p_above: float
    p_below: float

    def direction(self, level: float = LEVEL) -> Direction:
        """Say what was seen at a level of significance for each direction."""
        if self.pairs < FEWEST:
            return "too few pairs"
        if self.p_above < level:
            return "above"
        return "below" if self.p_below < level else "no difference seen"


def paired(x: Sequence[float | None], y: Sequence[float | None]) -> Paired:
    """Compare two columns whose rows belong together; rows where either is missing are left out.

    The test is Wilcoxon's signed-rank test; the interval resamples the pairs (2,000 times, one fixed seed).
    Blocks of one recording are not independent as worlds with different seeds are: then p is too small.

    Args:
        x: (n,) numbers, None or NaN where there is none.
        y: (n,) numbers of the same worlds in the same order.
    """
    both = np.array([[np.nan if v is None else v for v in column] for column in (x, y)], dtype=np.float64)
    gap = both[0] - both[1]
    gap = gap[np.isfinite(gap)]
    if not len(gap):
        return Paired(0, *[float("nan")] * 5)
    rng = np.random.default_rng(0)
    means = gap[rng.integers(len(gap), size=(_RESAMPLES, len(gap)))].mean(axis=1)
    low, high = (float(q) for q in np.quantile(means, (0.025, 0.975)))
    return Paired(len(gap), float(gap.mean()), low, high, *signed_rank(gap))


def signed_rank(gap: Float) -> tuple[float, float]:
    """Return the one-sided p values of "not above zero" and "not below zero" by Wilcoxon's signed-rank test.

    Args:
        gap: (n,) differences.
    """
    from scipy.stats import rankdata, wilcoxon

    if len(gap) > _EXACT and gap.any():
        above, below = (
            float(wilcoxon(gap, zero_method="zsplit", alternative=way).pvalue) for way in ("greater", "less")
        )
        return above, below
    ranks = np.rint(2 * rankdata(np.abs(gap))).astype(np.int64)  # doubled: tied ranks are halves
    law = np.ones(1)  # law[s]: chance that the ranks above zero sum to s when every sign is a fair coin
    for rank in ranks[gap != 0]:
        law = 0.5 * (np.pad(law, (0, rank)) + np.pad(law, (rank, 0)))
    seen = int(ranks[gap > 0].sum())
    return float(min(1.0, law[seen:].sum())), float(min(1.0, law[: seen + 1].sum()))
