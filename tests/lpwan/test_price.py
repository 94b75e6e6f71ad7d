"""The price of a short record, against what the refresh takes and against the law of large deviations."""

from dataclasses import replace
from inspect import signature
from math import inf
from statistics import NormalDist

import numpy as np
import pytest

from samefade.amplify import Toeplitz
from samefade.errors import OutOfRange
from samefade.lpwan import Circumstances, Radio, region
from samefade.lpwan.deploy import Deployment
from samefade.lpwan.price import EFFICIENCY, LONGEST, SMOOTHING, SURPRISE, Price, needed
from samefade.lpwan.refresh import Policy


def test_a_run_pays_for_its_own_shortness():
    secret = np.array([2.0, 0.3, 0.02, 0.0, -1.0])
    need = needed(secret, 192.0)
    left = need[:3] * secret[:3] - SMOOTHING * SURPRISE * np.sqrt(need[:3])
    np.testing.assert_allclose(left, 192.0)
    assert np.all(np.isinf(need[3:]))
    assert NormalDist().cdf(-SMOOTHING) == pytest.approx(2.0**-64, rel=0.01)
    assert pytest.approx(np.log2(np.e) / np.sqrt(2), abs=2e-4) == SURPRISE


def test_the_deviation_of_a_surprise_is_that_of_gaussian_readings():
    # −log2 of a Gaussian density at a Gaussian value has the variance (log2 e)²/2
    value = np.random.default_rng(0).standard_normal(200_000)
    # the variance of the sample variance of χ²: (κ − 1)/n with κ = 15; six standard errors of the deviation
    assert np.std(value**2 / 2 * np.log2(np.e)) == pytest.approx(SURPRISE, rel=6 * np.sqrt(14 / 200_000) / 2)


def test_the_price_is_that_of_the_protocol():
    policy, price = Policy(), Price()
    assert policy.most - policy.spoken == LONGEST == Deployment().longest == Circumstances().longest
    assert price.spoken == policy.spoken
    assert price.hashing == Toeplitz().margin() == policy.scheme.amplify.margin()
    assert Deployment().efficiency == Circumstances().efficiency == EFFICIENCY
    assert Deployment().price == Circumstances().price == price


def information_rate(spread, noise, memory=0.6):
    """Return bits a pair that two ends share of a first-order autoregression heard with noise and whole decibels."""
    turn = np.linspace(-np.pi, np.pi, 20_001)
    power = spread**2 * (1 - memory**2) / (1 - 2 * memory * np.cos(turn) + memory**2)
    coherence = power / (power + noise**2 + 1 / 12)
    return np.mean(-0.5 * np.log2(1 - coherence**2))


# docs/explain/refresh.md: frames that a refresh took, and the share of them lost each way
@pytest.mark.parametrize(
    ("spread", "noise", "frames", "lost"),
    [(8, 0.5, 776, 0), (8, 0.5, 962, 0.2), (8, 0.5, 1368, 0.35), (6, 1, 1436, 0.2), (6, 1.5, 2206, 0.2)],
)
def test_the_refresh_takes_as_many_pairs_as_it_is_priced_at(spread, noise, frames, lost):
    price = Price()
    kept = price.kept(EFFICIENCY * information_rate(spread, noise), 128)
    assert kept <= LONGEST
    assert price.spoken + kept == pytest.approx(frames * (1 - lost) ** 2, rel=0.25)


def test_what_the_refresh_declines_is_priced_beyond_its_longest_run():
    assert Price().kept(EFFICIENCY * information_rate(6, 2), 128) > LONGEST


def test_blocks_ride_on_frames_that_have_room():
    price, rate = Price(), region("EU868").rate(5)
    assert price.on_frames(rate, 4, 242) == (18, rate.time_on_air(22) - rate.time_on_air(4))
    assert price.on_frames(rate, 4, 20) == (16, rate.time_on_air(20) - rate.time_on_air(4))
    assert price.on_frames(rate, 4, 15) == (0, 0.0)
    longer = rate.time_on_air(18, down=True) - rate.time_on_air(0, down=True)
    assert price.heard(Radio(receive=0.01, volt=3), rate) == pytest.approx(0.6 / 18 * 0.03 * longer)


@pytest.mark.parametrize("wrong", [{"spoken": -1}, {"hashing": inf}, {"told": -1}, {"up": -0.1}, {"block": 11}])
def test_no_price_is_below_nothing(wrong):
    assert set(wrong) <= set(signature(Price).parameters)
    with pytest.raises(OutOfRange):
        replace(Price(), **wrong)
