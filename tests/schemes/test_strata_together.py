"""Strata's plan where tones tell of each other: what others foretell is left out, what they do not is kept."""

from math import sqrt

import numpy as np
import pytest
from scipy.signal import lfilter

import samefade as sf
from samefade.schemes import Strata
from samefade.types import Observation, Pair

N, NOISE = 10_000, 0.1  # an eighth judges, and echoes are looked for among a thousand samples and more


def fade(seed, memory=0.9):
    """Return a first-order autoregression of unit variance."""
    return lfilter([sqrt(1 - memory**2)], [1, -memory], np.random.default_rng(seed).standard_normal(N + 300))[300:]


def pair_of(clean, seed=9):
    """Return both ends of the tones, each with noise of its own."""
    rng, every = np.random.default_rng(seed), np.ones(len(clean), bool)
    a, b = (clean + NOISE * rng.standard_normal(clean.shape) for _ in "ab")
    return Pair(Observation(a, 10.0, every, "a"), Observation(b, 10.0, every, "b"))


def terms_of(pair):
    spoken, _ = pair.split()
    return Strata().agree(spoken.a, spoken.b)


def bent(seed):
    """Return a fade and its square: no covariance shows that the second holds nothing besides the first."""
    x = fade(seed)
    return np.column_stack([2 * x, (x**2 - 1) / sqrt(2)])


def late(seed):
    """Return a fade, and the same fade 20 samples late and much weaker."""
    x = fade(seed)
    return np.column_stack([x, 0.15 * np.roll(x, 20)])


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("tones", [bent, late])
def test_a_tone_that_another_one_foretells_is_left_out(tones, seed):
    terms = terms_of(pair_of(tones(seed)))
    assert len(terms.strands) == 1
    assert abs(terms.strands[0].direction[0]) > 0.9  # the one that tells more of itself


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tones_that_fade_independently_are_all_kept(seed):
    clean = np.column_stack([scale * fade(10 * seed + i) for i, scale in enumerate((2.0, 1.5, 1.0))])
    terms, alone = terms_of(pair_of(clean)), [terms_of(pair_of(clean[:, [i]])) for i in range(3)]
    assert len(terms.strands) == 3
    # what independent sources hold adds up; directions and learning on some thousand samples cost some of it
    assert terms.thresholds["promised"] > 0.85 * sum(one.thresholds["promised"] for one in alone)


def test_a_tone_that_holds_nothing_new_costs_no_key():
    clean = bent(1)
    single, both = (sf.run(Strata(), pair_of(part), seed=bytes(48)) for part in (clean[:, :1], clean))
    assert both.keys_match
    # the other tone adds less than it would tell; noises are drawn anew, and half of the rate was lost to it before
    assert both.secure_bits > 0.8 * single.secure_bits
