"""Nearest-neighbour information and entropy against closed forms of distributions of several kinds."""

from math import e as euler
from math import log2, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from scipy.special import psi
from scipy.stats import multivariate_normal

from samefade.entropy.joint import from_samples, information_given, one_fade
from samefade.entropy.neighbours import _NEARER, _distances, _inside, dither, neighbour_entropy, neighbour_information
from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples


def two(rho, n, seed):
    x, noise = np.random.default_rng(seed).standard_normal((2, n))
    return x, rho * x + np.sqrt(1 - rho**2) * noise


# Over 100 records of 2,000 the deviation of one is .018, .026, .036 and .038 bits, so that of the mean of 20 is at most
# .009; the rest of the tolerance is the estimator's bias, which was .001, .003, .016 and .031.
@pytest.mark.parametrize(("rho", "within"), [(0.0, 0.02), (0.5, 0.03), (0.9, 0.05), (0.99, 0.07)])
def test_gaussian_ends_share_what_their_correlation_says(rho, within):
    truth = -0.5 * log2(1 - rho**2)
    results = [neighbour_information(*two(rho, 2000, seed)) for seed in range(20)]
    assert np.mean([r.bits for r in results]) == pytest.approx(truth, abs=within)
    # the interval knows nothing of the bias: 95 % without it, and 82 % at the largest correlation
    assert sum(r.low <= truth <= r.high for r in results) >= 13


def test_the_bias_goes_as_the_record_grows():
    # .031 bits at 2,000 samples; here one deviation is .013
    assert neighbour_information(*two(0.99, 20_000, 1)).bits == pytest.approx(2.8255, abs=0.04)


# one deviation is .03 bits, the bias .013, .009 and .002: the mean of 8
@pytest.mark.parametrize("correlation", [0.0, 0.7, 0.95])
def test_what_a_gaussian_eve_leaves(correlation):
    sigma = one_fade(10, 10, eve=correlation, snr_e=10)
    results = []
    for seed in range(8):
        x = np.random.default_rng(seed).multivariate_normal(np.zeros(3), sigma, 2000)
        results.append(neighbour_information(*x.T).bits)
    assert np.mean(results) == pytest.approx(information_given(sigma, circular=False), abs=0.05)


def test_nothing_is_left_where_eve_heard_an_end():
    a, b = two(0.8, 2000, 2)
    assert abs(neighbour_information(a, b, a + 1e-9 * b).bits) < 0.1
    assert neighbour_information(a, b).bits > 0.6


def test_given_eve_alike_ends_need_long_records():
    """The docstring's figures; without Eve the same 1,000 samples are enough."""
    truth = -0.5 * log2(1 - 0.997**2)
    for n, expected in ((1000, truth - 0.5), (16_000, truth)):
        eve = np.random.default_rng(13).standard_normal(n)
        assert neighbour_information(*two(0.997, n, 14), eve).bits == pytest.approx(expected, abs=0.15)
    assert neighbour_information(*two(0.997, 1000, 14)).bits == pytest.approx(truth, abs=0.15)


def test_several_components():
    sigma = np.kron([[1.0, 0.8], [0.8, 1.0]], np.eye(2))
    x = np.random.default_rng(3).multivariate_normal(np.zeros(4), sigma, 6000)
    truth = information_given(sigma, 2, 2, circular=False)
    # in four dimensions the bias is larger, and downwards
    assert neighbour_information(x[:, :2], x[:, 2:]).bits == pytest.approx(truth, abs=0.12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([np.exp, np.arctan, np.cbrt, lambda x: 1e6 * x - 3]))
def test_a_monotone_map_of_an_end_changes_little(seed, bent):
    # each neighbourhood is bent too, which costs hundredths where it is not small: over 334 seeds exp changes it by
    # −0.018 on average with a deviation of 0.020, the others by less; five of these are allowed
    a, b = two(0.8, 1500, seed)
    assert neighbour_information(bent(a), b).bits == pytest.approx(neighbour_information(a, b).bits, abs=0.12)


def test_what_correlation_does_not_see():
    # b depends on |a| alone: no correlation, and the information of b = |a| + noise
    rng = np.random.default_rng(4)
    a = rng.uniform(-1, 1, 5000)
    b = np.abs(a) + rng.uniform(-0.1, 0.1, 5000)
    # h(b) − h(b|a): |a| uniform on 0…1 and noise on ±.1 make a trapezium; h = ln of its plateau 1, plus .2 · ½ nats
    truth = 0.1 / np.log(2) - log2(0.2)
    assert from_samples(a, b).bits < 0.01
    assert neighbour_information(a, b).bits == pytest.approx(truth, abs=0.1)


def test_counts_are_those_of_all_distances():
    """The formulas with every distance written out (Kraskov eq. 8, Frenzel and Pompe eq. 4)."""
    x = np.random.default_rng(5).standard_normal((300, 3))
    each = np.abs(x[:, None, :] - x[None, :, :])
    epsilon = np.sort(each.max(axis=2), axis=1)[:, 4]
    np.testing.assert_array_equal(_distances(x, 4), epsilon)
    for columns in ([0], [0, 2], []):
        nearer = (each[:, :, columns].max(axis=2, initial=0.0) < epsilon[:, None]).sum(axis=1)
        np.testing.assert_array_equal(_inside(x[:, columns], epsilon * _NEARER), nearer)
    unit = (x - np.median(x, axis=0)) / x.std(axis=0)
    each = np.abs(unit[:, None, :] - unit[None, :, :])
    epsilon = np.sort(each.max(axis=2), axis=1)[:, 4, None]

    def mean_psi(*columns):
        return psi((each[:, :, columns].max(axis=2) < epsilon).sum(axis=1)).mean()

    expected = (psi(4) - mean_psi(0, 2) - mean_psi(1, 2) + mean_psi(2)) / np.log(2)
    assert neighbour_information(*x.T).bits == pytest.approx(expected, rel=1e-12)


def test_entropy_of_known_distributions():
    # one deviation is .02 at 5,000 samples; each is its closed form in bits
    rng = np.random.default_rng(6)
    for drawn, truth in (
        (3 * rng.standard_normal(5000), log2(3) + 0.5 * log2(2 * pi * euler)),
        (rng.uniform(0, 0.25, 5000), -2.0),
        (rng.exponential(2.0, 5000), log2(2 * euler)),
        (rng.standard_normal((5000, 2)) * [1, 10], log2(10) + log2(2 * pi * euler)),
    ):
        assert neighbour_entropy(drawn).bits == pytest.approx(truth, abs=0.08)


def test_entropy_given_eve():
    sigma = one_fade(10, 10, eve=0.7, snr_e=10)
    x = np.random.default_rng(7).multivariate_normal(np.zeros(3), sigma, 5000)
    left = sigma[0, 0] - sigma[0, 2] ** 2 / sigma[2, 2]
    got = neighbour_entropy(1000 * x[:, 0], x[:, 2])
    assert got.bits == pytest.approx(log2(1000) + 0.5 * log2(2 * pi * euler * left), abs=0.08)
    assert got.low < got.bits < got.high
    assert got.bits < neighbour_entropy(1000 * x[:, 0]).bits


def test_neighbours_in_time_do_not_count():
    """Two slow series that have nothing to do with each other: near in time is near in both."""
    found = {1: [], 100: []}
    for seed in range(6):
        steps = np.random.default_rng(seed).standard_normal((2, 30_500))
        a, b = lfilter([1], [1, -0.99], steps, axis=1)[:, 500:]
        for lag, results in found.items():
            results.append(neighbour_information(a, b, lag=lag).bits)
    assert np.mean(found[1]) > 0.03  # one record scatters by .005 around .043
    assert abs(np.mean(found[100])) < 0.02


def test_whole_decibels_are_refused_until_they_are_dithered():
    """Dithered steps share exactly what the steps share, which integrals over the cells tell."""
    a, b = (np.round(2 * x) for x in two(0.9, 8000, 8))
    with pytest.raises(OutOfRange, match="repeated"):
        neighbour_information(a, b)
    with pytest.raises(OutOfRange, match="repeated"):
        neighbour_entropy(a)
    rng = np.random.default_rng(9)
    smooth = dither(a, 1.0, rng), dither(b, 1.0, rng)
    np.testing.assert_array_equal(np.round(smooth[0]), a)
    # the exact distribution of the steps, from the bivariate normal one
    edges = np.arange(-12.5, 13.5) / 2
    grid = np.stack(np.meshgrid(edges, edges, indexing="ij"), axis=-1)
    below = multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]]).cdf(grid)
    cells = np.clip(np.diff(np.diff(below, axis=0), axis=1), 1e-15, None)
    truth = (cells * np.log2(cells / np.outer(cells.sum(1), cells.sum(0)))).sum()
    # corners of cells cut neighbourhoods, hence .05 besides 2 deviations of .02
    assert neighbour_information(*smooth).bits == pytest.approx(truth, abs=0.09)


def test_dither_repeats_with_its_generator_and_stays_within_half_a_step():
    x = np.arange(20.0).reshape(10, 2)
    once, again = (dither(x, 0.5, np.random.default_rng(10)) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert np.abs(once - x).max() <= 0.25
    for step in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(OutOfRange):
            dither(x, step, np.random.default_rng(11))


def test_bad_input_is_refused():
    a, b, eve = np.random.default_rng(12).standard_normal((3, 300))
    with pytest.raises(EndsDisagree):
        neighbour_information(a, b[:-1])
    with pytest.raises(EndsDisagree):
        neighbour_entropy(a, eve[:-1])
    with pytest.raises(NotFinite):
        neighbour_information(a, b, np.where(eve == eve[3], np.nan, eve))
    with pytest.raises(ConstantSignal):
        neighbour_information(a, np.ones(300))
    for short in (0, 1, 249):
        with pytest.raises(TooFewSamples):
            neighbour_information(a[:short], b[:short])
    with pytest.raises(TooFewSamples) as refused:
        neighbour_entropy(a, k=3, lag=2)
    assert refused.value.numbers == {"have": 300, "need": 400}
    for wrong in ({"k": 0}, {"lag": 0}):
        with pytest.raises(OutOfRange):
            neighbour_information(a, b, **wrong)
    for values in (a + 1j, a.reshape(3, 10, 10), np.empty((300, 0))):
        with pytest.raises(OutOfRange):
            neighbour_entropy(values)
