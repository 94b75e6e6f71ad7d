"""Learning guessers: they follow what changes, find echoes, and are fooled by chance no more than chance allows."""

import numpy as np
import pytest

from samefade.entropy.following import echoes, following
from samefade.entropy.sparse import sparse

N = 6000


def left(x, levels=4, known=None):
    cuts = np.tile(np.quantile(x, np.arange(1, levels) / levels), (len(x), 1))
    known = np.zeros((len(x), 0)) if known is None else known
    return following(x, cuts, known, np.ones(len(x), bool))


def noise(n=N, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


@pytest.mark.parametrize("levels", [2, 4, 8])
def test_noise_is_worth_nearly_all_its_levels(levels):
    # right by chance once in `levels`; 2.6 and 2 standard errors of 3,000 guesses or more above it
    p = 1 / levels
    assert -np.log2(p + 4.6 * np.sqrt(p * (1 - p) / 3000)) < left(noise(), levels) < np.log2(levels)


def test_a_sweep_that_one_predictor_cannot_fit_is_followed():
    t = np.arange(N)
    assert left(np.sin(np.pi * 0.3 * t**2 / N) + 0.01 * noise()) < 0.3


def test_the_lag_of_an_echo_is_found_and_what_it_says_is_used():
    x = noise()
    x[2500:] = x[:-2500]
    known = echoes(x, beyond=32)
    assert np.array_equal(known[2500:, 1], x[: N - 2500] - x.mean())
    assert not known[:2499, :3].any()
    assert left(x, known=known) < 0.75 * left(x)


def test_nothing_is_learnt_where_nothing_is_known():
    # Eve's column is the series itself, but she did not hear the first half
    x, heard = noise(), np.arange(N) >= N // 2
    cuts = np.tile(np.quantile(x, [0.25, 0.5, 0.75]), (N, 1))
    assert following(x, cuts, np.where(heard, x, 0.0)[:, None], heard) < 1.0


def test_a_short_or_constant_record_is_no_trouble():
    assert left(noise(20)) == np.inf
    assert left(np.ones(500)) == 0.0


def test_published_samples_are_known():
    x = noise(4000)
    cuts = np.tile(np.quantile(x, [0.25, 0.5, 0.75]), (len(x), 1))
    again = x + 0.02 * noise(4000, 2)
    assert sparse(x, cuts, published=again) < 0.5
    assert sparse(x, cuts, published=noise(4000, 3)) > 1.5
