import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from samefade.errors import ConstantSignal, OutOfRange, TooFewSamples
from samefade.restore import Detrend, Golay, Raw
from samefade.types import Kept, Observation

RATE = 10.0


def observation(values, mask=None, half=Kept):
    return half(np.asarray(values, float), RATE, np.ones(len(values), bool) if mask is None else mask)


def noise(n, seed=1):
    return np.random.default_rng(seed).normal(20, 2, size=n)


def usable(found):
    return found.values[found.usable]


@pytest.mark.parametrize("window", [3, 21, 99])
def test_inside_it_is_numpy_s_convolution(window):
    x, half = noise(300), window // 2
    found = Detrend(window).restore(observation(x))
    assert np.array_equal(np.flatnonzero(found.usable), np.arange(half, 300 - half))
    assert np.allclose(usable(found), (x - np.convolve(x, np.ones(window) / window, "same"))[half:-half], atol=1e-12)


@pytest.mark.parametrize("slope", [0.0, 0.01, -3.0])
def test_a_line_vanishes(slope):
    x, t = noise(500), np.arange(500.0)
    assert np.allclose(
        usable(Detrend().restore(observation(x + 7 + slope * t))), usable(Detrend().restore(observation(x))), atol=1e-9
    )


def test_a_parabola_leaves_its_curvature_and_nothing_else():
    x, t = noise(500), np.arange(500.0)
    both, alone = (usable(Detrend(21).restore(observation(v))) for v in (x + 0.1 * t**2, x))
    # the mean of j² over −10 … 10 is 10 · 11 / 3
    assert np.allclose(both - alone, -0.1 * 10 * 11 / 3, atol=1e-9)


def test_a_trend_alone_holds_no_key():
    t = np.arange(5000.0)
    for trend in (t, -60 - 0.01 * t, 1e6 + t, (t / 1000) ** 2):
        with pytest.raises(ConstantSignal):
            Detrend().restore(observation(trend))


def test_what_is_left_of_white_noise_is_nearly_white():
    w, n = 21, 200_000
    left = usable(Detrend(w).restore(observation(np.random.default_rng(2).normal(size=n))))
    found = [np.mean(left[k:] * left[: len(left) - k]) for k in (0, 1, 10, 20)]
    expected = [1 - 1 / w, *(-2 / w * (k <= w // 2) + (w - k) / w**2 for k in (1, 10, 20))]
    assert np.allclose(found, expected, atol=4 / np.sqrt(n))  # each mean scatters by 1/√n


@pytest.mark.parametrize(("turn", "gain"), [(0.6034, 0.5), (0.1, (np.pi * 0.1) ** 2 / 6), (1.43, 1.2172)])
def test_the_gain_is_the_one_in_the_docstring(turn, gain):
    window, n = 201, 40_000
    wave = np.sin(2 * np.pi * turn / window * np.arange(n))
    left = usable(Detrend(window).restore(observation(wave)))
    assert left.std() / wave.std() == pytest.approx(gain, abs=0.003)


def test_gaps_are_left_out_of_the_mean():
    rng = np.random.default_rng(3)
    x, mask, half = noise((400, 2)), rng.random(400) < 0.7, 5
    mask[100:130] = False
    found = Detrend(11).restore(observation(x, mask))
    for i in range(400):
        near = slice(max(i - half, 0), i + half + 1)
        sides = (mask[max(i - half, 0) : i].sum(), mask[i + 1 : i + half + 1].sum())
        whole = half <= i < 400 - half
        assert found.usable[i] == (whole and mask[i] and min(sides) >= half / 2)
        if found.usable[i]:
            assert np.allclose(found.values[i], x[i] - x[near][mask[near]].mean(axis=0))


def test_what_was_filled_in_does_not_matter():
    mask = np.random.default_rng(4).random(400) < 0.8
    x = noise(400)
    one, other = (Detrend().restore(observation(v, mask)) for v in (x, np.where(mask, x, 999.0)))
    assert np.allclose(usable(one), usable(other), atol=1e-9)


def test_an_eavesdropper_who_shares_the_slow_part_loses_it():
    rng = np.random.default_rng(5)
    n = 20_000

    def fading(a):
        return signal.lfilter([np.sqrt(1 - a * a)], [1, -a], rng.normal(size=n + 5000))[5000:]

    shadow, fade, eve = fading(0.999), fading(0.5), fading(0.5)
    ends = [shadow + v + 0.1 * rng.normal(size=n) for v in (fade, fade, eve)]
    shared = {}
    for restorer in (Raw(), Golay(), Detrend()):
        a, b, e = (restorer.restore(observation(v)) for v in ends)
        both = a.usable
        shared[type(restorer)] = [np.corrcoef(a.values[both], v.values[both])[0, 1] for v in (b, e)]
    # power is half shared and half private: .5 for Eve, more once smoothed; independent she has 0 ± 1/√n·few
    assert shared[Raw][1] > 0.3
    assert shared[Golay][1] > shared[Raw][1]
    assert abs(shared[Detrend][1]) < 0.05
    assert shared[Detrend][0] > 0.97


def test_seconds_are_the_nearest_odd_number_of_samples():
    x = observation(noise(300))
    for seconds, window in ((2.1, 21), (2.0, 21), (2.19, 21), (2.25, 23), (0.2, 3), (0.35, 3)):
        found, expected = Detrend(seconds=seconds).restore(x), Detrend(window).restore(x)
        assert np.array_equal(found.values, expected.values)
        assert np.array_equal(found.usable, expected.usable)


@pytest.mark.parametrize(
    "absurd",
    [Detrend(2), Detrend(1), Detrend(-3), Detrend(20), Detrend(seconds=0.1), Detrend(seconds=np.nan)],
)
def test_absurd_windows_are_refused(absurd):
    with pytest.raises(OutOfRange):
        absurd.restore(observation(noise(100)))


def test_too_few_samples_are_counted():
    with pytest.raises(TooFewSamples) as short:
        Detrend(21).restore(observation(noise(21)))
    assert short.value.numbers == {"have": 21, "need": 22}
    mask = np.zeros(200, bool)
    mask[::7] = True
    with pytest.raises(TooFewSamples) as sparse:
        Detrend(21).restore(observation(noise(200), mask))
    assert sparse.value.numbers == {"have": 0, "need": 2}


@given(st.integers(30, 80), st.integers(1, 3), st.integers(1, 9), st.integers(0, 2**32 - 1), st.floats(-1e4, 1e4))
def test_shapes_stay_and_a_shift_in_level_or_time_changes_nothing(n, tones, half, seed, level):
    x = np.random.default_rng(seed).normal(size=(n, tones))
    found = Detrend(2 * half + 1).restore(observation(x, half=Observation))
    assert found.values.shape == (n, tones)
    assert np.count_nonzero(found.usable) == n - 2 * half
    higher = Detrend(2 * half + 1).restore(observation(x + level))
    assert np.allclose(higher.values, found.values, atol=1e-9)
    later = Detrend(2 * half + 1).restore(observation(x[3:]))
    assert np.allclose(later.values[later.usable], found.values[3:][later.usable], atol=1e-9)
