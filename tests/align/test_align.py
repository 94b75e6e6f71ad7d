import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.align import Lag, NoLag, Warp, together, trim
from samefade.errors import ConstantSignal, EndsDisagree, OutOfRange, TooFewSamples
from samefade.types import Feature, Kept, Observation, Spoken

RATE = 10.0


def feature(values, usable=None, end="a", rate=RATE):
    mask = np.ones(len(values), bool) if usable is None else usable
    return Feature(np.asarray(values), rate, mask, Spoken(np.asarray(values), rate, mask, end))


def late_pair(late, n=1500, noise=0.5, seed=1, tones=None):
    """Make two ends of one smooth signal, the second of them `late` samples late."""
    rng = np.random.default_rng(seed)
    shape = (n + 400,) if tones is None else (n + 400, tones)
    s = np.apply_along_axis(np.convolve, 0, rng.normal(size=shape), np.hanning(9), "same")
    a, b = s[200 : 200 + n], s[200 - late : 200 - late + n]
    return a + noise * rng.normal(size=a.shape), 3 * b + noise * rng.normal(size=b.shape) + 40


@pytest.mark.parametrize("late", [-120, -3, 0, 1, 57])
@pytest.mark.parametrize("tones", [None, 3])
def test_the_lag_of_a_late_end_is_found(late, tones):
    a, b = late_pair(late, tones=tones)
    assert Lag().align(feature(a), feature(b, end="b")) == late


def test_trimming_by_the_lag_brings_equal_samples_together():
    for late in (-7, 0, 5):
        a, b = late_pair(late, noise=0)
        x = trim(Kept(a, RATE, np.ones(len(a), bool), "a"), late)
        y = trim(Kept(b, RATE, np.ones(len(b), bool), "b"), late)
        assert isinstance(x, Kept)
        assert len(x) == len(y) == len(a) - abs(late)
        assert np.allclose(y.values, 3 * x.values + 40)
        assert y.start - x.start == pytest.approx(late / RATE)


def test_eve_is_trimmed_like_a():
    values = np.arange(10.0)
    eve = trim(Observation(values, RATE, np.ones(10, bool), "e"), 3)
    assert np.array_equal(eve.values, values[:-3])


@given(st.integers(2, 40), st.integers(-60, 60))
def test_trim_leaves_the_same_number_at_every_end(n, lag):
    ends = [Observation(np.arange(float(n)), RATE, np.ones(n, bool), end) for end in ("a", "b", "e")]
    if abs(lag) >= n:
        with pytest.raises(TooFewSamples):
            trim(ends[0], lag)
    else:
        assert {len(trim(x, lag)) for x in ends} == {n - abs(lag)}


def test_filled_in_values_do_not_vote():
    a, b = late_pair(4)
    gap = np.ones(len(a), bool)
    gap[300:900] = False
    a[300:900], b[300:900] = late_pair(-20, n=600, seed=9)  # what was filled in says something else, louder
    a[300:900] *= 50
    b[300:900] *= 50
    assert Lag().align(feature(a, gap), feature(b, gap, "b")) == 4
    assert Lag().align(feature(a), feature(b, end="b")) == -20


def test_the_masked_correlation_equals_the_formula_written_out():
    from samefade.align.lag import _correlation

    a, b = late_pair(2, n=80)
    rng = np.random.default_rng(2)
    p, q = rng.random((2, 80)) < 0.8
    lags = np.arange(-10, 11)
    found = _correlation(feature(a, p), feature(b, q), lags)
    for k, r in zip(lags, found, strict=True):
        t = [i for i in range(80) if 0 <= i + k < 80 and p[i] and q[i + k]]
        assert r == pytest.approx(np.corrcoef(a[t], b[np.array(t) + k])[0, 1], abs=1e-10)


def test_a_window_limits_the_lag():
    a, b = late_pair(57)
    assert abs(Lag(seconds=1.0).align(feature(a), feature(b))) <= 10
    assert Lag(seconds=0).align(feature(a), feature(b)) == 0
    assert abs(Lag(seconds=1e9).align(feature(a), feature(b))) == 57


def test_of_equal_correlations_the_nearest_to_zero_wins():
    wave = np.tile([0.0, 1.0, 0.0, -1.0], 50)
    assert Lag(seconds=2.0).align(feature(wave), feature(wave)) == 0


@pytest.mark.parametrize("aligner", [Lag(), NoLag(), Warp()])
def test_ends_of_different_shape_or_rate_are_refused(aligner):
    x = np.random.default_rng(3).normal(size=50)
    with pytest.raises(EndsDisagree):
        aligner.align(feature(x), feature(x[:-1]))
    with pytest.raises(EndsDisagree):
        aligner.align(feature(x), feature(x, rate=5.0))


@pytest.mark.parametrize("aligner", [Lag(), Warp()])
def test_constant_and_short_ends_are_refused(aligner):
    x = np.random.default_rng(3).normal(size=50)
    with pytest.raises(ConstantSignal):
        aligner.align(feature(x), feature(np.full(50, 2.0)))
    with pytest.raises(TooFewSamples):
        aligner.align(feature(x[:1]), feature(x[:1]))


def test_too_few_common_samples_are_refused():
    x = np.random.default_rng(3).normal(size=50)
    few = np.arange(50) < 5
    with pytest.raises(TooFewSamples):
        Lag().align(feature(x, few), feature(x))
    with pytest.raises(TooFewSamples):
        Lag(seconds=0.1).align(feature(x, np.arange(50) < 20), feature(x, np.arange(50) > 30))


@pytest.mark.parametrize("seconds", [-1.0, np.nan, np.inf])
def test_absurd_windows_are_refused(seconds):
    x = np.random.default_rng(3).normal(size=50)
    for aligner in (Lag(seconds), Warp(seconds)):
        with pytest.raises(OutOfRange):
            aligner.align(feature(x), feature(x))


@pytest.mark.parametrize("lag", [1.5, "3", None])
def test_a_lag_is_a_whole_number(lag):
    with pytest.raises(OutOfRange):
        trim(Observation(np.arange(9.0), RATE, np.ones(9, bool)), lag)


def test_no_lag_is_zero():
    a, b = late_pair(9)
    assert NoLag().align(feature(a), feature(b)) == 0


def test_together_keeps_what_both_heard():
    x = np.arange(6.0)
    a, b = together(feature(x, x > 1), feature(x, x < 4))
    assert np.array_equal(a.usable, [False, False, True, True, False, False])
    assert np.array_equal(a.usable, b.usable)
    with pytest.raises(EndsDisagree):
        together(feature(x), feature(x[1:]))
    with pytest.raises(EndsDisagree):
        together(feature(x), feature(x, rate=1.0))
