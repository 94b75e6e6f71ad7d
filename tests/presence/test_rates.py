import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samefade.errors import NotFinite, OutOfRange, TooFewSamples
from samefade.presence import rates

SCORES = st.lists(st.integers(-5, 5), min_size=1, max_size=30)


def test_published_bounds_of_error_free_trials():
    # secrecy.md section 6; the closed form is 1 − 0.05^(1/n)
    assert rates.clopper_pearson(0, 12, one_sided=True).high == pytest.approx(0.2209, abs=1e-4)
    assert rates.trials_for(0.01) == 299
    assert rates.trials_for(0.001) == 2995
    assert (
        rates.clopper_pearson(0, 299, one_sided=True).high <= 0.01 < rates.clopper_pearson(0, 298, one_sided=True).high
    )


@pytest.mark.parametrize(
    ("events", "trials", "low", "high"),
    [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0)],
)
def test_two_sided_intervals_are_the_tabulated_ones(events, trials, low, high):
    # Clopper and Pearson 1934, as every table of exact binomial limits has them
    found = rates.clopper_pearson(events, trials)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 40), st.data(), st.floats(0.5, 0.999))
def test_the_interval_is_the_one_that_scipy_computes(trials, data, confidence):
    events = data.draw(st.integers(0, trials))
    theirs = stats.binomtest(events, trials).proportion_ci(confidence, method="exact")
    found = rates.clopper_pearson(events, trials, confidence)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(SCORES, SCORES)
def test_the_area_is_mann_and_whitneys(honest, impostor):
    theirs = stats.mannwhitneyu(honest, impostor, method="asymptotic").statistic / (len(honest) * len(impostor))
    assert rates.area(honest, impostor) == pytest.approx(theirs)


@given(SCORES, SCORES)
def test_the_area_is_that_under_the_curve(honest, impostor):
    found = rates.curve(honest, impostor)
    assert np.trapezoid(1 - found.false_reject, found.false_accept) == pytest.approx(rates.area(honest, impostor))


@given(SCORES, SCORES)
def test_the_curve_counts(honest, impostor):
    found = rates.curve(honest, impostor)
    for level, accept, reject in zip(*found, strict=True):
        assert accept == pytest.approx(np.mean(np.array(impostor) >= level))
        assert reject == pytest.approx(np.mean(np.array(honest) < level))
    assert 0 <= found.equal_error <= 1


def test_the_equal_error_rate_of_two_normal_scores_is_the_closed_form():
    rng = np.random.default_rng(1)
    honest, impostor = rng.standard_normal(100_000) + 2, rng.standard_normal(100_000)
    found = rates.curve(honest, impostor)
    # Φ(−1); the scatter of 100,000 trials is 0.0012, tolerance four times that
    assert found.equal_error == pytest.approx(stats.norm.sf(1), abs=0.005)
    assert found.false_reject_at(1e-2) == pytest.approx(stats.norm.cdf(stats.norm.isf(1e-2) - 2), abs=0.02)


def test_an_abstention_is_no_acceptance():
    found = rates.curve([1.0, -np.inf], [0.0, -np.inf])
    assert found.false_reject.min() == 0.5
    assert found.false_accept.max() == 0.5
    assert rates.curve([2.0, 3.0], [0.0, 1.0]).equal_error == 0


def test_the_bootstrap_draws_recordings_and_not_trials():
    rng = np.random.default_rng(2)
    recording = np.repeat(np.arange(20), 50)
    events = np.repeat(rng.random(20) < 0.5, 50)  # each recording all or nothing: 20 trials, not 1,000
    found = rates.bootstrap(events, recording, rng)
    assert found.high - found.low > 0.3
    assert found.low <= found.rate <= found.high


@pytest.mark.parametrize(("events", "trials"), [(-1, 3), (4, 3), (0, 0)])
def test_counts_that_make_no_sense_are_refused(events, trials):
    with pytest.raises(OutOfRange):
        rates.clopper_pearson(events, trials)


def test_other_bad_input_is_refused():
    with pytest.raises(OutOfRange):
        rates.clopper_pearson(0, 3, 1.0)
    with pytest.raises(OutOfRange):
        rates.trials_for(0.0)
    with pytest.raises(NotFinite):
        rates.curve([np.nan], [1])
    with pytest.raises(TooFewSamples):
        rates.area([], [1])
    with pytest.raises(TooFewSamples):
        rates.bootstrap([0, 1], [1, 1], np.random.default_rng(0))
    with pytest.raises(OutOfRange):
        rates.bootstrap([0, 1], [1], np.random.default_rng(0))
