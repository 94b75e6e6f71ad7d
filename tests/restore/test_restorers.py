"""The contract of every restorer."""

import pickle

import numpy as np
import pytest

from samefade.errors import ConstantSignal, NotFinite, TooFewSamples
from samefade.restore import BandFilter, CoherentBand, Detrend, Fft, Golay, Innovation, Packet, Raw
from samefade.types import Band, Kept, Observation, Spoken, Terms

N, RATE = 1000, 10.0
NOISE = np.random.default_rng(1).normal(20, 2, (N, 3))
TERMS = Terms(RATE, band=Band(0.02, 0.5), predictors={"a": (0.5, 0.1)})
DECORRELATING = [Detrend(), Innovation()]
LINEAR = [Raw(), Golay(), Golay(51, 2), Fft(cutoff=0.5), BandFilter(), CoherentBand(), *DECORRELATING]
RESTORERS = [*LINEAR, Fft(), Packet(), Packet("sym5", 2)]
every = pytest.mark.parametrize("restorer", RESTORERS, ids=str)
smoothing = pytest.mark.parametrize("restorer", [r for r in RESTORERS if r not in DECORRELATING], ids=str)
linear = pytest.mark.parametrize("restorer", LINEAR, ids=str)


def observation(values, half=Kept, mask=None):
    return half(np.asarray(values), RATE, np.ones(len(values), bool) if mask is None else mask)


@every
def test_it_is_a_value(restorer):
    assert restorer == eval(repr(restorer))
    assert hash(restorer) == hash(eval(repr(restorer)))


@every
@pytest.mark.parametrize("half", [Observation, Spoken, Kept])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_length_precision_and_half_stay(restorer, half, dtype):
    x = observation(NOISE[:, 0].astype(dtype), half)
    found = restorer.restore(x, TERMS)
    assert found.values.shape == (N,)
    assert found.values.dtype == dtype
    assert np.all(np.isfinite(found.values))
    assert found.rate == RATE
    assert found.usable.shape == (N,)
    assert found.usable.any()
    assert found.source is x


@every
def test_float32_is_float64_up_to_its_precision(restorer):
    x = NOISE[:, 0].astype(np.float32)
    single, double = (restorer.restore(observation(x.astype(t)), TERMS).values for t in (np.float32, np.float64))
    # values near 20 carry 20·2⁻²⁴ each; a coefficient at a threshold may fall on either side, which moves far more
    assert np.quantile(np.abs(single - double), 0.9) < (0.05 if restorer in RESTORERS[len(LINEAR) :] else 1e-4)


@every
@pytest.mark.parametrize("n", [N, N - 1])
def test_each_tone_is_restored_apart(restorer, n):
    together = restorer.restore(observation(NOISE[:n]), TERMS)
    for k in range(3):
        alone = restorer.restore(observation(NOISE[:n, k]), TERMS)
        assert np.allclose(together.values[:, k], alone.values, atol=1e-9)
        assert np.array_equal(together.usable, alone.usable)


@smoothing
def test_the_mean_stays_and_the_input_is_not_written_to(restorer):
    before = NOISE.copy()
    found = restorer.restore(observation(NOISE), TERMS)
    assert np.array_equal(before, NOISE)
    assert np.allclose(found.values.mean(axis=0), NOISE.mean(axis=0), atol=0.3)


@smoothing
def test_power_does_not_grow(restorer):
    found = restorer.restore(observation(NOISE), TERMS)
    assert np.all(found.values.var(axis=0) <= NOISE.var(axis=0) * (1 + 1e-9))


@linear
def test_it_is_linear(restorer):
    x, y = NOISE[:, 0], NOISE[:, 1]
    both, one, other = (restorer.restore(observation(v), TERMS).values for v in (2 * x - 3 * y, x, y))
    assert np.allclose(both, 2 * one - 3 * other, atol=1e-9)


@smoothing
def test_restoring_brings_a_shared_slow_signal_nearer(restorer):
    rng = np.random.default_rng(2)
    slow = 3 * np.sin(2 * np.pi * np.arange(N) / RATE * 0.06)
    a, b = (observation(slow + rng.normal(size=N)) for _ in "ab")
    x, y = restorer.restore(a, TERMS), restorer.restore(b, TERMS)
    before, after = np.corrcoef(a.values, b.values)[0, 1], np.corrcoef(x.values, y.values)[0, 1]
    # packets lose half of the coefficients but, as those are the small ones, only a few per cent of the noise
    least = {Raw: 0.0, Packet: 0.001}.get(type(restorer), 0.1)
    assert after >= before + least


@every
def test_constant_empty_and_broken_input_is_refused(restorer):
    with pytest.raises(ConstantSignal):
        restorer.restore(observation(np.full(N, 3.0)), TERMS)
    for short in (0, 1):
        with pytest.raises(TooFewSamples):
            restorer.restore(observation(NOISE[:short, 0]), TERMS)
    with pytest.raises(TooFewSamples):
        restorer.restore(observation(NOISE, mask=np.zeros(N, bool)), TERMS)
    with pytest.raises(NotFinite):
        observation(np.where(NOISE > 25, np.nan, NOISE))
    late = observation(NOISE.copy())
    late.values[7, 1] = np.inf
    with pytest.raises(NotFinite):
        restorer.restore(late, TERMS)


@every
def test_one_tone_that_varies_is_enough(restorer):
    quiet = NOISE.copy()
    quiet[:, 1] = 0.0
    assert np.all(np.isfinite(restorer.restore(observation(quiet), TERMS).values))


@every
def test_a_long_gap_feeds_no_key_and_neither_do_the_edges_of_a_filter(restorer):
    mask = np.ones(N, bool)
    mask[400:500] = False
    found = restorer.restore(observation(NOISE[:, 0], mask=mask), TERMS)
    assert not found.usable[400:500].any()
    if restorer == Innovation():  # it looks at the past only
        assert not found.usable[[0, 1, 500, 501]].any()
    elif restorer not in (Raw(), Fft()):
        assert not found.usable[[0, 399, 500, N - 1]].any()
    else:
        assert np.array_equal(found.usable, mask)


@every
def test_what_is_usable_does_not_depend_on_the_values(restorer):
    # else the mark, which the ends compare in public, would tell about them
    mask = np.random.default_rng(3).random(N) < 0.9
    first, second = (restorer.restore(observation(NOISE[:, k], mask=mask), TERMS).usable for k in (0, 1))
    assert np.array_equal(first, second)


@every
def test_features_of_kept_samples_do_not_leave_the_process(restorer):
    with pytest.raises(TypeError, match="no serialiser"):
        pickle.dumps(restorer.restore(observation(NOISE), TERMS))
