"""The collision entropy against a closed form, its neighbours, and what it is for: quiet stretches."""

import numpy as np
import pytest
from scipy.signal import lfilter

from samefade.entropy.collision import collision


def chain(matrix, n, seed=1):
    rng, out = np.random.default_rng(seed), np.zeros(n, int)
    for t in range(1, n):
        out[t] = rng.random() > matrix[out[t - 1]][0]
    return out


@pytest.mark.parametrize("matrix", [((0.9, 0.1), (0.3, 0.7)), ((0.5, 0.5), (0.5, 0.5)), ((0.99, 0.01), (0.5, 0.5))])
def test_of_a_two_state_chain_it_is_the_closed_form(matrix):
    (a, b), (c, d) = np.square(matrix)
    radius = (a + d + np.sqrt((a - d) ** 2 + 4 * b * c)) / 2
    # 40,000 steps: each p to .003, hence p² to .006 and −log2 to .01
    assert collision(chain(matrix, 40_000), 2) == pytest.approx(-np.log2(radius), abs=0.02)


@pytest.mark.parametrize("levels", [2, 4, 8])
def test_of_independent_symbols_it_is_all_of_them(levels):
    symbols = np.random.default_rng(2).integers(0, levels, 20_000)
    assert collision(symbols, levels) == pytest.approx(np.log2(levels), abs=0.01)


def test_quiet_stretches_weigh_more_than_their_share():
    x = lfilter([1], [1, -0.97], np.random.default_rng(3).standard_normal(40_000))
    symbols = np.searchsorted(np.quantile(x, [0.25, 0.5, 0.75]), x)
    stays = np.mean(symbols[1:] == symbols[:-1])
    # Shannon's entropy of the chain is .9 bits, the share of right guesses says .4
    assert 0.1 < collision(symbols, 4) < 0.85 * -np.log2(stays)


def test_a_string_too_short_to_judge_keeps_its_levels():
    assert collision(np.zeros(20, int), 8) == 3.0


def test_a_constant_string_holds_nothing():
    assert collision(np.zeros(500, int), 4) == 0.0
