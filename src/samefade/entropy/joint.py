"""Compute what two jointly Gaussian ends share given an eavesdropper, from a covariance or from independent samples.

*Notation.* A, B, E what both ends and Eve hear, of a, b and e components; Σ a covariance; C the partial coherences of
A and B given E (squared partial canonical correlations).

I(A;B|E) = log2 (det Σ_AE det Σ_BE / (det Σ_E det Σ_ABE)) = −Σ log2(1 − C) bits for circular complex samples, and half
of it for real ones (Cover and Thomas 2006, section 8.4; for keys: Maurer 1993, Ahlswede and Csiszár 1993).

The determinant of a Wishart matrix of K degrees of freedom is a product of independent Gamma variables, so the mean of
its logarithm is a sum of digamma functions (Goodman 1963 for complex samples, Anderson 2003, section 7.5, for real
ones): the bias of the ratio is known exactly for every Σ, and is removed.
Eve costs e degrees of freedom.
To first order the variance of the complex ratio is 2 ΣC / K; what is left where C = 0 is a·b / K².

Each component gets white noise 120 dB below it (Eve's 130 dB), so that no determinant is zero: identical ends share
about 40 bits a complex sample, where doubles end, and an end that Eve hears as well as that shares nothing.
"""

from dataclasses import dataclass
from math import log, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples

_LEAST = 1e-12  # of a component's power: what is closer to what others know counts as known
_LEAST_OF_EVE = 1e-13  # less, so that one recording given as both ends and Eve's has nothing left either
_UNSYMMETRIC = 1e-9


@dataclass(frozen=True)
class Interval:
    """Bits with their 95 % interval, as estimated: by chance they may lie below zero.

    Attributes:
        bits: The estimate.
        low: Lower end of the 95 % interval.
        high: Upper end of the 95 % interval.
    """

    bits: float
    low: float
    high: float


class Ratio(NamedTuple):
    """What one or more covariance matrices say of two ends.

    Attributes:
        nats: (…) ln (det Σ_AE det Σ_BE / (det Σ_E det Σ_ABE)).
        coherence: (…) sum of the partial coherences C.
    """

    nats: NDArray[np.float64]
    coherence: NDArray[np.float64]


def information_given(covariance: ArrayLike, a: int = 1, b: int = 1, *, circular: bool) -> float:
    """Return I(A;B|E) of jointly Gaussian samples with this covariance, bits a sample.

    Args:
        covariance: (a + b + e, a + b + e) covariance of A, B and E in this order; without Eve it ends with B.
        a: Components of A.
        b: Components of B.
        circular: Whether the samples are circular complex ones, which share twice as much as real ones.

    Raises:
        OutOfRange: When the matrix is no covariance of at least a + b components, or a or b is below 1.
        NotFinite: When an entry is NaN or infinite.
    """
    unit = _correlations(covariance, circular=circular)
    if a < 1 or b < 1 or a + b > len(unit):
        raise OutOfRange("components of both ends", f"{a} and {b} of {len(unit)}", "at least 1 each, and no more")
    order = np.r_[a + b : len(unit), : a + b]
    nats = float(ratio(unit[np.ix_(order, order)], a, b).nats)
    return nats / log(2) / (1 if circular else 2)


def one_fade(snr_a: float, snr_b: float, *, eve: float, snr_e: float) -> NDArray[np.float64]:
    """Return the covariance of one fade as both ends and Eve hear it, each in independent noise.

    Both ends hear the same fade of power 1, and Eve one that is correlated with it (Maurer's source with one sample).

    Args:
        snr_a: Signal-to-noise ratio of A, as a power ratio.
        snr_b: Signal-to-noise ratio of B.
        eve: Correlation of Eve's fade with the ends', from −1 to 1.
        snr_e: Signal-to-noise ratio of Eve; infinite where her noise is to be nothing.

    Raises:
        OutOfRange: When a ratio is not positive, or the correlation is outside −1 to 1.
    """
    for name, snr in (("snr_a", snr_a), ("snr_b", snr_b), ("snr_e", snr_e)):
        if not snr > 0:
            raise OutOfRange(name, snr, "a positive power ratio")
    if not -1 <= eve <= 1:
        raise OutOfRange("eve", eve, "a correlation, −1 to 1")
    fade = np.array([[1.0, 1.0, eve], [1.0, 1.0, eve], [eve, eve, 1.0]])
    return fade + np.diag([1 / snr_a, 1 / snr_b, 1 / snr_e])


def from_samples(a: ArrayLike, b: ArrayLike, eve: ArrayLike | None = None) -> Interval:
    """Return I(A;B|E) of independent, jointly Gaussian samples, bits a sample, unbiased.

    Complex samples are taken as circular. Samples that depend on earlier ones make the interval too narrow.

    Args:
        a: (n,) or (n, a) samples of one end, real or complex.
        b: (n,) or (n, b) samples of the other end.
        eve: (n,) or (n, e) what Eve heard, or None.

    Raises:
        EndsDisagree: When the numbers of samples differ, or some are complex and others are not.
        NotFinite: When a value is NaN or infinite.
        ConstantSignal: When a component does not vary.
        TooFewSamples: When there are fewer than 8 samples, or 3 for each component.
        OutOfRange: When an array has no components, or more than two axes.
    """
    x, y = _rows(a, "end a"), _rows(b, "end b")
    z = x[:, :0] if eve is None else _rows(eve, "the eavesdropper")
    for other in (y, z):
        if len(other) != len(x):
            raise EndsDisagree("number of samples", len(x), len(other))
        if other.dtype != x.dtype:
            raise EndsDisagree("kind of samples", x.dtype, other.dtype)
    joint = np.hstack([z, x, y])
    n, parts = joint.shape
    if n < max(8, 3 * parts):
        raise TooFewSamples(have=n, need=max(8, 3 * parts))
    circular = np.iscomplexobj(joint)
    found = ratio(correlation(joint.T @ joint.conj()), x.shape[1], y.shape[1])
    freedom = n - 1 - z.shape[1]
    bias = (excess if circular else _real_excess)(freedom, x.shape[1], y.shape[1])
    scale = 1 / log(2) / (1 if circular else 2)
    # weak coherence is known to a·b / K, and an interval from one that came out too small would be too narrow
    coherence = found.coherence + x.shape[1] * y.shape[1] / freedom
    variance = float(scatter(coherence, freedom, x.shape[1], y.shape[1])) * (1 if circular else 2)
    bits, spread = scale * (float(found.nats) - bias), 1.96 * scale * sqrt(variance)
    return Interval(bits, bits - spread, bits + spread)


def correlation(sigma: NDArray[Any]) -> NDArray[Any]:
    """Return (…, p, p) covariances as correlations; a component without power is correlated with nothing."""
    power = np.diagonal(sigma, axis1=-2, axis2=-1).real
    scale = np.divide(1.0, np.sqrt(power), out=np.zeros_like(power), where=power > 0)
    out = sigma * scale[..., :, None] * scale[..., None, :]
    every = np.arange(sigma.shape[-1])
    out[..., every, every] = 1.0
    return np.asarray(out)


def ratio(correlations: NDArray[Any], a: int, b: int) -> Ratio:
    """Return what A and B share given E.

    det Σ_AE cancels against a part of det Σ_ABE: two Cholesky factors are left, of (E, B) and of (E, A, B), and of
    each the last b pivots, which are the variances of B given E, and given E and A.

    Args:
        correlations: (…, p, p) correlations of E, A and B, in this order.
        a: Components of A.
        b: Components of B.
    """
    p = correlations.shape[-1]
    e = p - a - b
    noisy = correlations + np.diag(np.repeat([_LEAST_OF_EVE, _LEAST], [e, a + b]))
    kept = np.r_[:e, e + a : p]
    full = np.linalg.cholesky(noisy)[..., e + a :, e + a :]
    without = np.linalg.cholesky(noisy[..., kept[:, None], kept])[..., e:, e:]
    nats = 2 * (_log_pivots(without) - _log_pivots(full))
    left = np.abs(np.linalg.solve(without, full)) ** 2
    return Ratio(np.maximum(nats, 0.0), np.maximum(b - left.sum(axis=(-2, -1)), 0.0))


def excess(freedom: float, a: int, b: int) -> float:
    """Return by how much the ratio of sample covariances of circular complex samples is too large on average, nats.

    Σ_i ψ(K − i) − ψ(K − b − i) over the components of A; differences of digamma functions by an integer are sums of
    reciprocals.
    """
    steps = freedom - np.arange(a)[:, None] - np.arange(1, b + 1)
    return float((1 / steps).sum())


def scatter(coherence: ArrayLike, freedom: float, a: int, b: int) -> NDArray[np.float64]:
    """Return the variance of the ratio of sample covariances of circular complex samples, nats squared."""
    return np.asarray(2 * np.asarray(coherence) / freedom + a * b / (freedom * (freedom - a - b + 2)))


def _real_excess(freedom: float, a: int, b: int) -> float:
    from scipy.special import psi

    half = (freedom - np.arange(a)) / 2
    return float((psi(half) - psi(half - b / 2)).sum())


def _log_pivots(factor: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(np.log(np.diagonal(factor, axis1=-2, axis2=-1).real).sum(axis=-1))


def _correlations(covariance: ArrayLike, *, circular: bool) -> NDArray[Any]:
    sigma = np.asarray(covariance)
    if sigma.ndim != 2 or sigma.shape[0] != sigma.shape[1]:
        raise OutOfRange("covariance", f"array of shape {sigma.shape}", "a square matrix")
    bad = int(np.count_nonzero(~np.isfinite(sigma)))
    if bad:
        raise NotFinite("covariance", bad)
    if np.iscomplexobj(sigma) and not circular:
        raise OutOfRange("covariance", "complex", "real, for real samples")
    power = np.diagonal(sigma).real
    if (power <= 0).any():
        raise OutOfRange("covariance", float(power.min()), "powers above zero on its diagonal")
    unit = correlation(sigma.astype(np.complex128 if circular else np.float64))
    if np.abs(unit - unit.conj().T).max() > _UNSYMMETRIC or np.linalg.eigvalsh(unit)[0] < -_UNSYMMETRIC:
        raise OutOfRange("covariance", "a matrix that no samples have", "Hermitian without negative eigenvalues")
    return unit


def _rows(values: ArrayLike, name: str) -> NDArray[Any]:
    x = np.asarray(values)
    x = x.astype(np.complex128 if np.iscomplexobj(x) else np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or not x.shape[1]:
        raise OutOfRange(name, f"array of shape {x.shape}", "one row for each time")
    bad = int(np.count_nonzero(~np.isfinite(x)))
    if bad:
        raise NotFinite(name, bad)
    if len(x) and (still := (x == x[:1]).all(axis=0)).any():
        raise ConstantSignal(name, float(x[0, still.argmax()].real))
    return np.asarray(x - x.mean(axis=0)) if len(x) else x
