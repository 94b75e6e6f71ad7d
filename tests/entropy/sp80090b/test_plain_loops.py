"""The compiled loops against the same definitions written the slow way."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.entropy.sp80090b import repeats
from samefade.entropy.sp80090b.bit_chain_loops import bit_chains
from samefade.entropy.sp80090b.chain_loops import chains
from samefade.entropy.sp80090b.collision_loops import waits
from samefade.entropy.sp80090b.dictionary_loops import dictionary
from samefade.entropy.sp80090b.lag_loops import echoed
from samefade.entropy.sp80090b.prediction import local, log_absent
from samefade.entropy.sp80090b.suffix_array import common_prefixes, suffix_array
from samefade.entropy.sp80090b.window_loops import most_common_in_window


@st.composite
def strings(draw, least=1, most=150, alphabets=(2, 3, 5)):
    """Random, or with long repeats: both are drawn."""
    k = draw(st.sampled_from(alphabets))
    part = draw(st.lists(st.integers(0, k - 1), min_size=1, max_size=most))
    whole = part * draw(st.sampled_from([1, 1, 2, 5]))
    whole = (whole * (least // len(whole) + 1))[: max(most, least)]
    return np.array(whole, np.uint8), k


def run_of(hits):
    best = now = 0
    for hit in hits:
        now = now + 1 if hit else 0
        best = max(best, now)
    return sum(hits), best


@settings(deadline=None)
@given(strings(alphabets=(1, 2, 3, 7)))
def test_suffixes_are_in_order(drawn):
    text = drawn[0].astype(np.int32)
    letters = text.tolist()
    order = suffix_array(text, int(text.max()) + 1).tolist()
    assert order == sorted(range(len(letters)), key=lambda i: letters[i:])
    shared = common_prefixes(text, np.array(order, np.int32))
    for before, here, length in zip(order, order[1:], shared[1:], strict=False):
        assert letters[before : before + length] == letters[here : here + length]
        assert letters[before : before + length + 1] != letters[here : here + length + 1]


@settings(deadline=None, max_examples=60)
@given(strings(most=60))
def test_repeats_are_counted_as_strings_are(drawn):
    symbols, k = drawn
    found = repeats(symbols, k)
    whole = bytes(symbols)
    for t in range(1, found.longest + 1):
        counts = Counter(whole[i : i + t] for i in range(len(whole) - t + 1)).values()
        assert found.most[t] == max(counts)
        assert found.pairs[t] == sum(c * (c - 1) // 2 for c in counts)
    longer = found.longest + 1
    assert max(Counter(whole[i : i + longer] for i in range(len(whole) - longer + 1)).values(), default=1) == 1


@settings(deadline=None)
@given(strings(least=6))
def test_waits_end_at_the_first_two_equal_bits(drawn):
    bits = drawn[0] & 1
    told, i = [], 0
    while True:
        wait = next((w for w in (2, 3) if len(set(bits[i : i + w].tolist())) < len(bits[i : i + w]) == w), None)
        if wait is None:
            break
        told.append(wait)
        i += wait
    assert waits(bits) == (len(told), sum(told), sum(t * t for t in told))


@settings(deadline=None)
@given(strings())
def test_windows_predict_their_most_common_symbol(drawn):
    symbols, k = drawn
    s, windows = symbols.tolist(), (3, 5, 9, 17)
    scores, winner, hits = [0] * 4, 0, []
    for i in range(3, len(s)):
        guesses = [
            max(set(s[i - w : i]), key=lambda y, w=w: (s[i - w : i].count(y), max(j for j in range(i) if s[j] == y)))
            if i >= w
            else None
            for w in windows
        ]
        hits.append(guesses[winner] == s[i])
        for j, guess in enumerate(guesses):
            if guess == s[i]:
                scores[j] += 1
                winner = j if scores[j] >= scores[winner] else winner
    assert most_common_in_window(symbols, k, np.array(windows)) == run_of(hits)


@settings(deadline=None)
@given(strings(least=3), st.integers(1, 9))
def test_lags_predict_by_repeating(drawn, lags):
    s = drawn[0].tolist()
    scores, winner, hits = [0] * lags, 0, []
    for i in range(1, len(s)):
        hits.append(s[i - 1 - winner] == s[i])
        for d in range(min(lags, i)):
            if s[i - 1 - d] == s[i]:
                scores[d] += 1
                winner = d if scores[d] >= scores[winner] else winner
    newest = np.array([*s[::-1], *[-1] * lags], np.int16)
    assert echoed(newest, len(s), lags) == run_of(hits)


def slow_chains(s, orders, most):
    """Section 6.3.9: each order's dictionary takes `most` pairs of a context and what followed."""
    seen = [{} for _ in range(orders)]
    scores, winner, hits = [0] * orders, 0, []
    for i in range(1, len(s)):
        hit, leading = None, winner
        for d in range(min(orders, i)):
            context = seen[d].get(tuple(s[i - 1 - d : i]))
            if context is None:
                break
            guess = max(context, key=lambda y, c=context: (c[y], y))
            hit = guess == s[i] if d == leading else hit
            if guess == s[i]:
                scores[d] += 1
                winner = d if scores[d] >= scores[winner] else winner
        for d in range(min(orders, i)):
            context = seen[d].get(tuple(s[i - 1 - d : i]), {})
            if s[i] in context or sum(map(len, seen[d].values())) < most:
                context[s[i]] = context.get(s[i], 0) + 1
                seen[d][tuple(s[i - 1 - d : i])] = context
        if hit is not None:  # NIST's program: a leading order that does not know the context ends no run
            hits.append(hit)
    return run_of(hits)


@settings(deadline=None)
@given(strings(least=17), st.integers(1, 6), st.sampled_from([1000, 12]))
def test_chains_predict_what_followed_most_often(drawn, orders, most):
    symbols, k = drawn
    if most == 12 and orders > 1:
        most = 1000  # when a dictionary is full, which contexts later ones hold depends on the order of insertion
    slow = slow_chains(symbols.tolist(), orders, most)
    assert chains(symbols, orders, most, 12) == slow
    if k == 2:
        assert bit_chains(symbols, orders, most) == slow


def slow_dictionary(s, longest, most):
    """Section 6.3.10: one dictionary of at most `most` strings, longer ones first."""
    seen, hits = {}, []
    for i in range(longest, len(s)):
        guess, count = None, 0
        for j in range(longest, 0, -1):
            context = seen.get(tuple(s[i - j : i]))
            if context:
                best = max(context, key=lambda y, c=context: (c[y], y))
                guess, count = (best, context[best]) if context[best] > count else (guess, count)
        for j in range(longest, 0, -1):
            if tuple(s[i - j : i]) in seen or len(seen) < most:
                context = seen.setdefault(tuple(s[i - j : i]), {})
                context[s[i]] = context.get(s[i], 0) + 1
        if i > longest:
            hits.append(guess == s[i])
    return run_of(hits)


@settings(deadline=None)
@given(strings(least=19), st.integers(1, 6), st.sampled_from([1000, 30, 7]))
def test_the_dictionary_predicts_by_its_most_frequent_pair(drawn, longest, most):
    symbols, k = drawn
    slow = slow_dictionary(symbols.tolist(), longest, most)
    assert dictionary(symbols, k, longest, most) == slow


# a run of r heads in n tosses, counted by the states of a chain: exact, where Feller's form is an approximation to
# within about x^-n of its second root, which is nothing for n much longer than r
@pytest.mark.parametrize(("p", "run", "n"), [(0.5, 8, 300), (0.3, 5, 2000), (0.8, 30, 4000), (0.95, 60, 1500)])
def test_the_longest_run_has_fellers_distribution(p, run, n):
    state = np.zeros(run)
    state[0] = 1
    for _ in range(n):
        state = np.concatenate([[(1 - p) * state.sum()], p * state[:-1]])
    assert log_absent(p, run, n) == pytest.approx(np.log(state.sum()), rel=1e-3)


@given(st.integers(1, 200), st.integers(200, 10**6))
def test_the_local_probability_leaves_one_chance_in_a_hundred(run, n):
    p = local(1e-3, run, n)
    assert log_absent(p, run, n) == pytest.approx(np.log(0.99), rel=1e-3) or p == 1e-3 or p > 1 - 1e-12
