"""Attack our own scheme with Eve's recording in every state: late, bent, slow, interrupted, in many columns.

As in `test_strata_computable`, what the cells are worth is held against what a perfect code tells; and what the ends
publish must not depend on what they keep.
"""

import numpy as np
import pytest

import samefade as sf
from samefade.api.running import halves
from samefade.types import Observation, Pair

SEED = bytes(range(32))
N = 8000
T = np.arange(N)
SCHEME = sf.schemes.Strata(spans=(1, 2))


def judged(pair):
    """Return the estimate, and for each sample what the cells are worth less what a perfect code would tell."""
    spoken, kept = halves(pair, None)
    terms = SCHEME.agree(spoken.a, spoken.b, SEED[:16])
    feature = SCHEME.feature(kept.a, terms)
    symbols = SCHEME.symbols(feature, terms)
    worth = SCHEME.worth(symbols, feature, terms, spoken=spoken.a, eve=kept.e)
    return worth, worth.per_symbol * len(symbols) / len(kept) - terms.thresholds["told"]


def noise(seed):
    return np.random.default_rng(seed).standard_normal(N)


X = noise(1)
HEARD = X + 0.03 * noise(2)


@pytest.fixture(scope="module")
def alone(noisy_pair):
    return judged(noisy_pair(X, 25.0))[1]


KNOWS = {
    "the same": HEARD,
    "late": np.roll(HEARD, 7),
    "amplitude for decibels": 10 ** (X / 3),
    "two columns that only tell together": np.column_stack([HEARD + 5 * noise(3), 5 * noise(3)]),
}


@pytest.mark.parametrize("name", KNOWS)
def test_who_knows_it_in_another_guise_leaves_nothing(noisy_pair, name):
    assert judged(noisy_pair(X, 25.0, eve=KNOWS[name]))[1] < 0


@pytest.mark.parametrize("late", [0, 7])
def test_who_knows_the_size_leaves_the_sign(noisy_pair, late):
    worth, left = judged(noisy_pair(X, 25.0, eve=np.roll(np.abs(HEARD), late)))
    assert left < 1.0
    assert worth.claim == "estimate"


def test_who_knows_the_sign_leaves_the_size(noisy_pair, alone):
    assert judged(noisy_pair(X, 25.0, eve=np.sign(X) + 0.03 * noise(4)))[1] < alone - 0.8


def test_an_outage_gives_back_no_more_than_its_share(noisy_pair, alone):
    broken = np.where(T // 300 % 2 == 0, 0.0, HEARD)
    assert judged(noisy_pair(X, 25.0, eve=broken))[1] < alone / 2 + 0.1


def test_a_recording_of_half_the_rate_takes_half(noisy_pair, alone):
    # the mixture has to learn when she is up to date: .3 bits in 6000 samples
    assert judged(noisy_pair(X, 25.0, eve=np.repeat(HEARD[::2], 2)))[1] < alone / 2 + 0.3


def test_neither_a_sign_that_flips_nor_a_clock_that_drifts_saves_the_credit(noisy_pair, alone):
    flips = HEARD * np.where(T // 500 % 2, 1, -1)
    drifts = np.interp(T * 1.001, T, HEARD)
    for eve in (flips, drifts):
        worth, left = judged(noisy_pair(X, 25.0, eve=eve))
        assert left < alone / 2
        assert worth.claim == "estimate"


def test_a_deaf_eavesdropper_takes_nothing(noisy_pair, alone):
    worth, left = judged(noisy_pair(X, 25.0, eve=noise(9)))
    assert left > 0.99 * alone
    assert worth.claim == "bounded"


def test_terms_do_not_depend_on_what_is_kept(noisy_pair):
    """Whatever is published before the discussion must tell nothing of the kept half."""
    pair = noisy_pair(X, 25.0)
    spoken, kept = halves(pair, None)
    begin = round((kept.a.start - pair.a.start) * pair.a.rate)

    def changed(x, seed):
        values = np.asarray(x.values).copy()
        values[begin:] = 3 * noise(seed)[begin:] + 99
        return Observation(values, x.rate, x.mask, x.end)

    other_spoken, other_kept = halves(Pair(changed(pair.a, 21), changed(pair.b, 22)), None)
    assert other_kept.a.start == kept.a.start
    mine, theirs = (SCHEME.agree(s.a, s.b, SEED[:16]) for s in (spoken, other_spoken))
    assert (mine.lag, mine.step, mine.thresholds) == (theirs.lag, theirs.step, theirs.thresholds)
    for one, other in zip(mine.strands, theirs.strands, strict=True):
        assert all(np.array_equal(p, q) for p, q in zip(one.edges, other.edges, strict=True))
        for what in ("direction", "basis", "estimate", "noise"):
            assert np.array_equal(getattr(one, what), getattr(other, what))
        assert (one.mean, one.activity, one.movement, one.tail) == (
            other.mean,
            other.activity,
            other.movement,
            other.tail,
        )
    with pytest.raises(TypeError):
        SCHEME.agree(kept.a, kept.b, SEED[:16])


def test_functions_of_other_tones_are_not_paid_twice():
    x = noise(31)
    columns = np.column_stack([np.cos(3 * x), np.sin(3 * x), np.cos(6 * x)])
    ends = [columns + 0.03 * np.random.default_rng(s).standard_normal(columns.shape) for s in (1, 2)]
    pair = Pair(*(Observation(v, 10.0, np.ones(N, bool), end) for v, end in zip(ends, "ab", strict=True)))
    worth, _ = judged(pair)
    # two of three are known from the first but for a sign
    assert min(worth.by.values()) < 0.75 * worth.by["stationary"]
    assert worth.claim == "estimate"
