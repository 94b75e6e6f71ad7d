"""What whole decibels do to a correlation, and how often they tie.

*Notation*: Δ the step; X, Y jointly Gaussian of variances x and y and covariance c; the place of the steps relative to
the mean is not known, and averaged over.
The rounding error is Σ_k ±Δ/(πk)·sin(2πkX/Δ), so all moments are sums of Gaussian characteristic functions, exactly:
var = x + Σ_k Δ²/(2π²k²)·(1 − exp(−4π²k²x/Δ²)), which is x + Δ²/12 as soon as the deviation exceeds .4 steps, and
cov = c + Σ_k Δ²/(2π²k²)·(exp(−2π²k²(x + y − 2c)/Δ²) − exp(−2π²k²(x + y)/Δ²)).

Source: B. Widrow and I. Kollár, "Quantization noise", 2008 (the method; W. F. Sheppard 1898 for Δ²/12).
"""

from math import pi, sqrt

import numpy as np
from numpy.typing import ArrayLike

from samefade.channel.bounds import every, positive
from samefade.types import Float

_TERMS = 200


def rounding_noise(step: float) -> float:
    """Return Δ²/12, the variance that rounding to steps adds to a smooth signal.

    Raises:
        OutOfRange: When the step is not above 0.
    """
    return positive("step", step) ** 2 / 12


def _falling(spread: Float, step: float) -> Float:
    """Return Σ_k Δ²/(2π²k²)·exp(−2π²k²·spread/Δ²); Δ²/12 at 0."""
    k = np.arange(1, _TERMS + 1)
    terms = np.exp(-2 * (pi * k / step) ** 2 * np.maximum(spread, 0.0)[..., None]) / k**2
    beyond = pi**2 / 6 - np.sum(1 / k**2)  # of terms left out, where nothing falls
    at_zero = np.where(spread <= 0, beyond, 0.0)
    return np.asarray(step**2 / (2 * pi**2) * (np.sum(terms, axis=-1) + at_zero))


def rounded_variance(variance: ArrayLike, step: float) -> Float:
    """Return the variance after rounding to steps, place of the steps unknown.

    Raises:
        OutOfRange: When a variance is negative or the step is not above 0.
        NotFinite: When a number is NaN or infinite.
    """
    x = every("variance", variance, 0)
    return np.asarray(x + rounding_noise(step) - _falling(2 * x, step))


def rounded_covariance(covariance: ArrayLike, first: ArrayLike, second: ArrayLike, step: float) -> Float:
    """Return the covariance of two variables after rounding both to steps at the same unknown place.

    Ends that agree to a small part of a step share their rounding errors, and gain a little covariance.

    Args:
        covariance: c, before rounding.
        first: Variance of one, before rounding.
        second: Variance of the other.
        step: Δ.

    Raises:
        OutOfRange: When a variance is negative or the step is not above 0.
        NotFinite: When a number is NaN or infinite.
    """
    c, x, y = every("covariance", covariance, -np.inf), every("variance", first, 0), every("variance", second, 0)
    return np.asarray(c + _falling(x + y - 2 * c, positive("step", step)) - _falling(x + y, step))


def rounded_correlation(rho: ArrayLike, spread: ArrayLike, step: float) -> Float:
    """Return the correlation of two levels of one standard deviation after both are rounded to steps.

    Args:
        rho: Correlation before.
        spread: Standard deviation of each before, in the step's unit, above 0.
        step: Δ; a little below ρ/(1 + Δ²/(12·spread²)) would be expected, and comes out.

    Raises:
        OutOfRange: When a correlation is outside −1 … 1, or a spread or the step is not above 0.
        NotFinite: When a number is NaN or infinite.
    """
    variance = every("spread", spread, 1e-9) ** 2
    shared = rounded_covariance(every("rho", rho, -1, 1) * variance, variance, variance, step)
    return np.asarray(shared / rounded_variance(variance, step))


def tie_probability(spread: ArrayLike, step: float = 1.0, correlation: ArrayLike = 0.0) -> Float:
    """Return the probability that two rounded Gaussian readings are equal.

    With t = spread·√(2(1 − a)) the deviation of their difference, and steps at an unknown place,
    P = ∫ (1 − |u|/Δ)·N(u; 0, t²) du over ±Δ = erf(Δ/(t√2)) − t/Δ·√(2/π)·(1 − exp(−Δ²/2t²)).
    1 dB steps: .140, .070, .035 at 2, 4, 8 dB; a differential quantiser drops that share of its pairs.

    Args:
        spread: Standard deviation of a reading, in the step's unit.
        step: Δ.
        correlation: a, of the two readings.

    Raises:
        OutOfRange: When a spread is negative, the step is not above 0, or a correlation is outside −1 … 1.
        NotFinite: When a number is NaN or infinite.
    """
    from scipy.special import erf

    width = positive("step", step)
    t = every("spread", spread, 0) * np.sqrt(2 * (1 - every("correlation", correlation, -1, 1))) / width
    safe = np.where(t > 0, t, 1.0)
    chance = erf(1 / (safe * sqrt(2))) - safe * sqrt(2 / pi) * -np.expm1(-1 / (2 * safe**2))
    return np.asarray(np.where(t > 0, chance, 1.0))
