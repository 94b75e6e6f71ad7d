import numpy as np
import pytest
from scipy import stats

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.presence import Heard, measure
from samefade.presence.chance import fisher, least_correlation, least_effective, tail

N = 400


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def ends(rng, n=N, tones=1, noise=0.3, rho=0.9):
    from scipy.signal import lfilter

    x = lfilter([1], [1, -rho], rng.standard_normal((n, tones)), axis=0)
    return [Heard(np.arange(n), x + noise * rng.standard_normal((n, tones))) for _ in "ab"]


def test_two_ends_of_one_channel_agree(rng):
    found = measure(*ends(rng))
    assert found.p_value < 1e-6
    assert found.lag == 0
    assert 20 < found.effective_samples <= N
    assert found.correlation > found.threshold(1e-3)


def test_numbers_and_not_rows_are_compared(rng):
    a, b = ends(rng)
    kept_a, kept_b = rng.random(N) > 0.3, rng.random(N) > 0.3
    some = [Heard(x.numbers[k], x.values[k]) for x, k in ((a, kept_a), (b, kept_b))]
    found = measure(*some)
    assert found.p_value < 1e-6
    assert found.matched == np.count_nonzero(kept_a & kept_b)
    assert found.lost_a == np.count_nonzero(~kept_a & kept_b)
    assert found.lost_b == np.count_nonzero(kept_a & ~kept_b)


@pytest.mark.parametrize("lag", [-1, 0, 1])
def test_a_counter_that_is_one_off_is_found(rng, lag):
    a, b = ends(rng, noise=0.05, rho=0.5)
    late = Heard(b.numbers + lag + 5, b.values)
    assert measure(Heard(a.numbers + 5, a.values), late).lag == lag


def test_unit_and_gain_do_not_matter(rng):
    a, b = ends(rng)
    other = measure(Heard(a.numbers, 7 * a.values - 90), b)
    assert other.correlation == pytest.approx(measure(a, b).correlation, rel=1e-9)


def test_the_order_of_the_ends_does_not_matter(rng):
    a, b = ends(rng)
    assert measure(a, b).p_value == pytest.approx(measure(b, a).p_value, rel=1e-9)


def test_equal_tones_count_once(rng):
    a, b = ends(rng)
    many = [Heard(x.numbers, np.repeat(x.values, 20, axis=1)) for x in (a, b)]
    one, twenty = measure(a, b), measure(*many)
    assert twenty.effective_samples == pytest.approx(one.effective_samples, rel=1e-9)
    assert twenty.p_value == pytest.approx(one.p_value, rel=1e-6)


def test_independent_tones_help_but_never_beyond_one_sample_a_mode(rng):
    assert measure(*ends(rng, tones=8)).effective_samples <= N


def test_the_effective_samples_of_white_noise_are_about_as_many_as_modes(rng):
    # Bartlett's formula for white series gives n; magnitudes that vary within both looks cost at most half of it
    found = [measure(*(Heard(np.arange(N), rng.standard_normal(N)) for _ in "ab")) for _ in range(20)]
    assert 0.5 * N < np.median([one.moving for one in found]) <= N


def test_fishers_score_is_the_published_formula():
    assert fisher(0.5, 28) == pytest.approx(np.arctanh(0.5) * 5)  # Fisher 1921: variance 1/(n − 3)
    assert fisher(0.5, 3) == 0


@pytest.mark.parametrize("n", [5, 12, 40])
def test_chance_is_never_below_that_of_coins(n):
    assert tail(1.0, n) == pytest.approx(0.5**n, rel=1e-9)
    for heads in range(n // 2 + 1, n + 1):
        assert tail(2 * heads / n - 1, n) >= stats.binom.sf(heads - 1, n, 0.5) * (1 - 1e-9)


def test_thresholds_invert_the_chance():
    assert tail(least_correlation(1e-3, 40.0), 40.0) == pytest.approx(1e-3, rel=1e-3)
    assert least_correlation(1e-3, 9.0) == np.inf  # 2^-9 > 1e-3
    assert 0 < least_correlation(1e-3, 30_000.0) < 0.02  # the chance of r = 1 there is below what a float holds
    few = least_effective(1e-3, 0.8)
    assert tail(0.8, few) <= 1e-3 < tail(0.8, few - 1)


def test_a_constant_end_is_named():
    moving, still = (
        Heard(np.arange(40), np.random.default_rng(0).standard_normal(40)),
        Heard(np.arange(40), np.ones(40)),
    )
    with pytest.raises(ConstantSignal):
        measure(moving, still)
    with pytest.raises(ConstantSignal):
        measure(still, moving)


def test_bad_input_has_its_own_error():
    with pytest.raises(NotFinite):
        Heard(np.arange(3), np.array([1, np.nan, 2]))
    with pytest.raises(EndsDisagree):
        Heard(np.arange(3), np.arange(4.0))
    for numbers in ([1, 1, 2], [3, 2, 1], [-1, 0, 1], [0.0, 1.0, 2.0]):
        with pytest.raises(OutOfRange):
            Heard(np.array(numbers), np.arange(3.0))
    with pytest.raises(OutOfRange):
        Heard(np.arange(3), np.zeros((3, 0)))
    with pytest.raises(OutOfRange):
        Heard(np.arange(3), np.arange(3) + 1j)


def test_ends_that_do_not_fit_have_their_own_errors(rng):
    a, b = ends(rng)
    with pytest.raises(EndsDisagree):
        measure(a, Heard(b.numbers, np.repeat(b.values, 2, axis=1)))
    with pytest.raises(TooFewSamples):
        measure(a, Heard(b.numbers + 10**6, b.values))
    with pytest.raises(TooFewSamples):
        measure(Heard(a.numbers[:10], a.values[:10]), b)
    with pytest.raises(OutOfRange):
        measure(a, b, most_lag=17)


def test_neither_repr_shows_values(rng):
    a, b = ends(rng)
    assert repr(a) == "Heard(400 samples of 1 tones, frames 0 to 399)"
    assert "array" not in repr(measure(a, b))


def test_the_evidence_is_json(rng):
    import json

    assert json.loads(json.dumps(measure(*ends(rng)).to_json()))["matched"] == N
