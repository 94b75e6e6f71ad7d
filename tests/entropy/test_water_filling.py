"""Key-rate water-filling against the published powers and an optimiser that knows nothing of the conditions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from samefade.entropy import fade_information, water_filling
from samefade.errors import NotFinite, OutOfRange

GAINS = (4, 2, 1, 0.5, 0.1)


@pytest.mark.parametrize(
    ("total", "rate", "powers", "digits"),
    [
        (0.1, 0.1229, (0.1,), 5e-4),
        (1, 1.4739, (1,), 5e-4),
        (3, 3.1230, (1.728, 1.272), 5e-4),
        (10, 6.2541, (3.904, 3.501, 2.594), 6e-4),
        (100, 16.8942, (26.06, 25.68, 24.91, 23.35), 5e-3),
    ],
)
def test_the_published_powers(total, rate, powers, digits):
    found = water_filling(GAINS, total)
    assert found.rate == pytest.approx(rate, abs=1e-4)
    assert found.active == len(powers)
    np.testing.assert_allclose(found.powers, [*powers, *[0] * (5 - len(powers))], atol=digits)


def best_of_many_starts(gains, total, rng):
    def lost(z):
        share = np.exp(z - z.max())
        return -float(np.sum(fade_information(gains * total * share / share.sum())))

    starts = [*(8 * np.eye(len(gains))), *rng.normal(0, 3, (12, len(gains)))]
    return -min(minimize(lost, z, method="BFGS").fun for z in starts)


@pytest.mark.parametrize("seed", range(4))
def test_no_optimiser_finds_more(seed):
    rng = np.random.default_rng(60 + seed)
    gains, total = rng.exponential(1, 4), float(rng.exponential(8))
    found = water_filling(gains, total)
    assert found.rate >= best_of_many_starts(gains, total, rng) - 1e-6
    assert found.powers.sum() == pytest.approx(total)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=6), st.floats(0.01, 1000), st.integers(0, 99))
def test_no_other_split_is_better(gains, total, seed):
    found = water_filling(gains, total)
    other = np.random.default_rng(seed).dirichlet(np.ones(len(gains)), 20) * total
    assert found.rate >= np.sum(fade_information(np.asarray(gains) * other), axis=1).max() - 1e-9
    assert (found.powers >= 0).all()


def test_the_order_of_channels_does_not_matter():
    up, down = water_filling(GAINS[::-1], 10), water_filling(GAINS, 10)
    np.testing.assert_allclose(up.powers[::-1], down.powers)


def test_dead_channels_get_nothing():
    found = water_filling([0.0, 2.0, 0.0], 5)
    np.testing.assert_array_equal(found.powers, [0, 5, 0])


def test_absurd_channels_are_refused_by_the_filling():
    for call in (
        lambda: water_filling([], 1),
        lambda: water_filling([0.0], 1),
        lambda: water_filling([-1.0, 1.0], 1),
        lambda: water_filling([1.0], 0),
    ):
        with pytest.raises(OutOfRange):
            call()
    with pytest.raises(NotFinite):
        water_filling([np.nan], 1)
