import numpy as np
import pytest
from scipy.linalg import solve_discrete_are

from samefade import channel
from samefade.errors import NotReciprocal, OutOfRange
from samefade.restore import Innovation, Kalman
from samefade.restore.kalman import fitted, gains
from samefade.types import Kept, Spoken, Terms

PHI, RATIO = 0.95, 1.5


def observation(values, mask=None, half=Kept, end="a"):
    return half(np.asarray(values, float), 1.0, np.ones(len(values), bool) if mask is None else mask, end)


def told(phi=PHI, ratio=RATIO):
    return Terms(1.0, predictors={"a": (phi, ratio), "b": (phi, ratio)})


def walk(n, seed):
    rng = np.random.default_rng(seed)
    return RATIO**0.5 * channel.ar1(n, PHI, rng).real * 2**0.5 + rng.normal(size=n)


@pytest.mark.parametrize("lost", [0.0, 0.2])
def test_the_forecast_is_the_conditional_mean_of_dense_algebra(lost):
    n = 80
    x, mask = walk(n, 1), np.random.default_rng(2).random(n) >= lost
    mask[:4] = True
    found = Kalman().split(observation(x, mask), told()).large.values
    lag = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    slow = RATIO * PHI**lag
    centred = x - x[mask].mean()
    for i in range(1, n):
        past = np.flatnonzero(mask[:i])
        weights = np.linalg.solve((slow + np.eye(n))[np.ix_(past, past)], slow[past, i])
        assert found[i] - x[mask].mean() == pytest.approx(weights @ centred[past], abs=1e-9)


def test_the_gain_settles_where_the_riccati_equation_says():
    gain, sure = gains(np.ones(500, bool), PHI, RATIO)
    drive = RATIO * (1 - PHI**2)
    steady = float(solve_discrete_are([[PHI]], [[1.0]], [[drive]], [[1.0]])[0, 0])
    assert gain[-1] == pytest.approx(steady / (steady + 1), abs=1e-9)
    assert not sure[0]
    assert sure[50:].all()


def test_a_long_gap_makes_the_forecast_unsure_and_a_lost_probe_does_not():
    mask = np.ones(300, bool)
    mask[100], mask[200:230] = False, False
    usable = Kalman().split(observation(walk(300, 3), mask), told()).small.usable
    assert usable[101]
    assert not usable[230]
    assert usable[240]


def test_the_innovation_of_the_true_model_is_white():
    n = 40_000
    small = Kalman().split(observation(walk(n, 4)), told()).small
    x = small.values[small.usable]
    x = x - x.mean()
    for lag in (1, 2, 5, 20):
        assert abs(np.mean(x[lag:] * x[:-lag]) / x.var()) < 4 / n**0.5


def test_the_model_is_learnt_from_spoken_samples():
    rng, n = np.random.default_rng(5), 60_000
    shared = RATIO**0.5 * channel.ar1(n, PHI, rng).real * 2**0.5
    a, b = (observation(shared + rng.normal(size=n), half=Spoken, end=e) for e in "ab")
    terms = Kalman().agree(a, b, Terms(1.0))
    phi, ratio = terms.predictors["a"]
    assert terms.predictors["b"] == (phi, ratio)
    # about n (1 − φ²)/(1 + φ²) = 3,000 independent samples: 2 % of the variance
    assert phi == pytest.approx(PHI, abs=0.01)
    assert ratio == pytest.approx(RATIO, rel=0.1)


def test_an_exponential_is_found_in_itself():
    phi, ratio = fitted(np.concatenate(([1.0], 0.6 * 0.9 ** np.arange(1, 65))))
    assert phi == pytest.approx(0.9, abs=0.005)
    assert ratio == pytest.approx(1.5, rel=0.03)
    with pytest.raises(NotReciprocal):
        fitted(np.concatenate(([1.0], np.full(20, -0.02))))


def test_a_public_model_needs_no_terms():
    # 50 m at 1.4 m/s; 6 dB over the 5.57 dB of Rayleigh fading
    known = Kalman(seconds=50 / 1.4, ratio=(6 / 5.57) ** 2)
    x = observation(walk(400, 6))
    assert np.array_equal(
        known.split(x).small.values, known.split(x, told(np.exp(-1.4 / 50), (6 / 5.57) ** 2)).small.values
    )


def test_it_goes_on_at_once_after_a_lost_probe_where_a_predictor_waits_for_its_whole_past():
    mask = np.random.default_rng(7).random(2000) > 0.1
    x = walk(2000, 8)
    a, b = (observation(x, mask, Spoken, e) for e in "ab")
    predictor = Innovation(order=5)
    waits = predictor.split(observation(x, mask), predictor.agree(a, b, Terms(1.0))).small.usable
    goes_on = Kalman().split(observation(x, mask), told()).small.usable
    assert waits.mean() < 0.9**5.5
    assert goes_on.mean() > 0.8


@pytest.mark.parametrize("terms", [None, Terms(1.0), told(1.0), told(0.5, 0.0), told(0.5, 1e10), told(-0.1)])
def test_silly_terms_from_the_air_are_refused(terms):
    with pytest.raises(OutOfRange):
        Kalman().split(observation(walk(100, 9)), terms)


@pytest.mark.parametrize("known", [Kalman(seconds=0.0, ratio=1.0), Kalman(seconds=5.0, ratio=-1.0)])
def test_a_silly_model_is_refused(known):
    with pytest.raises(OutOfRange):
        known.split(observation(walk(100, 10)))
