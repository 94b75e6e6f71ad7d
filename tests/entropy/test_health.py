"""The health tests of SP 800-90B 4.4 and the restart test of 3.1.4, against the standard's numbers and plain loops."""

import pickle
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from samefade.entropy.health import Health, restart, restart_cutoff
from samefade.entropy.markov import markov
from samefade.errors import OutOfRange, TooFewSamples, TooLittleEntropy


# SP 800-90B 4.4.1: C = 1 + ⌈20 / H⌉ for α = 2^-20
@pytest.mark.parametrize(("declared", "cut"), [(0.2, 101), (0.5, 41), (0.8, 26), (1, 21), (2, 11), (4, 6), (8, 4)])
def test_the_repetition_count_cutoff_is_the_standards(declared, cut):
    assert Health(declared, 256).run == cut


# SP 800-90B 4.4.2 at α = 2^-20 and W = 1,024
@pytest.mark.parametrize(("declared", "cut"), [(0.2, 941), (0.4, 840), (0.6, 748), (0.8, 664), (1, 589)])
def test_the_adaptive_proportion_cutoff_of_two_levels_is_the_standards(declared, cut):
    assert Health(declared, 2).proportion == cut


def test_the_cutoffs_are_those_of_the_jitter_entropy_library():
    # α = 2^-30, H = 1, W = 512: 31 and 325 in its source
    health = Health(1, 256, alpha=2**-30)
    assert (health.run, health.proportion) == (31, 325)


# the same at W = 512
@pytest.mark.parametrize(("declared", "cut"), [(1, 311), (2, 177), (4, 62), (8, 13)])
def test_the_adaptive_proportion_cutoff_of_many_levels_is_the_standards(declared, cut):
    health = Health(declared, 256)
    assert health.proportion == cut
    tail = stats.binom.sf(cut - 2, 512, 2**-declared), stats.binom.sf(cut - 1, 512, 2**-declared)
    assert tail[1] <= 2**-20 < tail[0]


def plainly(health, symbols):
    """Both tests as the standard writes them, symbol by symbol."""
    window, proportion, longest = health.window, health.proportion, health.run
    last, run, first, alike, seen = None, 0, None, 0, window
    for at, symbol in enumerate(symbols):
        run = run + 1 if symbol == last else 1
        if seen == window:
            first, alike, seen = symbol, 0, 0
        alike, seen, last = alike + (symbol == first), seen + 1, symbol
        if alike >= proportion:
            return at, "adaptive proportion"
        if run >= longest:
            return at, "repetition count"
    return None, ""


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([2, 3, 16]),
    st.floats(0.3, 1),
    st.floats(0, 0.98),
    st.lists(st.integers(1, 4000), max_size=5),
)
def test_agrees_with_the_plain_loop_however_the_stream_is_cut(seed, levels, declared, stay, cuts):
    rng = np.random.default_rng(seed)
    symbols = rng.integers(0, levels, 4000)
    symbols[rng.random(4000) < stay] = 0
    health = Health(declared, levels)
    course, failed, by = None, None, ""
    for part in np.split(symbols, sorted(c for c in cuts if c < 4000)):
        if len(part):
            verdict = health.check(part, course)
            course = verdict.course
            if failed is None:
                failed, by = verdict.failed, verdict.by
    at, name = plainly(health, symbols.tolist())
    assert failed == at
    assert by == name or at is not None  # both may fail at one symbol
    assert course.checked == 4000


def test_a_good_source_passes_for_long():
    # 2^20 symbols: expected false alarms below 1e6 · 2^-20 · 2^-1 (runs) + 1,024 · 2^-20 (windows), so about .5;
    # with α = 2^-30 it is 5e-4
    symbols = np.random.default_rng(7).integers(0, 2, 1 << 20)
    verdict = Health(1, 2, alpha=2**-30).check(symbols)
    assert verdict.passed
    assert verdict.demand() is None
    assert verdict.checked == 1 << 20


def test_a_source_that_is_stuck_fails_at_once():
    symbols = np.random.default_rng(1).integers(0, 4, 2000)
    symbols[500:] = symbols[499]
    verdict = Health(1, 4).check(symbols)
    assert verdict.by == "repetition count"
    assert 499 < verdict.failed <= 499 + 21
    with pytest.raises(TooLittleEntropy):
        verdict.demand()


def test_a_source_that_lost_half_its_entropy_fails_the_proportion():
    # 2 bits declared, p = .85 left: a run of 11 has probability .17, a window's share .85 is far above 177 of 512
    symbols = (np.random.default_rng(2).random(1024) < 0.15).astype(int)
    verdict = Health(1.9, 4).check(symbols)
    assert not verdict.passed
    assert Health(0.2, 4).check(symbols).passed


def test_what_goes_on_between_calls_tells_no_symbol():
    verdict = Health(1, 16).check(np.full(5, 13))
    assert "13" not in repr(verdict)
    with pytest.raises(TypeError, match="no serialiser"):
        pickle.dumps(verdict)


@pytest.mark.parametrize("declared", [0, -1, 1.01, float("nan")])
def test_a_min_entropy_that_cannot_be_is_refused(declared):
    with pytest.raises(OutOfRange):
        Health(declared, 2)


def test_what_is_no_symbol_is_refused():
    health = Health(1, 4)
    for wrong in (np.array([0, 4]), np.array([-1]), np.zeros((2, 2), int), np.zeros(3)):
        with pytest.raises(OutOfRange):
            health.check(wrong)
    with pytest.raises(TooFewSamples):
        health.check(np.zeros(0, int))
    with pytest.raises(OutOfRange):
        Health(1, 4, alpha=0.5)
    with pytest.raises(OutOfRange):
        Health(1, 1)


def markov_of(levels):
    return lambda string: markov(string, levels, local=False)


# the simulated cut-off of NIST's ea_restart is the 1 − α quantile of the count of the most common of ⌈1/p⌉ symbols;
# with α = .005 and 40,000 draws its quantile is known to ± one count
@pytest.mark.parametrize("declared", [0.3, 1.0, 1.5, 2.0, 3.7])
def test_the_restart_cutoff_is_what_simulation_gives(declared):
    p = 2**-declared
    many = int(1 / p + 1e-9)
    chances = [p] * many + ([1 - many * p] if 1 - many * p > 1e-12 else [])
    most = np.random.default_rng(3).multinomial(1000, chances, 40_000).max(axis=1)
    assert restart_cutoff(1000, 2, declared) == pytest.approx(np.quantile(most, 0.99 ** (1 / 2)), abs=1.5)


def test_the_restart_cutoff_of_a_fair_coin():
    # two symbols: P(max > C) = 2 P(B > C) ≤ 1 − .99^(1/2000)
    alpha = 1 - 0.99 ** (1 / 2000)
    cut = restart_cutoff(1000, 2000, 1)
    assert 2 * stats.binom.sf(cut, 1000, 0.5) <= alpha < 2 * stats.binom.sf(cut - 1, 1000, 0.5)


def test_a_good_source_restarts_well():
    matrix = np.random.default_rng(4).integers(0, 4, (300, 200))
    seen = restart(matrix, 4, 1.9, markov_of(4))
    assert seen.sane
    assert seen.demand() == pytest.approx(min(1.9, seen.by_row, seen.by_column))
    assert seen.demand() > 1.8


def test_a_source_that_restarts_alike_is_worth_nothing():
    rng = np.random.default_rng(5)
    matrix = np.tile(rng.integers(0, 4, 200), (300, 1))
    seen = restart(matrix, 4, 1.9, markov_of(4))
    assert not seen.sane
    assert seen.most[1] == 300
    assert seen.assessed == 0
    with pytest.raises(TooLittleEntropy):
        seen.demand()


def test_a_source_whose_columns_are_half_alike_is_refused_by_validation():
    rng = np.random.default_rng(6)
    matrix = rng.integers(0, 2, (100, 100))
    seen = restart(matrix, 2, 1.0, lambda _: 0.4)
    assert seen.sane
    assert seen.assessed == 0


def test_the_entropy_is_asked_of_rows_and_of_columns():
    matrix = np.arange(1200).reshape(30, 40) % 7
    asked = []
    restart(matrix, 7, log2(7), lambda string: asked.append(string) or 2.0)
    assert (asked[0] == matrix.ravel()).all()
    assert (asked[1] == matrix.T.ravel()).all()


def test_a_matrix_that_is_none_is_refused():
    with pytest.raises(OutOfRange):
        restart(np.zeros(1000, int), 2, 1, markov_of(2))
    with pytest.raises(TooFewSamples):
        restart(np.zeros((29, 1000), int), 2, 1, markov_of(2))
    with pytest.raises(OutOfRange):
        restart(np.full((30, 30), 2), 2, 1, markov_of(2))
