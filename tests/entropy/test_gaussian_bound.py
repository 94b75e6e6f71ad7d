"""The Gaussian bound against the closed form of a first-order autoregression."""

from math import log2

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.special import ndtr, ndtri

from samefade.entropy import gaussian
from samefade.entropy.regression import predict
from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples

QUARTILES = ndtri([0.25, 0.5, 0.75])


def autoregression(n, phi, seed):
    noise = np.random.default_rng(seed).standard_normal(n + 1000)
    return lfilter([np.sqrt(1 - phi**2)], [1, -phi], noise)[1000:]


def closed_form(sigma, edges=QUARTILES):
    """−log2 E[max_c P(c)] for x ~ N(0, 1) of which a share 1 − σ² is known, by direct integration."""
    x = np.linspace(-8, 8, 100_001)
    weight = np.exp(-(x**2) / 2)
    known = np.sqrt(1 - sigma**2) * x
    cells = np.diff(ndtr((edges - known[:, None]) / sigma), axis=1, prepend=0, append=1)
    return -log2(float(cells.max(axis=1) @ weight / weight.sum()))


# the bound lies below the truth, by less than .05 bit at n = 36,000 (its three 99 % margins together)
@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9, 0.99])
def test_autoregression_of_first_order_is_worth_its_innovation(phi):
    truth = closed_form(np.sqrt(1 - phi**2))
    ours = gaussian(autoregression(36_000, phi, 1), QUARTILES)
    assert truth - 0.06 < ours < truth + 0.005


@pytest.mark.parametrize(("phi", "n"), [(0.0, 60), (0.5, 100), (0.5, 300), (0.9, 300), (0.9, 2000)])
def test_short_records_are_not_flattered(phi, n):
    # designed for 1 % above the truth; 200 seeds, at most 6 % asserted
    truth = closed_form(np.sqrt(1 - phi**2))
    high = sum(gaussian(autoregression(n, phi, seed), QUARTILES) > truth for seed in range(200))
    assert high <= 12


def test_smoothing_takes_the_worth_away():
    x = np.random.default_rng(1).standard_normal(20_000)
    smooth = np.convolve(x, np.hanning(101), "same")
    edges = np.quantile(smooth, [0.25, 0.5, 0.75])
    assert gaussian(smooth, edges) < 0.1 < gaussian(x, QUARTILES)


# Eve hears x plus noise of deviation s: what is left has variance s²/(1 + s²)
@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_what_eve_hears_comes_off(noise):
    rng = np.random.default_rng(3)
    x = rng.standard_normal(30_000)
    eve = x + noise * rng.standard_normal(30_000)
    truth = closed_form(np.sqrt(noise**2 / (1 + noise**2)))
    ours = gaussian(x, QUARTILES, eve=eve)
    assert truth - 0.06 < ours < truth + 0.005


def test_eve_neighbours_and_several_columns_count_too():
    rng = np.random.default_rng(4)
    x = rng.standard_normal(5000)
    late = np.column_stack([rng.standard_normal(5000), np.roll(x, 1)])
    # only at the two ends of the record does she lack the neighbour
    assert gaussian(x, QUARTILES, eve=late) < 0.02


def test_an_eve_who_heard_nothing_takes_little():
    rng = np.random.default_rng(5)
    x, eve = rng.standard_normal((2, 20_000))
    alone, with_eve = gaussian(x, QUARTILES), gaussian(x, QUARTILES, eve=eve)
    assert alone - 0.1 < with_eve <= alone + 1e-3


def test_units_do_not_matter():
    x = autoregression(4000, 0.7, 6)
    eve = x + np.random.default_rng(7).standard_normal(4000)
    expected = gaussian(x, QUARTILES, eve=eve)
    assert gaussian(1e-6 * x + 3, 1e-6 * QUARTILES + 3, eve=1e9 * eve - 5) == pytest.approx(expected, abs=1e-6)


def test_published_samples_are_known():
    x = autoregression(3000, 0.9, 8)
    joined = gaussian(x[1000:], QUARTILES, published=x[:1000])
    assert joined == pytest.approx(gaussian(x[1000:], QUARTILES), abs=0.1)


def test_rows_without_thresholds_are_not_judged():
    x = autoregression(4000, 0.5, 9)
    edges = np.tile(QUARTILES, (4000, 1))
    assert gaussian(x, edges) == pytest.approx(gaussian(x, QUARTILES))
    edges[::2] = np.nan
    assert gaussian(x, edges) == pytest.approx(gaussian(x, QUARTILES), abs=0.05)


def test_a_repeated_regressor_changes_nothing():
    x = autoregression(3000, 0.8, 10)
    eve = x + np.random.default_rng(11).standard_normal(3000)
    once, twice = gaussian(x, QUARTILES, eve=eve), gaussian(x, QUARTILES, eve=np.column_stack([eve, eve]))
    assert twice == pytest.approx(once, abs=0.02)


def test_akaike_finds_the_order_and_the_coefficients_of_least_squares():
    x = autoregression(20_000, 0.9, 12)
    fit = predict(x, np.ones((20_000, 1)), 1)
    design = np.column_stack([np.ones(19_999), x[:-1]])
    weights, rss, *_ = np.linalg.lstsq(design, x[1:])
    np.testing.assert_allclose(fit.mean, design @ weights, atol=1e-9)
    assert fit.rss == pytest.approx(float(rss[0]))
    assert 1 <= predict(x, np.ones((20_000, 1)), None).order <= 8


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(bad):
    x = autoregression(200, 0.5, 1)
    broken = np.where(np.arange(200) == 7, bad, x)
    with pytest.raises(NotFinite):
        gaussian(broken, QUARTILES)
    with pytest.raises(NotFinite):
        gaussian(x, QUARTILES, eve=broken)


def test_absurd_input_is_refused():
    x = autoregression(200, 0.5, 1)
    with pytest.raises(ConstantSignal):
        gaussian(np.ones(200), QUARTILES)
    with pytest.raises(EndsDisagree):
        gaussian(x, QUARTILES, eve=x[:-1])
    with pytest.raises(EndsDisagree):
        gaussian(x, np.tile(QUARTILES, (100, 1)))
    for edges in ([], [1.0, 0.0], np.full((200, 3), np.nan)):
        with pytest.raises(OutOfRange):
            gaussian(x, edges)
    for wrong in ({"order": -1}, {"order": 257}, {"confidence": 0.0}):
        with pytest.raises(OutOfRange):
            gaussian(x, QUARTILES, **wrong)
    with pytest.raises(OutOfRange):
        gaussian(np.ones((50, 2)), QUARTILES)
    with pytest.raises(OutOfRange):
        gaussian(np.empty(0), QUARTILES)
    with pytest.raises(TooFewSamples):
        gaussian(x[:12], QUARTILES)
    with pytest.raises(TooFewSamples):
        gaussian(x[:100], QUARTILES, eve=np.random.default_rng(0).standard_normal((100, 30)))
