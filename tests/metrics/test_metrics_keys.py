import numpy as np
import pytest

from samefade.errors import EndsDisagree, OutOfRange, TooFewSamples
from samefade.metrics import disagreement, key_rate


def pair_with(mismatches, key_bits=8, tail=0):
    """Make keys of zeros whose partners differ in so many bits each."""
    b = np.zeros((len(mismatches), key_bits), np.uint8)
    for row, count in zip(b, mismatches, strict=True):
        row[:count] = 1
    b = np.concatenate((b.ravel(), np.ones(tail, np.uint8)))
    return np.zeros_like(b), b


def test_disagreement_is_the_share_of_bits_that_differ():
    assert disagreement([0, 1, 1, 0], [0, 1, 0, 0]) == 0.25
    assert disagreement([True, False], [True, False]) == 0


def test_the_rate_counts_accepted_keys_over_the_packets_of_all_keys():
    a, b = pair_with([0, 1, 2, 8])
    rate = key_rate(a, b, key_bits=8, thresholds=(0, 2), packets=16)
    assert rate[0] == (8 / 16, 0.0, 1, 4)
    assert rate[2] == (24 / 16, 3 / 24, 3, 4)


def test_a_tail_that_fills_no_key_costs_no_packets():
    a, b = pair_with([0, 1], tail=4)
    rate = key_rate(a, b, key_bits=8, thresholds=(1,), packets=10)[1]
    assert rate.bits_per_packet == pytest.approx(16 / 8)
    assert rate.keys == 2


def test_no_accepted_key_has_no_error_rate():
    rate = key_rate(*pair_with([5]), key_bits=8, thresholds=(1,), packets=4)[1]
    assert rate.bits_per_packet == 0
    assert np.isnan(rate.error_rate)


def test_independent_strings_make_no_key():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 2, (2, 256 * 200))
    # P(at most 20 of 256 differ) is below 1e-40
    assert key_rate(a, b, packets=100)[20].accepted == 0
    assert disagreement(a, b) == pytest.approx(0.5, abs=0.01)  # 4 sigma of √(.25/51200) = .0022


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(EndsDisagree):
        disagreement([0, 1], [0])
    with pytest.raises(TooFewSamples):
        disagreement([], [])
    with pytest.raises(OutOfRange):
        disagreement([0, 2], [0, 1])
    with pytest.raises(OutOfRange):
        disagreement([0, np.nan], [0, 1])
    with pytest.raises(OutOfRange):
        disagreement([[0, 1]], [[0, 1]])


def test_absurd_parameters_are_refused():
    a, b = pair_with([0])
    for absurd in ({"key_bits": 0}, {"thresholds": (-1,)}, {"thresholds": (9,)}, {"packets": 0}, {"packets": np.nan}):
        with pytest.raises(OutOfRange):
            key_rate(a, b, **{"key_bits": 8, "packets": 4, "thresholds": (1,)} | absurd)
    with pytest.raises(TooFewSamples):
        key_rate(a, b, packets=4)
