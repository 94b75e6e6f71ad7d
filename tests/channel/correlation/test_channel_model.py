"""The composed channel: goldens of lag, noise and Eve, and each part felt through the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import j0

from samefade.channel.correlation import (
    Bell,
    Channel,
    Eavesdropper,
    Exchange,
    ExponentialProfile,
    Jakes,
    LineOfSight,
    Noise,
    Sector,
    Shadowing,
    averaged,
    level,
    noisy,
)
from samefade.channel.correlation.envelope import DECIBELS
from samefade.errors import NotFinite, OutOfRange

QUIET = Noise(1e12, 1e12, 1e12, step=0)


@given(st.floats(0, 1), st.floats(0.1, 1e4), st.floats(0.1, 1e4), st.integers(1, 64))
def test_noise_lowers_a_correlation_by_the_published_formula(rho, snr_a, snr_b, pilots):
    expected = rho / np.sqrt((1 + 1 / (pilots * snr_a)) * (1 + 1 / (pilots * snr_b)))
    assert noisy(rho, snr_a, snr_b, pilots=pilots) == pytest.approx(expected)


def test_the_whole_is_the_product_of_its_parts():
    channel = Channel(
        speed=1.4, exchange=Exchange(pause=0.02), profile=ExponentialProfile(2e-7), gap=0.2e6,
        noise=Noise(10.0, 30.0, 5.0, pilots=4, step=0), eve=Eavesdropper(from_b=0.05),
    )  # fmt: skip
    time, frequency, space = j0(2 * np.pi * channel.doppler * 0.02), 0.96984, j0(2 * np.pi * 0.05 / channel.wavelength)
    ab, ae, be = channel.gain()
    assert ab == pytest.approx(time * frequency / np.sqrt((1 + 1 / 40) * (1 + 1 / 120)), abs=1e-5)
    assert ae == pytest.approx(time * frequency * space / np.sqrt((1 + 1 / 40) * (1 + 1 / 20)), abs=1e-5)
    assert be == pytest.approx(space / np.sqrt((1 + 1 / 120) * (1 + 1 / 20)), abs=1e-9)


def test_near_the_gateway_eve_hears_what_the_gateway_hears():
    def at(**where):
        return Channel(speed=1.4, exchange=Exchange(pause=0.02), noise=QUIET, eve=Eavesdropper(**where))

    a, b = at(from_a=0.05).gain(), at(from_b=0.05).gain()
    assert a.ae == pytest.approx(b.be)
    assert a.be == pytest.approx(b.ae)
    wide = at(from_a=2.0, around_a=Sector(np.radians(1))).gain()
    assert wide.ae > 0.9  # two metres, six wavelengths, and still the same fade
    assert abs(at(from_b=2.0).gain().be) < 0.2


def test_raw_levels_of_the_decomposition_table():
    """σ 6 dB, d_cor 50 m, 1.4 m/s, Rayleigh, Eve shares the shadowing (measured by simulation elsewhere)."""
    for rho, ab in ((0.9, 0.84), (0.0, 0.53)):
        delay = {0.9: 0.64060, 0.0: 2.4048}[rho] / (2 * np.pi * Channel().doppler)
        channel = Channel(
            exchange=Exchange(pause=delay), noise=QUIET, eve=Eavesdropper(from_b=0.5, around_b=Sector(np.pi))
        )
        found = channel.level()
        assert found.ab == pytest.approx(ab, abs=0.03)
        assert found.ae == pytest.approx(0.53, abs=0.03)
        # what an ideal removal leaves: that of the fade alone
        assert channel.level(shadowed=False).ab == pytest.approx(level(rho), abs=1e-4)


def test_a_mover_behind_lorawan_has_only_shadowing():
    channel = Channel(speed=1.4, exchange=Exchange(pause=1.046), noise=QUIET, eve=Eavesdropper(from_b=5.0))
    assert channel.level(shadowed=False).ab < 0.02
    ab, ae, _ = channel.level()
    assert ab == pytest.approx(0.53, abs=0.03)
    assert ae > 0.9 * ab * np.exp(-0.1) - 0.01  # and Eve, five metres away, has nearly all of it


def test_a_gap_of_frequency_division_leaves_nothing_but_the_large_scale():
    channel = Channel(speed=0.0, profile=ExponentialProfile(50e-9), gap=45e6, noise=QUIET)
    assert channel.gain().ab == pytest.approx(0.071, abs=1e-3)
    assert channel.level(shadowed=False).ab == pytest.approx(level(0.0706), abs=1e-3)


def test_averages_of_packets_are_those_of_the_windows():
    fading = Jakes()
    channel = Channel(speed=1.4, exchange=Exchange(0.1, 0.02, 0.07), noise=QUIET, shadowing=Shadowing(0.0))
    fd, tau = channel.doppler, channel.delay
    assert channel.gain().ab == pytest.approx(averaged(fading.gain, tau, 0.1, 0.07, fd), abs=1e-9)
    square = averaged(lambda t, f: fading.gain(t, f) ** 2, tau, 0.1, 0.07, fd)
    assert channel.power().ab == pytest.approx(square, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 0.05), st.sampled_from([0.0, 0.5, 4.0]), st.floats(0.5, 1000))
def test_the_level_of_a_very_short_packet_is_that_of_a_moment(pause, k, snr):
    """The integral over Laplace transforms against the dilogarithm and the series, which share no step."""
    noise = Noise(snr, 2 * snr, snr, step=0)
    moment, packet = (
        Channel(
            exchange=Exchange(up, pause, 0.0), sight=LineOfSight(k, 0.7), noise=noise, eve=Eavesdropper(from_b=0.04)
        )
        for up in (0.0, 1e-8)
    )
    # the integral is good to 10⁻⁴ nepers², 18.9 dB² each
    np.testing.assert_allclose(packet.covariance(), moment.covariance(), atol=2e-4 * DECIBELS**2)


def test_long_packets_go_over_to_gamma_variables_without_a_jump():
    def at(seconds):
        turns = Exchange(seconds, 0.05, seconds)
        return Channel(speed=299_792_458 / 868e6, exchange=turns, noise=QUIET, shadowing=Shadowing(0.0)).covariance()

    short, long = at(2.99), at(3.01)  # seconds and turns of the Doppler shift
    np.testing.assert_allclose(long[0, 0], short[0, 0], rtol=0.05)
    np.testing.assert_allclose(long[0, 1], short[0, 1], rtol=0.05)


def test_every_parameter_may_be_an_array():
    speed, up = np.array([0.1, 1.4, 14.0])[:, None], np.array([0.05, 1.3])
    whole = Channel(speed=speed, exchange=Exchange(up, 1.0, 0.04), eve=Eavesdropper(from_b=0.05))
    for verb in ("gain", "power", "level"):
        table = getattr(whole, verb)().ab
        assert table.shape == (3, 2)
        one = Channel(speed=1.4, exchange=Exchange(1.3, 1.0, 0.04), eve=Eavesdropper(from_b=0.05))
        assert table[1, 1] == pytest.approx(float(getattr(one, verb)().ab), abs=1e-6)
    assert whole.covariance().shape == (3, 2, 3, 3)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0, 20), st.tuples(st.floats(0, 0.1), st.floats(0, 0.2)), st.sampled_from([0.0, 2.0]),
    st.tuples(st.floats(0, 2), st.floats(0, 2)), st.floats(0.1, 1e4), st.sampled_from([Jakes(), Bell()]),
)  # fmt: skip
def test_three_levels_always_have_a_covariance(speed, times, k, places, snr, fading):
    channel = Channel(
        speed=speed, exchange=Exchange(*times, times[0] / 2), sight=LineOfSight(k), fading=fading,
        eve=Eavesdropper(*places), noise=Noise(snr, snr, snr, pilots=4),
    )  # fmt: skip
    assert np.linalg.eigvalsh(channel.covariance())[0] > -1e-2
    for shared in (channel.gain(), channel.power(), channel.level()):
        assert all(abs(r) <= 1 for r in shared)


def test_absurd_channels_are_refused():
    for call in (
        lambda: Channel(carrier=0.0),
        lambda: Channel(speed=-1.0),
        lambda: Noise(0.0),
        lambda: Noise(pilots=0),
    ):
        with pytest.raises(OutOfRange):
            call()
    with pytest.raises(NotFinite):
        Channel(gap=np.inf)
