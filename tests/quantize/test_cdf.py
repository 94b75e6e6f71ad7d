from math import comb, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samefade.errors import ConstantSignal, OutOfRange, TooFewSamples
from samefade.quantize import Cdf, edges, forced_balance
from samefade.types import Feature, Kept, Spoken, Terms


def feature(values, half=Kept, end="a"):
    mask = np.ones(len(values), bool)
    return Feature(np.asarray(values, float), 10.0, mask, half(np.asarray(values, float), 10.0, mask, end))


def noise(n, seed=1):
    return np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize(("n", "levels", "bits"), [(128, 4, 10.5), (64, 16, 33.4)])
def test_the_published_price_of_balance(n, levels, bits):
    assert forced_balance(n, levels) == pytest.approx(bits, abs=0.05)


@given(st.integers(2, 300))
def test_the_price_at_two_levels_is_a_binomial_coefficient(n):
    assert forced_balance(n, 2) == pytest.approx(n - log2(comb(n, n // 2)), abs=1e-9)


@given(st.sampled_from([2, 4, 8, 16]), st.integers(16, 200))
def test_the_price_is_the_multinomial_probability_of_the_counts_that_occur(levels, n):
    found = Cdf(levels).quantize(feature(noise(n, n)))
    counts = np.bincount(found.values, minlength=levels)
    assert counts.max() - counts.min() <= 1
    expected = -stats.multinomial.logpmf(counts, n, np.full(levels, 1 / levels)) / np.log(2)
    assert -found.public.balance == pytest.approx(expected, abs=1e-6)


def test_a_record_and_its_keys_are_charged_apart():
    x = feature(noise(300))
    record, key = Cdf().quantize(x), Cdf(edges="key").quantize(x)
    assert record.public.paid == pytest.approx(forced_balance(300, 4))
    assert key.public.paid == pytest.approx(2 * forced_balance(128, 4))
    assert len(record) == 300
    assert len(key) == 256  # the rest fills no key
    for run in np.split(key.values, 2):
        assert np.array_equal(np.bincount(run), [32] * 4)


def test_the_price_tells_no_secret():
    # both ends must write the same line, whatever their values are, ties included
    rough = np.round(noise(200))
    assert Cdf().quantize(feature(rough)).public == Cdf().quantize(feature(noise(200, 2))).public


def test_spoken_thresholds_are_free_and_each_end_has_its_own():
    a, b = feature(noise(4000), Spoken), feature(5 * noise(4000, 2) + 3, Spoken, "b")
    terms = Terms(10.0, edges={"a": edges(a, 4), "b": edges(b, 4)})
    assert np.allclose(terms.edges["a"], stats.norm.ppf([0.25, 0.5, 0.75]), atol=0.08)
    fresh = noise(4000, 3)
    x = Cdf(edges="spoken").quantize(feature(fresh), terms)
    y = Cdf(edges="spoken").quantize(feature(5 * fresh + 3, end="b"), terms)
    assert x.public.entries == ()
    assert np.mean(x.values == y.values) > 0.9  # their thresholds scatter by a few hundredths of σ
    assert not np.all(np.bincount(x.values) == 1000)  # no balance is forced


def test_a_value_on_a_threshold_belongs_above_it():
    terms = Terms(10.0, edges={"a": (1.0, 2.0, 3.0)})
    found = Cdf(edges="spoken").quantize(feature([0.9, 1.0, 2.0, 2.999, 3.0, 9.0]), terms)
    assert list(found.values) == [0, 1, 2, 2, 3, 3]
    assert found.reliability[1] == 0


def test_terms_may_choose_the_levels():
    assert Cdf(levels=4).quantize(feature(noise(64)), Terms(10.0, levels=8)).levels == 8


def test_kept_samples_set_no_public_thresholds():
    with pytest.raises(TypeError, match="only Spoken"):
        edges(feature(noise(64)), 4)


@pytest.mark.parametrize("levels", [0, 1, 3, -4, 512, 2.5])
def test_levels_are_a_power_of_two(levels):
    with pytest.raises(OutOfRange):
        Cdf(levels).quantize(feature(noise(64)))
    with pytest.raises(OutOfRange):
        edges(feature(noise(64), Spoken), levels)


def test_absurd_parameters_are_refused():
    x = feature(noise(64))
    with pytest.raises(OutOfRange):
        Cdf(edges="elsewhere").quantize(x)
    with pytest.raises(OutOfRange):
        Cdf(edges="key", key_samples=3).quantize(x)
    with pytest.raises(TooFewSamples):
        Cdf(edges="key", key_samples=65).quantize(x)
    with pytest.raises(TooFewSamples):
        Cdf(16).quantize(feature(noise(15)))
    with pytest.raises(ConstantSignal):
        edges(feature(np.ones(64), Spoken), 4)


@pytest.mark.parametrize("told", [{}, {"b": (0, 1, 2)}, {"a": (0, 1)}, {"a": (0, 2, 1)}, {"a": (0, 1, np.nan)}])
def test_silly_thresholds_from_the_air_are_refused(told):
    with pytest.raises(OutOfRange):
        Cdf(edges="spoken").quantize(feature(noise(64)), Terms(10.0, edges=told))
    with pytest.raises(OutOfRange):
        Cdf(edges="spoken").quantize(feature(noise(64)))
