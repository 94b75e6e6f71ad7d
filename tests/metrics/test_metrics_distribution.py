import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from samefade.errors import NotFinite, OutOfRange, TooFewSamples
from samefade.metrics import jeffreys, wasserstein

some = hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e6, 1e6, width=32))


def closed_form(shift, s1, s2):
    return 0.5 * (s1**2 / s2**2 + s2**2 / s1**2 - 2) + 0.5 * shift**2 * (1 / s1**2 + 1 / s2**2)


@pytest.mark.parametrize(("shift", "s1", "s2"), [(0.5, 1, 1), (0.0, 1, 1.3), (1.0, 1, 1.2), (0.0, 1, 1)])
def test_jeffreys_of_two_gaussians(shift, s1, s2):
    rng = np.random.default_rng(1)
    n = 200_000
    found = jeffreys(rng.normal(0, s1, n), rng.normal(shift, s2, n))
    # the histogram adds about 2·(bins − 1)/n by chance and loses less than a per cent to the width of its bins
    assert found.value == pytest.approx(closed_form(shift, s1, s2), rel=0.03, abs=4 * found.bins / n)


def test_jeffreys_counts_by_hand():
    # 4 bins over 0 to 4; p = (2.5, .5, .5, 2.5)/6 and q = (.5, 2.5, 2.5, .5)/6 after half a count more
    found = jeffreys([0, 0.5, 3.5, 4], [1.2, 1.5, 2.5, 2.2], bins=4)
    assert found.value == pytest.approx(4 * (2 / 6) * np.log(5))
    assert found.bins == 4


@given(some, some)
def test_jeffreys_is_symmetric_finite_and_not_negative(a, b):
    found, mirrored = jeffreys(a, b), jeffreys(b, a)
    assert found.bins == mirrored.bins <= 256
    assert np.isfinite(found.value)
    assert found.value == pytest.approx(mirrored.value, abs=1e-12)
    assert found.value >= -1e-12


def test_jeffreys_caps_its_bins():
    spiky = np.concatenate((np.random.default_rng(2).normal(size=999), [1e9]))
    assert jeffreys(spiky, spiky).bins == 256
    assert jeffreys(spiky, spiky, most=32).bins == 32


def test_two_equal_constants_have_one_distribution():
    assert jeffreys([2.0, 2.0], [2.0]) == (0.0, 1)
    assert wasserstein([2.0, 2.0], [2.0]) == 0.0


def test_mostly_equal_values_still_have_a_histogram():
    assert jeffreys([1, 1, 1, 1, 2], [1, 1, 1, 1, 3]).bins == 256


@given(some, some)
def test_wasserstein_is_what_scipy_says(a, b):
    assert wasserstein(a, b) == pytest.approx(stats.wasserstein_distance(a, b), rel=1e-9, abs=1e-6)


def test_wasserstein_of_two_equal_shapes_is_the_shift_of_their_means():
    s = np.random.default_rng(3).normal(size=1000)
    assert wasserstein(s, s + 2.5) == pytest.approx(2.5)
    assert wasserstein(s, s[::-1]) == 0.0  # it does not see time


@pytest.mark.parametrize("metric", [jeffreys, wasserstein])
def test_what_is_no_distribution_is_refused(metric):
    with pytest.raises(TooFewSamples):
        metric([], [1.0])
    with pytest.raises(NotFinite):
        metric([1.0, np.nan], [1.0])
    with pytest.raises(OutOfRange):
        metric([[1.0]], [1.0])


def test_absurd_numbers_of_bins_are_refused():
    for absurd in ({"bins": 0}, {"most": 0}, {"bins": -4}):
        with pytest.raises(OutOfRange):
            jeffreys([1, 2], [1, 3], **absurd)
