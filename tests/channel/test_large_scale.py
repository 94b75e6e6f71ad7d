"""Path loss, shadowing and drift against their formulas; Eve against the published numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.channel import Eve, ornstein_uhlenbeck, path_loss, shadowing, spatial_correlation
from samefade.errors import NotFinite, OutOfRange


def test_free_space_loss_of_one_metre_is_the_textbook_value():
    assert path_loss(1.0, frequency=2.4e9) == pytest.approx(40.05, abs=0.01)


@pytest.mark.parametrize("exponent", [2.0, 3.5])
def test_ten_times_the_distance_costs_ten_times_the_exponent(exponent):
    near, far = path_loss(np.array([2.0, 20.0]), exponent=exponent)
    assert far - near == pytest.approx(10 * exponent)


def test_drift_has_its_covariance_at_uneven_times():
    times, rng = np.array([0.0, 0.5, 2.0, 2.0, 10.0]), np.random.default_rng(1)
    draws = np.array([ornstein_uhlenbeck(times, 4.0, rng) for _ in range(4000)])
    expected = np.exp(-np.abs(times[:, None] - times) / 4.0)
    # a covariance of unit Gaussians has a spread of at most √2: 4.5 standard errors of 4,000 draws are .10
    np.testing.assert_allclose(draws.T @ draws / 4000, expected, atol=0.10)
    np.testing.assert_array_equal(draws[:, 2], draws[:, 3])  # equal times, equal drift


def test_a_record_of_drift_has_the_exponential_autocorrelation():
    x = ornstein_uhlenbeck(np.arange(200_000) * 0.1, 1.0, np.random.default_rng(2))
    for lag in (0, 5, 10, 30):
        # 20,000 s at a time constant of 1 s hold 10,000 independent samples: five standard errors are .05·√2
        assert np.mean(x[lag:] * x[: len(x) - lag]) == pytest.approx(np.exp(-0.1 * lag), abs=0.07)


def test_shadowing_falls_to_one_part_in_e_at_its_distance():
    rng = np.random.default_rng(3)
    draws = np.array([shadowing([0.0, 50.0], 6.0, 50.0, rng) for _ in range(4000)])
    assert np.std(draws) == pytest.approx(6.0, rel=0.05)
    assert np.corrcoef(draws.T)[0, 1] == pytest.approx(np.exp(-1), abs=0.07)  # 4.5/√4000


@given(st.lists(st.floats(0, 1e6), max_size=30), st.floats(1e-3, 1e6))
def test_drift_is_finite_at_any_times(times, constant):
    x = ornstein_uhlenbeck(np.sort(times), constant, np.random.default_rng(0))
    assert x.shape == (len(times),)
    assert np.isfinite(x).all()


@pytest.mark.parametrize(
    ("distance", "wavelength", "expected"),
    [
        # published: |J0| is .30 at half a wavelength, .22 at one and .16 at two
        (0.5, 1.0, -0.30),
        (1.0, 1.0, 0.22),
        (2.0, 1.0, 0.16),
        # derived for 868 MHz: 5 cm .804, 10 cm .329, 20 cm −.395, 50 cm −.113
        (0.05, 299.792458 / 868, 0.804),
        (0.10, 299.792458 / 868, 0.329),
        (0.20, 299.792458 / 868, -0.395),
        (0.50, 299.792458 / 868, -0.113),
    ],
)
def test_eve_at_a_distance_has_the_bessel_correlation(distance, wavelength, expected):
    assert spatial_correlation(distance, wavelength) == pytest.approx(expected, abs=0.005)
    assert Eve(distance, wavelength=wavelength).correlation == pytest.approx(expected, abs=0.005)


def test_eve_can_be_given_her_correlation():
    assert Eve(10.0, small_scale=0.9).correlation == 0.9


def test_eves_mixture_keeps_power_and_has_her_correlation():
    rng = np.random.default_rng(4)
    link, own = rng.standard_normal((2, 20_000))
    eve = Eve(shared=0.8, small_scale=-0.4)
    for mixed, expected in ((eve.large(link, own), 0.8), (eve.small(link, own), -0.4)):
        assert np.std(mixed) == pytest.approx(1, abs=0.03)
        assert np.corrcoef(mixed, link)[0, 1] == pytest.approx(expected, abs=0.035)  # 5/√20,000


@pytest.mark.parametrize(
    "call",
    [
        lambda _: path_loss(0.0),
        lambda _: path_loss([1.0, -2.0]),
        lambda _: path_loss(1.0, exponent=-1),
        lambda _: path_loss(1.0, frequency=0),
        lambda r: ornstein_uhlenbeck([1.0, 0.0], 1.0, r),
        lambda r: ornstein_uhlenbeck([[1.0, 2.0]], 1.0, r),
        lambda r: ornstein_uhlenbeck([0.0], 0.0, r),
        lambda r: shadowing([0.0], -1.0, 1.0, r),
        lambda _: spatial_correlation(-1.0),
        lambda _: Eve(shared=1.1),
        lambda _: Eve(small_scale=-1.5),
        lambda _: Eve(wavelength=0.0),
    ],
)
def test_absurd_large_scale_is_refused(call):
    with pytest.raises(OutOfRange):
        call(np.random.default_rng(0))


def test_large_scale_refuses_nan():
    with pytest.raises(NotFinite):
        path_loss([1.0, np.nan])
    with pytest.raises(NotFinite):
        ornstein_uhlenbeck([0.0, np.inf], 1.0, np.random.default_rng(0))
