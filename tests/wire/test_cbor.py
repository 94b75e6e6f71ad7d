"""Deterministic CBOR against RFC 8949 and against cbor2, which we did not write."""

import math

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.wire import cbor
from samefade.wire.errors import Malformed

# RFC 8949, appendix A: those of its examples that are deterministic and in our subset.
SPELT = [
    (0, "00"),
    (1, "01"),
    (10, "0a"),
    (23, "17"),
    (24, "1818"),
    (25, "1819"),
    (100, "1864"),
    (1000, "1903e8"),
    (1000000, "1a000f4240"),
    (1000000000000, "1b000000e8d4a51000"),
    (18446744073709551615, "1bffffffffffffffff"),
    (-18446744073709551616, "3bffffffffffffffff"),
    (-1, "20"),
    (-10, "29"),
    (-100, "3863"),
    (-1000, "3903e7"),
    (1.1, "fb3ff199999999999a"),
    (1.0e300, "fb7e37e43c8800759c"),
    (-4.1, "fbc010666666666666"),
    (False, "f4"),
    (True, "f5"),
    (None, "f6"),
    (b"", "40"),
    (b"\x01\x02\x03\x04", "4401020304"),
    ("", "60"),
    ("a", "6161"),
    ("IETF", "6449455446"),
    ('"\\', "62225c"),
    ("\u00fc", "62c3bc"),
    ("\u6c34", "63e6b0b4"),
    ("\U00010151", "64f0908591"),
    ([], "80"),
    ([1, 2, 3], "83010203"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
    (list(range(1, 26)), "98190102030405060708090a0b0c0d0e0f101112131415161718181819"),
    ({}, "a0"),
    ({1: 2, 3: 4}, "a201020304"),
    ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
    (["a", {"b": "c"}], "826161a161626163"),
    ({"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}, "a56161614161626142616361436164614461656145"),
]

# The other examples of the same appendix, and what else has no place here.
REFUSED = {
    "nothing": "",
    "bytes after the value": "0000",
    "bignum": "c249010000000000000000",
    "half float": "f93c00",
    "single float": "fa47c35000",
    "infinity": "fb7ff0000000000000",
    "minus infinity": "fbfff0000000000000",
    "no number": "fb7ff8000000000000",
    "undefined": "f7",
    "simple 16": "f0",
    "simple 255": "f8ff",
    "a bool in two bytes": "f814",
    "date tag": "c11a514b67b0",
    "indefinite bytes": "5f42010243030405ff",
    "indefinite text": "7f657374726561646d696e67ff",
    "indefinite array": "9fff",
    "indefinite map": "bf61610161629f0203ffff",
    "a break": "ff",
    "reserved length": "1c",
    "one in two bytes": "1801",
    "23 in two bytes": "1817",
    "255 in three bytes": "1900ff",
    "65535 in five bytes": "1a0000ffff",
    "2^32 - 1 in nine bytes": "1b00000000ffffffff",
    "a long length of bytes": "580100",
    "bytes longer than the input": "5bffffffffffffffff00",
    "text longer than the input": "7b7fffffffffffffff",
    "array longer than the input": "9b0000000100000000",
    "map longer than the input": "a20000",
    "map cut": "a100",
    "number cut": "1903",
    "float cut": "fb3ff1",
    "keys out of order": "a203040102",
    "a key twice": "a201020103",
    "a key that is an array": "a18001",
    "a key that is a bool": "a1f501",
    "a key that is a float": "a1fb3ff199999999999a01",
    "overlong text": "62c080",
    "overlong text of three bytes": "63e08080",
    "overlong text of four bytes": "64f0808080",
    "a surrogate": "63eda080",
    "beyond Unicode": "64f4908080",
    "a lone continuation": "6180",
    "text cut inside a letter": "61c3",
    "a letter with a wrong tail": "62c328",
    "nine deep": "81" * 9 + "00",
}


@pytest.mark.parametrize(("value", "spelling"), SPELT, ids=[s[:24] for _, s in SPELT])
def test_examples_of_rfc_8949(value, spelling):
    assert cbor.encode(value).hex() == spelling
    again = cbor.decode(bytes.fromhex(spelling))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("spelling", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_deterministic_or_not_ours_is_refused(spelling):
    with pytest.raises(Malformed):
        cbor.decode(bytes.fromhex(spelling))


@pytest.mark.parametrize(
    "value",
    [1 << 64, -(1 << 64) - 1, math.nan, math.inf, -math.inf, {True: 1}, {(): 1}, {1.0: 1}, {None: 1}, 1j, object(),
     "\ud800", {1, 2}, [[[[[[[[[0]]]]]]]]]],
    ids=lambda v: ascii(v)[:20] if type(v) is not object else "object",
)  # fmt: skip
def test_what_has_no_spelling_is_refused(value):
    with pytest.raises(Malformed):
        cbor.encode(value)


def test_eight_levels_pass_and_a_tuple_is_an_array():
    value = 0
    for _ in range(8):
        value = (value,)
    assert cbor.encode(cbor.decode(cbor.encode(value))) == cbor.encode(value) == b"\x81" * 8 + b"\x00"


def test_a_length_without_bytes_behind_it_takes_no_memory():
    for head in ("9affffffff", "baffffffff", "5affffffff", "7affffffff"):
        with pytest.raises(Malformed):
            cbor.decode(bytes.fromhex(head))


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 64), (1 << 64) - 1)
    | st.binary(max_size=300)
    | st.text(max_size=60)
    | st.floats(allow_nan=False, allow_infinity=False)
)
KEYS = st.integers(-(1 << 64), (1 << 64) - 1) | st.binary(max_size=30) | st.text(max_size=30)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12
).filter(lambda value: depth(value) <= 8)


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, list | dict) + max(map(depth, inner), default=0)


@given(VALUES)
def test_any_value_returns_and_cbor2_reads_the_same(value):
    spelling = cbor.encode(value)
    assert cbor.decode(spelling) == value
    assert cbor2.loads(spelling) == value


def sortable(value):
    """Cbor2's canonical form sorts keys by length first (RFC 7049) and shortens floats: leave both out."""
    if isinstance(value, dict):
        return len(value) < 2 and all(map(sortable, value.values()))
    return not isinstance(value, float) and (not isinstance(value, list) or all(map(sortable, value)))


@given(VALUES.filter(sortable))
def test_the_spelling_is_that_of_cbor2(value):
    assert cbor.encode(value) == cbor2.dumps(value, canonical=True)


@given(st.dictionaries(KEYS, st.integers(0, 9), min_size=2, max_size=8))
def test_keys_are_in_the_order_of_their_bytes(value):
    keys = list(cbor.decode(cbor.encode(value)))
    assert [cbor.encode(key) for key in keys] == sorted(cbor.encode(key) for key in value)


@given(st.binary(max_size=40) | VALUES.map(cbor.encode).flatmap(lambda s: st.tuples(
    st.just(s), st.integers(0, max(len(s) - 1, 0)), st.integers(0, 255)
).map(lambda t: t[0][: t[1]] + bytes([t[2]]) + t[0][t[1] + 1 :])))  # fmt: skip
def test_whatever_is_read_is_written_as_the_same_bytes(data):
    try:
        value = cbor.decode(data)
    except Malformed:
        return
    assert cbor.encode(value) == data


@given(VALUES)
def test_every_truncation_is_refused(value):
    spelling = cbor.encode(value)
    for size in range(len(spelling)):
        with pytest.raises(Malformed):
            cbor.decode(spelling[:size])
