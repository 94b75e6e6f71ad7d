"""What training achieves, against closed forms: of an autoregression in white noise the best filter is known.

Wiener's filter of its two-sided past and future leaves the least mean square error that any filter can, learned or not.
"""

from dataclasses import replace

import numpy as np
import pytest
from learn_looks import RATE, looks, spoken, wiener
from scipy.signal import fftconvolve

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.learn import Convergence, CrossDecoding
from samefade.types import Kept, Observation, Pair, Spoken, Terms

N = 1000
NOISE = np.random.default_rng(1).normal(20, 2, (N, 3))


def observation(values, half=Kept, mask=None, end="a"):
    return half(np.asarray(values), RATE, np.ones(len(values), bool) if mask is None else mask, end)


def likeness(restorer, terms, pair):
    a, b = restorer.restore(pair.a, terms), restorer.restore(pair.b, terms)
    both = a.usable & b.usable
    return float(np.corrcoef(a.values[both], b.values[both])[0, 1])


def test_it_is_a_value(learnt):
    restorer, _ = learnt
    assert restorer == eval(repr(restorer)) == replace(restorer)
    assert hash(restorer) == hash(replace(restorer))


@pytest.mark.parametrize("half", [Observation, Spoken, Kept])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_length_precision_half_and_the_mean_stay(learnt, half, dtype):
    restorer, terms = learnt
    x = observation(NOISE[:, 0].astype(dtype), half)
    found = restorer.restore(x, terms)
    assert found.values.shape == (N,)
    assert found.values.dtype == dtype
    assert found.rate == RATE
    assert found.source is x
    assert found.usable.sum() == N - restorer.window
    assert found.values.mean() == pytest.approx(
        x.values.mean(), abs=1.0
    )  # of a deviation of 2; nothing in BCFL's loss holds it
    assert np.array_equal(found.values, restorer.restore(x, terms).values)


def test_each_tone_is_restored_apart(learnt):
    restorer, terms = learnt
    together = restorer.restore(observation(NOISE), terms)
    for k in range(3):
        alone = restorer.restore(observation(NOISE[:, k]), terms)
        assert np.allclose(together.values[:, k], alone.values, atol=1e-4)  # of single precision, with a deviation of 2
        assert np.array_equal(together.usable, alone.usable)


def test_several_tones_are_learnt_from_together():
    restorer = CrossDecoding()
    pairs = [looks(3000, seed=seed)[1] for seed in (1, 2)]
    a, b = (
        Spoken(np.column_stack([getattr(p, end).values for p in pairs]), RATE, np.ones(3000, bool), end) for end in "ab"
    )
    terms = restorer.agree(a, b, Terms(RATE))
    assert likeness(restorer, terms, looks(6000, seed=3)[1]) > 0.8  # .5 before; a Wiener filter reaches .92


def test_what_is_usable_depends_on_gaps_and_not_on_values(learnt):
    restorer, terms = learnt
    mask = np.ones(N, bool)
    mask[400:500] = False
    found = [restorer.restore(observation(NOISE[:, k], mask=mask), terms) for k in (0, 1)]
    assert np.array_equal(found[0].usable, found[1].usable)
    assert not found[0].usable[400 - restorer.window // 2 : 500 + restorer.window // 2].any()
    assert not found[0].usable[[0, N - 1]].any()
    assert found[0].usable[[300, 600]].all()
    mask = np.ones(N, bool)
    mask[500] = False  # it averages more than one sample
    assert restorer.restore(observation(NOISE[:, 0], mask=mask), terms).usable[500]


def test_a_tone_that_does_not_vary_stays_and_a_record_without_any_is_refused(learnt):
    restorer, terms = learnt
    quiet = NOISE.copy()
    quiet[:, 1] = 7.0
    assert np.all(restorer.restore(observation(quiet), terms).values[:, 1] == 7.0)
    with pytest.raises(ConstantSignal):
        restorer.restore(observation(np.full(N, 3.0)), terms)
    for short in (0, 1, restorer.window):
        with pytest.raises(TooFewSamples):
            restorer.restore(observation(NOISE[:short, 0]), terms)
    late = observation(NOISE.copy())
    late.values[7, 1] = np.inf
    with pytest.raises(NotFinite):
        restorer.restore(late, terms)


def test_eves_samples_go_through_end_as_network(learnt):
    restorer, terms = learnt
    a, e, b = (restorer.restore(observation(NOISE[:, 0], end=end), terms).values for end in "aeb")
    assert np.array_equal(a, e)
    assert not np.array_equal(a, b)


def test_terms_that_do_not_fit_are_refused(learnt):
    restorer, terms = learnt
    x = observation(NOISE[:, 0])
    for bad in (None, Terms(RATE), replace(terms, rate=5.0)):
        with pytest.raises(OutOfRange):
            restorer.restore(x, bad)


def test_nothing_is_learnt_from_kept_unlike_or_few_samples(learnt):
    restorer, _ = learnt
    a, b = spoken(looks(600)[1]).a, spoken(looks(600)[1]).b
    with pytest.raises(TypeError, match="kept"):
        restorer.agree(Kept(a.values, RATE, a.mask), b, Terms(RATE))
    with pytest.raises(EndsDisagree):
        restorer.agree(a, b.window(0, 500), Terms(RATE))
    with pytest.raises(EndsDisagree):
        restorer.agree(a, b, Terms(5.0))
    with pytest.raises(TooFewSamples):
        restorer.agree(a.window(0, 200), b.window(0, 200), Terms(RATE))
    deaf = replace(b, mask=np.arange(600) < 100)
    with pytest.raises(TooFewSamples):
        restorer.agree(a, deaf, Terms(RATE))
    long = spoken(looks(1200)[1])
    with pytest.raises(TooFewSamples):  # enough in all, but nowhere close together
        restorer.agree(long.a, replace(long.b, mask=np.arange(1200) % 4 == 0), Terms(RATE))


@pytest.mark.parametrize(
    "silly",
    [{"window": 63}, {"window": 8}, {"kernel": 4}, {"steps": 75}, {"steps": 0}, {"batch": 0}, {"channels": 65},
     {"pace": 0.0}, {"noise": -1.0}],
    ids=str,
)  # fmt: skip
def test_numbers_that_make_no_network_are_refused(silly):
    for restorer in (CrossDecoding, Convergence):
        with pytest.raises(OutOfRange):
            restorer(**silly)
    with pytest.raises(OutOfRange):
        CrossDecoding(hidden=0)
    with pytest.raises(OutOfRange):
        Convergence(spread=-1.0)


def test_learning_raises_the_correlation_above_raw(learnt):
    restorer, terms = learnt
    pair = looks(20_000, seed=9)[1]
    raw = float(np.corrcoef(pair.a.values, pair.b.values)[0, 1])
    assert raw == pytest.approx(0.5, abs=0.06)  # 1 / (1 + 1); about 20,000 / 20 independent samples: ±.024
    assert likeness(restorer, terms, pair) > 0.85


def test_no_training_beats_wieners_filter_and_the_autoencoder_comes_near(decoder):
    restorer, terms = decoder
    signal, pair = looks(60_000, seed=9)
    best = fftconvolve(pair.a.values - 10, wiener(0.95, 1.0), mode="same")
    found = restorer.restore(pair.a, terms).values - 10
    inside = slice(200, -200)
    bounds, learned = ((x - signal)[inside] ** 2 for x in (best, found))
    more = learned - bounds
    blocks = more[: len(more) // 400 * 400].reshape(-1, 400).mean(axis=1)  # errors are alike over some 20 samples
    chance = float(blocks.std() / np.sqrt(len(blocks)))
    assert more.mean() > -4 * chance
    assert learned.mean() < 1.25 * bounds.mean()  # 2,080 weights of a linear filter, learnt from 18,000 samples
    # the closed form of the bound itself, so that the oracle is one: .156 of a variance of 1
    assert bounds.mean() == pytest.approx(1 - wiener(0.95, 1.0) @ 0.95 ** np.abs(np.arange(-128, 129)), rel=0.05)


def test_the_same_seed_and_samples_give_the_same_bytes_and_another_seed_others(decoder):
    restorer, terms = decoder
    pair = spoken(looks(9000)[1])
    assert restorer.agree(pair.a, pair.b, Terms(RATE)) == terms
    assert restorer.agree(pair.a, pair.b, Terms(RATE, seed=bytes(15) + b"1")).model != terms.model


def test_the_published_loss_alone_dies_and_with_its_constraint_it_lives():
    pair = spoken(looks(3000)[1])
    told = {spread: Convergence(spread=spread).agree(pair.a, pair.b, Terms(RATE)).thresholds for spread in (0.0, 1.0)}
    assert max(told[0.0]["variance a"], told[0.0]["variance b"]) < 0.01
    assert told[0.0]["loss"] < 0.05 * told[1.0]["loss"]  # and yet it looks far better
    assert min(told[1.0]["variance a"], told[1.0]["variance b"]) > 0.7


def test_a_channel_that_drifted_spoils_what_was_learnt_and_learning_again_mends_it():
    """Learnt where the channel moves fast and is heard well; met where it is slow and noisy: closed forms for both."""
    restorer = CrossDecoding()
    before, after = {"memory": 0.5, "noise": 0.2}, {"memory": 0.99, "noise": 1.5}
    then, now, later = (spoken(looks(9000, **how, seed=s)[1]) for how, s in ((before, 1), (after, 2), (after, 3)))
    once, again = (restorer.agree(p.a, p.b, Terms(RATE)) for p in (then, now))
    found = [likeness(restorer, terms, Pair(later.a, later.b)) for terms in (once, again)]
    raw = 1 / (1 + 1.5**2)
    stale, fresh = (alike(wiener(*x.values()), *after.values()) for x in (before, after))
    assert (raw, stale, fresh) == pytest.approx((0.308, 0.329, 0.941), abs=0.001)
    # 9,000 samples at a memory of 100 are some 90 independent ones: a correlation of .33 is known to ±.09
    assert found[0] == pytest.approx(stale, abs=0.2)
    assert found[1] > stale + 0.6 * (fresh - stale)


def alike(taps, memory, noise):
    """Return the correlation of both ends after one filter: signal power over signal and noise power."""
    lags = np.abs(np.subtract.outer(np.arange(len(taps)), np.arange(len(taps))))
    power = float(taps @ memory**lags @ taps)
    return power / (power + noise**2 * float(taps @ taps))
