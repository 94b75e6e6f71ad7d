"""Correlation over time against the published tables, simulated fading and independent solutions."""

import numpy as np
import pytest
from scipy.special import j0

from samefade.channel import ar1, scatter
from samefade.channel.correlation import (
    Autoregressive,
    Bell,
    Channel,
    Exchange,
    Jakes,
    LineOfSight,
    autoregressive,
    doppler,
)
from samefade.errors import NotFinite, OutOfRange


@pytest.mark.parametrize(("value", "at"), [(0.9, 0.6406), (0.7, 1.1412), (0.5, 1.5211), (0.0, 2.4048)])
def test_the_bessel_function_at_its_tabulated_places(value, at):
    # the places are given to four digits; the slope of J0 is at most .58
    assert Jakes().gain(at / (2 * np.pi), 1.0) == pytest.approx(value, abs=3e-5)


@pytest.mark.parametrize(("speed", "shift", "delay"), [(0.5, 1.45, 0.070), (1.4, 4.05, 0.025), (14, 40.5, 0.0025)])
def test_doppler_shift_and_the_delay_that_leaves_nine_tenths(speed, shift, delay):
    assert doppler(speed, 868e6) == pytest.approx(shift, abs=0.05)
    # the delay is printed to two digits: J0 at .9 moves by 2·.1·(half a unit of the last digit)/delay at the most
    assert Jakes().gain(delay, doppler(speed)) == pytest.approx(0.9, abs=0.007)


@pytest.mark.parametrize(
    ("exchange", "delay", "rho", "within"),
    [
        (Exchange(0.051456, 0.0, 0.051456), 0.051, (0.998, 0.946, 0.615), 1e-3),
        (Exchange(1.318912, 0.0, 1.318912), 1.32, (0.003, 0.047, 0.025), 1e-3),
        (Exchange(0.051456, 1.0, 0.041216), 1.046, (0.28, -0.20, 0.12), 5e-3),
    ],
)
def test_what_the_turn_around_of_lora_leaves_of_the_gain(exchange, delay, rho, within):
    channel = Channel(speed=np.array([0.1, 0.5, 1.4]), exchange=exchange)
    assert channel.delay == pytest.approx(delay, abs=2e-3)
    np.testing.assert_allclose(channel.over_time(), rho, atol=within)


def test_a_simulated_channel_is_within_two_hundredths_of_the_bessel_function():
    # 300 paths at 120 moments far apart: 36,000 products whose real part spreads by 1 at most, standard error .0053;
    # the angles of a path are drawn anew 300 times, each a tenth off at the most: .006; .02 is 2.5 of both together
    rng, fd = np.random.default_rng(1), 4.05
    delays = np.array([0.0, 0.01, 0.025, 0.06, 0.1, 0.25])
    starts = np.arange(120) * 1.7
    found = np.zeros(len(delays))
    for _ in range(300):
        h = scatter(fd, rng).at((starts[:, None] + delays).ravel()).reshape(len(starts), -1)
        found += np.mean(h * h[:, :1].conj(), axis=0).real / 300
    np.testing.assert_allclose(found, j0(2 * np.pi * fd * delays), atol=0.02)


def test_the_bell_is_the_transform_of_its_spectrum():
    f = np.linspace(-2000.0, 2000.0, 400_001)
    spectrum = 1 / (1 + 9 * (f / 5.0) ** 2)
    for delay in (0.01, 0.05, 0.2):
        # the cut at 400 f_d leaves 5·10⁻⁴ of the power out
        expected = np.sum(spectrum * np.cos(2 * np.pi * f * delay)) / np.sum(spectrum)
        assert Bell().gain(delay, 5.0) == pytest.approx(expected, abs=1e-3)


def test_first_order_has_powers_of_its_coefficient():
    np.testing.assert_allclose(Autoregressive((0.9,), 0.1).lags(50), 0.9 ** np.arange(51))
    np.testing.assert_allclose(Autoregressive((0.9,), 0.1).gain([0.2, 0.25], 0.0), [0.81, (0.81 + 0.729) / 2])


@pytest.mark.parametrize("order", [1, 2, 5])
def test_a_fit_has_the_models_correlation_as_far_as_its_order(order):
    fitted = autoregressive(Jakes(), 4.05, 0.01, order)
    steps = np.arange(order + 1) * 0.01
    # the load of 10⁻⁷ moves the correlation by about as much
    np.testing.assert_allclose(fitted.lags(order), Jakes().gain(steps, 4.05), atol=1e-6)


def test_lags_beyond_the_order_follow_the_recursion():
    model = autoregressive(Jakes(), 4.05, 0.02, 3)
    r = model.lags(40)
    for m in range(4, 41):
        assert r[m] == pytest.approx(np.dot(model.coefficients, r[m - 1 : m - 4 : -1]), abs=1e-12)


def test_drawn_autoregressions_have_their_lags():
    rng = np.random.default_rng(2)
    model = autoregressive(Jakes(), 4.05, 0.02, 3)
    draws = np.array([model.draw(12, rng) for _ in range(4000)])
    found = np.mean(draws * draws[:, :1].conj(), axis=0).real
    r = model.lags(11)
    # the real part of a product of two unit circular gains spreads by √((1 + r²)/2)
    assert (np.abs(found - r) < 3 * np.sqrt((1 + r**2) / 2 / 4000)).all()


def test_the_first_order_fits_the_drawn_fade_that_the_house_has():
    h = ar1(100_000, 0.8, np.random.default_rng(3))
    r = Autoregressive((0.8,), 1.0).lags(3)
    for lag in (1, 2, 3):
        # n(1 − c²)/(1 + c²) = 22,000 independent samples
        assert np.mean(h[lag:] * h[:-lag].conj()).real == pytest.approx(r[lag], abs=3 / np.sqrt(22_000))


def test_a_line_of_sight_left_in_looks_like_correlation():
    sight = LineOfSight(3.0, 0.4)
    raw = sight.raw(0.2, 0.1, 5.0)
    assert raw == pytest.approx((3 * np.exp(2j * np.pi * 0.5 * np.cos(0.4)) + 0.2) / 4)
    assert abs(LineOfSight(1e5).raw(0.0, 0.1, 5.0)) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: doppler(-1.0),
        lambda: Autoregressive((), 1.0),
        lambda: Autoregressive((1.0,), 1.0),
        lambda: Autoregressive((0.5,), 0.0),
        lambda: Autoregressive((0.5,), 1.0).lags(10**9),
        lambda: Bell(0.0),
        lambda: LineOfSight(-1.0),
        lambda: Exchange(-1.0),
        lambda: autoregressive(Jakes(), 1.0, 0.1, 0),
    ],
)
def test_absurd_models_of_time_are_refused(call):
    with pytest.raises(OutOfRange):
        call()


def test_speeds_that_are_not_numbers_are_refused():
    with pytest.raises(NotFinite):
        doppler([1.0, np.nan])
