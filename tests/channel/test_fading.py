"""Fading against its closed forms: autoregression, Jakes, frequency correlation."""

import numpy as np
import pytest
from scipy.special import j0

from samefade.channel import ar1, delay_line, exponential_taps, jakes, scatter, tapped_delay_line
from samefade.errors import NotFinite, OutOfRange


def autocorrelation(h, lag):
    return np.mean(h[lag:] * h[: len(h) - lag].conj())


@pytest.mark.parametrize("c", [0.0, 0.5, 0.9])
def test_ar1_has_the_autocorrelation_of_its_coefficient(c):
    n = 200_000
    h = ar1(n, c, np.random.default_rng(1))
    # one estimate has about n(1−c²)/(1+c²) independent samples; five standard errors
    tolerance = 5 / np.sqrt(n * (1 - c * c) / (1 + c * c))
    for lag in (0, 1, 5, 20):
        assert abs(autocorrelation(h, lag) - c**lag) < tolerance


def test_ar1_envelope_in_decibels_has_the_dilogarithm_correlation():
    # published closed form Li2(ρ²)/(π²/6) for two Rayleigh envelopes: .6657 at ρ = .9
    level = np.log(np.abs(ar1(200_000, 0.9, np.random.default_rng(2))))
    # about 200,000·(1−.44)/(1+.44) = 78,000 independent samples of the level: five standard errors are .018
    assert np.corrcoef(level[1:], level[:-1])[0, 1] == pytest.approx(0.6657, abs=0.018)


def test_ar1_of_coefficient_one_stands_still():
    h = ar1(50, 1.0, np.random.default_rng(3))
    assert np.ptp(h.real) == 0
    assert np.ptp(h.imag) == 0


@pytest.mark.parametrize("k_factor", [0.0, 4.0])
def test_jakes_ensemble_has_the_bessel_correlation(k_factor):
    rng, delays = np.random.default_rng(4), np.array([0.02, 0.05, 0.1, 0.2])
    draws = 2000
    h = np.array([scatter(3.0, rng, k_factor=k_factor).at(np.append(0.0, delays)) for _ in range(draws)])
    found = np.mean(h[:, 1:] * h[:, :1].conj(), axis=0)
    expected = (k_factor + j0(2 * np.pi * 3.0 * delays)) / (k_factor + 1)
    # a product of two unit-power Gaussians has unit spread: 4.5 standard errors of 2,000 draws are .10
    np.testing.assert_allclose(found, expected, atol=0.10)


def test_one_long_jakes_record_has_the_bessel_correlation():
    rate, doppler = 50.0, 2.0
    records = [jakes(20_000, doppler, rate, np.random.default_rng(seed)) for seed in range(6)]
    for lag in (0, 5, 10, 20, 40):
        found = np.mean([autocorrelation(h, lag) for h in records])
        # a record of 400 s holds about 2·2·400 = 1,600 independent samples, six hold 9,600: five standard errors
        assert found == pytest.approx(j0(2 * np.pi * doppler * lag / rate), abs=0.05)


def test_a_path_can_be_heard_at_any_time_in_any_order():
    path = scatter(1.0, np.random.default_rng(5))
    times = np.array([3.0, 0.1, 2.5, 0.1])
    np.testing.assert_allclose(path.at(times)[[1, 3, 2, 0]], path.at(np.sort(times)), rtol=1e-12)


def test_no_doppler_stands_still():
    assert np.ptp(np.abs(jakes(100, 0.0, 10.0, np.random.default_rng(6)))) == pytest.approx(0, abs=1e-12)


def test_tapped_delay_line_has_the_frequency_correlation_of_its_profile():
    taps = ((0.0, 0.5), (100e-9, 0.3), (300e-9, 0.2))
    tones = np.array([0.0, 0.5e6, 1e6, 2e6, 4e6])
    found = np.zeros(5, complex)
    for seed in range(8):
        h = tapped_delay_line(10_000, 50.0, taps, 2.0, tones, np.random.default_rng(seed))
        found += np.mean(h * h[:, :1].conj(), axis=0) / 8
    expected = sum(p * np.exp(-2j * np.pi * tones * delay) for delay, p in taps)
    # eight records of 200 s hold about 8·2·2·200 = 6,400 independent samples: five standard errors are .063
    np.testing.assert_allclose(found, expected, atol=0.063)


def test_tapped_delay_line_of_one_tone_is_a_series():
    assert tapped_delay_line(7, 10.0, ((0.0, 1.0),), 1.0, None, np.random.default_rng(7)).shape == (7,)


def test_tapped_delay_line_without_spread_is_flat():
    h = tapped_delay_line(50, 10.0, exponential_taps(0.0), 1.0, [0.0, 1e7], np.random.default_rng(8))
    np.testing.assert_allclose(h[:, 0], h[:, 1])


@pytest.mark.parametrize("spread", [10e-9, 80e-9, 1e-6])
def test_exponential_taps_have_the_spread_asked_for(spread):
    delay, power = np.array(exponential_taps(spread, 8)).T
    mean = np.sum(power * delay)
    assert np.sum(power) == pytest.approx(1)
    assert np.sqrt(np.sum(power * (delay - mean) ** 2)) == pytest.approx(spread)


@pytest.mark.parametrize(
    "call",
    [
        lambda r: ar1(0, 0.5, r),
        lambda r: ar1(10, 1.01, r),
        lambda r: ar1(10, float("nan"), r),
        lambda r: ar1(10**12, 0.5, r),
        lambda r: jakes(10, -1.0, 10.0, r),
        lambda r: jakes(10, 1.0, 0.0, r),
        lambda r: jakes(10, 1.0, 10.0, r, k_factor=-1),
        lambda r: jakes(10.5, 1.0, 10.0, r),
        lambda r: scatter(1.0, r, waves=0),
        lambda r: delay_line((), 1.0, r),
        lambda r: delay_line(((0.0, 0.0),), 1.0, r),
        lambda r: delay_line(((-1e-9, 1.0),), 1.0, r),
        lambda r: delay_line((1.0, 2.0), 1.0, r),
        lambda _: exponential_taps(-1e-9),
        lambda _: exponential_taps(1e-9, 0),
    ],
)
def test_absurd_fading_is_refused(call):
    with pytest.raises(OutOfRange):
        call(np.random.default_rng(0))


def test_values_that_are_not_finite_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(NotFinite):
        scatter(1.0, rng).at([0.0, np.nan])
    with pytest.raises(NotFinite):
        tapped_delay_line(5, 1.0, ((0.0, 1.0),), 1.0, [np.inf], rng)
    with pytest.raises(NotFinite):
        delay_line(((0.0, np.nan),), 1.0, rng)
