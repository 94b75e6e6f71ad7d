"""Correlations of drawn numbers with their standard errors, derived from the numbers themselves."""

import numpy as np


def correlation(x, y):
    """Return the correlation (real part) and its standard error.

    Of the influence function z_x·z_y − r·(z_x² + z_y²)/2, whose mean is 0 and whose spread over √n is the error to
    first order in 1/√n, whatever the distribution (C. R. Rao, the delta method).
    """
    x, y = x - x.mean(), y - y.mean()
    x, y = x / np.sqrt(np.mean(np.abs(x) ** 2)), y / np.sqrt(np.mean(np.abs(y) ** 2))
    both = (x * y.conj()).real
    r = float(both.mean())
    return r, float(np.std(both - r * (np.abs(x) ** 2 + np.abs(y) ** 2) / 2)) / np.sqrt(len(x))


def deviation(found, error, expected):
    """Return how many standard errors lie between what was found and what was expected."""
    return abs(found - expected) / error


def gains(n, rng):
    """Draw n circular Gaussian gains of unit power."""
    return (rng.standard_normal(n) + 1j * rng.standard_normal(n)) / np.sqrt(2)
