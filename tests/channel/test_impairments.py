"""Losses, noise, gain steps, spikes, rounding and clocks against their closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.channel.impairments import gain_steps, hearing_times, noise, own_clock, spikes, to_int8
from samefade.channel.losses import bursts, cut, independent
from samefade.errors import NotFinite, OutOfRange


def lost_runs(heard):
    edges = np.flatnonzero(np.diff(np.concatenate([[1], heard.astype(int), [1]])))
    return edges[1::2] - edges[::2]


def test_independent_losses_have_their_share_and_no_memory():
    heard = independent(100_000, 0.2, np.random.default_rng(1))
    assert np.mean(~heard) == pytest.approx(0.2, abs=0.0064)  # five standard errors √(.2·.8/n)
    assert np.corrcoef(heard[1:], heard[:-1])[0, 1] == pytest.approx(0, abs=0.016)  # 5/√n


@pytest.mark.parametrize(("loss", "burst"), [(0.1, 5.0), (0.02, 20.0), (0.6, 4.0), (0.3, 1.0)])
def test_bursts_have_their_share_and_mean_length(loss, burst):
    heard = bursts(400_000, loss, burst, np.random.default_rng(2))
    runs = lost_runs(heard)
    # m geometric bursts: the mean length has a relative standard error of at most 1/√m, the share about √2 times that
    error = 5 / np.sqrt(len(runs))
    assert np.mean(runs) == pytest.approx(burst, rel=error + 1e-3)
    assert np.mean(~heard) == pytest.approx(loss, rel=1.5 * error)


def test_bursts_are_stationary_from_the_first_packet():
    rng = np.random.default_rng(3)
    first = np.mean([not bursts(3, 0.4, 50.0, rng)[0] for _ in range(4000)])
    assert first == pytest.approx(0.4, abs=0.039)  # five standard errors


def test_no_burst_loss_loses_nothing():
    assert bursts(100, 0.0, 5.0, np.random.default_rng(4)).all()


def test_cuts_lose_what_they_say():
    np.testing.assert_array_equal(np.flatnonzero(~cut(10, [(0, 2), (0.5, 1), (0.9, 99)])), [0, 1, 5, 9])
    assert cut(10, []).all()


@given(st.integers(1, 300), st.floats(0, 0.5), st.floats(1, 1e9), st.integers(0, 2**32))
def test_bursts_return_one_answer_a_packet(n, loss, burst, seed):
    heard = bursts(n, loss, burst, np.random.default_rng(seed))
    assert heard.shape == (n,)
    assert heard.dtype == bool


def test_noise_has_the_power_of_its_ratio():
    w = noise((50_000, 2), 13.0, np.random.default_rng(5))
    assert w.dtype == np.complex64
    # 100,000 exponential powers: five standard errors are 1.6 %
    assert np.mean(np.abs(w) ** 2) == pytest.approx(10**-1.3, rel=0.016)


def test_gain_steps_have_their_variance_and_correlation():
    t = np.arange(200_000) * 0.1
    level = gain_steps(t, 0.7, 1.0, np.random.default_rng(6))
    assert set(np.round(np.unique(level), 9)) == {-0.7, 0.0, 0.7}
    # 20,000 jumps are 10,000 independent samples after correlation: five standard errors are .05 of the variance
    assert np.mean(level**2) == pytest.approx(2 / 3 * 0.49, rel=0.05)
    for lag in (5, 10, 20):
        found = np.mean(level[lag:] * level[:-lag]) / np.mean(level**2)
        assert found == pytest.approx(np.exp(-0.1 * lag), abs=0.05)


def test_no_gain_step_is_no_gain():
    assert not gain_steps(np.arange(9.0), 0.0, 1.0, np.random.default_rng(7)).any()


def test_spikes_are_as_rare_and_as_large_as_asked():
    level = spikes(200_000, 0.01, 6.0, np.random.default_rng(8))
    hit = level[level != 0]
    assert len(hit) == pytest.approx(2000, abs=223)  # five standard errors √2000
    assert np.std(hit) == pytest.approx(6.0, rel=0.08)  # 5/√(2·2000)


def test_rounding_adds_a_twelfth_of_a_count():
    rng = np.random.default_rng(9)
    csi = rng.standard_normal((50_000, 1)) + 1j * rng.standard_normal((50_000, 1))
    raw = to_int8(csi, 20.0)
    assert raw.dtype == np.int8
    error = raw[..., 0] - 20.0 * csi.real
    assert np.mean(error**2) == pytest.approx(1 / 12, rel=0.03)  # uniform error: 5·√(.8/n) is 2 %


def test_rounding_clips_like_the_chip():
    np.testing.assert_array_equal(to_int8(np.array([[9 - 9j]]), 100.0), [[[127, -128]]])


def test_a_clock_has_offset_and_drift():
    np.testing.assert_allclose(own_clock([0.0, 1000.0], 5.0, 20.0), [5.0, 1005.02], atol=1e-9)


def test_b_hears_half_duplex_later():
    a, b = hearing_times(1000, 10.0, 0.012, 0.003, np.random.default_rng(10))
    np.testing.assert_allclose(b - a, 0.012)
    assert np.all(a - np.arange(1000) / 10 >= 0)
    assert np.all(a - np.arange(1000) / 10 < 0.003 + 1e-12)
    assert np.all(np.diff(np.stack([a, b], axis=1).ravel()) > 0)  # they take turns


@pytest.mark.parametrize(
    "call",
    [
        lambda r: independent(0, 0.1, r),
        lambda r: independent(5, 1.1, r),
        lambda r: bursts(5, 1.0, 5.0, r),
        lambda r: bursts(5, 0.1, 0.5, r),
        lambda r: bursts(5, 0.9, 2.0, r),
        lambda r: bursts(5, 0.1, float("nan"), r),
        lambda _: cut(5, [(1.5, 2)]),
        lambda _: cut(5, [(0.5, -2)]),
        lambda r: noise((3,), 1e3, r),
        lambda r: gain_steps([1.0, 0.0], 1.0, 1.0, r),
        lambda r: gain_steps([0.0], 1.0, 0.0, r),
        lambda r: spikes(5, -0.1, 1.0, r),
        lambda _: to_int8(np.ones((1, 1), complex), 0.0),
        lambda _: own_clock([0.0], 0.0, 1e5),
        lambda _: own_clock([0.0], float("inf"), 0.0),
        lambda r: hearing_times(5, 10.0, 0.2, 0.0, r),
        lambda r: hearing_times(5, 10.0, 0.05, 0.06, r),
        lambda r: hearing_times(5, 0.0, 0.0, 0.0, r),
    ],
)
def test_absurd_impairments_are_refused(call):
    with pytest.raises(OutOfRange):
        call(np.random.default_rng(0))


def test_impairments_refuse_nan():
    with pytest.raises(NotFinite):
        to_int8(np.array([[np.nan + 0j]]), 1.0)
    with pytest.raises(NotFinite):
        own_clock([np.nan], 0.0, 0.0)
