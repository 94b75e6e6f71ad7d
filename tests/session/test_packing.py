"""Accounts, masks and arrays as messages: they come back as they were, and what is none is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.session.packing import (
    expect,
    pack_array,
    pack_ledger,
    pack_mask,
    unpack_array,
    unpack_ledger,
    unpack_mask,
    within,
)
from samefade.types import Ledger
from samefade.wire.cbor import decode, encode

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.binary(max_size=20)
    | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=12,
)
BITS = st.floats(0, 1e9).map(lambda x: x or 1.0)


def account_of(lines, notes):
    ledger = Ledger(assumptions=tuple(notes))
    for earned, what, bits in lines:
        ledger = ledger.earn(what, bits) if earned else ledger.pay(what, bits)
    return ledger


LEDGERS = st.builds(
    account_of,
    st.lists(st.tuples(st.booleans(), st.text(max_size=30), BITS), max_size=10),
    st.lists(st.text(max_size=30), max_size=4),
)


@settings(deadline=None)
@given(LEDGERS)
def test_an_account_comes_back_to_the_last_digit(ledger):
    again = unpack_ledger(decode(encode(pack_ledger(ledger))))
    assert again == ledger
    assert again.balance == ledger.balance


@settings(deadline=None)
@given(ANYTHING)
def test_whatever_is_no_account_is_refused_or_is_one_that_packs_to_itself(said):
    try:
        ledger = unpack_ledger(said)
    except RemoteProtocolError:
        return
    assert pack_ledger(ledger) == said


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        [[]],
        [[], [], []],
        [[["what"]], []],
        [[["what", 1]], []],  # a whole number is no float: one spelling
        [[["what", math.inf]], []],
        [[["what", -math.inf]], []],
        [[["what", math.nan]], []],
        [[[b"what", 1.0]], []],
        [[["x" * 2001, 1.0]], []],
        [[], [7]],
        [[], ["x" * 2001]],
        [[["what", 1.0]] * 201, []],
        [[], ["so"] * 201],
    ],
    ids=lambda said: str(said)[:40],
)
def test_no_account(said):
    with pytest.raises(RemoteProtocolError):
        unpack_ledger(said)


def test_the_longest_account_is_read():
    long = [[["x" * 2000, 1.0]] * 200, ["y" * 2000] * 200]
    assert len(unpack_ledger(long).entries) == 200


def test_a_line_of_nothing_is_kept_with_its_sign():
    assert unpack_ledger([[["told", -0.0]], []]).paid == 0


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=70))
def test_a_mask_comes_back(points):
    mask = np.array(points, np.bool_)
    assert np.array_equal(unpack_mask(pack_mask(mask), len(mask)), mask)


@pytest.mark.parametrize(("size", "count"), [(0, 1), (1, 0), (1, 9), (2, 8), (3, 16)])
def test_a_mask_of_another_length(size, count):
    with pytest.raises(RemoteProtocolError):
        unpack_mask(bytes(size), count)


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=12), st.integers(1, 2))
def test_an_array_comes_back(values, dimensions):
    x = np.array(values).reshape((-1,) if dimensions == 1 else (len(values), 1))
    again = unpack_array(decode(encode(pack_array(x))), dimensions, 100)
    assert again.shape == x.shape
    assert np.array_equal(again, x)
    assert again.flags.writeable


@pytest.mark.parametrize(
    "said",
    [
        None,
        [[1], bytes(7)],
        [[1], bytes(16)],
        [[2], bytes(8)],
        [[1, 1], bytes(8)],
        [[-1], b""],
        [[True], bytes(8)],
        [[1.0], bytes(8)],
        [[101], bytes(808)],
        [[2**63], b""],
        [[1], np.array([np.nan]).tobytes()],
        [[1], np.array([np.inf]).tobytes()],
        [[1], "eight by"],
        [1, bytes(8)],
    ],
    ids=lambda said: str(said)[:40],
)
def test_no_array(said):
    with pytest.raises(RemoteProtocolError):
        unpack_array(said, 1, 100)


def test_an_array_of_many_axes_is_not_multiplied_into_memory():
    with pytest.raises(RemoteProtocolError):
        unpack_array([[100, 100], b""], 2, 100)
    assert unpack_array([[10, 10], bytes(800)], 2, 100).shape == (10, 10)


def test_parts_are_as_many_as_expected_and_of_their_kind():
    assert expect([1, b"x"], int, bytes) == (1, b"x")
    assert expect((), *()) == ()
    for said in ([1], [1, 2, 3], [True, b"x"], [1.0, b"x"], [1, "x"], "ab", {1: 2}, None, 5):
        with pytest.raises(RemoteProtocolError):
            expect(said, int, bytes)


def test_both_borders_are_within():
    within("n", 0, 0, 5)
    within("n", 5, 0, 5)
    for value in (-1, 6, math.nan, math.inf):
        with pytest.raises(OutOfRange):
            within("n", value, 0, 5)
