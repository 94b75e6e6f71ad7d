"""Correlation over space and shadows against the published numbers, limits and drawn waves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import j0

from samefade.channel import shadowing
from samefade.channel.correlation import (
    Eavesdropper,
    Isotropic,
    Sector,
    Shadowing,
    VonMises,
    coherence_distance,
)
from samefade.errors import OutOfRange

WAVELENGTH = 299_792_458 / 868e6


@pytest.mark.parametrize(("distance", "rho"), [(0.05, 0.804), (0.10, 0.329), (0.20, -0.395), (0.50, -0.113)])
def test_waves_from_all_sides_have_the_published_correlations(distance, rho):
    assert Isotropic().gain(distance, WAVELENGTH) == pytest.approx(rho, abs=1e-3)


@pytest.mark.parametrize("model", [Sector(np.pi), VonMises(0.0)])
def test_all_sides_are_a_special_case(model):
    d = np.linspace(0, 3, 50)
    np.testing.assert_allclose(model.gain(d, 1.0), np.abs(j0(2 * np.pi * d)), atol=1e-10)


@given(st.floats(0.01, 0.1), st.floats(0, 20))
def test_a_narrow_sector_is_a_sinc_broadside(spread, distance):
    phase = 2 * np.pi * distance * spread
    # sin(spread) against spread: below spread²/6·phase
    assert Sector(spread).gain(distance, 1.0) == pytest.approx(
        abs(np.sinc(phase / np.pi)), abs=spread**2 / 6 * phase + 1e-9
    )


@pytest.mark.parametrize("angle", [0.3, np.pi / 2])
@pytest.mark.parametrize("concentration", [0.5, 5.0, 200.0])
def test_von_mises_is_the_integral_over_its_directions(concentration, angle):
    theta = (np.arange(20_000) + 0.5) / 20_000 * 2 * np.pi - np.pi
    weight = np.exp(concentration * (np.cos(theta) - 1))
    for d in (0.1, 0.7, 4.0):
        wave = np.exp(2j * np.pi * d * np.cos(theta - angle))
        assert VonMises(concentration, angle).gain(d, 1.0) == pytest.approx(
            abs(np.sum(weight * wave)) / np.sum(weight), abs=1e-9
        )


@pytest.mark.parametrize("distance", [0.3, 2.0, 6.0])
def test_drawn_waves_from_a_sector_have_its_correlation(distance):
    """The sum of many waves at two places, angles drawn from the sector: Monte Carlo within three standard errors."""
    rng, model = np.random.default_rng(5), Sector(0.1, 1.2)
    theta = rng.uniform(-0.1, 0.1, 40_000)
    wave = np.exp(2j * np.pi * distance * np.cos(theta - 1.2))
    # the size of the mean of unit phasors; its spread is at most that of one phasor over √n
    assert abs(wave.mean()) == pytest.approx(model.gain(distance, 1.0), abs=3 / np.sqrt(40_000))


def test_an_elevated_gateway_decorrelates_over_tens_of_wavelengths():
    # scatterers 100 m around a node 6 km away: Δ = 1°, first zero at λ/2Δ = 29 wavelengths, half at 17
    gateway = coherence_distance(Sector(np.radians(1)), WAVELENGTH)
    assert gateway / WAVELENGTH == pytest.approx(0.6034 / (2 * np.radians(1)), rel=1e-3)  # sinc(.6034) = ½
    assert coherence_distance(VonMises(1 / np.radians(1) ** 2), WAVELENGTH) > 10 * WAVELENGTH
    node = coherence_distance(Isotropic(), WAVELENGTH)
    assert node / WAVELENGTH == pytest.approx(1.5211 / (2 * np.pi), rel=1e-3)


def test_far_away_costs_nothing_and_hears_nothing():
    assert Sector(np.radians(1)).gain(1e6, WAVELENGTH) < 1e-3
    assert abs(VonMises(50.0).gain(1e6, WAVELENGTH)) < 1e-3


def test_shadowing_falls_as_drawn_shadowing_does():
    model, rng = Shadowing(6.0, 50.0), np.random.default_rng(6)
    draws = np.array([shadowing([0.0, 20.0, 80.0], 6.0, 50.0, rng) for _ in range(20_000)])
    for i, metres in ((1, 20.0), (2, 80.0)):
        r = float(np.corrcoef(draws[:, 0], draws[:, i])[0, 1])
        assert r == pytest.approx(model.correlation(metres), abs=3 * (1 - r**2) / np.sqrt(20_000))


def test_eve_shares_the_shadows_of_the_nearer_end():
    model = Shadowing(6.0, 50.0)
    np.testing.assert_allclose(model.shared([10.0, 1e3], [1e3, 10.0]), np.exp(-0.2))
    assert model.shared(1e3, 1e3) == pytest.approx(np.exp(-20))


def test_eve_is_heard_from_where_she_is():
    eve = Eavesdropper(from_b=[0.05, 900.0], from_a=[900.0, 2.0], around_a=Sector(0.02))
    np.testing.assert_array_equal(eve.near_a(), [False, True])
    np.testing.assert_allclose(
        eve.gain(WAVELENGTH), [Isotropic().gain(0.05, WAVELENGTH), Sector(0.02).gain(2.0, WAVELENGTH)]
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: Sector(0.0),
        lambda: Sector(4.0),
        lambda: VonMises(-1.0),
        lambda: Isotropic().gain(-1.0, 1.0),
        lambda: Isotropic().gain(1.0, 0.0),
        lambda: coherence_distance(Isotropic(), 1.0, level=1.0),
        lambda: coherence_distance(Sector(1e-6), 1.0, most=10.0),
        lambda: Shadowing(-1.0),
        lambda: Shadowing(6.0, 0.0),
        lambda: Eavesdropper(from_b=-1.0),
    ],
)
def test_absurd_places_are_refused(call):
    with pytest.raises(OutOfRange):
        call()
