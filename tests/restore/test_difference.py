import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from samefade.errors import ConstantSignal, OutOfRange, TooFewSamples
from samefade.restore import Difference
from samefade.types import Kept, Spoken

RATE = 10.0
N = 200_000


def observation(values, mask=None, half=Kept):
    return half(np.asarray(values), RATE, np.ones(len(values), bool) if mask is None else mask)


def neighbours(x):
    return np.corrcoef(x[1:], x[:-1])[0, 1]


def test_pairs_share_no_sample_by_default():
    found = Difference().restore(observation([1.0, 4.0, 9.0, 7.0, 5.0, 5.5, 8.0]))
    assert found.values.tolist() == [3.0, -2.0, 0.5]
    assert found.rate == RATE / 2
    assert found.usable.all()
    wide = Difference(2).restore(observation([1.0, 4.0, 9.0, 7.0, 5.0, 5.5, 8.0]))
    assert wide.values.tolist() == [8.0, -1.5]
    assert wide.rate == pytest.approx(RATE / 3)


def test_all_differences_where_asked_for():
    x = np.random.default_rng(1).normal(size=50)
    for lag in (1, 3):
        found = Difference(lag, every=1).restore(observation(x))
        assert np.array_equal(found.values, x[lag:] - x[:-lag])
        assert found.rate == RATE


@pytest.mark.parametrize(("restorer", "expected"), [(Difference(), 0), (Difference(3), 0), (Difference(1, 1), -0.5)])
def test_differences_of_white_noise(restorer, expected):
    found = restorer.restore(observation(np.random.default_rng(2).normal(size=N))).values
    # the variance scatters by 2·√(2·1.5/m), a correlation by 1/√m
    assert found.var() == pytest.approx(2, abs=4 * 2 * np.sqrt(3 / len(found)))
    assert neighbours(found) == pytest.approx(expected, abs=4 / np.sqrt(len(found)))


def test_pairs_that_meet_in_a_sample_are_as_dependent_as_all_differences():
    found = Difference(4, every=4).restore(observation(np.random.default_rng(3).normal(size=N))).values
    assert neighbours(found) == pytest.approx(-0.5, abs=4 / np.sqrt(len(found)))


@pytest.mark.parametrize("lag", [1, 2, 5])
def test_differences_of_an_autoregression(lag):
    a = 0.9
    x = signal.lfilter([np.sqrt(1 - a * a)], [1, -a], np.random.default_rng(4).normal(size=N))[1000:]
    found = Difference(lag).restore(observation(x)).values
    # E y² = 2(1 − aᵐ), E y y' = 2aᵐ⁺¹ − a − a²ᵐ⁺¹ = −a(1 − aᵐ)²
    assert found.var() == pytest.approx(2 * (1 - a**lag), rel=0.03)
    assert neighbours(found) == pytest.approx(-a * (1 - a**lag) / 2, abs=5 / np.sqrt(len(found)))


def test_a_pair_needs_both_of_its_samples():
    mask = np.ones(12, bool)
    mask[[2, 7]] = False
    found = Difference().restore(observation(np.random.default_rng(5).normal(size=12), mask))
    assert found.usable.tolist() == [True, False, True, False, True, True]


@pytest.mark.parametrize("half", [Spoken, Kept])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_and_half_stay(half, dtype):
    x = observation(np.random.default_rng(6).normal(size=(40, 3)).astype(dtype), half=half)
    found = Difference().restore(x)
    assert found.values.dtype == dtype
    assert found.values.shape == (20, 3)
    assert found.source is x


def test_a_constant_and_a_line_hold_no_key():
    t = np.arange(100.0)
    for line in (np.full(100, 3.0), t, 0.1 * t, 1e5 - 0.3 * t, np.stack([t, -0.7 * t], axis=1)):
        with pytest.raises(ConstantSignal):
            Difference().restore(observation(line))


@pytest.mark.parametrize("absurd", [Difference(0), Difference(-1), Difference(1, 0), Difference(1, -2)])
def test_absurd_lags_are_refused(absurd):
    with pytest.raises(OutOfRange):
        absurd.restore(observation(np.arange(100.0) ** 2))


def test_too_few_samples_are_counted():
    with pytest.raises(TooFewSamples) as short:
        Difference(3).restore(observation(np.arange(7.0) ** 2))
    assert short.value.numbers == {"have": 7, "need": 8}
    assert len(Difference(3).restore(observation(np.arange(8.0) ** 2))) == 2
    mask = np.arange(100) % 2 == 0
    with pytest.raises(TooFewSamples) as sparse:
        Difference().restore(observation(np.arange(100.0) ** 2, mask))
    assert sparse.value.numbers == {"have": 0, "need": 2}


@given(st.integers(1, 9), st.integers(0, 60), st.integers(1, 3), st.integers(0, 2**32 - 1), st.floats(-1e4, 1e4))
def test_shapes_and_shifts(lag, more, tones, seed, level):
    n = 2 * lag + 2 + more
    x = np.random.default_rng(seed).normal(size=(n, tones))
    found = Difference(lag).restore(observation(x))
    assert found.values.shape == ((n - lag - 1) // (lag + 1) + 1, tones)
    assert np.allclose(Difference(lag).restore(observation(x + level)).values, found.values, atol=1e-9)
    late = Difference(lag, every=1).restore(observation(x)).values
    assert np.allclose(found.values, late[:: lag + 1])
    first = np.arange(len(found)) * (lag + 1)
    assert len(np.unique(np.concatenate((first, first + lag)))) == 2 * len(found)
