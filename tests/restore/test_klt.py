"""Components against canonical correlations solved by other means, closed forms, and plain Wiener filtering."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import eigh, solve_toeplitz, toeplitz
from scipy.signal import lfilter

from samefade.errors import ConstantSignal, EndsDisagree, OutOfRange, TooFewSamples
from samefade.restore import Klt, deviations, estimates
from samefade.restore.klt import components, directions, expected, learn, series_of
from samefade.types import Kept, Spoken, Terms

TERMS = Terms(10.0)
MEMORY, NOISE = 0.9, 0.3


def fade(n, memory=MEMORY, seed=1):
    """Return a first-order autoregression of unit variance."""
    noise = np.random.default_rng(seed).standard_normal(n + 300)
    return lfilter([np.sqrt(1 - memory**2)], [1, -memory], noise)[300:]


def ends(n, noise=NOISE, seed=1):
    """Return two noisy looks at one fade."""
    x, rng = fade(n, seed=seed), np.random.default_rng(seed + 1000)
    return x + noise * rng.standard_normal(n), x + noise * rng.standard_normal(n)


def observation(values, half=Spoken, end="a", mask=None):
    x = np.asarray(values, np.float64)
    return half(x, 10.0, np.ones(len(x), bool) if mask is None else mask, end)


def agreed(klt, x, y):
    return klt.agree(observation(x), observation(y, end="b"), TERMS)


def strand_of(klt, x, y):
    return agreed(klt, x, y).strands[0]


def canonical(span, reach, memory=MEMORY, noise=NOISE):
    """Return the squared canonical correlations of a block and the other end's window, by a generalised eigenproblem.

    R_xy R_yy⁻¹ R_yx w = ρ² R_xx w on the exact covariances r(l) = memory^|l|, noise² more at lag 0.
    """
    t, w = np.arange(span), np.arange(-reach, span + reach)
    across = memory ** np.abs(t[:, None] - w[None])
    xx = toeplitz(memory**t) + noise**2 * np.eye(span)
    yy = toeplitz(memory ** np.arange(span + 2 * reach)) + noise**2 * np.eye(span + 2 * reach)
    return eigh(across @ np.linalg.solve(yy, across.T), xx, eigvals_only=True)[::-1]


def information_rate(memory=MEMORY, noise=NOISE):
    """Return −½ ∫ log2(1 − C(f)) df of two looks at a first-order autoregression, bits a sample."""
    f = (np.arange(20_000) + 0.5) / 40_000  # 0 … ½; the integrand is even
    s = (1 - memory**2) / np.abs(1 - memory * np.exp(-2j * np.pi * f)) ** 2
    return -float(np.mean(np.log2(1 - (s / (s + noise**2)) ** 2)) / 2)


@pytest.mark.parametrize(("span", "reach"), [(1, 0), (1, 8), (4, 8), (16, 8)])
def test_components_have_the_canonical_correlations_of_an_independent_solver(span, reach):
    found = 1 - learn(*ends(200_000), np.ones(1), Klt(span, reach)).noise ** 2
    # a correlation of m blocks has a standard error near (1 − ρ²)/√m, blocks of a slow fade a few times that;
    # the largest of the span values is 5 of them away by chance to one in a thousand
    rho2 = canonical(span, reach)
    error = 2 * np.sqrt(rho2) * (1 - rho2) / np.sqrt(200_000 / span)
    assert np.all(np.abs(found - rho2) < 5 * 3 * error + 1e-4)


def test_the_components_of_long_blocks_share_as_much_as_the_series():
    # the closed form: Σ −½ log2(1 − ρ²) / span tends to the information rate from below, with the ends of a block lost
    rate = information_rate()
    exact = {span: float(-np.log2(1 - canonical(span, 32)).sum() / 2 / span) for span in (1, 8, 32, 128)}
    # b's window tells more of each block than the blocks share, while neighbours' components depend on each other
    assert all(value >= rate - 1e-9 for value in exact.values())
    assert exact[128] == pytest.approx(rate, rel=0.02)
    noise = strand_of(Klt(32, 32), *ends(200_000)).noise
    assert float(-np.log2(noise).sum() / 32) == pytest.approx(exact[32], rel=0.02)


@pytest.mark.parametrize("span", [1, 4, 16])
def test_components_of_a_are_white_and_of_unit_variance(span):
    x, y = ends(100_000)
    strand = strand_of(Klt(span), x, y)
    u = components(x, strand)
    # the strand averages over all windows and this over every span-th: a variance of m draws scatters by √(2/m)
    assert np.allclose(u.T @ u / len(u), np.eye(span), atol=5 * np.sqrt(2 * span / len(x)))


@pytest.mark.parametrize("span", [1, 4, 16])
def test_the_error_of_bs_estimate_is_what_the_strand_says_on_samples_it_never_saw(span):
    n = 100_000
    strand = strand_of(Klt(span), *ends(n))
    x, y = ends(n, seed=2)
    error = components(x, strand) - expected(y, strand)
    # a variance of m/span draws scatters by √(2 span/m), and so does what it is compared with: 5 deviations of both
    assert np.allclose(error.var(axis=0), strand.noise**2, rtol=5 * 2 * np.sqrt(span / n) + 0.03)
    # and the error is not correlated with the estimate: the best linear one leaves nothing
    r = [np.corrcoef(e, g)[0, 1] for e, g in zip(error.T, expected(y, strand).T, strict=True)]
    assert np.max(np.abs(r)) < 0.05


def test_a_span_of_one_is_plain_wiener_filtering():
    reach, noise = 8, 0.3
    strand = strand_of(Klt(1, reach), *ends(200_000, noise))
    lags = np.arange(2 * reach + 1)
    column = MEMORY ** lags.astype(float)
    column[0] += noise**2
    wiener = solve_toeplitz(column, MEMORY ** np.abs(lags - reach).astype(float))
    own = np.sqrt(1 + noise**2)
    assert strand.basis[0, 0] == pytest.approx(1 / own, rel=0.02)
    # coefficients scatter by about 1/√200,000 over the noise
    assert np.allclose(strand.estimate[0] * own, wiener, atol=0.02)
    left = 1 + noise**2 - wiener @ (MEMORY ** np.abs(lags - reach).astype(float))
    assert strand.noise[0] == pytest.approx(np.sqrt(left) / own, rel=0.02)


def two_paths(n, k=6, noise=0.1, seed=3):
    """Return k tones over two independent fading paths of delays 0 and 1 (real parts), at both ends, and the mixing."""
    rng = np.random.default_rng(seed)
    paths = np.stack([fade(n, seed=seed), 0.5 * fade(n, seed=seed + 1)], axis=1)
    mixing = np.stack([np.ones(k), np.cos(2 * np.pi * np.arange(k) / k)])  # orthogonal: the directions are known
    clean = paths @ mixing
    interference = 2 * fade(n, 0.5, seed=seed + 2)[:, None] * np.sin(2 * np.pi * np.arange(k) / k)
    a = clean + noise * rng.standard_normal((n, k)) + interference  # strong, but only end a hears it
    return a, clean + noise * rng.standard_normal((n, k)), mixing


def test_the_tones_directions_are_those_of_the_paths_and_not_those_of_one_ends_interference():
    a, b, mixing = two_paths(20_000)
    ways = directions(a, b, 2)
    wanted = mixing / np.linalg.norm(mixing, axis=1)[:, None]
    assert np.allclose(np.abs(ways @ wanted.T), np.eye(2), atol=0.03)
    strands = agreed(Klt(4), a, b).strands
    # two paths: what is left after them is chance, and b cannot estimate it
    assert all(s.noise.min() < 0.3 for s in strands[:2])
    assert all(s.noise.min() > 0.8 for s in strands[2:])


def test_at_most_as_many_directions_as_asked_and_orthonormal():
    a, b, _ = two_paths(4000)
    for most in (1, 3, 6, 8):
        ways = directions(a, b, most)
        assert len(ways) <= min(most, 6)
        assert np.allclose(ways @ ways.T, np.eye(len(ways)))
    assert len(directions(a, -b, 8)) <= 4  # what moves the other way at the other end is not shared


@settings(max_examples=20, deadline=None)
@given(gain=st.floats(0.01, 100), offset=st.floats(-50, 50), span=st.integers(1, 6))
def test_gains_and_offsets_of_either_end_change_nothing(gain, offset, span):
    x, y = ends(600)
    plain, moved = strand_of(Klt(span), x, y), strand_of(Klt(span), gain * x + offset, y / gain - offset)
    assert np.allclose(plain.noise, moved.noise, rtol=1e-5)
    assert np.allclose(components(x, plain), components(gain * x + offset, moved), atol=1e-5)


@pytest.mark.parametrize("end", ["a", "b", "e"])
@pytest.mark.parametrize("span", [1, 8])
def test_blocks_become_rows_and_the_rest_is_left_out(end, span):
    x, y = ends(2000)
    terms = agreed(Klt(span), x, y)
    kept = observation(x[:1003], Kept, end)
    found = Klt(span).restore(kept, terms)
    assert found.values.shape == (1003 // span, span)
    assert found.rate == 10.0 / span
    assert found.usable.shape == (1003 // span,)
    assert found.usable.all()
    assert found.source is kept
    assert found.kept is found
    assert np.isfinite(found.values).all()


def test_an_eavesdroppers_components_are_made_as_ends_as_are():
    x, y = ends(2000)
    terms = agreed(Klt(4), x, y)
    at_a, at_e = (Klt(4).restore(observation(x, Kept, end), terms).values for end in "ae")
    assert np.array_equal(at_a, at_e)


def test_a_block_counts_where_three_quarters_were_heard_at_a_and_always_at_b():
    x, y = ends(2000)
    terms = agreed(Klt(4), x, y)
    mask = np.ones(400, bool)
    mask[[0, 4, 5, 8, 9, 10, 12, 13, 14, 15]] = False
    usable = Klt(4).restore(observation(x[:400], Kept, mask=mask), terms).usable
    assert usable[:5].tolist() == [True, False, False, False, True]
    assert Klt(4).restore(observation(x[:400], Kept, "b", mask), terms).usable.all()


def test_what_b_did_not_hear_makes_its_estimate_less_certain_by_three():
    x, y = ends(4000)
    strand = replace(strand_of(Klt(4), x, y), activity=0.0, noise=np.full(4, 0.1))
    mask = np.ones(400, bool)
    mask[4:8] = False
    wide = deviations(observation(y[:400], Kept, "b", mask), strand)
    assert np.allclose(wide[0], 0.1)
    assert np.allclose(wide[1], 0.3)
    certain = deviations(observation(y[:400], Kept, "b", mask), replace(strand, noise=np.full(4, 0.5)))
    assert certain.max() <= 1.0  # never more than knowing nothing


def test_where_noise_follows_movement_it_is_found_and_where_it_does_not_nothing_is_made_of_it():
    rng = np.random.default_rng(5)
    n = 20_000
    still = strand_of(Klt(1), *ends(n, seed=6))
    assert still.activity == 0.0
    level = np.repeat(np.where(rng.random(n // 200) < 0.5, 0.3, 3.0), 200)  # moves much, then little
    x = np.cumsum(level * rng.standard_normal(n))
    x = x - lfilter(np.ones(50) / 50, [1.0], x)
    errors = 0.1 * level * rng.standard_normal(n)
    moving = strand_of(Klt(1), x, x + errors)
    assert moving.activity >= 0.5


def test_estimates_of_an_observation_are_those_of_its_series():
    a, b, _ = two_paths(4000)
    strand = agreed(Klt(4), a, b).strands[0]
    heard = observation(b, Kept, "b")
    assert np.array_equal(estimates(heard, strand), expected(b @ strand.direction, strand))
    series = series_of(heard, strand)
    assert series.shape == (4000,)
    assert abs(series.mean()) < 1e-9


def test_what_was_learnt_does_not_depend_on_kept_samples():
    x, y = ends(4000)
    terms = agreed(Klt(4), x[:2000], y[:2000])
    before = pickle.dumps(terms.strands)
    Klt(4).restore(observation(100 * x[2000:], Kept), terms)
    Klt(4).restore(observation(100 * y[2000:], Kept, "b"), terms)
    assert pickle.dumps(terms.strands) == before
    assert agreed(Klt(4), x[:2000], y[:2000]).strands == terms.strands


def test_agreeing_keeps_the_other_terms():
    terms = replace(TERMS, lag=3, seed=bytes(range(16)))
    x, y = ends(1000)
    found = Klt().agree(observation(x), observation(y, end="b"), terms)
    assert (found.lag, found.seed, found.rate) == (3, bytes(range(16)), 10.0)


@pytest.mark.parametrize("span", [1, 4, 32])
def test_too_few_blocks_are_refused_with_the_number_needed(span):
    x, y = ends(48 * span)
    with pytest.raises(TooFewSamples) as why:
        agreed(Klt(span), x[:-1], y[:-1])
    assert why.value.numbers == {"have": 48 * span - 1, "need": 48 * span}
    assert len(agreed(Klt(span), x, y).strands) == 1
    terms = agreed(Klt(span), x, y)
    with pytest.raises(TooFewSamples) as why:
        Klt(span).restore(observation(x[: span - 1], Kept), terms)
    assert why.value.numbers["need"] == span


def test_ends_that_stand_still_are_refused():
    x, y = ends(1000)
    still = np.full(1000, 3.0)
    with pytest.raises(ConstantSignal) as why:
        agreed(Klt(), still, y)
    assert why.value.numbers["end"] == "a"
    with pytest.raises(ConstantSignal) as why:
        agreed(Klt(), x, still)
    assert why.value.numbers["end"] == "b"
    tones = np.tile([1.0, 2.0], (1000, 1))  # tones that differ, and none varies
    with pytest.raises(ConstantSignal):
        agreed(Klt(), tones, tones)
    with pytest.raises(ConstantSignal):  # nothing to learn on in the first half
        agreed(Klt(), np.concatenate([still[:500], x[500:]]), y)


def test_a_dead_tone_beside_a_live_one_is_left_out():
    x, y = ends(2000)
    a, b = (np.column_stack([v, np.full(2000, 7.0)]) for v in (x, y))
    strands = agreed(Klt(), a, b).strands
    assert len(strands) == 1
    assert np.allclose(np.abs(strands[0].direction), [1, 0])


def test_identical_ends_and_periodic_ones_are_no_accident():
    x, _ = ends(2000)
    sine = np.sin(0.3 * np.arange(2000))
    for series in (x, sine):
        noise = strand_of(Klt(4), series, series).noise
        assert np.all(np.isfinite(noise))
        assert np.all((noise > 0) & (noise < 1e-3))


def test_parameters_and_terms_that_make_no_sense_are_refused():
    x, y = ends(1000)
    for klt in (Klt(span=0), Klt(span=-4), Klt(reach=-1)):
        with pytest.raises(OutOfRange, match="span"):
            agreed(klt, x, y)
    with pytest.raises(EndsDisagree):
        agreed(Klt(), x, y[:-1])
    with pytest.raises(EndsDisagree):
        agreed(Klt(), x, np.stack([y, y], axis=1))
    with pytest.raises(OutOfRange, match="strands"):
        Klt().restore(observation(x, Kept))
    with pytest.raises(OutOfRange, match="strands"):
        Klt().restore(observation(x, Kept), TERMS)
    with pytest.raises(OutOfRange, match="strands"):
        Klt().restore(observation(np.stack([x, x], axis=1), Kept), agreed(Klt(), x, y))


def test_it_is_a_value_and_its_features_do_not_leave_the_process():
    assert Klt(span=4) == eval(repr(Klt(span=4)))
    assert hash(Klt(span=4)) == hash(Klt(span=4))
    x, y = ends(1000)
    with pytest.raises(TypeError, match="no serialiser"):
        pickle.dumps(Klt().restore(observation(x, Kept), agreed(Klt(), x, y)))


@pytest.mark.parametrize("end", ["a", "b"])
def test_what_is_usable_does_not_depend_on_the_values(end):
    # else the mark, which the ends compare in public, would tell about them
    x, y = ends(1000)
    terms = agreed(Klt(4), x, y)
    mask = np.random.default_rng(3).random(1000) < 0.8
    first, second = (Klt(4).restore(observation(v, Kept, end, mask), terms).usable for v in (x, -3 * y))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("dtype", [np.float32, np.int16])
def test_samples_of_other_types_are_taken_as_they_are(dtype):
    x, y = (np.round(100 * v).astype(dtype) for v in ends(1000))
    terms = agreed(Klt(4), x, y)
    kept = Kept(x, 10.0, np.ones(1000, bool))
    found = Klt(4).restore(kept, terms).values
    assert found.dtype == np.float64
    assert np.array_equal(found, Klt(4).restore(observation(x, Kept), terms).values)
