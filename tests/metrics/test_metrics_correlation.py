import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import signal, stats

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.metrics import detrended, difference, effective_samples, lagged, pearson

plain = hnp.arrays(np.float64, 32, elements=st.floats(-1e6, 1e6, width=32), unique=True)


def autoregression(n, phi, rng):
    return signal.lfilter([1.0], [1.0, -phi], rng.normal(size=n + 1000))[1000:]


@given(plain, plain)
def test_pearson_is_what_scipy_says(a, b):
    assert pearson(a, b) == pytest.approx(stats.pearsonr(a, b).statistic, abs=1e-9)


@given(plain, plain, st.floats(0.01, 100), st.floats(-1e3, 1e3))
def test_pearson_is_symmetric_and_blind_to_scale_and_offset(a, b, scale, offset):
    r = pearson(a, b)
    assert pearson(b, a) == pytest.approx(r, abs=1e-12)
    assert pearson(scale * a + offset, b) == pytest.approx(r, abs=1e-6)
    assert pearson(a, a) == pytest.approx(1.0)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_pearson_neither_overflows_nor_vanishes(scale):
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 50))
    assert pearson(scale * a, scale * b) == pytest.approx(pearson(a, b))


@pytest.mark.parametrize("metric", [pearson, difference, effective_samples, lagged, detrended])
class TestWhatIsRefused:
    def test_a_constant_end(self, metric):
        rising = np.random.default_rng(0).normal(size=64)
        with pytest.raises(ConstantSignal) as caught:
            metric(rising, np.full(64, 3.5))
        assert caught.value.numbers["end"] == "b"

    def test_a_value_that_is_no_number(self, metric):
        a = np.arange(64.0) ** 2
        for bad in (np.nan, np.inf):
            b = a.copy()
            b[3] = bad
            with pytest.raises(NotFinite):
                metric(a, b)

    def test_two_lengths(self, metric):
        with pytest.raises(EndsDisagree):
            metric(np.arange(64.0) ** 2, np.arange(65.0) ** 2)

    def test_nothing(self, metric):
        with pytest.raises(TooFewSamples):
            metric([], [])

    def test_complex_values_and_many_tones(self, metric):
        with pytest.raises(OutOfRange):
            metric(np.ones(64) * 1j, np.ones(64))
        with pytest.raises(OutOfRange):
            metric(np.ones((64, 2)), np.ones((64, 2)))


def test_detrended_removes_a_shared_trend():
    rng = np.random.default_rng(2)
    trend = np.linspace(0, 100, 2000)
    a, b = trend + rng.normal(size=2000), trend + rng.normal(size=2000)
    assert pearson(a, b) > 0.99
    # 2,000 independent samples: r is within 4/√2000 = .09 but for one in 16,000
    assert abs(detrended(a, b)) < 0.09
    assert abs(difference(a, b)) < 0.11  # differences of noise are correlated: N_eff = n·2/3


def test_detrended_equals_the_formula_written_out():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 40))
    inner = range(2, 38)
    x = [a[i] - np.mean(a[i - 2 : i + 3]) for i in inner]
    y = [b[i] - np.mean(b[i - 2 : i + 3]) for i in inner]
    assert detrended(a, b, window=5) == pytest.approx(stats.pearsonr(x, y).statistic)


def test_a_straight_line_has_nothing_but_trend():
    noise = np.random.default_rng(4).normal(size=100)
    with pytest.raises(ConstantSignal):
        detrended(np.linspace(0, 7, 100), noise)


@pytest.mark.parametrize("window", [0, 2, 20, -3])
def test_detrended_refuses_an_absurd_window(window):
    with pytest.raises(OutOfRange):
        detrended(np.arange(50.0) ** 2, np.arange(50.0) ** 2, window=window)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_effective_samples_of_autoregressions(phi):
    rng = np.random.default_rng(5)
    n = 200_000
    a, b = autoregression(n, phi, rng), autoregression(n, phi, rng)
    expected = n * (1 - phi**2) / (1 + phi**2)
    # the sum holds about 2/(1−φ²) lags, each known to 1/√N_eff: a few per cent at φ = .9
    assert effective_samples(a, b) == pytest.approx(expected, rel=0.04)


def test_effective_samples_says_how_widely_the_correlation_scatters():
    rng = np.random.default_rng(6)
    n, phi, runs = 2000, 0.9, 400
    r = [pearson(autoregression(n, phi, rng), autoregression(n, phi, rng)) for _ in range(runs)]
    found = np.mean([effective_samples(autoregression(n, phi, rng), autoregression(n, phi, rng)) for _ in range(20)])
    # the variance of 400 draws is known to √(2/400) = 7 %, one sigma
    assert 1 / np.var(r) == pytest.approx(found, rel=0.25)


@given(plain, plain)
def test_effective_samples_stay_between_one_and_n(a, b):
    assert 1 <= effective_samples(a, b) <= len(a)


def direct(a, b, k):
    x, y = (a[: len(a) - k], b[k:]) if k >= 0 else (a[-k:], b[:k])
    return np.corrcoef(x, y)[0, 1]


@pytest.mark.parametrize("n", [5, 64, 1000, 4097])
def test_lagged_equals_the_direct_formula(n):
    rng = np.random.default_rng(n)
    a = np.cumsum(rng.normal(size=n)) + 50
    b = np.roll(a, 3) + rng.normal(size=n)
    found = lagged(a, b, n - 3)
    expected = [direct(a, b, int(k)) for k in found.lag]
    assert np.allclose(found.correlation, expected, atol=1e-10, rtol=0)


def test_lagged_holds_where_the_overlap_is_nearly_silent():
    rng = np.random.default_rng(8)
    a = np.concatenate((1e-6 * rng.normal(size=300), 1e3 * rng.normal(size=300)))
    b = np.concatenate((1e-6 * rng.normal(size=300), 1e3 * rng.normal(size=300)))
    found = lagged(a, b, 500)
    assert np.allclose(found.correlation, [direct(a, b, int(k)) for k in found.lag], atol=1e-9, rtol=0)


@pytest.mark.parametrize("late", [-40, -1, 0, 7, 120])
def test_a_positive_lag_means_that_b_is_late(late):
    rng = np.random.default_rng(9)
    s = rng.normal(size=2000)
    a, b = s[500:1500], s[500 - late : 1500 - late]
    found = lagged(a, b, 200)
    assert found.best == late
    assert found.peak == pytest.approx(1.0)


def test_a_constant_overlap_is_undefined_and_not_zero():
    a = np.array([1.0, 2.0, 5.0, 5.0, 5.0, 5.0])
    found = lagged(a, a[::-1].copy(), 3)
    assert np.isnan(found.correlation[0])
    assert np.isfinite(found.peak)


@pytest.mark.parametrize("most", [-1, 99, 1000])
def test_lagged_refuses_lags_beyond_the_record(most):
    with pytest.raises(OutOfRange):
        lagged(np.arange(100.0), np.arange(100.0), most)


def test_the_published_pair_of_lora_radios(data_dir):
    # golden: measured on these files with other code, r .846 and .56 after a 21-sample moving average
    a, b = (
        np.loadtxt(data_dir / f"lora-indoor/{end}_rssi.csv", delimiter=",", skiprows=1)[:, 1]
        for end in ("alice", "bob")
    )
    assert pearson(a, b) == pytest.approx(0.846, abs=0.002)
    assert detrended(a, b) == pytest.approx(0.56, abs=0.01)
