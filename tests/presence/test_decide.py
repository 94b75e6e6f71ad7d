import numpy as np
import pytest

from samefade.errors import ChannelTooStatic, OutOfRange, PresenceRefused, ReplaySuspected
from samefade.presence import Decide, Heard
from samefade.presence.chance import tail

N = 600


def fade(rng, n=N, tau=10):
    from scipy.signal import lfilter

    rho = np.exp(-1 / tau)
    return lfilter([np.sqrt(1 - rho**2)], [1, -rho], rng.standard_normal(n + 10 * tau))[10 * tau :]


def heard(x, rng, noise=0.3):
    return Heard(np.arange(len(x)), x + noise * rng.standard_normal(len(x)))


def verdict(decide, a, b):
    return decide.decide(decide.measure(a, b))


def test_present_is_a_value_with_its_numbers():
    rng = np.random.default_rng(1)
    x = fade(rng)
    found = verdict(Decide(), heard(x, rng), heard(x, rng))
    assert found.evidence.correlation > found.threshold
    assert found.false_accept == 1e-3


def test_another_channel_is_refused_with_numbers():
    rng = np.random.default_rng(2)
    with pytest.raises(ReplaySuspected) as caught:
        verdict(Decide(), heard(fade(rng), rng), heard(fade(rng), rng))
    numbers = caught.value.numbers
    assert numbers["correlation"] < numbers["threshold"]
    assert "old recording" in str(caught.value)


def test_a_slow_channel_is_no_answer():
    rng = np.random.default_rng(3)
    x = 3 * np.sin(2 * np.pi * np.arange(N) / (1.3 * N))
    with pytest.raises(ChannelTooStatic) as caught:
        verdict(Decide(), heard(x, rng), heard(x, rng))
    assert caught.value.numbers["effective_samples"] < caught.value.numbers["need"]


TRENDS = {
    "ramp": lambda t: t,
    "warming up": lambda t: 1 - np.exp(-3 * t),
    "day and night": lambda t: np.sin(2 * np.pi * t + 0.7),
    "parabola": lambda t: (t - 0.3) ** 2,
}


@pytest.mark.parametrize("size", [0.0, 3.0, 30.0])
@pytest.mark.parametrize("trend", TRENDS)
def test_a_slow_trend_that_is_all_they_share_is_no_presence(trend, size):
    # power: 60 pairs at a target of 5 %; 10 accepted by chance are seen once in 1,000 such tests
    decide, accepted = Decide(false_accept=0.05), 0
    shared = size * TRENDS[trend](np.linspace(0, 1, N))
    for seed in range(60):
        rng = np.random.default_rng([seed, 4])
        a, b = (heard(fade(rng) + shared, rng) for _ in "ab")
        accepted += decide.measure(a, b).p_value <= decide.false_accept
    assert accepted < 10


@pytest.mark.parametrize("noise", [0.0, 0.05, 0.1])
def test_the_rounding_of_a_shared_ramp_is_no_presence(noise):
    ramp = np.linspace(-60, -52, N)
    for seed in range(20):
        rng = np.random.default_rng([seed, 6])
        a, b = (heard(ramp, rng, noise) for _ in "ab")
        with pytest.raises(PresenceRefused):
            verdict(Decide(1e-2), *(Heard(x.numbers, np.rint(x.values)) for x in (a, b)))


def test_what_is_needed_follows_from_the_target():
    loose, strict = Decide(1e-2), Decide(1e-4)
    assert loose.need < strict.need
    assert tail(0.8, Decide().need) <= 1e-3 / 6 < tail(0.8, Decide().need - 1)
    assert Decide(least_effective=50).need == 50


def test_too_few_effective_samples_are_refused_even_where_they_agree():
    rng = np.random.default_rng(5)
    x = fade(rng)
    with pytest.raises(ChannelTooStatic):
        verdict(Decide(least_effective=N), heard(x, rng), heard(x, rng))


def test_a_decision_is_a_value():
    assert Decide() == Decide(1e-3)
    assert {Decide(): 1}[Decide()] == 1
    assert "1e-3" in repr(Decide()) or "0.001" in repr(Decide())


def test_every_refusal_is_one_branch_of_the_tree():
    for error in (ReplaySuspected, ChannelTooStatic):
        assert issubclass(error, PresenceRefused)


@pytest.mark.parametrize(
    "wrong",
    [{"false_accept": 0}, {"false_accept": 1}, {"expected": 1}, {"least_effective": 0}, {"most_lag": -1}],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(OutOfRange):
        Decide(**wrong)
