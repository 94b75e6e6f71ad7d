"""Terms as a message: every scheme's come back as they were, and those that ask for something silly are refused."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from session_ends import channel

from samefade import api, schemes
from samefade.errors import SamefadeError
from samefade.session.terms import pack_terms, unpack_terms
from samefade.types import Pair, Spoken, Terms
from samefade.wire.cbor import decode, encode

NAMES = [*schemes.schemes()]


def spoken(pair, n=400):
    return pair.each(lambda x: Spoken(x.values[:n], x.rate, x.mask[:n], x.end, x.unit))


def round_trip(name, pair):
    scheme = schemes.find(name)
    half = spoken(pair if scheme.all_tones else pair.one_tone())
    terms = scheme.agree(half.a, half.b, bytes(range(16)))
    again = unpack_terms(decode(encode(pack_terms(terms))), rate=terms.rate, samples=400)
    assert again == terms
    return scheme, half, terms, again


@pytest.fixture(scope="module")
def simulated():
    return Pair(*channel(snr_db=30.0))


@pytest.mark.parametrize("name", NAMES)
def test_terms_of_every_scheme_come_back(name, simulated):
    scheme, half, terms, again = round_trip(name, simulated)
    assert np.array_equal(scheme.feature(half.a, terms).values, scheme.feature(half.a, again).values)


@pytest.mark.parametrize("name", ["strata", "wskg", "decimated"])
@pytest.mark.usefixtures("data_dir")
def test_terms_of_real_samples_come_back(name):
    round_trip(name, api.read_set("skyglow/mobile"))


def plain():
    """Packed terms with everything in them."""
    half = spoken(Pair(*channel(snr_db=30.0)))
    terms = schemes.find("strata").agree(half.a, half.b, bytes(16))
    said = pack_terms(terms)
    said[2] = [0.1, 2.0, 12]
    said[4] = {"a": [[2], np.array([1.0, 2.0]).tobytes()]}
    said[6] = 4
    said[9] = {"a": [[1], np.array([0.5]).tobytes()]}
    return [*said, b"weights of a learned scheme"]


PLAIN = plain()


def read(said):
    return unpack_terms(said, rate=10.0, samples=400)


def test_what_the_tests_change_is_fine_before():
    assert isinstance(read(copy.deepcopy(PLAIN)), Terms)


def test_terms_without_a_learned_model_are_as_long_as_before():
    assert len(pack_terms(read(PLAIN[:11]))) == 11


@pytest.mark.parametrize("model", [bytes((1 << 20) + 1), "text", None])
def test_a_model_that_is_too_large_or_no_bytes(model):
    with pytest.raises(SamefadeError):
        read([*PLAIN[:11], model])


FIELDS = ("rate", "lag", "band", "thresholds", "edges", "step", "levels", "errors", "seed", "predictors", "strands")
SILLY = {
    "rate": [0.0, 20.0, -10.0, 10, "10", None, 1e300],
    "lag": [201, -201, 2**60, 1.0, None, True],
    "band": [[], [0.1, 2.0], [2.0, 0.1, 12], [-0.1, 2.0, 12], [0.1, 11.0, 12], [0.1, 2.0, 0], [0.1, 2.0, 65], "all"],
    "thresholds": [[], {1: 1.0}, {"x": 1}, {"x": b""}, {"x" * 65: 1.0}, {str(i): 1.0 for i in range(257)}, None],
    "edges": [[], {"a": []}, {"a": [[1], b""]}, {1: [[0], b""]}, {"a": [[70_000], bytes(560_000)]}],
    "step": [0, -1, 401, 1.0, 2**62, None],
    "levels": [0, 1, 3, 8192, -4, 4.0, "4", True],
    "errors": [-0.01, 0.51, 1, None, 1e9],
    "seed": [b"", bytes(15), bytes(17), "seed" * 4, None],
    "predictors": [[], {"a": [[1], np.array([np.inf]).tobytes()]}, {"a": [[1, 1], bytes(8)]}],
    "strands": [None, {}, [[]], [None], [1] * 257],
}


@pytest.mark.parametrize("field", FIELDS)
def test_silly_values_are_refused(field):
    for value in SILLY[field]:
        said = copy.deepcopy(PLAIN)
        said[FIELDS.index(field)] = value
        with pytest.raises(SamefadeError):
            read(said)


@pytest.mark.parametrize("said", [None, [], PLAIN[:-2], [*PLAIN, 1], {}, b""], ids=lambda x: str(x)[:20])
def test_what_is_no_terms_at_all(said):
    with pytest.raises(SamefadeError):
        read(said)


def numbers(*values):
    x = np.array(values)
    return [list(x.shape), x.tobytes()]


STRAND = PLAIN[10][0]
BASIS = int(STRAND[3][0][0]), int(STRAND[3][0][1])
PARTS = ("direction", "mean", "span", "basis", "reach", "estimate", "noise", "law", "edges")
SILLY_PARTS = {
    "direction": [None, [[1, 1], bytes(8)], [[1], b""], numbers(np.nan)],
    "mean": [{}, {"a": 1.0}, {"a": 1.0, "b": 1.0, "x": 1.0}, {"a": 1.0, "b": 1}, []],
    "span": [0, -1, 401, BASIS[1] + 1, 1.0],
    "basis": [[[BASIS[0] + 1, BASIS[1]], bytes(8 * (BASIS[0] + 1) * BASIS[1])], numbers(1.0), None],
    "reach": [-1, 401, STRAND[4] + 1],
    "estimate": [[[0, 0], b""], numbers(1.0)],
    "noise": [numbers(*[0.0] * BASIS[0]), numbers(*[-1.0] * BASIS[0]), numbers(*[1.0] * (BASIS[0] + 1))],
    "law": [[], [1.1, 0.0, 0.0], [-0.1, 0.0, 0.0], [0.0, 0.0, 1.1], [0.0, 0.0, -0.1], [0, 0.0, 0.0]],
    "edges": [
        [],
        [numbers(1.0, 2.0)] * BASIS[0],
        [numbers(3.0, 2.0, 1.0)] * BASIS[0],
        [numbers(1.0)] * (BASIS[0] + 1),
    ],
}


@pytest.mark.parametrize("part", PARTS)
def test_silly_strands_are_refused(part):
    for value in SILLY_PARTS[part]:
        said = copy.deepcopy(PLAIN)
        said[10][0][PARTS.index(part)] = value
        with pytest.raises(SamefadeError):
            read(said)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats()
    | st.text(max_size=4)
    | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(field=st.integers(0, 11), part=st.none() | st.integers(0, 8), value=ANYTHING)
def test_whatever_is_put_in_a_field_is_refused_or_makes_terms_that_pack_to_themselves(field, part, value):
    said = copy.deepcopy(PLAIN)
    if part is None:
        said[field] = value
    else:
        said[10][0][part] = value
    try:
        terms = read(said)
    except SamefadeError:
        return
    assert unpack_terms(pack_terms(terms), rate=10.0, samples=400) == terms
