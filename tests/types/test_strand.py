"""A strand is a value, and a pair of several tones has a main one."""

import pickle
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.errors import EndsDisagree
from samefade.types import Kept, Observation, Pair, Spoken, Strand, Terms


def strand(**changes):
    made = Strand(
        direction=np.array([0.6, 0.8]),
        mean={"a": 1.0, "b": 2.0, "e": 1.0},
        span=2,
        basis=np.eye(2),
        reach=1,
        estimate=np.ones((2, 4)),
        noise=np.array([0.1, 0.5]),
        edges=(np.arange(3.0), np.arange(1.0)),
    )
    return replace(made, **changes)


def test_it_counts_its_components_and_their_bits():
    assert strand().components == 2
    assert strand().bits == (2, 1)
    assert strand(edges=()).bits == ()
    assert strand(edges=(np.arange(255.0),) * 2).bits == (8, 8)


@given(st.lists(st.integers(1, 8), max_size=6))
def test_a_component_of_as_many_thresholds_less_one_as_levels_has_that_many_bits(widths):
    assert strand(edges=tuple(np.arange((1 << w) - 1.0) for w in widths)).bits == tuple(widths)


def test_strands_of_the_same_numbers_are_equal_and_no_others():
    assert strand() == strand()
    assert Terms(1.0, strands=(strand(),)) == Terms(1.0, strands=(strand(),))
    other = {
        "direction": np.array([0.8, 0.6]),
        "mean": {"a": 1.0, "b": 2.5, "e": 1.0},
        "span": 3,
        "basis": 2 * np.eye(2),
        "reach": 2,
        "estimate": np.ones((2, 6)),
        "noise": np.array([0.1, 0.6]),
        "activity": 0.5,
        "movement": 0.1,
        "tail": 0.1,
        "edges": (np.arange(3.0), np.arange(3.0)),
    }
    assert set(other) == {field.name for field in fields(Strand)}
    for name, value in other.items():
        assert strand(**{name: value}) != strand(), name
    assert strand(edges=()) != strand()
    assert strand() != "a strand"


def test_it_is_public_and_can_be_sent():
    assert pickle.loads(pickle.dumps(strand())) == strand()
    with pytest.raises(FrozenInstanceError):
        strand().span = 7
    with pytest.raises(TypeError, match="unhashable"):
        hash(strand())


def several(n=12, k=3, eve=None, main=0):
    x = np.arange(n * k, dtype=float).reshape(n, k)
    heard = np.arange(n) % 4 != 0
    e = None if eve is None else Observation(np.ones((n, eve)) if eve else np.ones(n), 2.0, heard, "e")
    ends = Observation(x, 2.0, heard, "a", "dBm", 5.0), Observation(-x, 2.0, np.ones(n, bool), "b", "dBm", 5.0)
    return Pair(*ends, e, matching="clock", main=main)


@pytest.mark.parametrize("main", [0, 2])
def test_one_tone_is_the_main_one_and_everything_else_stays(main):
    pair = several(main=main)
    one = pair.one_tone()
    assert np.array_equal(one.a.values, pair.a.values[:, main])
    assert np.array_equal(one.b.values, pair.b.values[:, main])
    assert np.array_equal(one.a.mask, pair.a.mask)
    assert (one.a.end, one.b.end, one.a.unit, one.a.start) == ("a", "b", "dBm", 5.0)
    assert (one.rate, one.matching, one.main, len(one)) == (2.0, "clock", 0, len(pair))
    assert one.e is None
    assert pair.a.values.shape == (12, 3)  # the whole pair is as it was


def test_a_pair_of_one_tone_is_itself_and_so_is_the_second_time():
    x = Observation(np.arange(5.0), 1.0, np.ones(5, bool))
    pair = Pair(x, x)
    assert pair.one_tone() is pair
    one = several().one_tone()
    assert one.one_tone() is one


def test_a_single_column_becomes_a_plain_series():
    assert several(k=1).one_tone().a.values.shape == (12,)


@pytest.mark.parametrize(("eve", "left"), [(3, (12,)), (2, (12, 2)), (0, (12,))])
def test_an_eavesdropper_of_the_same_tones_is_reduced_and_one_of_other_columns_keeps_all(eve, left):
    assert several(eve=eve).one_tone().e.values.shape == left


def test_halves_stay_halves():
    spoken, kept = several(n=40).split(fraction=0.5)
    assert type(spoken.one_tone().a) is Spoken
    assert type(kept.one_tone().b) is Kept
    assert np.array_equal(kept.one_tone().a.values, several(n=40).one_tone().a.values[20:])
    assert kept.main == spoken.main == 0
    assert several(n=40, main=2).split(fraction=0.5)[1].one_tone().a.values[0] == 62


def test_ends_of_different_tones_make_no_pair():
    x, y = (Observation(np.ones((5, k)), 1.0, np.ones(5, bool)) for k in (2, 3))
    with pytest.raises(EndsDisagree, match="tones"):
        Pair(x, y)
