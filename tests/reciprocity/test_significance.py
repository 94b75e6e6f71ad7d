import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from samefade.errors import ConstantSignal
from samefade.reciprocity import correlate, threshold
from samefade.reciprocity.significance import without_trend


def test_the_threshold_is_that_of_the_exact_test_for_large_samples():
    # scipy's r distribution under independence: beta(n/2 − 1, n/2 − 1) on (−1, 1); Fisher's z is within 2 % at n = 50
    for n in (50, 200, 1000):
        exact = stats.beta(n / 2 - 1, n / 2 - 1, loc=-1, scale=2).isf(1e-3)
        assert threshold(n) == pytest.approx(exact, rel=0.02)


def test_with_three_independent_samples_nothing_is_significant():
    assert threshold(3) == 1.0
    assert threshold(0.5) == 1.0


@given(st.floats(3.5, 1e6), st.floats(1, 1e4))
def test_more_samples_lower_the_threshold_and_more_tries_raise_it(effective, tries):
    assert threshold(effective * 1.1) <= threshold(effective) <= threshold(effective, tries) <= 1


def coloured(rng, n, smooth):
    return np.convolve(rng.standard_normal(n + smooth), np.ones(smooth), "valid")[:n]


@pytest.mark.parametrize("smooth", [1, 5, 25])
def test_independent_series_are_rarely_significant_however_slow_they_are(smooth):
    rng = np.random.default_rng(smooth)
    hits = sum(
        correlate(coloured(rng, 600, smooth), coloured(rng, 600, smooth), most=20).significant for _ in range(400)
    )
    # at most 2 in 1,000 are expected (lag 0 and the best lag): 0.8 of 400; five or more have probability 0.1 %
    assert hits <= 4


def test_a_late_copy_is_found_at_its_lag():
    rng = np.random.default_rng(3)
    x = coloured(rng, 500, 3)
    found = correlate(x[7:], x[:-7], most=20)
    assert found.lag == 7
    assert found.best == pytest.approx(1)
    assert found.significant
    assert correlate(x, -x, most=20).negative


def test_a_constant_has_no_correlation():
    with pytest.raises(ConstantSignal):
        correlate(np.ones(50), np.arange(50.0), most=5)


@settings(max_examples=25, deadline=None)
@given(st.integers(16, 300), st.integers(1, 101), st.floats(-5, 5), st.floats(-100, 100))
def test_a_straight_line_is_all_trend(n, window, slope, level):
    left = without_trend(level + slope * np.arange(n), window)
    assert len(left) >= n - 2 * (n // 6) - 1
    np.testing.assert_allclose(left, 0, atol=1e-9 * (1 + n * abs(slope) + abs(level)))
