"""Mutual information against the closed form of a common autoregression in independent noise."""

from math import log2

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.signal import coherence, lfilter

from samefade.entropy import mutual_information
from samefade.entropy.information import _incoherence
from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples


def ends(n, phi, snr, seed):
    rng = np.random.default_rng(seed)
    common = lfilter([np.sqrt(1 - phi**2)], [1, -phi], rng.standard_normal(n + 1000))[1000:]
    return common + rng.standard_normal((2, n)) / np.sqrt(snr)


def closed_form(phi, snr):
    def bits(f):
        power = (1 - phi**2) / abs(1 - phi * np.exp(-2j * np.pi * f)) ** 2
        return -log2(1 - (power / (power + 1 / snr)) ** 2)

    return quad(bits, 0, 0.5)[0]


# the interval is one of 95 %: in 100 records it misses 5, and more than 13 with probability 1e-3
@pytest.mark.parametrize(("phi", "snr"), [(0.0, 1.0), (0.5, 10.0), (0.9, 10.0)])
def test_the_interval_holds_the_closed_form(phi, snr):
    truth = closed_form(phi, snr)
    results = [mutual_information(*ends(8192, phi, snr, seed)) for seed in range(100)]
    assert sum(not r.low <= truth <= r.high for r in results) <= 13
    assert np.mean([r.per_sample for r in results]) == pytest.approx(truth, rel=0.01)


def test_white_series_share_what_their_correlation_says():
    rng = np.random.default_rng(1)
    x, noise = rng.standard_normal((2, 50_000))
    r = 0.8
    got = mutual_information(x, r * x + np.sqrt(1 - r**2) * noise)
    assert got.per_sample == pytest.approx(-0.5 * log2(1 - r**2), abs=0.02)


def test_independent_series_share_nothing():
    # the bias of raw coherence would say 1/(K − 1)/(2 ln 2) = .012 bit here; 1.96 standard errors are .001
    results = [mutual_information(*np.random.default_rng(seed).standard_normal((2, 8192))) for seed in range(20)]
    assert np.mean([r.per_sample for r in results]) < 0.002
    assert all(r.low < 0.001 for r in results)


def test_coherence_is_that_of_scipy():
    a, b = ends(4096, 0.7, 5.0, 2)
    rest, segments = _incoherence(a - a.mean(), b - b.mean(), 256)
    _, theirs = coherence(a - a.mean(), b - b.mean(), nperseg=256, detrend=False)
    np.testing.assert_allclose(1 - rest, theirs, atol=1e-12)
    assert segments == 31


def test_rate_turns_samples_into_seconds():
    a, b = ends(4096, 0.5, 5.0, 3)
    one, ten = mutual_information(a, b), mutual_information(a, b, rate=10.0)
    assert ten.per_second == pytest.approx(10 * one.per_sample)
    assert "ceiling" in one.ceiling_note


def test_short_records_use_shorter_segments():
    a, b = ends(100, 0.5, 5.0, 4)
    got = mutual_information(a, b)
    assert got.low <= closed_form(0.5, 5.0) <= got.high


def test_scale_and_offset_do_not_matter_and_ends_are_alike():
    a, b = ends(2048, 0.6, 3.0, 5)
    expected = mutual_information(a, b).per_sample
    assert mutual_information(1e-7 * a + 5, b * 1e5 - 1).per_sample == pytest.approx(expected)
    assert mutual_information(b, a).per_sample == pytest.approx(expected)


def test_identical_series_share_very_much_and_not_infinity():
    a, _ = ends(2048, 0.5, 3.0, 6)
    got = mutual_information(a, a)
    assert 15 < got.per_sample < 25


def test_bad_input_is_refused():
    a, b = ends(500, 0.5, 3.0, 7)
    with pytest.raises(EndsDisagree):
        mutual_information(a, b[:-1])
    with pytest.raises(ConstantSignal):
        mutual_information(np.ones(500), b)
    for bad in (np.nan, -np.inf):
        with pytest.raises(NotFinite):
            mutual_information(np.where(np.arange(500) == 3, bad, a), b)
    with pytest.raises(TooFewSamples):
        mutual_information(a[:63], b[:63])
    with pytest.raises(TooFewSamples):
        mutual_information(a[:0], b[:0])
    with pytest.raises(OutOfRange):
        mutual_information(a, b, segment=8)
    with pytest.raises(OutOfRange):
        mutual_information(a, b, rate=0.0)
    with pytest.raises(OutOfRange):
        mutual_information(np.column_stack([a, a]), b)
