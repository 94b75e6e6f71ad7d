"""The account takes the least of all guessers, says what it rests on, and never exceeds the levels."""

from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from samefade.entropy import assess, earn
from samefade.errors import EndsDisagree, OutOfRange, TooFewSamples
from samefade.types import Feature, Kept, Ledger, Spoken, Symbols


def kept(x, half=Kept):
    mask = np.ones(len(x), np.bool_)
    return Feature(x, 10.0, mask, half(x, 10.0, mask))


def quantised(x, levels=4, index=None):
    index = np.arange(len(x)) if index is None else index
    edges = np.quantile(x[index], np.arange(1, levels) / levels)
    return Symbols(np.searchsorted(edges, x[index], side="right"), levels, index)


def autoregression(n, phi, seed=1):
    noise = np.random.default_rng(seed).standard_normal(n + 500)
    return lfilter([np.sqrt(1 - phi**2)], [1, -phi], noise)[500:]


def test_takes_the_least_of_all_guessers():
    x = autoregression(5000, 0.9)
    worth = assess(quantised(x), kept(x))
    assert set(worth.by) == {"ceiling of the levels", "markov", "collision", "gaussian"}
    assert worth.per_symbol == min(worth.by.values())
    assert 0 < worth.per_symbol < worth.ceiling < 2
    assert any("nothing" in text for text in worth.assumptions)


def test_an_eavesdropper_takes_from_it_and_changes_the_assumptions():
    x = autoregression(5000, 0.5)
    eve = x + 0.2 * np.random.default_rng(2).standard_normal(5000)
    alone, heard = assess(quantised(x), kept(x)), assess(quantised(x), kept(x), eve=eve)
    assert heard.per_symbol < 0.7 * alone.per_symbol
    assert heard.per_symbol == heard.by["gaussian, given Eve"]
    assert not any("nothing" in text for text in heard.assumptions)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(300, 2500), st.floats(-0.95, 0.98), st.sampled_from([2, 4, 8]), st.integers(1, 3),
    st.integers(0, 2**32), st.floats(0, 1),
)  # fmt: skip
def test_who_listens_never_adds_anything(n, phi, levels, columns, seed, share):
    """She can ignore what she heard, were it noise alone, and however short the record."""
    x, rng = autoregression(n, phi, seed), np.random.default_rng(seed)
    eve = share * x[:, None] + rng.standard_normal((n, columns))
    told = autoregression(n // 3, phi, seed + 1)
    alone, heard = (assess(quantised(x, levels), kept(x), eve=e, published=told) for e in (None, eve))
    assert heard.per_symbol <= alone.per_symbol
    assert dict(alone.by).items() <= dict(heard.by).items()


def test_evenly_spaced_symbols_are_judged_by_their_own_spacing():
    # what was thrown away between them is nobody's: one of 20 samples of a correlation of .9 is almost fresh
    x = autoregression(40_000, 0.9)
    worth = assess(quantised(x, index=np.arange(0, 40_000, 20)), kept(x))
    assert worth.by["gaussian"] > 1.7
    uneven = np.sort(np.random.default_rng(3).choice(40_000, 2000, replace=False))
    assert assess(quantised(x, index=uneven), kept(x)).by["gaussian"] < 0.7


def test_thresholds_that_change_from_run_to_run_are_found():
    x = np.random.default_rng(4).standard_normal(4096)
    runs = [quantised(run).values for run in np.split(x, 16)]
    worth = assess(Symbols(np.concatenate(runs), 4, np.arange(4096)), kept(x))
    # quantiles of 256 samples scatter by .03: the likeliest cell of a run holds about .28, not .25
    assert 1.7 < worth.by["gaussian"] < assess(quantised(x), kept(x)).by["gaussian"]


def test_symbols_that_are_no_levels_have_no_gaussian_bound_and_say_so():
    x = np.random.default_rng(5).standard_normal(3001)
    signs = Symbols((np.diff(x) > 0).astype(int), 2, np.arange(1, 3001))
    worth = assess(signs, kept(x))
    assert "gaussian" not in worth.by
    assert any("no Gaussian bound" in text for text in worth.assumptions)


def test_a_level_that_never_occurs_is_no_trouble():
    x = np.random.default_rng(6).standard_normal(1000)
    for shift in (0, 1, 2):
        worth = assess(Symbols((x > 0).astype(int) + shift, 4, np.arange(1000)), kept(x))
        assert 0.6 < worth.per_symbol <= 1


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([2, 4, 8, 16]), st.integers(150, 600), st.floats(0, 0.99), st.integers(0, 1000))
def test_is_never_negative_and_never_above_the_levels(levels, n, phi, seed):
    x = autoregression(n, phi, seed)
    worth = assess(quantised(x, levels), kept(x))
    assert 0 <= worth.per_symbol <= log2(levels)


def test_a_single_tone_in_a_matrix_is_the_same():
    x = autoregression(500, 0.5)
    symbols = quantised(x)
    assert assess(symbols, kept(x[:, None])).by == assess(symbols, kept(x)).by


def test_the_ledger_earns_it_with_its_assumptions():
    x = autoregression(2000, 0.5)
    worth = assess(quantised(x), kept(x))
    ledger = earn(Ledger(), worth, 2000)
    assert ledger.balance == pytest.approx(2000 * worth.per_symbol)
    assert ledger.assumptions == worth.assumptions
    with pytest.raises(OutOfRange):
        earn(Ledger(), worth, -1)


def test_spoken_samples_are_worth_nothing_by_type():
    x = autoregression(500, 0.5)
    with pytest.raises(TypeError, match="Kept"):
        assess(quantised(x), kept(x, Spoken))


def test_bad_input_is_refused():
    x = autoregression(500, 0.5)
    with pytest.raises(EndsDisagree):
        assess(quantised(x), kept(x[:-1]))
    with pytest.raises(EndsDisagree):
        assess(quantised(x), kept(x), eve=x[:-1])
    with pytest.raises(OutOfRange):
        assess(quantised(x), kept(np.column_stack([x, x])))
    with pytest.raises(TooFewSamples):
        assess(Symbols(np.zeros(0, int), 4, np.zeros(0, int)), kept(x))


def test_an_estimate_shows_no_sample():
    x = autoregression(500, 0.5)
    shown = repr(assess(quantised(x), kept(x)))
    assert f"{x[0]:.6f}" not in shown
    assert "array" not in shown
