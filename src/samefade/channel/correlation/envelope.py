"""From the correlation of a complex gain to that of power, and of decibels, for Rayleigh and Rician fading.

**A received signal strength is not a gain.** With a correlation ρ of the gain, that of power is ρ², and that of
decibels Li2(ρ²)/(π²/6): taking J0 itself as the correlation of RSSI is the common bug.

*Notation*: h = s + d, steady part s and circular Gaussian part d of power σ²; K = |s|²/σ²; ρ the correlation of d at
both ends (real); φ the angle that s turns between them; m shape of a Gamma variable, its mean squared over its
variance; ψ, ψ' digamma and trigamma; Li2 the dilogarithm; ℓ the orthonormal Laguerre functions.

- Power: cov |h_A|², |h_B|² = σ_A²σ_B² (ρ² + 2·√(K_A·K_B)·ρ·cos φ): closed form.
- Decibels of Rayleigh fading: Li2(ρ²)/(π²/6): closed form, from ln|d|² = Σ −L_n(|d|²)/n.
- Decibels of Rician fading: a series, derived below; the project found no closed form.
- Decibels of an *averaged* power are in `log_mean`, exactly; averages over many fades are close to Gamma variables, and
  two of them to Kibble's bivariate Gamma law.

Sources: the Hille–Hardy formula (the expansion in Laguerre polynomials); S. O. Rice, 1945 (power);
W. F. Kibble, "A two-variate gamma type distribution", 1941.
"""

from math import log, pi

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import every
from samefade.channel.correlation.windows import legendre
from samefade.types import Float

DECIBELS = 10 / log(10)  # dB in a neper of power
_TERMS = 400
_NODES = 96
_NO_SIGHT = 1e-16  # a smaller K is none: it moves a correlation by its root
_AT_ONCE = 1 << 20


def power(rho: ArrayLike, k_a: ArrayLike = 0.0, k_b: ArrayLike | None = None, phase: ArrayLike = 0.0) -> Float:
    """Return the correlation of two powers, (ρ² + 2·√(K_A·K_B)·ρ·cos φ) / √((1 + 2K_A)(1 + 2K_B)); Rayleigh: ρ².

    Args:
        rho: Correlation of the scattered gains, noise included.
        k_a: K at one end, noise counted as scattered.
        k_b: K at the other end; None for the same.
        phase: φ, radians.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1 or a K is negative.
        NotFinite: When a number is NaN or infinite.
    """
    r, a = every("rho", rho, -1, 1), every("k_a", k_a, 0)
    b = a if k_b is None else every("k_b", k_b, 0)
    shared = r**2 + 2 * np.sqrt(a * b) * r * np.cos(every("phase", phase, -np.inf))
    return np.asarray(shared / np.sqrt((1 + 2 * a) * (1 + 2 * b)))


def level(rho: ArrayLike) -> Float:
    """Return the correlation of two Rayleigh envelopes in decibels, Li2(ρ²)/(π²/6).

    Raises:
        OutOfRange: When a correlation is outside −1 … 1.
        NotFinite: When a number is NaN or infinite.
    """
    from scipy.special import spence

    return np.asarray(spence(1 - every("rho", rho, -1, 1) ** 2) / (pi**2 / 6))


def gamma_log_variance(shape: ArrayLike) -> Float:
    """Return ψ'(m), the variance of ln of a Gamma variable of shape m, nepers²; π²/6 for Rayleigh power (m = 1).

    Raises:
        OutOfRange: When a shape is below .1.
        NotFinite: When a number is NaN or infinite.
    """
    from scipy.special import polygamma

    return np.asarray(polygamma(1, every("shape", shape, 0.1)))


def gamma_log_covariance(power_correlation: ArrayLike, shape_a: ArrayLike, shape_b: ArrayLike) -> Float:
    """Return the covariance of ln of two Gamma variables of Kibble's bivariate law, nepers².

    Σ_n r^n·B(n, m)/n, from ln x = ψ(m) − Σ L_n^(m−1)(x)/n and the law's diagonal expansion; Li2(r) at m = 1.
    Where the shapes differ, which Kibble's law does not know, m is their geometric mean.

    Args:
        power_correlation: r, of the two variables.
        shape_a: m, mean squared over variance, of one.
        shape_b: The other's.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1 or a shape is below .1.
        NotFinite: When a number is NaN or infinite.
    """
    shape = np.sqrt(every("shape", shape_a, 0.1) * every("shape", shape_b, 0.1))
    r, m = np.broadcast_arrays(every("power_correlation", power_correlation, -1, 1), shape)
    # Σ r^n·B(n, m)/n = ∫ −ln(1 − r·t)/t · (1 − t)^(m−1) dt over 0 … 1, with 1 − t = v^(4/m): even as m grows
    nodes, weights = legendre(_NODES)
    v, w = (nodes + 1) / 2, weights / 2
    gone = v ** (4 / m[..., None])
    nepers = -np.log((1 - r[..., None]) + r[..., None] * gone) / (1 - gone)
    return np.asarray(np.sum(w * 4 / m[..., None] * v**3 * nepers, axis=-1))


def log_variance(k: ArrayLike) -> Float:
    """Return the variance of ln |h|² of Rician fading, nepers²; π²/6 at K = 0.

    |h|² is a Gamma variable whose shape is 1 + a Poisson number of mean K: Σ P(n)·(ψ'(n+1) + ψ(n+1)²) − mean².

    Raises:
        OutOfRange: When a K is negative or above 10⁵.
        NotFinite: When a number is NaN or infinite.
    """
    from scipy.special import gammaln, polygamma, psi

    x = every("K", k, 0, 1e5)
    most = float(np.max(x, initial=0.0))
    n = np.arange(int(most + 12 * np.sqrt(most) + 40))
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.exp(np.where(n > 0, n * np.log(x[..., None]), 0.0) - x[..., None] - gammaln(n + 1))
    mean = chance @ psi(n + 1.0)
    # about the mean, so that nothing cancels where K is large
    return np.asarray(np.sum(chance * (polygamma(1, n + 1.0) + (psi(n + 1.0) - mean[..., None]) ** 2), axis=-1))


def rician_level(rho: ArrayLike, k_a: ArrayLike, k_b: ArrayLike | None = None, phase: ArrayLike = 0.0) -> Float:
    """Return the correlation of two Rician envelopes in decibels, by a series.

    The derivatives of E ln|s + d|² = ln|s|² + E1(|s|²/σ²) in s and its conjugate are the coefficients of the expansion
    in complex Hermite polynomials, so with x = K of each end and every p, q ≥ 1:
    cov = Σ_p 2·cos(pφ)·ρ^p·((p−1)!)²/p!·(x_A·x_B)^(−p/2)·P(p, x_A)·P(p, x_B)
    + Σ_pq ρ^(p+q)·cos((p−q)φ)·e^(−(x_A+x_B)/2)·ℓ_jm(x_A)·ℓ_jm(x_B) / ((j+1)(j+m+1)), j = min(p, q) − 1, m = |p − q|,
    P the regularised lower incomplete Gamma function; at K = 0 this is Li2(ρ²).
    Summed to j = 400: what is missing is below ρ^800/400 of a neper², 10⁻⁶ at ρ = .99, and .0025 at ρ = 1.

    Args:
        rho: Correlation of the scattered gains, noise included.
        k_a: K at one end, noise counted as scattered.
        k_b: K at the other end; None for the same.
        phase: φ, radians.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1, or a K negative or above 10⁵.
        NotFinite: When a number is NaN or infinite.
    """
    parts = every("rho", rho, -1, 1), every("K", k_a, 0, 1e5), every("K", k_a if k_b is None else k_b, 0, 1e5)
    r, a, b, turn = (np.array(p) for p in np.broadcast_arrays(*parts, every("phase", phase, -np.inf)))
    shape, r, turn = r.shape, r.ravel(), turn.ravel()
    ends = np.stack([a.ravel(), b.ravel()], axis=1)
    ends[ends < _NO_SIGHT] = 0.0
    out = np.empty(len(r))
    kinds, which = np.unique(ends, axis=0, return_inverse=True)
    for i, (x, y) in enumerate(kinds.tolist()):
        of = which.ravel() == i
        out[of] = _series(r[of], turn[of], x, y) / np.sqrt(log_variance(x) * log_variance(y))
    return np.clip(out, -1.0, 1.0).reshape(shape)


def _series(r: Float, phase: Float, x: float, y: float) -> Float:
    """Return the covariance of ln |h|² for correlations and angles (n,), K of x and y."""
    from scipy.special import spence

    if x == 0 or y == 0:  # one end without a steady part sees nothing of the other's terms p ≠ q
        return np.asarray(spence(1 - r**2)) if x == y else _double(r, phase, x, y)
    return _single(r, phase, x, y) + _double(r, phase, x, y)


def _single(r: Float, phase: Float, x: float, y: float) -> Float:
    from scipy.special import gammainc, gammaln

    p = np.arange(1, int(max(x, y) + 12 * np.sqrt(max(x, y)) + 60))
    with np.errstate(divide="ignore"):
        size = 2 * gammaln(p) - gammaln(p + 1) + np.log(gammainc(p, x)) + np.log(gammainc(p, y)) - p / 2 * np.log(x * y)
    terms = 2 * np.exp(size)
    heavy = np.flatnonzero(terms > 1e-12)  # they fall, and then fall faster
    total = np.zeros(r.shape)
    for i in heavy:
        total += terms[i] * r ** p[i] * np.cos(p[i] * phase)
    return total


def _double(r: Float, phase: Float, x: float, y: float) -> Float:
    scale = np.exp(-(x + y) / 2)
    if scale < 1e-14:
        return np.zeros(r.shape)
    most = max(x, y)
    m = np.arange(int(most + 4 * np.sqrt(most * _TERMS)) + 40 if most else 1)
    j = np.arange(_TERMS)[:, None]
    c = scale * _laguerre(m, x) * _laguerre(m, y) / ((j + 1) * (j + m + 1)) * np.where(m > 0, 2, 1)
    heavy = np.flatnonzero(np.max(np.abs(c), axis=0) > 1e-13)
    total = np.empty(r.shape)
    for part in np.array_split(np.arange(len(r)), 1 + len(r) * len(heavy) // _AT_ONCE):
        by_size = np.polynomial.polynomial.polyval(r[part] ** 2, c[:, heavy])  # (m, n), all columns at once
        turned = r[part] ** heavy[:, None] * np.cos(heavy[:, None] * phase[part])
        total[part] = r[part] ** 2 * np.sum(by_size * turned, axis=0)
    return total


def _laguerre(m: np.ndarray, x: float) -> Float:
    """Return ℓ_jm(x) = √(j!/(j+m)!)·x^(m/2)·e^(−x/2)·L_j^m(x), (j, m), by the recurrence in j."""
    from scipy.special import gammaln

    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.exp((np.where(m > 0, m * np.log(x), 0.0) - x - gammaln(m + 1.0)) / 2)
    rows = np.empty((_TERMS, len(m)))
    before, now = np.zeros(len(m)), first
    for j in range(_TERMS):
        rows[j] = now
        ahead = ((2 * j + 1 + m - x) * now - np.sqrt(j * (j + m)) * before) / np.sqrt((j + 1) * (j + 1 + m))
        before, now = now, ahead
    return rows
