"""The contract of every decomposition: its parts add up, and what is usable is stated."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import ConstantSignal, NotReciprocal, OutOfRange
from samefade.restore import (
    BandFilter,
    BandPass,
    CoherentBand,
    Cosine,
    Detrend,
    Difference,
    Dwt,
    Fft,
    FixedBand,
    Golay,
    Innovation,
    Kalman,
    Principal,
    SmallScale,
    agreed,
)
from samefade.types import Kept, Observation, Spoken, Terms

N, RATE = 900, 10.0
TAKEN = [Dwt(finest="threshold"), Fft()]  # what they take depends on the values
LINEAR = [
    Detrend(), Detrend(5), Golay(21, 2), Fft(cutoff=0.5), Difference(), Difference(5, every=1), Dwt(),
    Dwt("haar", 2, "zero"), CoherentBand(), BandFilter(), BandFilter(rule=FixedBand()), BandPass(),
    Cosine(16), Cosine(16, 2, 5), Principal(16), Principal(16, 0, 6), Innovation(), Kalman(),
]  # fmt: skip
EVERY = [*LINEAR, *TAKEN]
every = pytest.mark.parametrize("operator", EVERY, ids=str)
linear = pytest.mark.parametrize("operator", LINEAR, ids=str)


def fade(n, seed, tones=None):
    """A slow part and a fast one, around −80."""
    rng = np.random.default_rng(seed)
    shape = (n,) if tones is None else (n, tones)
    slow = np.cumsum(rng.normal(size=shape), axis=0) * 0.3
    return -80 + slow + rng.normal(size=shape)


def observation(values, half=Kept, mask=None, end="a"):
    return half(np.asarray(values), RATE, np.ones(len(values), bool) if mask is None else mask, end)


@pytest.fixture(scope="module")
def learnt():
    """What each operator learns from the spoken samples of two ends that share most of what they hear."""
    rng, shared = np.random.default_rng(3), fade(N, 4)
    a, b = (observation(shared + 0.2 * rng.normal(size=N), Spoken, end=e) for e in "ab")
    return {operator: agreed(operator, a, b, Terms(RATE)) for operator in EVERY}


def whole(operator, x):
    """Return what the parts must add up to."""
    if not isinstance(operator, Difference):
        return x
    first = np.arange(0, len(x) - operator.lag, operator.lag + 1 if operator.every is None else operator.every)
    return x[first + operator.lag]


@every
@pytest.mark.parametrize("tones", [None, 3])
def test_the_parts_add_up_to_what_was_heard(operator, learnt, tones):
    x = fade(N, 5, tones)
    mask = np.random.default_rng(6).random(N) < 0.95
    parts = operator.split(observation(x, mask=mask), learnt[operator])
    assert np.allclose(parts.whole, whole(operator, x), atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(200, 400),
    operator=st.sampled_from([Detrend(7), Golay(9, 2), Dwt(level=2), Difference(3, every=2), Fft(cutoff=1.0)]),
    seed=st.integers(0, 2**31),
    lost=st.floats(0, 0.2),
)
def test_they_add_up_whatever_the_length_and_the_gaps(n, operator, seed, lost):
    mask = np.random.default_rng(seed).random(n) >= lost
    parts = operator.split(observation(fade(n, seed), mask=mask))
    assert np.allclose(parts.whole, whole(operator, fade(n, seed)), atol=1e-10)


@every
@pytest.mark.parametrize("half", [Observation, Spoken, Kept])
def test_all_parts_are_on_one_grid_and_remember_their_half(operator, learnt, half):
    x = observation(fade(N, 7).astype(np.float32), half)
    parts = operator.split(x, learnt[operator])
    found = [part for part in (parts.large, parts.small, parts.noise) if part is not None]
    assert {part.values.shape for part in found} == {parts.small.values.shape}
    assert {part.rate for part in found} == {parts.small.rate}
    for part in found:
        assert part.values.dtype == np.float32
        assert np.isfinite(part.values).all()
        assert part.source is x
        assert np.array_equal(part.usable, parts.small.usable)
    assert np.allclose(parts.whole, whole(operator, x.values), atol=1e-4)  # 80·2⁻²⁴ each, a few times


@every
def test_each_tone_is_split_apart(operator, learnt):
    x = fade(N, 8, 3)
    together = operator.split(observation(x), learnt[operator])
    for k in range(3):
        alone = operator.split(observation(x[:, k]), learnt[operator])
        assert np.allclose(together.small.values[:, k], alone.small.values, atol=1e-9)
        assert np.allclose(together.large.values[:, k], alone.large.values, atol=1e-9)


@every
def test_what_was_not_heard_is_never_usable(operator, learnt):
    mask = np.ones(N, bool)
    mask[[100, 250, 251, 252]] = False
    mask[400:500] = False
    usable = operator.split(observation(fade(N, 9), mask=mask), learnt[operator]).small.usable
    if isinstance(operator, Difference):
        step = operator.lag + 1 if operator.every is None else operator.every
        first = np.arange(0, N - operator.lag, step)
        assert np.array_equal(usable, mask[first] & mask[first + operator.lag])
    else:
        assert not (usable & ~mask).any()
        assert usable[:400].any()
        assert usable[500:].any()


@every
def test_what_is_usable_does_not_depend_on_the_values(operator, learnt):
    # else the mark, which the ends compare in public, would tell about them
    mask = np.random.default_rng(10).random(N) < 0.9
    first, second = (operator.split(observation(fade(N, s), mask=mask), learnt[operator]).small.usable for s in (1, 2))
    assert np.array_equal(first, second)


@linear
def test_it_is_linear(operator, learnt):
    x, y = fade(N, 11), fade(N, 12)
    both, one, other = (operator.split(observation(v), learnt[operator]) for v in (2 * x - 3 * y, x, y))
    assert np.allclose(both.small.values, 2 * one.small.values - 3 * other.small.values, atol=1e-8) or isinstance(
        operator, Cosine | Principal
    )  # windows take a mean off that was learnt: they are affine
    if isinstance(operator, Cosine | Principal):
        shifted = operator.split(observation(x + y - fade(N, 13)), learnt[operator]).small.values
        third = operator.split(observation(fade(N, 13)), learnt[operator]).small.values
        assert np.allclose(shifted, one.small.values + other.small.values - third, atol=1e-8)


DROPPING = [o for o in EVERY if o not in (CoherentBand(), BandFilter(), Principal(16, 0, 6))]  # these keep what is slow


@pytest.mark.parametrize("operator", DROPPING, ids=str)
def test_what_is_slow_is_large_scale(operator, learnt):
    x = fade(N, 14)
    slow = 3 * np.sin(2 * np.pi * np.arange(N) / 300)
    with_it, without = (operator.split(observation(v), learnt[operator]).small for v in (x + slow, x))
    moved = (with_it.values - without.values)[with_it.usable]
    # a sine of amplitude 3 has the power 4.5; less than a quarter of it, half of the amplitude, may stay
    assert np.mean(moved**2) < 4.5 / 4


def test_a_coherent_band_alone_keeps_what_is_slow_and_a_band_pass_does_not(learnt):
    x = fade(N, 15)
    slow = 3 * np.sin(2 * np.pi * np.arange(N) / 100)
    kept = []
    for operator in (CoherentBand(), BandPass()):
        with_it, without = (operator.split(observation(v), learnt[operator]).small.values for v in (x + slow, x))
        kept.append(np.mean((with_it - without)[100:-100] ** 2))
    assert kept[0] > 4
    assert kept[1] < 0.05


@every
def test_a_constant_holds_no_key(operator, learnt):
    with pytest.raises(ConstantSignal):
        operator.split(observation(np.full(N, -80.0)), learnt[operator])


@every
def test_its_small_scale_is_a_restorer_and_a_value(operator, learnt):
    restorer = SmallScale(operator)
    assert restorer == eval(repr(restorer))
    assert hash(restorer) == hash(eval(repr(restorer)))
    x = observation(fade(N, 16))
    found = restorer.restore(x, learnt[operator])
    assert np.array_equal(found.values, operator.split(x, learnt[operator]).small.values)
    with pytest.raises(TypeError, match="no serialiser"):
        pickle.dumps(found)


@pytest.mark.parametrize(
    "operator", [o for o in EVERY if hasattr(o, "agree") and o != BandFilter(rule=FixedBand())], ids=str
)
def test_nothing_is_learnt_from_kept_samples(operator):
    a, b = (observation(fade(N, 17), Kept, end=e) for e in "ab")
    with pytest.raises(TypeError):
        SmallScale(operator).agree(a, b, Terms(RATE))


def test_savitzky_golay_is_scipy_s():
    from scipy.signal import savgol_filter

    x = fade(N, 18)
    parts = Golay(21, 2).split(observation(x))
    assert np.allclose(parts.large.values, savgol_filter(x, 21, 2), atol=1e-10)


def test_a_fixed_band_keeps_its_sines_and_no_others():
    t = np.arange(2000)
    sines = {period: np.sin(2 * np.pi * t / period) for period in (200, 10, 3)}
    x = observation(sum(sines.values()))
    operator = BandFilter(rule=FixedBand(21.0, 5.0))
    terms = operator.agree(x, x, Terms(RATE))
    parts = operator.split(x, terms)
    assert parts.noise is not None
    for part, period in ((parts.large, 200), (parts.small, 10), (parts.noise, 3)):
        assert np.corrcoef(part.values[100:-100], sines[period][100:-100])[0, 1] > 0.999
    with pytest.raises(OutOfRange):
        FixedBand(5.0, 21.0).agree(x, x, Terms(RATE))


def test_a_band_without_anything_fast_is_refused():
    rng = np.random.default_rng(19)
    slow = np.sin(2 * np.pi * np.arange(N) / 150) * 3
    a, b = (observation(slow + rng.normal(size=N), Spoken, end=e) for e in "ab")
    with pytest.raises(NotReciprocal, match="a period of 4 samples"):
        BandPass(of=CoherentBand(share=0.2, longest_run=True), period=4).agree(a, b, Terms(RATE))
    with pytest.raises(OutOfRange):
        BandPass(period=1).agree(a, b, Terms(RATE))
