"""Correlation over frequency against the published table and the transform of each profile."""

import numpy as np
import pytest

from samefade.channel import exponential_taps
from samefade.channel.correlation import (
    ExponentialProfile,
    GaussianProfile,
    TapProfile,
    TwoPaths,
    UniformProfile,
    between,
)
from samefade.errors import OutOfRange

# power over delay, delay in units of τ_rms
SHAPES = {
    ExponentialProfile: lambda t: np.exp(-t) * (t >= 0),
    UniformProfile: lambda t: (np.abs(t) <= np.sqrt(3)) * 1.0,
    GaussianProfile: lambda t: np.exp(-(t**2) / 2),
}


@pytest.mark.parametrize(
    ("offset", "spread", "rho"), [(0.2e6, 0.2e-6, 0.970), (1.6e6, 0.2e-6, 0.445), (45e6, 50e-9, 0.071)]
)
def test_the_exponential_profile_has_the_published_correlations(offset, spread, rho):
    assert ExponentialProfile(spread).gain(offset) == pytest.approx(rho, abs=1e-3)


@pytest.mark.parametrize("profile", SHAPES)
def test_a_profile_is_the_size_of_its_transform(profile):
    t = np.linspace(-30, 40, 700_001)
    power = SHAPES[profile](t)
    for turns in (0.02, 0.1, 0.3):  # Δf·τ_rms
        expected = abs(np.sum(power * np.exp(-2j * np.pi * turns * t)) / np.sum(power))
        # the grid of 10⁻⁴ cuts the edge of a profile by half a step
        assert profile(2e-7).gain(turns / 2e-7) == pytest.approx(expected, abs=2e-4)


def test_all_profiles_begin_alike():
    """1 − |ρ_f|² = (2π·Δf·τ_rms)² to second order, whatever the profile."""
    for profile in (*SHAPES, TwoPaths):
        lost = 1 - profile(1e-6).gain(1e3) ** 2
        assert lost == pytest.approx((2 * np.pi * 1e-3) ** 2, rel=1e-3)


def test_taps_of_two_paths_are_the_two_paths():
    offsets = np.linspace(-5e6, 5e6, 41)
    np.testing.assert_allclose(
        TapProfile(((0.0, 1.0), (4e-7, 1.0))).gain(offsets), TwoPaths(2e-7).gain(offsets), atol=1e-12
    )


def test_many_taps_come_near_the_exponential_profile():
    taps = TapProfile(exponential_taps(2e-7, 60))
    # the tail beyond three decay times is cut, and the rest stretched: a tenth at the most
    assert taps.gain(2e5) == pytest.approx(ExponentialProfile(2e-7).gain(2e5), abs=0.01)


def test_hopping_compares_every_channel_with_every_other():
    up, down = 915.2e6 + 2e5 * np.arange(8), 923.3e6 + 6e5 * np.arange(3)
    table = between(ExponentialProfile(2e-7), up, down)
    assert table.shape == (8, 3)
    assert table[2, 1] == ExponentialProfile(2e-7).gain(up[2] - down[1])
    np.testing.assert_allclose(np.diag(between(ExponentialProfile(2e-7), up, up)), 1)


@pytest.mark.parametrize(
    "call", [lambda: ExponentialProfile(-1e-9), lambda: TapProfile(((0.0, 0.0),)), lambda: TapProfile(())]
)
def test_absurd_profiles_are_refused(call):
    with pytest.raises(OutOfRange):
        call()
