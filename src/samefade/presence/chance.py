"""Say how often chance alone agrees as well: N fair coins, and Fisher's z.

Sources: R. A. Fisher 1921 for z; W. Hoeffding 1963 for sums of coins of unequal weight, which the equal coins here
stand for.
"""

import numpy as np

Z_TAKEN = 3  # degrees of freedom that Fisher's z pays


def fisher(correlation: float, effective: float) -> float:
    """Return Fisher's z in standard deviations: artanh(r)·√(N − 3); 0 where N is at most 3."""
    if effective <= Z_TAKEN:
        return 0.0
    return float(np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12)) * np.sqrt(effective - Z_TAKEN))


def coins(agreement: float, number: float) -> float:
    """Return the chance that so many fair coins agree as well, 0 to 1.

    Equal coins have a mean of at least r where (1 + r)/2 of them agree; for a number that is not whole, the
    regularised incomplete beta function goes on between.
    No agreement of N coins is rarer than 2^−N, whatever Fisher's z: that is what makes a static channel tell nothing.
    """
    from scipy import special

    if agreement <= 0 or number <= 0:
        return 1.0
    agree = (1 + min(agreement, 1.0)) * number / 2
    return float(special.betainc(agree, number - agree + 1, 0.5))


def tail(correlation: float, effective: float) -> float:
    """Return the chance that independent ends agree as well: the larger of Fisher's and that of coins, 0 to 1."""
    from scipy import stats

    return max(coins(correlation, effective), float(stats.norm.sf(fisher(correlation, effective))))


def least_correlation(chance: float, effective: float) -> float:
    """Return the smallest correlation that independent ends exceed at most so often; infinite where none is."""
    if tail(1.0, effective) > chance:
        return float("inf")
    from scipy import optimize

    return float(optimize.brentq(lambda r: np.log(max(tail(r, effective), 1e-300) / chance), 1e-9, 1.0, xtol=1e-6))


def least_effective(chance: float, correlation: float) -> float:
    """Return the effective samples at which this correlation is rarer than `chance`, a whole number."""
    most = 4
    while tail(correlation, most) > chance:
        most *= 2
    few = most // 2
    while few < most:
        middle = (few + most) // 2
        few, most = (few, middle) if tail(correlation, middle) <= chance else (middle + 1, most)
    return float(most)
