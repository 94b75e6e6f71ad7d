"""Whole decibels: published ties, Sheppard's correction, and exact moments against drawn numbers."""

import numpy as np
import pytest
from drawn_spread import correlation, deviation
from hypothesis import given
from hypothesis import strategies as st

from samefade.channel.correlation import (
    rounded_correlation,
    rounded_covariance,
    rounded_variance,
    rounding_noise,
    tie_probability,
)
from samefade.errors import OutOfRange


@pytest.mark.parametrize(("spread", "published"), [(2, 0.140), (4, 0.070), (8, 0.035)])
def test_whole_decibels_tie_as_published(spread, published):
    assert tie_probability(spread) == pytest.approx(published, abs=6e-4)


@pytest.mark.parametrize(
    ("spread", "step", "lag"), [(2.0, 1.0, 0.0), (0.5, 1.0, 0.0), (4.0, 2.0, 0.9), (8.0, 0.5, 0.5)]
)
def test_ties_of_drawn_readings(spread, step, lag):
    rng, n = np.random.default_rng(21), 60_000
    x = rng.standard_normal(n)
    y = lag * x + np.sqrt(1 - lag**2) * rng.standard_normal(n)
    at = rng.uniform(0, 1, n)
    found = np.mean(np.round(spread * x / step + at) == np.round(spread * y / step + at))
    expected = float(tie_probability(spread, step, lag))
    assert deviation(found, np.sqrt(expected * (1 - expected) / n), expected) < 3


def test_rounding_adds_a_twelfth_of_a_step_squared():
    assert rounding_noise(2.0) == pytest.approx(1 / 3)
    assert rounded_variance(9.0, 1.0) == pytest.approx(9 + 1 / 12, abs=1e-12)
    assert rounded_correlation(0.8, 3.0, 1.0) == pytest.approx(0.8 / (1 + 1 / 108), abs=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.99, -0.6])
@pytest.mark.parametrize("step", [0.5, 1.0, 3.0, 5.0])
def test_moments_after_rounding_against_drawn_readings(rho, step):
    """The place of the steps is stratified, and the mean of each place taken off, as a receiver's own mean is."""
    rng, n, places = np.random.default_rng(22), 2000, 40
    shared, variance = [], []
    for place in (np.arange(places) + 0.5) / places:
        x = rng.standard_normal(n)
        y = rho * x + np.sqrt(1 - rho**2) * rng.standard_normal(n)
        x, y = (np.round(v / step + place) * step for v in (x, y))
        shared.append((x - x.mean()) * (y - y.mean()) * n / (n - 1))
        variance.append((x - x.mean()) ** 2 * n / (n - 1))
    for found, expected in ((shared, rounded_covariance(rho, 1.0, 1.0, step)), (variance, rounded_variance(1.0, step))):
        error = np.sqrt(np.mean([np.var(v) for v in found]) / (n * places))
        assert deviation(float(np.mean(found)), error, float(expected)) < 3


@given(st.floats(0.01, 30), st.floats(0.1, 6))
def test_ends_that_agree_still_agree_after_rounding(spread, step):
    assert rounded_correlation(1.0, spread, step) == pytest.approx(1, abs=1e-9)
    assert tie_probability(spread, step, 1.0) == 1


@given(st.floats(0, 1), st.floats(0.4, 30))
def test_rounding_never_adds_correlation(rho, spread):
    assert rounded_correlation(rho, spread, 1.0) <= rho + 1e-9


def test_a_correlation_of_rounded_levels_is_what_was_drawn():
    rng = np.random.default_rng(23)
    x = 5.6 * rng.standard_normal(60_000)
    y = 0.7 * x + 5.6 * np.sqrt(1 - 0.49) * rng.standard_normal(60_000)
    assert deviation(*correlation(np.round(x), np.round(y)), rounded_correlation(0.7, 5.6, 1.0)) < 3


@pytest.mark.parametrize(
    "call", [lambda: rounding_noise(0.0), lambda: tie_probability(-1.0), lambda: rounded_correlation(2.0, 1.0, 1.0)]
)
def test_absurd_steps_are_refused(call):
    with pytest.raises(OutOfRange):
        call()
