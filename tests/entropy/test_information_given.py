"""Information given an eavesdropper, and of several tones, against integrals of exact spectra."""

import tracemalloc
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import coherence, csd, lfilter, welch

from samefade.entropy import mutual_information
from samefade.entropy.information import CEILING, GIVEN_EVE
from samefade.entropy.joint import information_given
from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples


def heard(n, phi, mix, noise, seed):
    """Return (n, p) mixtures of first-order autoregressions of power 1, each in white noise."""
    rng = np.random.default_rng(seed)
    common = lfilter([np.sqrt(1 - phi**2)], [1, -phi], rng.standard_normal((n + 500, mix.shape[1])), axis=0)[500:]
    return common @ mix.T + rng.standard_normal((n, len(mix))) * noise


def closed_form(phi, mix, noise, a=1, b=1):
    """∫₀^½ log2 of the ratio of determinants of the exact spectral matrices, by the midpoint rule."""
    f = (np.arange(5000) + 0.5) / 10_000
    power = (1 - phi**2) / np.abs(1 - phi * np.exp(-2j * np.pi * f)) ** 2
    spectra = power[:, None, None] * (mix @ mix.T) + np.diag(np.broadcast_to(noise, len(mix)) ** 2)

    def logdet(*which):
        index = np.r_[which].astype(int) if which else np.empty(0, int)
        return np.linalg.slogdet(spectra[:, index[:, None], index])[1] if len(index) else 0.0

    ends, eve = (tuple(range(a)), tuple(range(a, a + b))), tuple(range(a + b, len(mix)))
    ratio = logdet(*ends[0], *eve) + logdet(*ends[1], *eve) - logdet(*eve) - logdet(*ends[0], *ends[1], *eve)
    return float(np.mean(ratio)) / log(4)


ONE = np.ones((3, 1))
TWO_EVES = np.array([[1.0, 0], [1, 0], [0.7, 0.7], [0.5, -0.8]])
TONES = np.random.default_rng(9).standard_normal((11, 4))


# the interval is one of 95 %: of 200 records it holds 180 to 198 with probability .999.
# With four tones it is a little wide, because estimated coherences are on average too large.
@pytest.mark.parametrize(
    ("phi", "mix", "noise", "tones", "n"),
    [
        (0.5, ONE, 0.3, (1, 1), 4096),
        (0.9, ONE, np.array([0.3, 0.3, 0.6]), (1, 1), 700),
        (0.9, TWO_EVES, 0.3, (1, 1), 4096),
        (0.5, TONES[:5], 0.5, (3, 2), 4096),
        (0.0, TONES, 0.7, (4, 4), 2048),
    ],
)
def test_the_interval_holds_the_closed_form(phi, mix, noise, tones, n):
    truth = closed_form(phi, mix, noise, *tones)
    a, b = tones
    results = []
    for seed in range(200):
        x = heard(n, phi, mix, noise, seed)
        eve = x[:, a + b :] if len(mix) > a + b else None
        results.append(mutual_information(x[:, :a], x[:, a : a + b], segment=128, eve=eve))
    assert 180 <= sum(r.low <= truth <= r.high for r in results) <= 199
    # 200 records: a fourteenth of one record's deviation, which is a quarter of its interval
    error = np.mean([r.high - r.low for r in results]) / 4 / np.sqrt(200)
    assert np.mean([r.per_sample for r in results]) == pytest.approx(truth, abs=4 * error)


def test_a_better_placed_eve_leaves_less():
    x = heard(20_000, 0.7, ONE, np.array([0.3, 0.3, 0.0]), 1)
    a, b, fade = x.T
    noise = np.random.default_rng(2).standard_normal(len(a))
    left = [mutual_information(a, b, eve=fade + loud * noise).per_sample for loud in (10.0, 1.0, 0.3, 0.0)]
    assert left == sorted(left, reverse=True)
    assert left[0] > 0.9 * mutual_information(a, b).per_sample
    assert left[-1] < 0.01  # only noise is left, and the noises are independent


def test_an_eve_with_nothing_to_do_with_it_changes_nothing():
    a, b = heard(20_000, 0.8, ONE[:2], 0.5, 3).T
    alone = mutual_information(a, b)
    for seed in range(5):
        got = mutual_information(a, b, eve=np.random.default_rng(seed).standard_normal((20_000, 2)))
        assert alone.low < got.per_sample < alone.high
        assert got.high - got.low == pytest.approx(alone.high - alone.low, rel=0.1)


@pytest.mark.parametrize("which", [0, 1])
def test_nothing_is_left_where_eve_heard_an_end(which):
    ends = heard(4096, 0.8, ONE[:2], 0.1, 4).T
    for eve in (ends[which], -3e5 * ends[which] + 7, np.column_stack([ends[which]] * 2)):
        got = mutual_information(*ends, eve=eve)
        assert got.per_sample < 1e-3
        assert got.low == 0.0


@pytest.mark.parametrize("late", [-128, -5, 20, 1000])
def test_an_eve_whose_recording_is_late_or_early_knows_no_less(late):
    """Unmoved, 20 samples late, she would seem to leave three times what she leaves."""
    x = heard(20_000 + 2000, 0.9, ONE, 0.1, 18)
    now, then = slice(1000, -1000), slice(1000 - late, len(x) - 1000 - late)
    expected = mutual_information(x[now, 0], x[now, 1], eve=x[now, 2])
    got = mutual_information(x[now, 0], x[now, 1], eve=np.column_stack([x[then, 2], -x[then, 2]]))
    assert got.eve_late == (late, late)
    # at most 1000 of 20,000 samples have left the record, which moves the figure within its interval
    assert got.per_sample == pytest.approx(expected.per_sample, abs=expected.high - expected.per_sample)


def test_an_eve_who_fits_at_no_lag_is_left_where_she_is():
    for seed in range(20):
        a, b, e = heard(4096, 0.9, np.eye(3), 0.3, seed).T
        assert mutual_information(a, b, eve=e).eve_late == (0,)


def test_a_slow_fade_seems_to_share_no_more_than_said():
    """The docstring says a tenth."""
    truth = closed_form(0.999, ONE[:2], 0.1)
    got = [mutual_information(*heard(36_000, 0.999, ONE[:2], 0.1, seed).T).per_sample for seed in range(5)]
    assert np.mean(got) == pytest.approx(1.1 * truth, rel=0.05)


def test_what_eve_heard_of_both_ends_together_may_tie_them():
    # A and B independent, E = A + B: given E, either tells the other; the docstring warns of it
    a, b = np.random.default_rng(5).standard_normal((2, 20_000))
    eve = a + b + 0.5 * np.random.default_rng(6).standard_normal(20_000)
    assert mutual_information(a, b).per_sample < 0.01
    truth = information_given([[1, 0, 1], [0, 1, 1], [1, 1, 2.25]], circular=False)
    assert mutual_information(a, b, eve=eve).per_sample == pytest.approx(truth, abs=0.03)


def test_one_eve_is_the_partial_coherence_of_scipy():
    """−ln(1 − C) with C the textbook partial coherence of scipy's spectra, less the known bias."""
    a, b, e = heard(8192, 0.8, ONE, 0.5, 7).T
    kept = {"nperseg": 256, "detrend": False}
    a, b, e = a - a.mean(), b - b.mean(), e - e.mean()
    see, sae, sbe = welch(e, **kept)[1], csd(a, e, **kept)[1], csd(b, e, **kept)[1]
    rest_a, rest_b = 1 - coherence(a, e, **kept)[1], 1 - coherence(b, e, **kept)[1]
    cross = csd(a, b, **kept)[1] - sae * sbe.conj() / see
    partial = np.abs(cross) ** 2 / (welch(a, **kept)[1] * rest_a * welch(b, **kept)[1] * rest_b)
    freedom = 63 / (1 + 2 / 36 * 62 / 63) - 1
    width = np.full(129, 1 / 256)
    width[[0, -1]] /= 2
    expected = (-np.log1p(-partial) - 1 / (freedom - 1)) @ width / log(2)
    assert mutual_information(a, b, eve=e).per_sample == pytest.approx(expected, rel=1e-9)


def test_independent_samples_of_several_tones_share_what_the_determinants_say():
    sigma = TONES @ TONES.T + 0.5 * np.eye(11)
    x = np.random.default_rng(8).multivariate_normal(np.zeros(11), sigma, 50_000)
    got = mutual_information(x[:, :4], x[:, 4:8], eve=x[:, 8:])
    truth = information_given(sigma, 4, 4, circular=False)
    assert got.low < truth < got.high
    assert got.per_sample == pytest.approx(truth, rel=0.02)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2))
def test_mixing_an_end_s_tones_changes_nothing(seed, a, b, e):
    rng = np.random.default_rng(seed)
    x = heard(1024, 0.5, rng.standard_normal((a + b + e, 2)), 1.0, seed)
    eve = x[:, a + b :] if e else None
    expected = mutual_information(x[:, :a], x[:, a : a + b], segment=32, eve=eve)
    turn = np.linalg.qr(rng.standard_normal((a, a)))[0] * rng.uniform(0.1, 10, a)
    got = mutual_information(x[:, a : a + b], x[:, :a] @ turn + 3, segment=32, eve=None if eve is None else 5 - eve)
    assert got.per_sample == pytest.approx(expected.per_sample, rel=1e-6, abs=1e-6)
    assert got.high == pytest.approx(expected.high, rel=1e-6, abs=1e-6)


def test_more_tones_share_more():
    x = heard(8192, 0.5, np.kron(ONE[:2], np.eye(3)), 0.5, 10)
    one = mutual_information(x[:, 0], x[:, 3]).per_sample
    assert mutual_information(x[:, :3], x[:, 3:]).per_sample == pytest.approx(3 * one, rel=0.05)


def test_nearly_equal_tones_and_ends_stay_finite():
    rng = np.random.default_rng(11)
    a, b = heard(4096, 0.5, ONE[:2], 0.5, 12).T
    near = np.column_stack([a, a + 1e-4 * rng.standard_normal(4096)])
    one = mutual_information(a, b)
    assert mutual_information(near, b).per_sample == pytest.approx(one.per_sample, abs=one.high - one.low)
    # 20 bits for the one tone, and ½ log2(1e-8 / 1e-12) for what the other has of its own
    assert 24 < mutual_information(near, near).per_sample < 28
    # half of the band without any power: what is not there shares nothing
    quiet = np.fft.irfft(np.fft.rfft(np.column_stack([a, b, rng.standard_normal(4096)]), axis=0)[:1025], 4096, axis=0)
    got = mutual_information(quiet[:, 0], quiet[:, 1], eve=quiet[:, 2])
    assert 0 < got.low < got.per_sample < got.high < 20


def test_the_segment_and_what_was_asked_are_told():
    x = heard(1000, 0.5, ONE, 0.5, 13)
    assert mutual_information(x[:, 0], x[:, 1]).segment == 128
    given_eve = mutual_information(x[:, 0], x[:, 1], 10.0, eve=x[:, 2])
    assert given_eve.segment == 128
    assert given_eve.per_second == pytest.approx(10 * given_eve.per_sample)
    assert given_eve.ceiling_note == GIVEN_EVE != CEILING


def test_too_many_tones_for_the_record_are_refused_with_the_number_needed():
    x = np.random.default_rng(14).standard_normal((500, 30))
    with pytest.raises(TooFewSamples) as refused:
        mutual_information(x[:, :10], x[:, 10:20], eve=x[:, 20:])
    assert refused.value.numbers == {"have": 500, "need": 16 * 92 // 2}
    enough = np.random.default_rng(15).standard_normal((16 * 92 // 2, 30))
    got = mutual_information(enough[:, :10], enough[:, 10:20], eve=enough[:, 20:])
    assert got.low == 0.0  # nothing shared; the bias of 10 × 10 coherences from 91 segments is gone
    assert got.per_sample < 0.5


def test_bad_input_is_refused():
    x = heard(500, 0.5, ONE, 0.5, 16)
    a, b, e = x.T
    with pytest.raises(EndsDisagree):
        mutual_information(a, b, eve=e[:-1])
    with pytest.raises(NotFinite):
        mutual_information(a, b, eve=np.where(np.arange(500) == 3, np.inf, e))
    with pytest.raises(ConstantSignal):
        mutual_information(a, b, eve=np.column_stack([e, np.ones(500)]))
    with pytest.raises(OutOfRange, match="make one another up"):
        mutual_information(x[:, :2] @ [[1, 0, 1], [0, 1, 1]], e)
    with pytest.raises(OutOfRange, match="complex"):
        mutual_information(a + 1j * b, b)
    for shape in ((500, 0), (500, 1, 1)):
        with pytest.raises(OutOfRange):
            mutual_information(a, b, eve=np.empty(shape))


def test_an_hour_of_tones_fits_in_memory():
    x = np.random.default_rng(17).standard_normal((36_000, 8))
    tracemalloc.start()
    mutual_information(x[:, :4], x[:, 4:7], eve=x[:, 7])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6
