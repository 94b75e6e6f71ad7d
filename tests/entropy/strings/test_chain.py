"""Smooth min-entropy of strings of cells: closed forms, textbook solvers, and the exact number by counting types."""

from math import e, log2, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter
from scipy.special import gammaln, logsumexp, ndtri
from scipy.stats import norm

from samefade.entropy.strings.autoregression import autoregression
from samefade.entropy.strings.chain import guesses
from samefade.entropy.strings.guess import Guess
from samefade.entropy.strings.law import given_past
from samefade.entropy.strings.surprise import surprised
from samefade.errors import TooFewSamples
from samefade.types import Strand

N = 20_000
GAUSSIAN = 0.5 * log2(2 * pi * e)  # bits of a standard normal value, at unit width
CHI = 0.5 * log2(e) ** 2  # variance of −log2 of a normal density, bits²


def strand(span=1, *, basis=None, edges=None, width=0.05, bits=9):
    """Return a strand with equally wide cells, or with the thresholds given for all of its components."""
    basis = np.eye(span) if basis is None else basis
    cut = width * (np.arange(1, 1 << bits) - (1 << (bits - 1)) + 0.37) if edges is None else edges
    noise = np.ones(len(basis))
    return Strand(np.ones(1), dict.fromkeys("abe", 0.0), span, basis, 0, basis, noise, edges=(cut,) * len(basis))


def white(n=N, seed=1):
    """Return standard normal numbers of exactly unit variance, so that sampling does not blur a closed form."""
    x = np.random.default_rng(seed).standard_normal(n)
    return (x - x.mean()) / x.std()


def fade(memory, n=N, seed=1):
    """Return a first-order autoregression of unit variance, whose innovations have exactly that deviation."""
    s = sqrt(1 - memory**2)
    start = np.random.default_rng(seed + 99).standard_normal()
    return lfilter([s], [1, -memory], white(n, seed), zi=[memory * start])[0]


def whole(series, span=1):
    return np.ones(len(series) // span, bool)


def judged(series, made, known=None):
    return guesses(series, made, whole(series, made.span), known)


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9, 0.99])
def test_fine_cells_are_worth_the_entropy_of_the_innovations(memory):
    s = sqrt(1 - memory**2)
    found = judged(fade(memory), strand(width=0.1 * s, bits=10))
    assert len(found) == 4
    for guess in found.values():
        # h(s) − log2 width = h(1) − log2 0.1; the fits of a few parameters to 20,000 samples take 10⁻³
        assert guess.expected / N == pytest.approx(GAUSSIAN - log2(0.1), abs=0.012)
        assert guess.realised / N == pytest.approx(guess.expected / N, abs=0.005)
        assert guess.variance / N == pytest.approx(CHI, rel=0.02)


def test_more_samples_leave_the_stationary_law_nearer():
    for n in (2000, 50_000):
        found = judged(fade(0.9, n), strand(width=0.04, bits=9))["stationary"]
        wanted = GAUSSIAN + log2(sqrt(1 - 0.81)) - log2(0.04)
        assert found.expected / n == pytest.approx(wanted, abs=40 / n)


def test_what_is_realised_scatters_as_the_variance_says():
    # 200 strings of one law: their surprise has the variance that one of them names
    n, cut = 500, strand(width=0.3, bits=6)
    drawn = [
        guesses(np.random.default_rng(k).standard_normal(n), cut, np.ones(n, bool))["stationary"] for k in range(200)
    ]
    named = np.mean([guess.variance for guess in drawn])
    # the law is fitted to each string, which takes the realised surprise to the expected one: what is left is little
    assert np.var([guess.realised - guess.expected for guess in drawn]) < named
    assert named == pytest.approx(n * CHI, rel=0.05)


@pytest.mark.parametrize("bits", [1, 2, 3])
def test_equally_likely_cells_of_white_noise_are_worth_all_their_bits_and_nothing_is_left_to_chance(bits):
    edges = ndtri(np.arange(1, 1 << bits) / (1 << bits))
    found = judged(white(), strand(edges=edges))
    assert found["stationary"].expected == pytest.approx(N * bits, rel=2e-3)
    # a coefficient that is there by chance shifts the cells by 1/√n, which is all of the variance
    assert found["stationary"].variance < 20
    assert found["stationary"].smooth(9.0) == pytest.approx(N * bits, rel=4e-3)


@pytest.mark.parametrize("seed", range(3))
def test_turning_a_block_into_components_changes_the_worth_by_its_determinant(seed):
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((8, 8)))[0] * rng.uniform(0.5, 2, 8)[:, None]
    x = fade(0.9)
    single, turned = judged(x, strand(width=0.02, bits=11)), judged(x, strand(8, basis=basis, width=0.02, bits=11))
    more = log2(abs(np.linalg.det(basis))) / 8
    for name, guess in single.items():
        assert turned[name].expected / N - more == pytest.approx(guess.expected / N, abs=3e-3)
        assert turned[name].realised / N - more == pytest.approx(guess.realised / N, abs=3e-3)
        assert turned[name].variance == pytest.approx(guess.variance, rel=0.02)


@pytest.mark.parametrize("span", [1, 4, 16])
def test_components_given_the_past_have_the_cholesky_factor_of_their_conditional_covariance(span):
    memory, rng = 0.8, np.random.default_rng(span)
    basis = rng.standard_normal((max(1, span // 2), span))
    x = fade(memory, 100_000)
    k = np.arange(span)
    answer = np.tril(memory ** np.abs(k[:, None] - k[None]))  # innovations since the block began
    conditional = (1 - memory**2) * basis @ answer @ answer.T @ basis.T
    wanted = np.diag(np.linalg.cholesky(conditional))
    assert np.allclose(given_past(x, strand(span, basis=basis)), wanted, rtol=0.02)


def test_only_blocks_that_are_used_count():
    x = white()
    used = np.random.default_rng(2).random(N) < 0.5
    part = guesses(x, strand(), used)["stationary"]
    all_ = judged(x, strand())["stationary"]
    assert part.expected == pytest.approx(all_.expected * used.mean(), rel=0.01)


def test_who_knows_the_series_knows_its_cells():
    x = fade(0.9)
    assert min(g.smooth(0.0) for g in judged(x, strand(), x[:, None]).values()) < 1e-3 * N
    also = np.column_stack([np.random.default_rng(4).standard_normal((N, 3)), -7 * x + 100, np.zeros(N)])
    assert min(g.smooth(0.0) for g in judged(x, strand(), also).values()) < 1e-3 * N


@pytest.mark.parametrize("noise", [0.1, 1.0])
def test_who_knows_it_with_noise_knows_as_much_as_the_closed_form_says(noise):
    x = white()
    heard = x + noise * np.random.default_rng(8).standard_normal(N)
    left = noise**2 / (1 + noise**2)  # variance of x given what was heard
    found = judged(x, strand(width=0.1 * sqrt(left), bits=11), heard[:, None])["stationary"]
    # the sample's own correlation is off by 1/√n or so
    assert found.expected / N == pytest.approx(GAUSSIAN - log2(0.1), abs=0.02)


@pytest.mark.parametrize("columns", [1, 5, 40])
def test_what_has_nothing_to_do_with_it_takes_its_degrees_of_freedom_and_no_more(columns):
    x = white()
    known = np.random.default_rng(3).standard_normal((N, columns))
    bare, given_ = (judged(x, strand(), what)["stationary"].expected for what in (None, known))
    # the rest's variance falls by χ²_q/n: q/2 · log2 e bits, scattering by √(2q)/2 · log2 e; and an order or two
    nats = 0.5 * log2(e)
    assert -3 * nats < bare - given_ < nats * (columns + 5 * sqrt(2 * columns) + 3)


def test_a_chirp_and_a_changing_scale_are_followed():
    rng, t = np.random.default_rng(5), np.arange(N)
    chirp = np.sin(2 * pi * (0.01 * t + 0.1 * t**2 / N)) + 0.05 * rng.standard_normal(N)
    found = judged(chirp, strand())
    # perfect knowledge of the phase would leave h(0.05) − log2 0.05
    floor = GAUSSIAN
    best = min(found, key=lambda name: found[name].smooth(0.0))
    assert best == "local predictor of order 16"
    assert floor - 0.01 < found[best].smooth(0.0) / N < floor + 0.5 < found["stationary"].smooth(0.0) / N - 1
    scale = np.where(t // 2000 % 2, 0.1, 1.0)
    found = judged(scale * rng.standard_normal(N), strand())
    wanted = GAUSSIAN + float(np.log2(scale).mean()) - log2(0.05)
    assert found["local scale"].expected / N == pytest.approx(wanted, abs=0.05)
    assert found["stationary"].expected / N > wanted + 1
    assert found["stationary"].kurtosis > 4


@pytest.mark.parametrize(("law", "moment"), [("standard_normal", 3.0), ("standard_laplace", 6.0), ("uniform", 1.8)])
def test_the_fourth_moment_of_innovations_is_told(law, moment):
    rng = np.random.default_rng(6)
    draw = rng.laplace(size=N) if law == "standard_laplace" else getattr(rng, law)(size=N)
    assert judged(draw - draw.mean(), strand())["stationary"].kurtosis == pytest.approx(moment, rel=0.15)


PERIODIC = {
    "sine": np.sin(0.3 * np.arange(N)),
    "saw tooth": np.arange(N) % 7 - 3.013,
    "any pattern": np.tile(np.random.default_rng(7).standard_normal(20), N // 20),
    "ramp": np.linspace(-1, 1, N),
}


@pytest.mark.parametrize("name", PERIODIC)
def test_what_repeats_for_ever_is_worth_no_more_than_the_parameters_that_are_given_back(name):
    # 2 parameters for 64 samples, 6 for 64, 18 for 512, q/2 · log2 e each: at most 0.07 bits a sample come back
    left = min(guess.smooth(9.0) for guess in judged(PERIODIC[name], strand()).values())
    assert left < 0.1 * N


def test_nothing_but_zeros_is_worth_nothing():
    assert min(guess.smooth(0.0) for guess in judged(np.zeros(N), strand()).values()) < 0.02 * N


@pytest.mark.parametrize("value", [0.11, -3.7, 3.14159])
def test_a_constant_is_worth_nothing(value):
    assert min(guess.smooth(0.0) for guess in judged(np.full(N, value), strand()).values()) < 0.02 * N


def test_a_constant_on_a_threshold_is_worth_nothing():
    on = strand(edges=0.05 * np.arange(-127, 128))
    assert min(guess.smooth(0.0) for guess in judged(np.zeros(N), on).values()) < 0.02 * N


def test_records_too_short_to_judge_are_refused():
    for n, columns, need in ((63, 0, 64), (0, 0, 64), (79, 10, 80), (70, 1, None)):
        x = white(max(n, 2))[:n]
        known = np.random.default_rng(2).standard_normal((n, columns))
        if need is None:
            assert set(judged(x, strand(), known)) == {"stationary", "local scale"}
            continue
        with pytest.raises(TooFewSamples) as why:
            judged(x, strand(), known)
        assert why.value.numbers == {"have": n, "need": need}


@settings(max_examples=40, deadline=None)
@given(
    centre=st.floats(-3, 3),
    spread=st.floats(0.01, 2),
    bits=st.integers(1, 8),
    even=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_what_one_cell_is_expected_to_surprise_by_is_the_sum_over_all_cells(centre, spread, bits, even, seed):
    rng, count = np.random.default_rng(seed), (1 << bits) - 1
    edges = 6 / (1 << bits) * (np.arange(count) - count / 2) if even else np.sort(rng.standard_normal(count))
    value = centre + spread * rng.standard_normal()
    cuts = (np.array([-np.inf, *edges, np.inf]) - centre) / spread
    # the smaller tail keeps its digits
    chance = np.where(cuts[:-1] > 0, norm.sf(cuts[:-1]) - norm.sf(cuts[1:]), norm.cdf(cuts[1:]) - norm.cdf(cuts[:-1]))
    surprise = -np.log2(np.maximum(chance, 1e-300))
    expected, realised, variance = surprised(np.array([value]), np.array([centre]), np.array([spread]), edges)[0]
    # a fine even grid is integrated, which is off where the outermost threshold is near
    slack = 0.03 if even else 1e-3
    mean = float(chance @ surprise)
    assert expected == pytest.approx(mean, abs=slack)
    assert variance == pytest.approx(float(chance @ surprise**2) - mean**2, abs=2 * slack)
    own = float(surprise[np.searchsorted(edges, value, side="right")])
    assert realised == pytest.approx(own, abs=1e-3)


def solved(x, p):
    """Return the coefficients of Yule and Walker's equations of order p, and the variance that they leave."""
    z = x - x.mean()
    r = np.array([z[: len(z) - k] @ z[k:] for k in range(p + 1)]) / len(z)
    a = solve_toeplitz(r[:p], r[1:]) if p else np.empty(0)
    return a, float(r[0] - a @ r[1:])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**16), n=st.integers(400, 2000), memory=st.floats(-0.95, 0.95))
def test_the_predictor_agrees_with_yule_and_walkers_equations(seed, n, memory):
    x = fade(memory, n, seed) + 0.3 * np.random.default_rng(seed + 1).standard_normal(n)
    filter_, deviation = autoregression(x)
    p = len(filter_) - 1
    a, variance = solved(x, p)
    assert filter_[0] == 1
    # the sample's two ends are weighed in other ways: of the order of p/n of the variance
    assert deviation**2 == pytest.approx(variance, rel=20 * (p + 1) / n)
    # errors of that predictor exceed those of the best one by as much
    made = lfilter(filter_, [1.0], x - x.mean())[p:]
    assert float(made @ made) / len(made) == pytest.approx(deviation**2, rel=20 * (p + 1) / n)
    assert float(made @ made) <= float((lfilter([1, *-a], [1.0], x - x.mean())[p:] ** 2).sum()) * (1 + 5 * (p + 1) / n)
    # the order is one that Akaike's criterion does not refuse, and the filter has no pole of its inverse outside
    score = min(n * np.log(solved(x, k)[1]) + 2 * k for k in range(33))
    assert n * np.log(variance) + 2 * p < score + 12
    assert p == 0 or np.abs(np.roots(filter_)).max() < 1


def test_a_known_autoregression_is_found():
    x = lfilter([0.5], [1, -1.2, 0.6], white(100_000))
    filter_, deviation = autoregression(x)
    assert np.allclose(filter_[:3], [1, -1.2, 0.6], atol=0.01)
    assert np.allclose(filter_[3:], 0, atol=0.02)
    assert deviation == pytest.approx(0.5, rel=1e-3)


def exactly(chances, sizes, n, epsilon):
    """Return the smooth min-entropy of n symbols, independent and alike, exactly, bits.

    Strings are counted by types.
    Of every string likelier than λ the part above λ is taken off; λ is where that comes to ε together.
    `chances[i]` is the chance of each of `sizes[i]` symbols; two classes of symbols.
    """
    k = np.stack([np.arange(n + 1), n - np.arange(n + 1)])
    chance = np.log(chances) @ k
    count = gammaln(n + 1) - gammaln(k + 1).sum(axis=0) + np.log(sizes) @ k

    def lost(level):
        above = chance > level + 1e-15
        parts = (count + chance + np.log(-np.expm1(np.minimum(level - chance, -1e-300))))[above]
        return float(np.exp(logsumexp(parts))) if len(parts) else 0.0

    low, high = float(chance.min()) - 50, 0.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if lost(middle) > epsilon else (low, middle)
    return -high / np.log(2)


def of_law(chances, sizes, n):
    """Return what the law of n such symbols expects."""
    p, size = np.asarray(chances), np.asarray(sizes)
    bits = -np.log2(p)
    mean = float((size * p) @ bits)
    return Guess(n * mean, n * mean, n * float((size * p) @ bits**2 - mean**2), 3.0)


def test_the_exact_number_itself_is_right_on_all_strings_of_a_small_alphabet():
    chances, sizes, n, epsilon = (0.4, 0.1), (2, 2), 6, 2**-10
    each = np.array([0.4, 0.4, 0.1, 0.1])
    strings = np.ones(1)
    for _ in range(n):
        strings = np.outer(strings, each).ravel()
    level = 2 ** -exactly(chances, sizes, n, epsilon)
    assert np.maximum(strings - level, 0).sum() == pytest.approx(epsilon, rel=1e-6)


@pytest.mark.parametrize("n", [8, 12, 200, 2000, 20_000])
@pytest.mark.parametrize("epsilon", [2**-10, 2**-20, 2**-64])
@pytest.mark.parametrize(
    ("chances", "sizes"), [((0.7, 0.1), (1, 3)), ((0.97, 0.03), (1, 1)), ((0.3, 0.2), (2, 2)), ((0.34, 0.16), (2, 2))]
)
def test_the_smooth_min_entropy_is_never_more_than_the_exact_one(chances, sizes, epsilon, n):
    # the surprise of these symbols has its long tail upwards, so the normal law has more in the tail that counts
    exact = exactly(chances, sizes, n, epsilon)
    ours = of_law(chances, sizes, n).smooth(-float(ndtri(epsilon)))
    assert ours <= exact + 1e-9
    if n >= 2000 and epsilon > 2**-30:
        assert ours > exact - 25


@pytest.mark.parametrize("n", [10, 200, 2000, 20_000])
def test_where_outer_cells_hold_much_the_normal_law_overstates_by_a_few_tens_of_bits_however_long_the_string(n):
    # two open cells of a tenth each beside 254 small ones: the tail that counts is the longer one (skewness below 0).
    # Edgeworth: about −γ σ (z² − 1)/6 bits whatever n is; the kept half would have to vary 2.3 times as much as the
    # spoken one for cells like these
    chances, sizes = (0.1, 0.8 / 254), (2, 254)
    for epsilon in (2**-10, 2**-20, 2**-64):
        exact = exactly(chances, sizes, n, epsilon)
        assert of_law(chances, sizes, n).smooth(-float(ndtri(epsilon))) <= exact + 40
    # and with what falls beyond three deviations of a normal component, by a few
    chances, sizes = (0.00135, 0.9973 / 254), (2, 254)
    exact = exactly(chances, sizes, n, 2**-64)
    assert of_law(chances, sizes, n).smooth(-float(ndtri(2**-64))) <= exact + 4


@pytest.mark.parametrize("n", [2000, 20_000])
def test_a_fitted_law_stays_below_the_exact_number_too(n):
    # cells of a white series with chances 0.7 and three times 0.1
    edges = ndtri(np.array([0.1, 0.8, 0.9]))
    for epsilon in (2**-20, 2**-64):
        exact = exactly((0.7, 0.1), (1, 3), n, epsilon)
        found = [g.smooth(-float(ndtri(epsilon))) for g in judged(white(n), strand(edges=edges)).values()]
        assert exact - 0.05 * n < min(found) <= exact


def test_strings_that_are_independent_add_up_and_nothing_is_ever_negative():
    one, other = Guess(100.0, 90.0, 4.0, 3.1), Guess(50.0, 70.0, 5.0, 3.0)
    assert one + other == Guess(150.0, 160.0, 9.0, 3.1)
    assert (one + other).smooth(2.0) == 144.0  # the lesser of both sums, two deviations of 3 below
    assert one.smooth(1000.0) == 0.0
