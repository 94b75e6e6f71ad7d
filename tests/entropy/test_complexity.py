"""The complexity of Lempel and Ziv against the published example and its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.entropy import complexity, normalised_complexity
from samefade.errors import OutOfRange, TooFewSamples


def bits(text):
    return np.array([int(c) for c in text])


def naive(symbols):
    """Count words letter by letter: one ends where it occurs nowhere, from no earlier start, before its last letter."""
    words, word, before = 0, [], []
    for symbol in symbols:
        word.append(symbol)
        seen = before + word[:-1]
        if not any(seen[i : i + len(word)] == word for i in range(len(seen) - len(word) + 1)):
            words, before, word = words + 1, before + word, []
    return words + bool(word)


def test_the_example_of_kaspar_and_schuster_has_six_words():
    assert complexity(bits("0001101001000101")) == 6


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("0", 1), ("00", 2), ("0" * 50, 2), ("01" * 25, 3), ("010011", 4)]
)
def test_by_hand(text, words):
    # 0·0000…, 0·1·0101…, 0·1·001·1
    assert complexity(bits(text)) == words


@given(st.lists(st.integers(0, 3), max_size=80))
def test_it_is_what_its_definition_says(symbols):
    assert complexity(np.array(symbols, np.int64)) == naive(symbols)


def test_fair_bits_have_a_normalised_complexity_near_one_and_a_constant_near_none():
    fair = np.random.default_rng(1).integers(0, 2, 4096)
    # the limit is 1; at this length the terms of lower order add some percent
    assert normalised_complexity(fair) == pytest.approx(1.0, abs=0.08)
    assert normalised_complexity(np.zeros(4096, np.int64)) < 0.01
    assert normalised_complexity(np.random.default_rng(2).integers(0, 4, 4096), 4) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("wrong", [np.array([0.5, 1.0]), np.array([0, 256]), np.array([-1]), np.zeros((2, 2), int)])
def test_what_is_no_row_of_symbols_is_refused(wrong):
    with pytest.raises(OutOfRange):
        complexity(wrong)


def test_nothing_can_be_normalised_of_one_symbol_or_one_level():
    with pytest.raises(TooFewSamples):
        normalised_complexity(np.zeros(1, np.int64))
    with pytest.raises(OutOfRange):
        normalised_complexity(np.zeros(9, np.int64), 1)
