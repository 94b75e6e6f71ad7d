"""A model comes over the air: whatever is no model of the expected sizes is refused, and in no other way."""

import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from learn_looks import RATE

from samefade.errors import OutOfRange
from samefade.learn import Convergence, CrossDecoding
from samefade.learn.model import HEAD, Sizes, pack, unpack
from samefade.session.terms import pack_terms, unpack_terms
from samefade.types import Observation
from samefade.wire.cbor import decode, encode

SIZES = Sizes(1, 64, 32, 4, 5)
WEIGHTS = np.random.default_rng(1).normal(size=50).astype(np.float32)
MODEL = pack(SIZES, WEIGHTS, 7.5)


def test_what_was_packed_comes_back():
    told = unpack(MODEL, SIZES, 50)
    assert np.array_equal(told.weights, WEIGHTS)
    assert told.length == 7.5


def test_the_bytes_are_what_the_format_says():
    # written out by hand from the table in the module
    assert MODEL[:18] == b"sfnn\x01\x01" + bytes.fromhex("4000 2000 0400 0500") + struct.pack("<f", 7.5)
    assert MODEL[18:22] == struct.pack("<f", WEIGHTS[0])
    assert len(MODEL) == 18 + 4 * 50


@given(st.integers(0, len(MODEL) - 1))
def test_a_truncated_model_is_refused(n):
    with pytest.raises(OutOfRange):
        unpack(MODEL[:n], SIZES, 50)


@given(st.binary(min_size=1, max_size=100))
def test_a_longer_model_is_refused(more):
    with pytest.raises(OutOfRange):
        unpack(MODEL + more, SIZES, 50)


@given(st.integers(0, 8 * (HEAD - 4) - 1))
def test_a_changed_bit_of_the_head_is_refused(bit):
    bad = bytearray(MODEL)
    bad[bit // 8] ^= 1 << bit % 8
    with pytest.raises(OutOfRange):
        unpack(bytes(bad), SIZES, 50)


@given(st.binary(max_size=300))
def test_other_bytes_are_refused(data):
    with pytest.raises(OutOfRange):
        unpack(data, SIZES, 50)


@given(st.binary(min_size=4 * 51, max_size=4 * 51))
def test_any_numbers_are_weights_or_refused(data):
    try:
        told = unpack(MODEL[: HEAD - 4] + data, SIZES, 50)
    except OutOfRange:
        return
    assert np.all(np.abs(told.weights) <= 1e6)
    assert 1 <= told.length <= 16


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 2e6])
def test_a_weight_that_is_no_number_or_too_large_is_refused(bad):
    weights = WEIGHTS.copy()
    weights[30] = bad
    with pytest.raises(OutOfRange):
        unpack(pack(SIZES, weights, 7.5), SIZES, 50)


@pytest.mark.parametrize("length", [np.nan, 0.0, 16.5, -3.0])
def test_a_length_that_would_bridge_long_gaps_is_refused(length):
    with pytest.raises(OutOfRange):
        unpack(pack(SIZES, WEIGHTS, length), SIZES, 50)


def noise(n=400, end="a"):
    return Observation(np.random.default_rng(2).normal(20, 2, n), RATE, np.ones(n, bool), end)


def test_terms_with_a_model_cross_the_air_and_restore_the_same(learnt):
    restorer, terms = learnt
    again = unpack_terms(decode(encode(pack_terms(terms))), rate=RATE, samples=400)
    assert again == terms
    assert len(terms.model) < 30_000
    assert np.array_equal(restorer.restore(noise(), terms).values, restorer.restore(noise(), again).values)


def test_a_model_of_another_restorer_is_refused(learnt):
    restorer, terms = learnt
    for other in (CrossDecoding(hidden=16), CrossDecoding(window=128), Convergence(kernel=15), Convergence(channels=2)):
        with pytest.raises(OutOfRange):
            other.restore(noise(), terms)
    swapped = Convergence() if isinstance(restorer, CrossDecoding) else CrossDecoding()
    with pytest.raises(OutOfRange):
        swapped.restore(noise(), terms)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 1e3, 1e6]))
def test_hostile_weights_give_finite_values_or_are_refused(learnt, seed, size):
    restorer, terms = learnt
    count = (len(terms.model) - HEAD) // 4
    weights = np.random.default_rng(seed).uniform(-size, size, count).astype("<f4")
    model = terms.model[:HEAD] + weights.tobytes()
    try:
        found = restorer.restore(noise(), replace(terms, model=model))
    except OutOfRange:
        return
    assert np.all(np.isfinite(found.values))
