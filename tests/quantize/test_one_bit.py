from math import ceil, comb, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samefade.errors import EndsDisagree, OutOfRange, TooFewSamples
from samefade.quantize import Cdf, Differential, GuardBand, common
from samefade.quantize.exchange import set_bits
from samefade.types import Feature, Kept, Symbols


def feature(values):
    mask = np.ones(len(values), bool)
    return Feature(np.asarray(values, float), 10.0, mask, Kept(np.asarray(values, float), 10.0, mask))


def noise(n, seed=1):
    return np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_a_guard_band_drops_what_the_normal_distribution_holds_there(alpha):
    found = GuardBand(alpha).quantize(feature(noise(20_000)))
    # √(.25/20000) = .0035 is one sigma
    assert len(found) / 20_000 == pytest.approx(2 * stats.norm.sf(alpha), abs=0.015)


def test_a_guard_band_by_hand():
    found = GuardBand(0.5).quantize(feature([-2, -0.1, 0, 0.1, 2]))
    assert list(found.values) == [0, 1]
    assert list(found.index) == [0, 4]
    sigma = np.std([-2, -0.1, 0, 0.1, 2])
    assert np.allclose(found.reliability, 2 / sigma - 0.5)


def test_differential_by_hand():
    x = feature([1, 2, 5, 4, 3, 3, 0, 9])
    assert list(Differential().quantize(x).values) == [1, 0, 1]
    assert list(Differential().quantize(x).index) == [0, 2, 6]  # the tie at 4 is dropped
    assert list(Differential(lag=2).quantize(x).index) == [0, 1, 4, 5]
    assert list(Differential(lag=2).quantize(x).values) == [1, 1, 0, 1]
    assert list(Differential(epsilon=1).quantize(x).index) == [6]
    every = Differential(overlapping_dependent_pairs=True).quantize(x)
    assert list(every.index) == [0, 1, 2, 3, 5, 6]


def test_only_overlapping_pairs_depend():
    x = feature(noise(40_000))
    for overlapping, expected in ((False, 0.0), (True, -1 / 3)):
        bits = Differential(overlapping_dependent_pairs=overlapping).quantize(x).values.astype(float)
        # signs of differences with correlation −½ correlate by (2/π)·arcsin(−½) = −1/3
        assert np.corrcoef(bits[:-1], bits[1:])[0, 1] == pytest.approx(expected, abs=0.03)


def test_pairs_across_a_gap_are_left_out():
    mask = np.array([True, True, False, True, True, True])
    x = Feature(noise(6), 10.0, mask, Kept(noise(6), 10.0, mask))
    assert list(Differential().quantize(x).index) == [0, 4]


@pytest.mark.parametrize(
    "absurd",
    [GuardBand(-1), GuardBand(np.nan), Differential(0), Differential(epsilon=-1), Differential(epsilon=np.nan)],
)
def test_absurd_parameters_are_refused(absurd):
    with pytest.raises(OutOfRange):
        absurd.quantize(feature(noise(64)))


@pytest.mark.parametrize("nothing", [GuardBand(50), Differential(epsilon=100), Differential(lag=64)])
def test_nothing_left_is_an_answer(nothing):
    with pytest.raises(TooFewSamples):
        nothing.quantize(feature(noise(64)))


def test_common_keeps_what_both_kept_and_charges_both_messages():
    shared = noise(500)
    a = GuardBand().quantize(feature(shared + 0.2 * noise(500, 2)))
    b = GuardBand().quantize(feature(shared + 0.2 * noise(500, 3)))
    x, y = common(a, b, of=500)
    kept = np.intersect1d(a.index, b.index)
    assert np.array_equal(x.index, kept)
    assert np.array_equal(y.index, kept)
    assert np.mean(x.values == y.values) > 0.98
    assert len(x.reliability) == len(kept)
    assert x.public == y.public
    assert [-entry.bits for entry in x.public.entries] == [
        ceil(log2(comb(500, len(a)))),
        ceil(log2(comb(len(a), len(kept)))),
    ]


@given(st.integers(0, 400), st.data())
def test_a_set_costs_the_logarithm_of_the_number_of_sets(n, data):
    m = data.draw(st.integers(0, n))
    assert set_bits(n, m) == pytest.approx((comb(n, m) - 1).bit_length(), abs=1e-6)


def test_common_keeps_the_charges_that_came_before():
    x = feature(noise(64))
    a, b = Cdf().quantize(x), Cdf().quantize(x)
    first, _ = common(a, b)
    assert first.public.entries[0] == a.public.entries[0]
    assert first.public.paid == a.public.paid  # both kept all of 64: nothing is told


def test_common_refuses_what_cannot_be_compared():
    x = feature(noise(64))
    with pytest.raises(EndsDisagree):
        common(Cdf(4).quantize(x), Cdf(8).quantize(x))
    with pytest.raises(OutOfRange):
        common(Cdf(4).quantize(x), Cdf(4).quantize(x), of=63)


def test_common_of_nothing_is_nothing():
    empty = Symbols(np.zeros(0, np.uint8), 2, np.zeros(0, np.int64))
    first, second = common(empty, empty)
    assert len(first) == len(second) == 0
    assert first.public.paid == 0
