"""The Markov guesser against chains of known entropy."""

from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.entropy import markov
from samefade.entropy.markov import _local, ceiling
from samefade.errors import OutOfRange, TooFewSamples


def slowly(symbols, levels, order):
    """The same guesser, written as it is told: count, guess, look."""
    past, right = {}, []
    for t in range(order, len(symbols)):
        seen = past.setdefault(tuple(symbols[t - order : t]), [0] * levels)
        guess = seen.index(max(seen)) if any(seen) else -1
        right.append(guess == symbols[t])
        seen[symbols[t]] += 1
    return right


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(0, 3), st.integers(16, 120), st.integers(0, 2**32))
def test_guesses_as_the_plain_loop_does(levels, order, n, seed):
    from samefade.entropy.markov import _hits

    symbols = np.random.default_rng(seed).integers(0, levels, n)
    assert _hits(symbols, levels, order).tolist() == slowly(symbols.tolist(), levels, order)


# i.i.d.: the least of four estimates, each with a 99 % bound, so a little below the ceiling of one;
# its scatter at n = 36,000 is below .06 bit (20 seeds)
@pytest.mark.parametrize("levels", [2, 4, 8])
def test_perfect_symbols_score_nearly_their_ceiling(levels):
    symbols = np.random.default_rng(1).integers(0, levels, 36_000)
    assert ceiling(36_000, levels) < log2(levels)
    assert markov(symbols, levels) == pytest.approx(ceiling(36_000, levels), abs=0.3 if levels > 2 else 0.06)
    assert markov(symbols, levels) < log2(levels)


def test_the_ceiling_rises_to_the_levels_with_the_length():
    heights = [ceiling(n, 4) for n in (100, 1000, 10_000, 1_000_000)]
    assert heights == sorted(heights)
    assert heights[-1] == pytest.approx(2, abs=0.01)


# a chain that stays with probability p has min-entropy −log2 p; the bound at n = 50,000 is 2.576·√(pq/n) above p
@pytest.mark.parametrize("stay", [0.6, 0.75, 0.9, 0.98])
def test_a_chain_that_stays_is_worth_its_transition(stay):
    rng = np.random.default_rng(2)
    symbols = np.cumsum(rng.random(50_000) > stay) % 2
    slack = 2 * 2.576 * np.sqrt(stay * (1 - stay) / 50_000)
    ours = 2 ** -markov(symbols, 2)
    assert stay - slack / 2 < ours < stay + slack + 0.01


def test_a_chain_of_order_two_is_seen_by_order_two_alone():
    rng = np.random.default_rng(3)
    symbols = np.zeros(20_000, int)
    for t in range(2, len(symbols)):
        symbols[t] = symbols[t - 1] ^ symbols[t - 2] ^ (rng.random() > 0.9)
    # runs of right guesses are longer than chance would have them: the local bound sees that, and little of it
    assert markov(symbols, 2, 0) > 0.8
    assert markov(symbols, 2, 1) > 0.8
    assert markov(symbols, 2, 2) == pytest.approx(-log2(0.9), abs=0.02)
    assert markov(symbols, 2) <= markov(symbols, 2, 2)


def test_constant_and_alternating_symbols_are_worth_nothing():
    assert markov(np.zeros(1000, int), 4) == 0
    assert markov(np.arange(1000) % 2, 2) < 0.01


def test_short_strings_are_not_flattered():
    # 200 strings of a chain worth .152 bit: the estimate is above the truth in 1 % by design, here in 5 % at most
    rng = np.random.default_rng(4)
    high = sum(markov(np.cumsum(rng.random(200) > 0.9) % 2, 2) > -log2(0.9) for _ in range(200))
    assert high <= 10


# SP 800-90B 6.3.7 step 6: with p = .5 and n = 1000 the run that is absent with probability .99 is about
# log2(n q) + log2(1/.01) − 1 … : inverting must give p back
@pytest.mark.parametrize(("p", "n"), [(0.5, 1000), (0.25, 36_000), (0.9, 5000)])
def test_the_local_bound_inverts_the_law_of_longest_runs(p, n):
    rng = np.random.default_rng(5)
    runs = []
    for _ in range(300):
        hits = np.concatenate([[False], rng.random(n) < p, [False]])
        edges = np.flatnonzero(np.diff(hits.astype(np.int8)))
        runs.append(int((edges[1::2] - edges[::2]).max()))
    # a run at the 99th percentile is what the local bound explains by p itself, one run length either way
    run = int(np.quantile(runs, 0.99))
    assert _local(run - 2, n, 0.99) <= p * 1.06
    assert _local(run + 2, n, 0.99) >= p * 0.94


@pytest.mark.parametrize(
    ("symbols", "levels", "order"),
    [
        (np.zeros(100, int), 1, 1),
        (np.zeros(100, int), 300, 1),
        (np.zeros(100, int), 2, 7),
        (np.zeros(100, int), 2, ()),
        (np.full(100, 2), 2, 1),
        (np.full(100, -1), 2, 1),
        (np.zeros(100), 2, 1),
        (np.zeros((10, 10), int), 2, 1),
    ],
)
def test_absurd_input_is_refused(symbols, levels, order):
    with pytest.raises(OutOfRange):
        markov(symbols, levels, order)


def test_empty_and_short_strings_are_refused():
    for n in (0, 15):
        with pytest.raises(TooFewSamples, match=f"have {n}"):
            markov(np.zeros(n, int), 2)
    with pytest.raises(OutOfRange):
        markov(np.zeros(100, int), 2, confidence=1.0)
