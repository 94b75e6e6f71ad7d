"""How often quantised bits of correlated Gaussian readings differ: closed forms for each quantiser.

*Notation*: ρ correlation of the two ends' readings, both standard normal; q levels of equal probability.
Levels in decibels are close to Gaussian and not quite; for Rayleigh fading `rayleigh_bit` is exact.

Sources: W. F. Sheppard 1899 (arccos ρ / π); S. O. Rice 1945 and J. I. Marcum 1960 (the Rayleigh pair).
"""

from math import pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.entropy.correlated import checked
from samefade.errors import OutOfRange

_NODES = 64


def median_bit(rho: ArrayLike) -> NDArray[np.float64]:
    """Return arccos(ρ)/π, the probability that a bit cut at the mean or median differs.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1.
        NotFinite: When a correlation is NaN or infinite.
    """
    return np.asarray(np.arccos(checked("rho", rho, -1, 1)) / pi)


def differential_correlation(rho: ArrayLike, lag: ArrayLike, snr: ArrayLike) -> NDArray[np.float64]:
    """Return the correlation of the ends' first differences, ρ_d = ρ·(1 − a) / ((1 − a) + 1/γ).

    Where the channel is slow (a near 1) both neighbours are alike, and their difference is noise.
    Differences of independent readings have the lag correlation −½: bits from overlapping pairs are not independent.

    Args:
        rho: ρ, of the ends' fades without noise.
        lag: a, correlation of a fade with the next one, below 1.
        snr: γ of every reading, as a power ratio.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1, a is 1, or a ratio is not above 0.
        NotFinite: When a number is NaN or infinite.
    """
    moved = 1 - checked("lag", lag, -1, 1 - 1e-12)
    return np.asarray(checked("rho", rho, -1, 1) * moved / (moved + 1 / checked("snr", snr, 1e-30, np.inf)))


def differential_bit(rho: ArrayLike, lag: ArrayLike, snr: ArrayLike) -> NDArray[np.float64]:
    """Return arccos(ρ_d)/π, the probability that the sign of the change differs (no guard, no ties).

    Raises:
        OutOfRange: When a correlation is outside −1 … 1, a is 1, or a ratio is not above 0.
        NotFinite: When a number is NaN or infinite.
    """
    return median_bit(differential_correlation(rho, lag, snr))


def cells(rho: ArrayLike, levels: int) -> NDArray[np.float64]:
    """Return the joint probability (…, q, q) of the cells that both ends' readings fall into.

    P(i, j) = ∫ over cell i of (Φ((t_j+1 − ρx)/√(1−ρ²)) − Φ((t_j − ρx)/√(1−ρ²)))·φ(x) dx, bivariate normal rectangles.
    No closed form beyond four levels' orthants; integrated over the probability of x, cut where the other end's
    thresholds make it steep, to about 10⁻⁹.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1, or levels are not 2 to 256.
        NotFinite: When a correlation is NaN or infinite.
    """
    if not (levels == int(levels) and 2 <= levels <= 256):
        raise OutOfRange("levels", levels, "a whole number from 2 to 256")
    edges = _thresholds(int(levels))
    corners = rectangle_below(checked("rho", rho, -1, 1), edges)
    return np.diff(np.diff(corners, axis=-1), axis=-2)


def _thresholds(levels: int) -> NDArray[np.float64]:
    from scipy.special import ndtri

    return np.asarray(ndtri(np.arange(1, levels) / levels))


def rectangle_below(rho: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return P(X ≤ s, Y ≤ t) for s and t in (−∞, edges…, ∞), (…, n + 2, n + 2).

    d/dρ of it is the bivariate normal density (Plackett 1954): ∫ exp(−(s² − 2st·sin θ + t²)/(2cos²θ)) dθ/2π from 0 to
    arcsin ρ, smooth but for ρ near ±1 and s near ±t; the last stretch there is halved ever finer.
    """
    from scipy.special import ndtr

    n = len(edges)
    s, t = edges[:, None], edges
    theta = np.arcsin(rho)[..., None, None]
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    # near ±π/2 the integrand changes within |s ∓ t| of it: v² crowds the nodes there
    total = np.zeros((*rho.shape, n, n))
    side = np.where(theta < 0, -1.0, 1.0)
    gap_end, gap_start = pi / 2 - np.abs(theta), pi / 2
    low, high = np.log(np.maximum(gap_end, 1e-9)), np.log(gap_start)
    for node, weight in zip(nodes, weights, strict=True):
        gap = np.exp(low + (high - low) * (node + 1) / 2)
        angle = side * (pi / 2 - gap)
        sine, cosine = np.sin(angle), np.sin(gap)
        density = np.exp(-(s**2 - 2 * s * t * sine + t**2) / (2 * cosine**2))
        total += weight / 2 * (high - low) * gap * density
    out = np.zeros((*rho.shape, n + 2, n + 2))
    p = ndtr(edges)
    out[..., 1:-1, 1:-1] = p[:, None] * p + side * total / (2 * pi)
    out[..., -1, 1:-1] = out[..., 1:-1, -1] = p
    out[..., -1, -1] = 1.0
    return out


def cell_disagreement(rho: ArrayLike, levels: int) -> NDArray[np.float64]:
    """Return the probability that the two readings fall into different cells of q equally likely levels.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1, or levels are not 2 to 256.
        NotFinite: When a correlation is NaN or infinite.
    """
    return np.asarray(1 - np.trace(cells(rho, levels), axis1=-2, axis2=-1))


def gray_disagreement(rho: ArrayLike, levels: int) -> NDArray[np.float64]:
    """Return the mean share of bits that differ, levels spelt in the reflected binary code (Gray).

    Raises:
        OutOfRange: When a correlation is outside −1 … 1, or levels are not a power of two from 2 to 256.
        NotFinite: When a correlation is NaN or infinite.
    """
    if levels & (levels - 1):
        raise OutOfRange("levels", levels, "a power of two")
    word = np.arange(levels) ^ (np.arange(levels) >> 1)
    differ = np.bitwise_count(word[:, None] ^ word) / (levels.bit_length() - 1)
    return np.asarray(np.sum(cells(rho, levels) * differ, axis=(-2, -1)))


def guarded_bit(rho: ArrayLike, guard: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of readings that both ends keep and the share of those whose bits differ, mean ± guard.

    Each end drops readings within `guard` standard deviations of the mean, and both keep what neither dropped.

    Args:
        rho: Correlation of the ends.
        guard: α of mean ± α·σ, at least 0.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1, or the guard outside 0 … 8.
        NotFinite: When a number is NaN or infinite.
    """
    r, g = np.broadcast_arrays(checked("rho", rho, -1, 1), checked("guard", guard, 0, 8))
    alike, unlike = np.empty(r.shape), np.empty(r.shape)
    for value in np.unique(g):  # corners of one guard are computed together
        of = g == value
        below = rectangle_below(r[of], np.array([-value, value]))
        alike[of] = 2 * below[:, 1, 1]
        unlike[of] = 2 * (below[:, 1, -1] - below[:, 1, 2])
    kept = alike + unlike
    return kept, np.divide(unlike, kept, out=np.zeros(r.shape), where=kept > 0)


def rayleigh_bit(rho: ArrayLike) -> NDArray[np.float64]:
    """Return the probability that bits cut at the median of two Rayleigh envelopes differ, exactly and not as Gaussian.

    P = 2·∫ over y below the median of the other end's tail: given one power y (mean 1), the other is (1 − ρ²)/2 times
    a noncentral χ² of 2 degrees of freedom and noncentrality 2ρ²y/(1 − ρ²); one numerical integral.
    Power, envelope and decibels have the same median bits.

    Args:
        rho: Correlation of the *complex gains*, not of the envelopes.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1.
        NotFinite: When a correlation is NaN or infinite.
    """
    from scipy.special import chndtr

    square = np.minimum(checked("rho", rho, -1, 1) ** 2, 1 - 1e-12)[..., None]
    nodes, weights = np.polynomial.legendre.leggauss(4 * _NODES)
    y = -np.log1p(-(nodes + 1) / 4)  # even in the probability below the median, 0 … ½
    below = chndtr(2 * np.log(2) / (1 - square), 2.0, 2 * square * y / (1 - square))
    return np.asarray(2 * np.sum(weights / 4 * (1 - below), axis=-1))
