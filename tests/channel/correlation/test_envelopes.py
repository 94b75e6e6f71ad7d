"""Power and decibels of correlated fades: published values, closed forms against Monte Carlo, limits."""

import numpy as np
import pytest
from drawn_spread import correlation, deviation, gains
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import j0

from samefade.channel.correlation import Channel, Exchange, Noise, Shadowing, level, power, rician_level
from samefade.channel.correlation.envelope import gamma_log_covariance, gamma_log_variance, log_variance
from samefade.errors import OutOfRange

DB = [(0.5, 0.1627), (0.6, 0.2425), (0.7, 0.3456), (0.8, 0.4803), (0.9, 0.6657), (0.95, 0.7940), (0.99, 0.9400)]


@pytest.mark.parametrize(("rho", "published"), DB)
def test_decibels_have_the_published_correlations(rho, published):
    assert level(rho) == pytest.approx(published, abs=6e-5)


def test_the_common_bug_would_show():
    """The level of a Jakes channel is correlated by Li2(J0²)/(π²/6) and its power by J0², never by J0 itself."""
    quiet = Noise(1e12, 1e12, 1e12, step=0)
    channel = Channel(speed=1.4, exchange=Exchange(pause=0.025), noise=quiet, shadowing=Shadowing(0.0))
    rho = float(j0(2 * np.pi * 1.4 * 868e6 / 299_792_458 * 0.025))
    assert rho == pytest.approx(0.902, abs=1e-3)
    assert channel.gain().ab == pytest.approx(rho, abs=1e-9)
    assert channel.power().ab == pytest.approx(rho**2, abs=1e-9)
    assert channel.level().ab == pytest.approx(float(level(rho)), abs=1e-9)
    assert rho - channel.level().ab > 0.2


@settings(max_examples=30, deadline=None)
@given(st.floats(-1, 1))
def test_without_a_line_of_sight_rice_is_rayleigh(rho):
    assert power(rho) == pytest.approx(rho**2)
    assert rician_level(rho, 0.0) == pytest.approx(level(rho), abs=1e-12)
    # next to none of a steady part is next to Rayleigh: derivatives in K are of order 1
    assert rician_level(rho, 1e-6) == pytest.approx(level(rho), abs=0.01 if abs(rho) > 0.98 else 1e-4)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 0.99), st.floats(50, 2000))
def test_a_strong_line_of_sight_makes_levels_linear(rho, k):
    # ln|s + d|² ≈ ln|s|² + 2·Re(d/s): what is left is of order 1/K
    assert rician_level(rho, k) == pytest.approx(rho, abs=1 / k)
    assert power(rho, k) == pytest.approx(rho, abs=1 / k)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 30))
def test_an_envelope_agrees_with_itself(k):
    # the series ends at its 400th term: .0025/variance is missing at ρ = 1 where K is small
    assert rician_level(1.0, k) == pytest.approx(1.0, abs=0.0025 / log_variance(k))
    assert power(1.0, k) == pytest.approx(1.0)


GRID = [
    # ρ, K at a, K at b, φ
    (0.3, 0.0, 0.0, 0.0), (0.9, 0.0, 0.0, 0.0), (0.99, 0.0, 0.0, 0.0),
    (0.6, 0.5, 0.5, 0.0), (0.9, 1.0, 0.4, 0.0), (0.95, 3.0, 3.0, 0.0), (0.5, 10.0, 8.0, 0.0),
    (0.6, 0.5, 0.5, 1.0), (0.9, 2.0, 1.0, 2.5), (-0.7, 0.3, 0.3, 0.4), (0.8, 0.0, 0.0, 2.0), (0.8, 6.0, 6.0, 3.1),
]  # fmt: skip


@pytest.mark.parametrize(("rho", "k_a", "k_b", "phase"), GRID)
def test_power_and_decibels_against_drawn_fades(rho, k_a, k_b, phase):
    rng, n = np.random.default_rng(11), 60_000
    d, own = gains(n, rng), gains(n, rng)
    a = np.abs(np.sqrt(k_a) + d) ** 2
    b = np.abs(np.sqrt(k_b) * np.exp(1j * phase) + rho * d + np.sqrt(1 - rho**2) * own) ** 2
    assert deviation(*correlation(a, b), power(rho, k_a, k_b, phase)) < 3
    assert deviation(*correlation(np.log(a), np.log(b)), rician_level(rho, k_a, k_b, phase)) < 3


@pytest.mark.parametrize("k", [0.0, 0.2, 1.0, 5.0, 40.0])
def test_the_variance_of_decibels_against_drawn_fades(k):
    x = np.log(np.abs(np.sqrt(k) + gains(60_000, np.random.default_rng(12))) ** 2)
    error = np.std((x - x.mean()) ** 2) / np.sqrt(len(x))
    assert deviation(float(x.var()), error, float(log_variance(k))) < 3


def test_gamma_variables_meet_the_dilogarithm_and_the_trigamma_function():
    r = np.array([0.1, 0.5, 0.9, 1.0])
    np.testing.assert_allclose(gamma_log_covariance(r, 1.0, 1.0), level(np.sqrt(r)) * np.pi**2 / 6, atol=1e-9)
    shapes = np.array([0.5, 2.0, 30.0, 1000.0])
    np.testing.assert_allclose(gamma_log_covariance(1.0, shapes, shapes), gamma_log_variance(shapes), rtol=1e-7)


def test_arrays_are_worked_out_at_once():
    rho, k = np.linspace(0, 0.99, 7)[:, None], np.array([0.0, 1.0, 5.0])
    table = rician_level(rho, k, phase=0.3)
    assert table.shape == (7, 3)
    assert table[3, 1] == pytest.approx(rician_level(rho[3, 0], 1.0, phase=0.3), abs=1e-12)


@pytest.mark.parametrize("call", [lambda: level(1.1), lambda: power(0.5, -1.0), lambda: rician_level(0.5, 1e9)])
def test_absurd_envelopes_are_refused(call):
    with pytest.raises(OutOfRange):
        call()
