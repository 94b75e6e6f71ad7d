"""The assessment: what it holds, what it refuses, and what must hold for every string."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.entropy.sp80090b import (
    NAMES,
    assess90b,
    collision,
    compression,
    lag,
    longest_repeat,
    lz78y,
    markov,
    multi_mcw,
    multi_mmc,
    repeats,
)
from samefade.errors import OutOfRange, TooFewSamples, UnknownName


def even(n, bits, seed=0):
    return np.random.default_rng(seed).integers(0, 2**bits, n, dtype=np.uint8)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 8), st.integers(0, 2**32), st.integers(2, 3000), st.floats(0.05, 1))
def test_every_estimate_lies_between_nothing_and_the_width(bits, seed, n, narrow):
    rng = np.random.default_rng(seed)
    symbols = (rng.random(n) * narrow * 2**bits).astype(np.uint8)
    found = assess90b(symbols, bits)
    assert all(0 <= h <= bits for h in found.of_symbols.values())
    assert all(0 <= h <= 1 for h in found.of_bits.values())
    assert all(0 <= h <= bits for h in found.ceilings.values())
    assert set(found.by) == set(found.ceilings)
    assert found.least == min(found.by.values())


@pytest.mark.parametrize("bits", [1, 2, 8])
@pytest.mark.parametrize("value", [0, 1])
def test_a_constant_is_worth_nothing_to_each_of_the_ten(bits, value):
    found = assess90b(np.full(20_000, value), bits)
    assert dict(found.by) == pytest.approx(dict.fromkeys(NAMES, 0.0), abs=1e-12)
    assert not found.skipped
    assert found.ceiling > 0.6 * bits  # it is not the length that was missing


# MultiMMC and LZ78Y prefer the larger symbol of two that are as frequent, and the string of bits is another string
@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32), st.integers(2, 5))
def test_other_names_for_the_symbols_change_nothing(seed, bits):
    rng = np.random.default_rng(seed)
    symbols = (np.cumsum(rng.integers(-1, 2, 6000)) % 2**bits).astype(np.uint8)
    names = ["most common value", "t-tuple", "LRS", "multi-MCW", "lag"]
    renamed = rng.permutation(2**bits).astype(np.uint8)[symbols]
    before, after = (assess90b(s, bits, only=names, bitstring=False) for s in (symbols, renamed))
    assert dict(before.of_symbols) == pytest.approx(dict(after.of_symbols), abs=1e-12)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**32))
def test_ones_and_zeros_may_change_places(seed):
    bits = (np.random.default_rng(seed).random(7000) < 0.3).astype(np.uint8)
    names = [name for name in NAMES if name not in ("multi-MMC", "LZ78Y")]
    before, after = (assess90b(s, 1, only=names) for s in (bits, 1 - bits))
    assert dict(before.by) == pytest.approx(dict(after.by), abs=1e-9)


def test_the_least_is_that_of_symbols_or_of_bits():
    found = assess90b(even(12_000, 4), 4)
    literal, bits = min(found.of_symbols.values()), min(found.of_bits.values())
    assert found.least == min(literal, 4 * bits)
    assert set(found.of_bits) == set(NAMES)
    assert set(found.of_symbols) == set(NAMES) - {"collision", "markov", "compression"}
    assert not assess90b(even(12_000, 4), 4, bitstring=False).of_bits


def test_what_is_too_short_says_what_it_needs_and_no_more_is_needed():
    short = assess90b(even(3000, 1), 1)
    assert dict(short.skipped) == {"compression": 6012, "multi-MCW": 4096}
    enough = assess90b(even(6012, 1), 1)
    assert not enough.skipped
    wide = assess90b(even(1000, 8), 8)
    assert dict(wide.skipped) == {"t-tuple": 34 * 256 + 1, "multi-MCW": 4096}
    assert dict(assess90b(even(700, 8), 8).skipped)["compression (bits)"] == 6012


NEEDS = dict(zip(NAMES, (2, 6, 2, 6012, 69, 3, 4096, 3, 17, 19), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_each_estimator_works_from_what_it_needs_on(name):
    need = NEEDS[name]
    with pytest.raises(TooFewSamples) as few:
        assess90b(np.arange(need - 1) % 2, 1, only=[name])
    assert few.value.numbers == {"have": need - 1, "need": need}
    assert name in assess90b(np.arange(need) % 2, 1, only=[name]).by


def test_nothing_repeated_needs_more_symbols_than_the_alphabet_has():
    with pytest.raises(TooFewSamples) as few:
        longest_repeat(repeats(np.arange(200, dtype=np.uint8), 200))
    assert few.value.numbers == {"have": 200, "need": 201}


def test_only_the_estimators_asked_for_are_run():
    found = assess90b(even(9000, 1), 1, only=["lag", "markov"])
    assert set(found.by) == {"lag", "markov"} == set(found.ceilings)


@pytest.mark.parametrize(
    ("symbols", "bits", "error"),
    [
        ([0, 1, 2], 1, OutOfRange),
        ([0, -1, 1], 1, OutOfRange),
        ([0.5, 1.0], 1, OutOfRange),
        ([[0, 1], [1, 0]], 1, OutOfRange),
        ([0, 1], 0, OutOfRange),
        ([0, 1], 9, OutOfRange),
        ([], 1, TooFewSamples),
        ([1], 1, TooFewSamples),
    ],
)
def test_what_is_no_string_of_symbols_is_refused(symbols, bits, error):
    with pytest.raises(error):
        assess90b(symbols, bits)


def test_unknown_or_impossible_estimators_are_refused():
    with pytest.raises(UnknownName):
        assess90b(even(100, 1), 1, only=["Lag"])
    with pytest.raises(OutOfRange):
        assess90b(even(100, 2), 2, only=["collision"], bitstring=False)
    with pytest.raises(OutOfRange):
        assess90b(even(100, 2), 2, only=[])


def test_it_reads_as_a_table_and_travels_as_json():
    found = assess90b(even(5000, 1), 1)
    lines = str(found).splitlines()
    assert lines[0].split() == ["min-entropy,", "bits", "a", "symbol", "estimate", "ceiling"]
    assert "compression                needs 6,012 samples" in lines
    assert lines[-1].startswith("least")
    assert json.loads(json.dumps(found.to_json()))["least"] == found.least


def test_it_cannot_be_changed():
    found = assess90b(even(5000, 1), 1)
    with pytest.raises(TypeError):
        found.of_symbols["lag"] = 1.0


# a compiled loop does not look whether a place is inside its table: the estimators themselves must
@pytest.mark.parametrize("estimator", [collision, compression, markov])
@pytest.mark.parametrize("bits", [np.full(9000, 2, np.uint8), np.zeros(9000), np.zeros((9000, 1), np.uint8)])
def test_an_estimator_of_bits_refuses_what_is_no_bit(estimator, bits):
    with pytest.raises(OutOfRange):
        estimator(bits)


@pytest.mark.parametrize("estimator", [lag, lz78y, multi_mcw, multi_mmc, repeats])
@pytest.mark.parametrize(("largest", "alphabet"), [(4, 4), (255, 2), (3, 0), (3, 257)])
def test_an_estimator_refuses_symbols_beyond_its_alphabet(estimator, largest, alphabet):
    symbols = np.zeros(9000, np.uint8)
    symbols[-1] = largest
    with pytest.raises(OutOfRange):
        estimator(symbols, alphabet)
