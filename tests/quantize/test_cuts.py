"""Quantisers that leave samples out: how many, at which levels, and what is charged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from samefade.errors import ConstantSignal, OutOfRange, TooFewSamples
from samefade.quantize import (
    DROPPING,
    Cutter,
    Differential,
    GuardBand,
    Guarded,
    LossyCdf,
    Sign,
    common,
    forced_balance,
    to_bits,
)
from samefade.types import Feature, Kept, Spoken, Terms

EACH = [Guarded(), Guarded(2, 0.3), Guarded(8, 0.05), LossyCdf(), LossyCdf(2, 0.3), Sign(), Sign(0.4)]


def feature(values, half=Kept):
    mask = np.ones(len(values), bool)
    return Feature(np.asarray(values, float), 10.0, mask, half(np.asarray(values, float), 10.0, mask))


def noise(n, seed=1):
    return np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize("alpha", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("levels", [2, 4])
def test_guards_drop_what_the_normal_distribution_holds_there(levels, alpha):
    found = Guarded(levels, alpha).quantize(feature(noise(40_000)))
    edges = stats.norm.ppf(np.arange(1, levels) / levels)
    inside = np.sum(stats.norm.cdf(edges + alpha) - stats.norm.cdf(edges - alpha))
    # √(.25/40000) = .0025 is one sigma of a share
    assert len(found) / 40_000 == pytest.approx(1 - inside, abs=0.01)
    # the bands of four levels are symmetric, so outer levels are alike, and so are inner ones
    share = np.bincount(found.values, minlength=levels) / len(found)
    assert share == pytest.approx(share[::-1], abs=0.01)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.0, 1.5))
def test_with_two_levels_it_is_the_guard_band_of_mathur(seed, alpha):
    x = feature(noise(200, seed))
    ours, theirs = Guarded(2, alpha), GuardBand(alpha)
    a, b = ours.quantize(x), theirs.quantize(x)
    assert np.array_equal(a.values, b.values)
    assert np.array_equal(a.index, b.index)


def test_guards_without_width_are_the_normal_quantiles():
    x = noise(1000)
    found = Guarded(4, 0.0).quantize(feature(x))
    edges = x.mean() + x.std() * stats.norm.ppf([0.25, 0.5, 0.75])
    assert np.array_equal(found.values, np.digitize(x, edges))
    assert len(found) == 1000


def test_a_lossy_cdf_by_hand():
    found = LossyCdf(2, 0.4).quantize(feature(np.arange(11.0)))
    # quantiles .3 and .7 are 3 and 7; what lies in [3, 7) is dropped
    assert found.index.tolist() == [0, 1, 2, 7, 8, 9, 10]
    assert found.values.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert found.public.paid == pytest.approx(forced_balance(7, 2))


@pytest.mark.parametrize(("levels", "guard"), [(2, 0.2), (4, 0.1), (8, 0.05)])
def test_a_lossy_cdf_drops_its_guards_and_keeps_equally_many_of_each_inner_level(levels, guard):
    found = LossyCdf(levels, guard).quantize(feature(noise(4000) ** 3))
    assert len(found) == pytest.approx(4000 * (1 - (levels - 1) * guard), abs=levels)
    counts = np.bincount(found.values, minlength=levels)
    assert counts[1:-1] == pytest.approx(4000 * (1 / levels - guard), abs=2)
    assert counts[[0, -1]] == pytest.approx(4000 * (1 / levels - guard / 2), abs=2)


def test_signs_of_differences_are_differential_quantisation():
    x = noise(400)
    theirs = Differential(lag=1, epsilon=0.3).quantize(feature(x))
    ours = Sign(0.3).quantize(feature(x[1::2] - x[::2]))
    assert np.array_equal(ours.values, theirs.values)
    assert np.array_equal(2 * ours.index, theirs.index)


def test_ties_are_dropped():
    assert Sign().quantize(feature([1, 0, -2, 0])).index.tolist() == [0, 2]


@pytest.mark.parametrize("one", EACH, ids=repr)
def test_each_is_known_to_drop_samples_and_keeps_in_common_what_is_far_from_thresholds(one):
    assert isinstance(one, DROPPING)
    assert isinstance(one, Cutter)
    shared = noise(4000)
    a, b = (one.quantize(feature(shared + 0.1 * noise(4000, seed))) for seed in (2, 3))
    assert (a.reliability >= 0).all()
    x, y = common(a, b, among=np.ones(4000, bool))
    assert x.public.paid > 0 or len(x) == 4000
    plain = [end[np.isin(end, x.index)] for end in (a.index, b.index)]
    assert np.array_equal(*plain)
    assert np.mean(to_bits(x).values != to_bits(y).values) < 0.06


@pytest.mark.parametrize("one", EACH, ids=repr)
def test_spoken_samples_constants_and_nothing_are_refused(one):
    with pytest.raises(TypeError, match="only Kept"):
        one.quantize(feature(noise(100), Spoken))
    with pytest.raises(ConstantSignal):
        one.quantize(feature(np.ones(100)))
    with pytest.raises(TooFewSamples):
        one.quantize(feature([1.0]))


@pytest.mark.parametrize(
    "absurd", [Guarded(3), Guarded(4, -0.1), Guarded(4, np.nan), LossyCdf(4, 0.25), LossyCdf(5), Sign(-1)]
)
def test_absurd_parameters_are_refused(absurd):
    with pytest.raises(OutOfRange):
        absurd.quantize(feature(noise(64)))


@pytest.mark.parametrize("nothing", [Guarded(2, 50), Sign(50)])
def test_nothing_left_is_an_answer(nothing):
    with pytest.raises(TooFewSamples):
        nothing.quantize(feature(noise(64)))


def test_what_calibration_chose_goes_first():
    x, terms = feature(noise(500)), Terms(rate=1.0, levels=2, thresholds={"alpha": 0.3})
    assert np.array_equal(Guarded(8, 0.0).quantize(x, terms).index, Guarded(2, 0.3).quantize(x).index)
