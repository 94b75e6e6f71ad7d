"""Pilot power over parallel channels so that the *key* rate is largest, which is not where capacity puts it.

*Notation*: λ_i gain of channel i, p_i its pilot power, g = λ·p its signal-to-noise ratio, P = Σ p_i, μ the multiplier.
Each channel yields f(g) = log2((1 + g)²/(1 + 2g)) bits, with f' = (2/ln 2)·g / ((1 + g)(1 + 2g)).

f is convex up to g = 1/√2 and concave beyond: a channel with little power yields next to nothing, so capacity's
water-filling is wrong, and weak channels get none at all.
Karush, Kuhn and Tucker: where p_i > 0, 2g² + (3 − 2λ_i/μ')·g + 1 = 0 with μ' = μ·ln 2, the larger root; at most the
weakest active channel could lie on the smaller root, where f is convex.
The channels are sorted, each number of active ones is tried, and the best is kept.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.entropy.correlated import checked, fade_information
from samefade.errors import OutOfRange


@dataclass(frozen=True, eq=False)
class Filling:
    """How pilot power is spread, and what it yields.

    Attributes:
        powers: (n,) power of each channel, in the order given; they sum to the total.
        rate: Bits a probe without Eve, all channels together.
        active: How many channels have power.
    """

    powers: NDArray[np.float64]
    rate: float
    active: int


def water_filling(gains: ArrayLike, total: float) -> Filling:
    """Return the powers that make the key rate Σ log2((1 + λ_i·p_i)²/(1 + 2·λ_i·p_i)) largest.

    Args:
        gains: (n,) λ, at least 0: eigenvalues of the channel's covariance over the noise power.
        total: P, above 0.

    Raises:
        OutOfRange: When there is no gain above 0, a gain is negative, or the total is not above 0.
        NotFinite: When a number is NaN or infinite.
    """
    given = checked("gains", gains, 0, np.inf)
    if given.ndim != 1 or not given.size or given.max() <= 0:
        raise OutOfRange("gains", f"shape {given.shape}", "one row with a gain above 0")
    if not (np.isfinite(total) and total > 0):
        raise OutOfRange("total", total, "a finite power above 0")
    order = np.argsort(given)[::-1]
    gains_down = given[order]
    usable = int(np.count_nonzero(gains_down > 0))
    best = np.zeros(len(given))
    best[0] = total
    for active in range(2, usable + 1):
        powers = _spread(gains_down[:active], total)
        if powers is not None and _rate(gains_down[:active], powers) > _rate(gains_down, best):
            best = np.zeros(len(given))
            best[:active] = powers
    out = np.zeros(len(given))
    out[order] = best
    return Filling(out, _rate(given, out), int(np.count_nonzero(out)))


def _rate(gains: NDArray[np.float64], powers: NDArray[np.float64]) -> float:
    return float(np.sum(fade_information(gains * powers)))


def _spread(gains: NDArray[np.float64], total: float) -> NDArray[np.float64] | None:
    """Return the powers of channels that are all active, or None where they need more than there is."""
    # the root exists while 2λ/μ ≥ 3 + 2√2; the powers fall as μ grows
    top = 2 * gains[-1] / (3 + 2 * sqrt(2))
    if np.sum(_powers(gains, top)) > total:
        return None
    low, high = top / 2, top
    while np.sum(_powers(gains, low)) < total:
        low /= 2
    for _ in range(200):
        middle = sqrt(low * high)
        low, high = (middle, high) if np.sum(_powers(gains, middle)) > total else (low, middle)
    powers = _powers(gains, sqrt(low * high))
    return np.asarray(powers * (total / np.sum(powers)))


def _powers(gains: NDArray[np.float64], mu: float) -> NDArray[np.float64]:
    """Return the larger root g of 2g² + (3 − 2λ/μ)·g + 1 = 0, over λ."""
    slope = 2 * gains / mu - 3
    return np.asarray((slope + np.sqrt(np.maximum(slope**2 - 8, 0.0))) / 4 / gains)
