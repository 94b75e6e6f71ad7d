"""Gaussian one-shot information given Eve, against published and derived values and against closed forms."""

from math import inf, log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wishart

from samefade.entropy.joint import excess, from_samples, information_given, one_fade, scatter
from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples


# bits a complex sample at 20 dB at all three, against the correlation of Eve's fade
@pytest.mark.parametrize(
    ("correlation", "bits"), [(0, 5.6654), (0.3, 5.5328), (0.5, 5.2621), (0.7, 4.7276), (0.9, 3.4137), (0.99, 1.1804)]
)
def test_what_eve_leaves_of_one_fade(correlation, bits):
    sigma = one_fade(100, 100, eve=correlation, snr_e=100)
    assert information_given(sigma, circular=True) == pytest.approx(bits, abs=5e-5)
    assert information_given(sigma, circular=False) == pytest.approx(bits / 2, abs=5e-5)


@pytest.mark.parametrize(("snr", "bits"), [(0.1, 0.0120), (1, 0.4150), (10, 2.5265), (100, 5.6654), (1000, 8.9679)])
def test_what_one_fade_is_worth_without_eve(snr, bits):
    sigma = one_fade(snr, snr, eve=0, snr_e=1)[:2, :2]
    assert information_given(sigma, circular=True) == pytest.approx(bits, abs=5e-5)
    assert information_given(sigma, circular=True) == pytest.approx(log2((1 + snr) ** 2 / (1 + 2 * snr)), abs=1e-8)


@pytest.mark.parametrize(
    ("rho", "bits"), [(0.5, 0.208), (0.7, 0.486), (0.8, 0.737), (0.9, 1.198), (0.95, 1.679), (0.99, 2.826)]
)
def test_what_a_correlation_is_worth(rho, bits):
    assert information_given([[1, rho], [rho, 1]], circular=False) == pytest.approx(bits, abs=5e-4)


def test_whole_numbers_are_a_covariance_too():
    assert information_given([[2, 1], [1, 2]], circular=True) == pytest.approx(log2(4 / 3))


def test_an_eve_without_noise_hears_all_of_it_at_correlation_one():
    sigma = one_fade(100, 10, eve=1.0, snr_e=inf)
    assert information_given(sigma, circular=True) == pytest.approx(0, abs=1e-9)


def some_covariance(rng, p):
    root = rng.standard_normal((p, p)) + 1j * rng.standard_normal((p, p))
    return root @ root.conj().T


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 4), st.integers(0, 3))
def test_the_ratio_is_that_of_the_determinants(seed, a, b, e):
    sigma = some_covariance(np.random.default_rng(seed), a + b + e)

    def det(*parts):
        index = np.concatenate(parts)
        return np.linalg.slogdet(sigma[np.ix_(index, index)])[1] if len(index) else 0.0

    A, B, E = np.split(np.arange(a + b + e), [a, a + b])
    expected = (det(A, E) + det(B, E) - det(E) - det(A, B, E)) / np.log(2)
    assert information_given(sigma, a, b, circular=True) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_chain_rule_and_symmetry(seed, a, b, e):
    """I(A;BE) = I(A;E) + I(A;B|E), and A and B may change places."""
    sigma = some_covariance(np.random.default_rng(seed), a + b + e).real
    A, B, E = np.split(np.arange(a + b + e), [a, a + b])
    swapped, alone = np.concatenate([B, A, E]), np.concatenate([A, E])
    given_eve = information_given(sigma, a, b, circular=False)
    whole = information_given(sigma, a, b + e, circular=False)
    assert whole == pytest.approx(information_given(sigma[np.ix_(alone, alone)], a, e, circular=False) + given_eve)
    assert information_given(sigma[np.ix_(swapped, swapped)], b, a, circular=False) == pytest.approx(given_eve)


def test_complex_samples_of_one_fade_are_worth_two_real_ones():
    # the real covariance of real and imaginary parts is that of the complex one, doubled up
    sigma = one_fade(30, 20, eve=0.6, snr_e=50)
    both = np.kron(sigma, np.eye(2)) / 2
    assert information_given(both, 2, 2, circular=False) == pytest.approx(information_given(sigma, circular=True))


# K = 12 degrees of freedom, 40,000 draws: the mean is known to 1 / 200 of one draw's deviation, which is below 1 nat
@pytest.mark.parametrize(("a", "b", "e"), [(1, 1, 0), (2, 3, 0), (2, 2, 2)])
def test_the_excess_is_that_of_wishart_matrices(a, b, e):
    p = a + b + e
    rng = np.random.default_rng(1)
    z = (rng.standard_normal((40_000, 12, p)) + 1j * rng.standard_normal((40_000, 12, p))) @ np.tril(np.ones((p, p)))
    drawn = z.transpose(0, 2, 1) @ z.conj()

    def det(*parts):
        return np.linalg.slogdet(drawn[:, np.concatenate(parts)[:, None], np.concatenate(parts)])[1]

    A, B, E = np.split(np.arange(p), [a, a + b])
    seen = det(A, E) + det(B, E) - det(A, B, E) - (det(E) if e else 0)
    truth = information_given(np.tril(np.ones((p, p))).T @ np.tril(np.ones((p, p))), a, b, circular=True) * np.log(2)
    assert seen.mean() - truth == pytest.approx(excess(12 - e, a, b), abs=4 * seen.std() / 200)


def test_the_scatter_is_that_of_wishart_matrices():
    # of two components it is 2C/K + 1/K² (to second order in 1/K); 20,000 draws know a variance to 1 %
    for rho in (0.0, 0.5, 0.9):
        drawn = wishart(200, [[1, rho], [rho, 1]]).rvs(20_000, random_state=1)  # real: K = 200 counts half
        seen = -np.log(1 - drawn[:, 0, 1] ** 2 / drawn[:, 0, 0] / drawn[:, 1, 1])
        assert seen.var() == pytest.approx(2 * float(scatter(rho**2, 200, 1, 1)), rel=0.06)


@pytest.mark.parametrize("circular", [True, False])
@pytest.mark.parametrize(("a", "b", "e"), [(1, 1, 0), (1, 1, 1), (3, 2, 2)])
def test_samples_say_what_their_covariance_says(a, b, e, circular):
    """Unbiased to a fourteenth of one deviation with only 40 samples, and the interval holds the truth."""
    p, found, held = a + b + e, [], 0
    root = some_covariance(np.random.default_rng(2), p).real / p + np.eye(p)
    truth = information_given(root.T @ root, a, b, circular=circular)
    for seed in range(400):
        z = np.random.default_rng(seed).standard_normal((2, 40, p)) @ root
        x = z[0] + 1j * z[1] if circular else z[0]
        got = from_samples(x[:, :a], x[:, a : a + b], x[:, a + b :] if e else None)
        found.append(got.bits)
        held += got.low <= truth <= got.high
    assert np.mean(found) == pytest.approx(truth, abs=4 * np.std(found) / 20)
    assert 0.92 < held / 400 <= 1.0


def test_identical_ends_share_what_doubles_hold_and_eve_takes_it_all():
    a = np.random.default_rng(3).standard_normal(1000)
    assert 15 < from_samples(a, a).bits < 25
    assert abs(from_samples(a, a + 1, a).bits) < 0.01
    assert abs(from_samples(a, np.random.default_rng(4).standard_normal(1000), 2 * a).bits) < 0.01


def test_a_matrix_that_is_no_covariance_is_refused():
    for bad in ([1.0, 2.0], [[1, 2, 3]], [[1, 0.5], [0.4, 1]], [[1, 2], [2, 1]], [[0, 0], [0, 1]], [[1, 0], [0, -1]]):
        with pytest.raises(OutOfRange):
            information_given(bad, circular=True)
    with pytest.raises(OutOfRange):
        information_given([[1, 0.5j], [-0.5j, 1]], circular=False)
    with pytest.raises(NotFinite):
        information_given([[1, np.nan], [np.nan, 1]], circular=True)
    for a, b in ((0, 1), (1, 0), (2, 1)):
        with pytest.raises(OutOfRange):
            information_given(np.eye(2), a, b, circular=True)


def test_a_fade_that_cannot_be_is_refused():
    for wrong in ({"eve": 1.1}, {"eve": np.nan}, {"snr_e": 0.0}, {"snr_e": np.nan}):
        with pytest.raises(OutOfRange):
            one_fade(1, 1, **{"eve": 0.5, "snr_e": 1.0} | wrong)


def test_bad_samples_are_refused():
    a, b, e = np.random.default_rng(5).standard_normal((3, 50))
    with pytest.raises(EndsDisagree):
        from_samples(a, b[:-1])
    with pytest.raises(EndsDisagree):
        from_samples(a, b, e[:-1])
    with pytest.raises(EndsDisagree):
        from_samples(a, b + 0j)
    with pytest.raises(NotFinite):
        from_samples(a, b, np.where(e > 0, np.inf, e))
    with pytest.raises(ConstantSignal):
        from_samples(a, np.ones(50))
    with pytest.raises(TooFewSamples):
        from_samples(a[:7], b[:7])
    with pytest.raises(TooFewSamples):
        from_samples(a[:0], b[:0])
    with pytest.raises(TooFewSamples):
        from_samples(np.eye(50)[:, :10], np.eye(50)[:, 10:20])
    with pytest.raises(OutOfRange):
        from_samples(a.reshape(1, 5, 10), b)
