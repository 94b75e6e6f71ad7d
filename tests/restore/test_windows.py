"""Cosine coefficients and principal components of windows: against SciPy, closed forms and each other."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import fft, linalg, special

from samefade import channel
from samefade.align import NoLag
from samefade.errors import NotReciprocal, OutOfRange, TooFewSamples
from samefade.restore import Cosine, Principal, SmallScale, gudmundson_model, jakes_model
from samefade.schemes import Scheme
from samefade.session.terms import pack_terms, unpack_terms
from samefade.types import Kept, Observation, Pair, Spoken, Terms

T = 16


def pair(x, seed, noise=0.5, lost=0.0):
    rng, n = np.random.default_rng(seed), len(x)
    mask = rng.random(n) >= lost
    return Pair(*(Observation(x / x.std() + noise * rng.normal(size=n), 1.0, mask, e) for e in "ab"))


def slow(n, seed):
    return channel.ar1(n, 0.9, np.random.default_rng(seed)).real


def learnt(operator, both, rate=1.0):
    spoken = both.spoken()
    return operator.agree(spoken.a, spoken.b, Terms(rate))


def test_the_cosine_coefficients_are_scipy_s():
    both = pair(slow(800, 1), 2)
    terms = learnt(Cosine(T, 1, 5), both)
    found = Cosine(T, 1, 5).restore(both.a, terms).values.reshape(-1, 5)
    direct = fft.dct(both.a.values.reshape(-1, T), norm="ortho", axis=1)[:, 1:6]
    # each row is scaled by its deviation on spoken samples, all windows counted
    ratio = direct / found
    assert np.allclose(ratio, ratio[0], rtol=1e-9)


def test_a_window_is_a_band_pass_of_its_coefficients():
    t = np.arange(320)
    fast = np.cos(np.pi * 5 * (2 * t + 1) / (2 * T))  # coefficient 5 of every window, with alternating signs
    both = pair(slow(320, 3), 4)
    terms = learnt(Cosine(T, 1, 7), both)
    level = terms.predictors["level"][0]
    parts = Cosine(T, 1, 7).split(Observation(fast + level, 1.0, np.ones(320, bool)), terms)
    assert np.allclose(parts.small.values, fast, atol=1e-12)
    assert np.allclose(parts.noise.values, 0, atol=1e-12)


def test_the_eigenvectors_of_a_public_model_are_scipy_s():
    model = gudmundson_model(1.4, 50, 1.0, T, fading=0.5)
    terms = learnt(Principal(T, 1, None, model=model), pair(slow(800, 5), 6))
    rows = np.array(terms.predictors["large"] + terms.predictors["small"]).reshape(-1, T)
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    _, vectors = linalg.eigh(linalg.toeplitz(model))
    assert np.allclose(np.abs(np.sum(rows * vectors.T[::-1], axis=1)), 1, atol=1e-9)


def test_the_models_are_their_closed_forms():
    k = np.arange(T)
    assert np.allclose(jakes_model(4.05, 100, T), special.j0(2 * np.pi * 4.05 * k / 100) ** 2)
    assert np.allclose(gudmundson_model(1.4, 50, 2.0, T), np.exp(-0.7 * k / 50))


def test_components_have_unit_variance_and_are_uncorrelated():
    n = 64_000
    both = pair(slow(n, 7), 8)
    terms = learnt(Principal(T, 1, 6), both)
    found = Principal(T, 1, 6).restore(both.a, terms).values.reshape(-1, 6)
    # 4,000 windows that overlap nowhere, next to each other: 4/√4000 for each entry, a little more for neighbours
    assert np.allclose(np.cov(found.T), np.eye(6), atol=0.09)


def test_only_one_end_s_spoken_samples_make_the_basis():
    both = pair(slow(800, 9), 10)
    other = replace(both, b=pair(slow(800, 9), 11).b)
    first, second = (learnt(Principal(T, 1, 6), p).predictors for p in (both, other))
    assert first["small"] == second["small"]
    assert first["large"] == second["large"]


def test_what_is_below_the_noise_is_left_out():
    # correlation of a coefficient is λ/(λ + 1/4): .5 where signal and noise are equally strong
    both = pair(slow(20_000, 12), 13)
    kept = len(learnt(Principal(T, 1, least=0.5), both).predictors["small"]) // T
    spectrum = np.linalg.eigvalsh(linalg.toeplitz(0.9 ** np.arange(T)))[::-1][1:]
    assert abs(kept - np.count_nonzero(spectrum > 0.25)) <= 1
    with pytest.raises(NotReciprocal, match=r"no coefficient has r 0\.99"):
        learnt(Cosine(T, 1, least=0.99), both)


def test_a_window_with_a_quarter_lost_feeds_a_key_and_one_with_more_does_not():
    x = Observation(slow(4 * T, 14), 1.0, np.ones(4 * T, bool))
    x.mask[:4], x.mask[T : T + 5] = False, False
    terms = learnt(Cosine(T, 1, 3), pair(slow(800, 15), 16))
    found = Cosine(T, 1, 3).restore(x, terms)
    assert found.usable.reshape(-1, 3).all(axis=1).tolist() == [True, False, True, True]
    assert found.rate == pytest.approx(3 / T)


@pytest.mark.parametrize("operator", [Cosine(T, 1, 7), Principal(T, 1, 7), Principal(T, 0, 3)], ids=str)
def test_the_terms_cross_the_air_whole(operator):
    both = pair(slow(800, 17), 18)
    terms = learnt(operator, both)
    heard = unpack_terms(pack_terms(terms), rate=1.0, samples=600)
    assert heard == terms
    for x in (both.a, both.b):
        assert np.array_equal(operator.restore(x, heard).values, operator.restore(x, terms).values)


@pytest.mark.parametrize(
    ("part", "silly"),
    [
        ("small", ()),
        ("small", (1.0,) * (T + 1)),
        ("small", (0.0,) * T),
        ("small", (1e300,) * T),
        ("small", (1.0,) * T * 2),
        ("large", (1.0,) * T * T),
        ("level", (1.0,)),
        ("level", (float("inf"), 0.0)),
    ],
)
def test_silly_terms_from_the_air_are_refused(part, silly):
    both = pair(slow(800, 19), 20)
    terms = learnt(Principal(T, 1, 4), both)
    wrong = replace(terms, predictors={**terms.predictors, part: silly})
    for made in (wrong, replace(terms, predictors={}), None):
        with pytest.raises(OutOfRange):
            Principal(T, 1, 4).split(both.a, made)


def test_a_basis_of_another_span_is_refused():
    both = pair(slow(800, 21), 22)
    with pytest.raises(OutOfRange):
        Principal(10, 1, 4).split(both.a, learnt(Principal(T, 1, 4), both))


@pytest.mark.parametrize(
    "wrong", [Cosine(1), Cosine(T, T), Cosine(T, 1, T), Cosine(300), Principal(T, model=(1.0, 0.5))]
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(OutOfRange):
        learnt(wrong, pair(slow(2000, 23), 24))


def test_few_spoken_samples_are_refused():
    with pytest.raises(TooFewSamples):
        learnt(Principal(T), pair(slow(3 * T, 25), 26))


# lpwan.md, section 8, item 3: PCA against DCT with equally many coefficients

MODELS = {
    "first-order": 0.9 ** np.arange(T),
    "Gudmundson": np.array(gudmundson_model(1.4, 50, 1.0, T)),
    "Jakes, slow": special.j0(2 * np.pi * 0.08 * np.arange(T)),
    "Jakes, fast": special.j0(2 * np.pi * 0.3 * np.arange(T)),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("keep", range(1, T))
def test_no_basis_keeps_more_of_a_known_channel_than_its_principal_components(name, keep):
    """With white noise of K coefficients the correlation of what is kept rises with its power, and errors fall."""
    model, power = linalg.toeplitz(MODELS[name]), {}
    both = pair(slow(2000, 27), 28)
    for operator in (Principal(T, 0, keep, model=tuple(MODELS[name])), Cosine(T, 0, keep)):
        rows = np.array(learnt(operator, both).predictors["small"]).reshape(-1, T)
        rows = rows / np.linalg.norm(rows, axis=1)[:, None]
        power[type(operator)] = float(np.trace(rows @ model @ rows.T))
    assert power[Principal] >= power[Cosine] - 1e-9


def fast(n, seed):
    return channel.jakes(n, 0.3, 1.0, np.random.default_rng(seed)).real


def errors(operator, x, seed):
    """Return the share of bits that differ after a scheme without correction: 4 levels, Gray-coded."""
    scheme = Scheme(restore=SmallScale(operator), align=NoLag(), levels=4)
    spoken, kept = pair(x, seed).split(fraction=0.25)
    terms = scheme.agree(spoken.a, spoken.b)
    a, b = (scheme.hard_bits(scheme.symbols(end, terms), terms) for end in (kept.a, kept.b))
    return float(np.mean(a != b))


@pytest.mark.parametrize("keep", [2, 4, 8])
@pytest.mark.parametrize("channel_of", [slow, fast], ids=["first-order", "Jakes, fast"])
def test_principal_components_differ_no_more_than_cosines_at_equal_count(channel_of, keep):
    found = np.array(
        [[errors(made(T, 0, keep), channel_of(4000, s), 100 + s) for made in (Principal, Cosine)] for s in range(10)]
    )
    more = found[:, 0] - found[:, 1]
    if channel_of is fast:  # its power lies at the Doppler frequency, where the first cosines have none
        assert (more < -0.01).all()
    else:  # the cosines are nearly the eigenvectors: equal, up to what learning from 1,000 noisy samples costs
        assert abs(more.mean()) < 0.004
    assert more.mean() < 0.004


def test_the_halves_are_kept_apart():
    both = pair(slow(800, 29), 30)
    kept = Kept(both.a.values, 1.0, both.a.mask)
    spoken = Spoken(both.b.values, 1.0, both.b.mask, "b")
    with pytest.raises(TypeError):
        Principal(T).agree(kept, spoken, Terms(1.0))
