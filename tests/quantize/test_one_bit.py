from itertools import product
from math import ceil, comb, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samefade.errors import EndsDisagree, OutOfRange, TooFewSamples
from samefade.quantize import Cdf, Differential, GuardBand, common, mask_bits
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
    x, y = common(a, b, among=np.ones(500, bool))
    kept = np.intersect1d(a.index, b.index)
    assert np.array_equal(x.index, kept)
    assert np.array_equal(y.index, kept)
    assert np.mean(x.values == y.values) > 0.98
    assert len(x.reliability) == len(kept)
    assert x.public == y.public
    assert [-entry.bits for entry in x.public.entries] == [
        mask_bits(np.isin(np.arange(500), a.index)),
        mask_bits(np.isin(a.index, kept)),
    ]
    # no code for all sets of this size tells less on average, and these have to say the size, too
    assert ceil(log2(comb(500, len(a)))) < x.public.entries[0].bits * -1 <= ceil(log2(comb(500, len(a)))) + 3 + 9


def every_set(n):
    return [np.array(bits, bool) for bits in product((False, True), repeat=n)]


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("able", [np.ones(5, bool), np.array([1, 0, 1, 1, 0, 1, 0], bool)], ids=["all", "gaps"])
def test_what_both_ends_name_is_paid_in_full_whatever_they_name(able, apart):
    """Kraft's sum over all that can be said is at most 1: no law of the two sets tells more than is paid on average."""
    candidates, cost = np.flatnonzero(able), {}
    for one, other in product(every_set(len(candidates)), repeat=2):
        a, b = (Symbols(np.zeros(x.sum(), np.uint8), 2, candidates[x]) for x in (one, other))
        said = (one.tobytes(), (other if apart else other & one).tobytes())
        assert cost.setdefault(said, paid := common(a, b, among=able, apart=apart)[0].public.paid) == paid
    assert sum(2**-bits for bits in cost.values()) <= 1


def test_points_that_were_lost_are_no_candidates():
    x = noise(400)
    able = np.random.default_rng(4).random(400) > 0.5
    found = GuardBand().quantize(Feature(x, 10.0, able, Kept(x, 10.0, able)))
    public = common(found, found, among=able)[0].public.paid
    assert public < common(found, found)[0].public.paid - 100
    # as if the lost points had never been
    assert (
        public == common(*[GuardBand().quantize(feature(x[able]))] * 2, among=np.ones(able.sum(), bool))[0].public.paid
    )


def test_runs_of_a_slow_fade_cost_less_than_scattered_points():
    slow, fast = np.repeat([True, False], 50), np.random.default_rng(5).permutation(np.repeat([True, False], 50))
    assert mask_bits(slow) < mask_bits(fast) / 3


@given(st.integers(0, 400), st.data())
def test_a_set_costs_the_logarithm_of_the_number_of_sets(n, data):
    m = data.draw(st.integers(0, n))
    assert set_bits(n, m) == pytest.approx((comb(n, m) - 1).bit_length(), abs=1e-6)


def test_common_keeps_the_charges_that_came_before():
    x = feature(noise(64))
    a, b = Cdf().quantize(x), Cdf().quantize(x)
    first, _ = common(a, b)
    assert first.public.entries[0] == a.public.entries[0]
    assert first.public.paid == a.public.paid + 2  # both kept all of 64: each says so


def test_common_refuses_what_cannot_be_compared():
    x = feature(noise(64))
    with pytest.raises(EndsDisagree):
        common(Cdf(4).quantize(x), Cdf(8).quantize(x))
    with pytest.raises(OutOfRange):
        common(Cdf(4).quantize(x), Cdf(4).quantize(x), among=np.ones(63, bool))
    with pytest.raises(OutOfRange):
        common(Cdf(4).quantize(x), Cdf(4).quantize(x), among=np.arange(64) != 5)


def test_common_of_nothing_is_nothing():
    empty = Symbols(np.zeros(0, np.uint8), 2, np.zeros(0, np.int64))
    first, second = common(empty, empty)
    assert len(first) == len(second) == 0
    assert first.public.paid == 0
