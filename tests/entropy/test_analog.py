"""Guessers by analogy: they find laws of few dimensions that nobody named, and nothing where there is nothing."""

import numpy as np
import pytest

from samefade.entropy.analog import Known, analogs
from samefade.entropy.analog_loops import foretell

N = 4000
T = np.arange(N)


def unit(x):
    return (x - x.mean()) / x.std()


def noise(seed, n=N):
    return np.random.default_rng(seed).standard_normal(n)


def known(x):
    return Known(x, unit(x), np.ones(len(x), bool), np.ones(len(x), bool), float(x.std()))


def errors(x):
    """Return the deviation of the best guesser's errors, of the samples' own, on the second half."""
    return min((float((unit(x) - mean)[N // 2 :].std()) for mean, _ in analogs(known(x))), default=1.0)


def logistic():
    x = np.full(N, 0.3)
    for i in range(1, N):
        x[i] = 4 * x[i - 1] * (1 - x[i - 1])
    return x


LAWS = {"logistic": logistic(), "a chirp that wraps": np.sin(2 * np.pi * np.sqrt(2) * T.astype(float) ** 2)}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_that_nobody_named_is_learnt(name):
    assert errors(unit(LAWS[name]) + 0.01 * noise(1)) < 0.2


def test_through_noise_a_law_is_foretold_as_well_as_its_slope_allows():
    # z' = 4z(1 − z), z known to s: the error is s · √(E(4 − 8z)² + 1) = 3s, because E z = 1/2 and var z = 1/8
    s = 0.01
    x = logistic() + s * noise(2)
    assert 2.5 * s < errors(x) * x.std() < 3.6 * s


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_polynomial_phase_modulo_a_turn_is_followed(order):
    x = np.sqrt(2) * T.astype(float) ** order % 1 + 0.01 * noise(3)
    mean, _ = min(analogs(known(x)), key=lambda each: np.median(np.abs(unit(x) - each[0])))
    # the median, because a phase near a turn's end may come out at the other
    assert np.median(np.abs(unit(x) - mean)[N // 2 :]) * x.std() < 0.03


@pytest.mark.parametrize("seed", range(5))
def test_noise_follows_nothing(seed):
    assert analogs(known(noise(seed))) == []


def test_errors_are_about_as_large_as_is_said():
    x = logistic() + 0.01 * noise(4)
    mean, spread = analogs(known(x))[0]
    ratio = ((unit(x) - mean) / spread)[N // 2 :]
    # 0.67 for normal errors; less, because those near a fold are larger than most
    assert 0.4 < np.median(np.abs(ratio)) < 0.8
    assert np.sqrt(np.mean(ratio**2)) < 1.3


def test_only_the_past_is_used():
    x = unit(logistic())
    past = np.column_stack([np.roll(x, 1), np.roll(x, 2)])
    cell = np.clip((past * 5 + 10).astype(np.int64), 0, 19)
    said = []
    for later in (x[N // 2 :], noise(5)[N // 2 :]):
        out, may = np.empty((N, 2)), np.ones((N, 2), bool)
        foretell(past, cell, 20, np.concatenate([x[: N // 2], later]), may, 1, out)
        said.append(out[: N // 2 + 1])
    assert np.array_equal(*said)


def test_what_lies_between_symbols_is_no_past_of_theirs():
    # a first-order channel foretells its next sample, and nothing of one that lies 64 samples ahead
    x = noise(6, 4 * N)
    for i in range(1, len(x)):
        x[i] = 0.9 * x[i - 1] + np.sqrt(0.19) * x[i]
    assert len(analogs(known(x))) > 0
    assert analogs(known(x), step=64) == []


def test_a_short_record_follows_nothing_and_a_constant_is_foretold():
    assert analogs(known(noise(7, 20))) == []
    everywhere = np.ones(200, bool)
    for mean, spread in analogs(Known(np.zeros(200), np.zeros(200), everywhere, everywhere, 1.0)):
        assert not mean.any()
        assert spread[-1] < 0.1
