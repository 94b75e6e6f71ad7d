"""The nouns refuse what cannot be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Kept, Ledger, Observation, Pair, Recording, Spoken


def observation(n=100, rate=10.0, **other):
    return Observation(np.arange(float(n)), rate, np.ones(n, bool), **other)


def test_a_recording_makes_complex_values_on_demand_of_whatever_the_chip_gave():
    time = np.arange(2.0)
    iq = np.array([[[1, 2]], [[-3, 4]]], np.int8)
    recording = Recording("node", time, "host", raw=iq, dropped={"truncated": 1})
    assert recording.raw.dtype == np.int8
    np.testing.assert_array_equal(recording.csi, [[1 + 2j], [-3 + 4j]])
    assert repr(recording) == "Recording('node', 2 packets, 1 tones, 1 dropped)"
    assert Recording("node", time, "host", raw=np.ones((2, 3))).csi is None
    assert Recording("node", time, "host", rssi=np.zeros(2)).csi is None


def test_a_recording_refuses_arrays_of_different_lengths():
    with pytest.raises(EndsDisagree, match="rssi"):
        Recording("node", np.arange(2.0), "host", rssi=np.zeros(3))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_observation_refuses_values_that_are_not_finite(bad):
    with pytest.raises(NotFinite):
        Observation(np.array([1.0, bad]), 1.0, np.ones(2, bool))


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf])
def test_an_observation_refuses_a_silly_rate(rate):
    with pytest.raises(OutOfRange):
        observation(rate=rate)


def test_an_observation_refuses_a_mask_of_another_length():
    with pytest.raises(EndsDisagree):
        Observation(np.zeros(3), 1.0, np.ones(2, bool))


def test_a_pair_refuses_ends_that_do_not_fit():
    with pytest.raises(EndsDisagree, match="samples"):
        Pair(observation(10), observation(11))
    with pytest.raises(EndsDisagree, match="rate"):
        Pair(observation(10), observation(10, rate=5.0))
    two = Observation(np.zeros((10, 2)), 10.0, np.ones(10, bool))
    with pytest.raises(EndsDisagree, match="tones"):
        Pair(observation(10), two)


@given(n=st.integers(4, 500), fraction=st.floats(0.05, 0.9), guard=st.floats(0, 5))
def test_spoken_and_kept_never_share_a_sample_and_keep_the_guard(n, fraction, guard):
    pair = Pair(observation(n), observation(n, end="b"))
    try:
        spoken, kept = pair.split(fraction=fraction, guard=guard)
    except TooFewSamples:
        return
    assert type(spoken.a) is Spoken
    assert type(kept.b) is Kept
    gap = kept.a.values[0] - spoken.a.values[-1]  # values are sample numbers
    assert gap >= 1 + guard * 10
    assert kept.a.values[-1] == n - 1
    assert kept.a.start == pytest.approx(kept.a.values[0] / 10)


def test_split_refuses_when_a_half_would_be_empty():
    with pytest.raises(TooFewSamples):
        Pair(observation(10), observation(10)).split(minutes=5)


bits = st.floats(0, 1e6)


@given(st.lists(bits, max_size=5), st.lists(bits, max_size=5), bits)
def test_the_ledger_never_rounds_up_and_every_leak_lowers_it(earned, paid, more):
    ledger = Ledger()
    for value in earned:
        ledger = ledger.earn("in", value)
    for value in paid:
        ledger = ledger.pay("out", value)
    assert ledger.secure_bits <= max(0.0, ledger.balance)
    assert ledger.secure_bits >= 0
    assert ledger.pay("out", more).secure_bits <= ledger.secure_bits


@pytest.mark.parametrize("bits", [-1.0, float("nan"), float("inf")])
def test_the_ledger_refuses_numbers_that_would_cheat(bits):
    with pytest.raises(OutOfRange):
        Ledger().pay("leak", bits)
    with pytest.raises(OutOfRange):
        Ledger().earn("entropy", bits)


def test_the_ledger_prints_as_a_table():
    ledger = Ledger().earn("entropy", 300.25).pay("parities", 100)
    assert str(ledger) == "      +300.2  entropy\n      -100.0  parities\n      +200.2  left"
