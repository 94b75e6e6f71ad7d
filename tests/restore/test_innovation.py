from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal, stats

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.restore import Innovation
from samefade.types import Kept, Observation, Pair, Spoken, Terms

RATE = 10.0
START = Terms(RATE)
A = 0.9


def observation(values, half=Kept, end="a", mask=None):
    return half(np.asarray(values), RATE, np.ones(len(values), bool) if mask is None else mask, end)


def spoken(values, end="a", mask=None):
    return observation(values, Spoken, end, mask)


def coloured(coefficients, n, seed, tones=()):
    """Make an autoregression driven by noise of variance 1."""
    drive = np.random.default_rng(seed).normal(size=(n + 1000, *tones))
    return signal.lfilter([1], [1, *-np.asarray(coefficients)], drive, axis=0)[1000:]


def fading(n, seed):
    return np.sqrt(1 - A * A) * coloured([A], n, seed)


def ends(n, seed, snr_a, snr_b):
    """Make two ends that share an autoregression of variance 1 under white noise, signal to noise in dB."""
    rng = np.random.default_rng(seed + 1000)
    shared = fading(n, seed)
    return [shared + 10 ** (-snr / 20) * rng.normal(size=n) for snr in (snr_a, snr_b)]


DEFAULT = Innovation()


def learnt(a, b, rule=DEFAULT):
    return rule.agree(spoken(a), spoken(b, "b"), START)


def told(*coefficients):
    return replace(START, predictors={"a": coefficients, "b": coefficients})


def usable(found):
    return found.values[found.usable]


def ljung_box(x, lags, fitted):
    """Return the probability of correlations as large as these in white noise (Ljung and Box 1978)."""
    n, about = len(x), x - x.mean()
    r = np.array([about[k:] @ about[:-k] for k in range(1, lags + 1)]) / (about @ about)
    return stats.chi2.sf(n * (n + 2) * np.sum(r**2 / (n - np.arange(1, lags + 1))), lags - fitted)


def test_the_innovation_of_an_autoregression_is_the_noise_that_drives_it():
    x = fading(20_000, 1)
    terms = learnt(x[:10_000], x[:10_000], Innovation(1))
    assert terms.predictors["a"][0] == pytest.approx(A, abs=4 * np.sqrt((1 - A * A) / 10_000))
    left = usable(Innovation(1).restore(observation(x[10_000:]), terms))
    assert len(left) == 9_999
    assert left.var() == pytest.approx(1 - A * A, rel=4 * np.sqrt(2 / 10_000))
    assert ljung_box(left, 20, 0) > 0.001  # the predictor was learnt from other samples
    assert ljung_box(x[10_000:], 20, 0) < 1e-12


@pytest.mark.parametrize("coefficients", [[1.5, -0.8], [0.5, 0.2, -0.4], [0.0, 0.0, 0.0, 0.7]])
def test_akaike_finds_order_and_coefficients(coefficients):
    x = coloured(coefficients, 20_000, 2)
    found = learnt(x, x).predictors["a"]
    p = len(coefficients)
    assert p <= len(found) <= MODEST
    assert np.allclose(found[:p], coefficients, atol=0.05)
    assert np.allclose(found[p:], 0, atol=0.05)


MODEST = 20  # Akaike's criterion takes an order that is too high in a third of all cases, rarely by much


def test_noise_is_left_as_it_is():
    x = np.random.default_rng(3).normal(size=4000)
    terms = learnt(x, x)
    assert terms.predictors["a"] == ()
    found = Innovation().restore(observation(x), terms)
    assert np.array_equal(found.values, x)
    assert found.usable.all()


def test_on_a_long_record_burg_is_least_squares():
    x = coloured([1.2, -0.5, 0.1], 20_000, 4)
    rows = np.stack([x[3 - k : len(x) - k] for k in (1, 2, 3)], axis=1)
    expected = np.linalg.lstsq(rows - x.mean(), x[3:] - x.mean())[0]
    assert np.allclose(learnt(x, x, Innovation(3)).predictors["b"], expected, atol=1e-3)  # they differ by edges, 1/n


def test_it_is_scipy_s_filter():
    x = coloured([0.8, -0.3], 500, 5, (3,)) + 20
    found = Innovation().restore(observation(x), told(0.8, -0.3))
    assert np.array_equal(np.flatnonzero(found.usable), np.arange(2, 500))
    assert np.allclose(usable(found), signal.lfilter([1, -0.8, 0.3], [1], x, axis=0)[2:])


def test_the_filter_can_be_undone():
    x = coloured([0.8, -0.3], 500, 6)
    left = Innovation().restore(observation(x), told(0.8, -0.3)).values
    state = signal.lfiltic([1], [1, -0.8, 0.3], x[1::-1])
    assert np.allclose(signal.lfilter([1], [1, -0.8, 0.3], left[2:], zi=state)[0], x[2:])


def whitened_correlation(snr):
    """Return the correlation of two ends' innovations: σ² of an ARMA(1,1) and what its whitening leaves of the signal.

    x = s + n has spectrum σ²|1 − θz|²/|1 − Az|², with σ²(1 + θ²) = 1 − A² + N(1 + A²) and σ²θ = A N.
    """
    noise = 10 ** (-snr / 10)
    middle = (1 - A * A + noise * (1 + A * A)) / (A * noise)
    theta = (middle - np.sqrt(middle**2 - 4)) / 2
    return (1 - A * A) / (1 - theta**2) / (A * noise / theta)


@pytest.mark.parametrize(("snr", "documented"), [(20, 0.917), (10, 0.586)])
def test_the_correlation_falls_to_what_the_docstring_says(snr, documented):
    assert whitened_correlation(snr) == pytest.approx(documented, abs=0.001)
    a, b = ends(60_000, 7, snr, snr)
    terms = learnt(a[:10_000], b[:10_000])
    x, y = (usable(Innovation().restore(observation(v, end=e), terms)) for v, e in ((a, "a"), (b, "b")))
    assert np.corrcoef(a, b)[0, 1] == pytest.approx(1 / (1 + 10 ** (-snr / 10)), abs=0.005)
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(documented, abs=0.012)
    assert ljung_box(x[:5000], 20, len(terms.predictors["a"])) > 0.001


def information_rate(x, y, block=12):
    """Return what one more sample adds to the mutual information of Gaussian blocks, bits."""

    def of(length):
        def logdet(*series):
            rows = np.concatenate([np.stack([s[i : len(s) - length + i] for i in range(length)]) for s in series])
            return np.linalg.slogdet(np.cov(rows))[1] / np.log(2)

        return (logdet(x) + logdet(y) - logdet(x, y)) / 2

    return of(block) - of(block - 1)


def test_the_information_rate_is_what_it_was():
    a, b = ends(200_000, 8, 10, 10)
    terms = learnt(a[:10_000], b[:10_000])
    x, y = (usable(Innovation().restore(observation(v), terms)) for v in (a, b))
    f = (np.arange(20_000) + 0.5) / 40_000
    power = (1 - A * A) / np.abs(1 - A * np.exp(-2j * np.pi * f)) ** 2
    expected = -np.mean(np.log2(1 - (power / (power + 0.1)) ** 2)) / 2  # Gelfand and Yaglom; per sample
    assert expected == pytest.approx(0.573, abs=0.001)  # the docstring's .57
    assert information_rate(a, b) == pytest.approx(expected, abs=0.02)
    assert information_rate(x, y) == pytest.approx(expected, abs=0.02)


def test_one_predictor_keeps_the_ends_more_alike_than_one_each():
    r = {True: [], False: []}
    for seed in range(30):
        a, b = ends(3000, 10 + seed, 10, 10)
        for common, found in r.items():
            rule = Innovation(common=common)
            terms = learnt(a[:300], b[:300], rule)
            assert (terms.predictors["a"] == terms.predictors["b"]) == common
            x, y = (rule.restore(observation(v[300:], end=e), terms) for v, e in ((a, "a"), (b, "b")))
            both = x.usable & y.usable
            found.append(np.corrcoef(x.values[both], y.values[both])[0, 1])
    gain = np.array(r[True]) - np.array(r[False])
    assert gain.mean() > 2 * gain.std() / np.sqrt(30)


def test_with_very_unequal_noise_only_own_predictors_leave_no_repeats():
    a, b = ends(30_000, 9, 20, 0)
    repeats = {}
    for common in (True, False):
        rule = Innovation(common=common)
        left = usable(rule.restore(observation(a), learnt(a[:10_000], b[:10_000], rule)))
        repeats[common] = np.corrcoef(left[1:], left[:-1])[0, 1]
    assert repeats[True] > 0.3
    assert abs(repeats[False]) < 0.03


@pytest.mark.parametrize("kept_end", [(True, False), (False, True), (True, True)])
def test_kept_samples_are_refused_as_teachers(kept_end):
    x = fading(1000, 11)
    a, b = (observation(x, Kept if kept else Spoken, end) for kept, end in zip(kept_end, "ab", strict=True))
    with pytest.raises(TypeError, match="do not cross the air"):
        Innovation().agree(a, b, START)


def test_kept_samples_do_not_touch_the_predictor():
    a, b = ends(4000, 12, 20, 20)
    changed = [np.where(np.arange(4000) < 1000, v, np.roll(v, 77) ** 3) for v in (a, b)]
    found = []
    for one, other in ((a, b), changed):
        pair = Pair(observation(one, Observation), observation(other, Observation, "b"))
        speak, keep = pair.split(fraction=0.25)
        terms = Innovation().agree(speak.a, speak.b, START)
        left = Innovation().restore(keep.a, terms)
        # what is made of kept samples is what these public numbers make of them, and nothing else
        again = Innovation().restore(keep.a, told(*terms.predictors["a"]))
        assert np.array_equal(left.values, again.values)
        found.append(terms)
    assert found[0] == found[1]


def test_a_sample_needs_the_whole_past_that_predicts_it():
    mask = np.random.default_rng(13).random(300) < 0.8
    found = Innovation().restore(observation(fading(300, 13), mask=mask), told(0.5, 0.1, 0.1))
    expected = [i >= 3 and mask[i - 3 : i + 1].all() for i in range(300)]
    assert found.usable.tolist() == expected


def test_what_was_filled_in_teaches_nothing():
    x, mask = fading(3000, 14), np.random.default_rng(14).random(3000) < 0.8
    silly = np.where(mask, x, 1e6)
    one, other = (Innovation().agree(spoken(v, mask=mask), spoken(v, "b", mask), START) for v in (x, silly))
    assert one == other
    left, same = (Innovation().restore(observation(v, mask=mask), one) for v in (x, silly))
    assert np.array_equal(usable(left), usable(same))


def test_gaps_do_not_bias_the_predictor_and_keep_it_short():
    n = 20_000
    x, mask = fading(n, 15), np.random.default_rng(15).random(n) < 0.8
    heard = spoken(x, mask=mask)
    assert Innovation(1).agree(heard, heard, START).predictors["a"][0] == pytest.approx(A, abs=0.02)
    found = Innovation().agree(heard, heard, START).predictors["a"]
    assert 1 <= len(found) <= 3  # .8³ of the samples heard have a past of 3, .8⁴ is below a half


def test_tones_share_one_predictor_whatever_their_gain():
    x = coloured([A], 2000, 16, (4,))
    terms = learnt(x, x)
    scaled = x * np.array([1, 100, 1e-3, 0]) + np.array([0, 5, 20, 7])  # one tone does not vary
    assert np.allclose(learnt(x[:, :3], x[:, :3]).predictors["a"], learnt(scaled, scaled).predictors["a"], atol=1e-6)
    both = Innovation().restore(observation(x), terms).values
    for k in range(4):
        assert np.array_equal(both[:, k], Innovation().restore(observation(x[:, k]), terms).values)


def test_terms_keep_what_they_held_and_are_frozen():
    x = fading(1000, 17)
    before = Terms(RATE, lag=3, thresholds={"other": 1.0}, predictors={"e": (0.5,)})
    after = Innovation(1).agree(spoken(x), spoken(x, "b"), before)
    assert (after.lag, after.thresholds, after.predictors["e"]) == (3, before.thresholds, (0.5,))
    with pytest.raises(TypeError):
        after.predictors["a"] = (0.0,)


def test_an_eavesdropper_takes_the_predictor_of_end_a_unless_she_has_her_own():
    x = fading(100, 18)
    terms = replace(START, predictors={"a": (0.9,), "b": (0.1,)})
    her = observation(x, Observation, "e")
    assert np.allclose(usable(Innovation().restore(her, terms)), x[1:] - 0.9 * x[:-1])
    own = replace(terms, predictors={**terms.predictors, "e": (0.5,)})
    assert np.allclose(usable(Innovation().restore(her, own)), x[1:] - 0.5 * x[:-1])


@pytest.mark.parametrize(
    "terms",
    [
        None,
        START,
        Terms(RATE, predictors={"b": (0.5,)}),
        Terms(5.0, predictors={"a": (0.5,)}),
        told(np.nan),
        told(0.5, np.inf),
        told(*[0.0] * 33),
        told(1.0),
        told(2.0),
        told(0.5, -1.2),
        told(1e308, 0.5),
        told(1e308, 1e308, 1 - 1e-16),
    ],
)
def test_silly_terms_from_the_air_are_refused(terms):
    with pytest.raises(OutOfRange):
        Innovation().restore(observation(fading(100, 19)), terms)


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=5))
def test_a_predictor_is_believed_when_its_zeros_lie_within_the_unit_circle(coefficients):
    largest = np.abs(np.roots([1, *-np.array(coefficients)])).max(initial=0)
    if abs(largest - 1) < 1e-3:
        return  # rounding decides
    x = observation(np.random.default_rng(20).normal(size=50))
    if largest < 1:
        Innovation().restore(x, told(*coefficients))
    else:
        with pytest.raises(OutOfRange):
            Innovation().restore(x, told(*coefficients))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-12, 0), st.integers(1, 4), st.booleans())
def test_whatever_is_learnt_is_believed(seed, exponent, waves, gaps):
    # from sines under almost no noise, the worst that a predictor can meet
    rng = np.random.default_rng(seed)
    t = np.arange(600)
    x = sum(np.sin(2 * np.pi * f * t + p) for f, p in rng.uniform(0, 0.5, (waves, 2))) + 10
    x = x + 10**exponent * rng.normal(size=600)
    mask = rng.random(600) < 0.95 if gaps else np.ones(600, bool)
    terms = Innovation().agree(spoken(x, mask=mask), spoken(x, "b", mask), START)
    assert len(terms.predictors["a"]) <= 32
    left = Innovation().restore(observation(x, mask=mask), terms)
    assert usable(left).std() <= 1.01 * x.std()


def test_constants_hold_no_key():
    x, flat = fading(1000, 21), np.full(1000, 3.0)
    for a, b in ((flat, x), (x, flat)):
        with pytest.raises(ConstantSignal):
            learnt(a, b)
    with pytest.raises(ConstantSignal):
        Innovation().restore(observation(flat), told(0.5))
    sine = np.sin(np.arange(1000.0))
    with pytest.raises(ConstantSignal):  # sin t = 2 cos 1 sin(t − 1) − sin(t − 2), up to rounding
        Innovation().restore(observation(sine), told(2 * np.cos(1) * (1 - 1e-15), -1 + 1e-15))


def test_too_few_samples_are_counted():
    x = fading(1000, 22)
    for rule, n, need in ((Innovation(), 20, 20), (Innovation(4), 53, 50)):
        with pytest.raises(TooFewSamples) as short:
            learnt(x[:n], x[:n], rule)
        assert short.value.numbers == {"have": n - (rule.order or 1), "need": need}
        learnt(x[: n + 1], x[: n + 1], rule)
    every_second = np.arange(1000) % 2 == 0
    with pytest.raises(TooFewSamples) as sparse:
        Innovation().agree(spoken(x, mask=every_second), spoken(x, "b", every_second), START)
    assert sparse.value.numbers == {"have": 0, "need": 20}
    with pytest.raises(TooFewSamples) as record:
        Innovation().restore(observation(x[:3]), told(0.5, 0.1))
    assert record.value.numbers == {"have": 3, "need": 4}


def test_ends_that_do_not_fit_and_absurd_orders_are_refused():
    x = fading(1000, 23)
    a, b = spoken(x), spoken(x, "b")
    with pytest.raises(EndsDisagree):
        Innovation().agree(a, b.window(0, 999), START)
    with pytest.raises(EndsDisagree):
        Innovation().agree(a, replace(b, rate=5.0), START)
    with pytest.raises(EndsDisagree):
        Innovation().agree(a, b, Terms(5.0))
    for order in (0, -1, 33):
        with pytest.raises(OutOfRange):
            Innovation(order).agree(a, b, START)
    a.values[7] = np.nan
    with pytest.raises(NotFinite):
        Innovation().agree(a, b, START)


@settings(deadline=None)
@given(st.integers(100, 200), st.integers(1, 3), st.integers(1, 5), st.integers(0, 2**32 - 1), st.floats(-1e3, 1e3))
def test_shapes_stay_and_a_shift_in_level_or_time_moves_no_sample_against_another(n, tones, order, seed, level):
    x = np.cumsum(np.random.default_rng(seed).normal(size=(n, tones)), axis=0)
    rule = Innovation(order)
    terms, higher = learnt(x, x, rule), learnt(x + level, x + level, rule)
    assert np.allclose(terms.predictors["a"], higher.predictors["a"], atol=1e-6)
    found = rule.restore(observation(x), terms)
    assert found.values.shape == (n, tones)
    assert np.count_nonzero(found.usable) == n - order
    shift = level * (1 - sum(terms.predictors["a"]))
    assert np.allclose(rule.restore(observation(x + level), terms).values, found.values + shift, atol=1e-6)
    late = rule.restore(observation(x[7:]), terms)
    assert np.allclose(usable(late), found.values[7:][late.usable], atol=1e-9)
