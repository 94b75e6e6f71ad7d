"""I(A;B|E) from three correlations: the published table, the determinants, and drawn readings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from samefade.entropy import correlated_information, fade_information, information_given, one_fade
from samefade.errors import NotFinite, OutOfRange


def test_the_published_table_is_one_fade_that_eve_shares_by_a_part():
    """Both ends and Eve at 20 dB; Eve's fade is correlated with the ends' one fade by ρ_E."""
    heard = 1 / 1.01
    rho = np.array([0, 0.3, 0.5, 0.7, 0.9, 0.99]) * heard
    bits = correlated_information(heard, rho, rho, circular=True)
    np.testing.assert_allclose(bits, [5.6654, 5.5328, 5.2621, 4.7276, 3.4137, 1.1804], atol=5e-5)
    np.testing.assert_allclose(correlated_information(heard, rho, rho, circular=False), bits / 2)


def test_one_fade_without_eve_has_the_published_worth():
    snr = np.array([0.1, 1, 10, 100, 1000])
    np.testing.assert_allclose(fade_information(snr), [0.0120, 0.4150, 2.5265, 5.6654, 8.9679], atol=5e-5)
    np.testing.assert_allclose(
        correlated_information(1 / (1 + 1 / snr), circular=True), fade_information(snr), atol=1e-8
    )


def test_real_readings_have_the_published_worth():
    bits = correlated_information([0.5, 0.7, 0.8, 0.9, 0.95, 0.99], circular=False)
    np.testing.assert_allclose(bits, [0.208, 0.486, 0.737, 1.198, 1.679, 2.826], atol=5e-4)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.5, 1000), st.floats(0.5, 1000), st.floats(-0.99, 0.99), st.floats(0.5, 1000))
def test_correlations_say_what_the_covariance_says(snr_a, snr_b, eve, snr_e):
    sigma = one_fade(snr_a, snr_b, eve=eve, snr_e=snr_e)
    spread = np.sqrt(np.diag(sigma))
    unit = sigma / spread / spread[:, None]
    found = correlated_information(unit[0, 1], unit[0, 2], unit[1, 2], circular=True)
    assert found == pytest.approx(information_given(sigma, circular=True), abs=1e-9)


@pytest.mark.parametrize(
    ("ab", "ae", "be"), [(0.9, 0.0, 0.0), (0.9, 0.5, 0.5), (0.6, 0.8, 0.3), (0.0, 0.7, 0.7), (0.5, -0.5, 0.2)]
)
def test_the_mean_log_ratio_of_drawn_readings(ab, ae, be):
    """I(A;B|E) = E ln p(a,b,e)·p(e) / (p(a,e)·p(b,e)): Monte Carlo of the definition, within three standard errors."""
    r = np.array([[1, ab, ae], [ab, 1, be], [ae, be, 1]])
    x = np.random.default_rng(51).multivariate_normal(np.zeros(3), r, 40_000, method="cholesky")

    def log_density(*parts):
        return multivariate_normal(cov=r[np.ix_(parts, parts)]).logpdf(x[:, parts])

    bits = (log_density(0, 1, 2) + log_density(2) - log_density(0, 2) - log_density(1, 2)) / np.log(2)
    expected = float(correlated_information(ab, ae, be, circular=False))
    assert abs(bits.mean() - expected) < 3 * bits.std() / np.sqrt(len(bits))


def test_ends_that_hear_the_same_have_a_finite_worth_and_an_eve_with_both_leaves_none():
    assert 35 < correlated_information(1.0, circular=True) < 45
    assert correlated_information(1.0, 1.0, 1.0, circular=True) < 0.2


def test_correlations_that_no_readings_have_are_refused():
    with pytest.raises(OutOfRange):
        correlated_information(0.9, 0.9, -0.9, circular=False)
    with pytest.raises(OutOfRange):
        correlated_information(1.2, circular=False)
    with pytest.raises(OutOfRange):
        fade_information(-1.0)
    with pytest.raises(NotFinite):
        correlated_information([0.1, np.nan], circular=False)
