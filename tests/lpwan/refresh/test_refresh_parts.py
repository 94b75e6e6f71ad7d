"""Pool, payload, numbers, messages: what goes in comes out, what is malformed is refused, and nothing grows."""

import contextlib
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.lpwan.refresh import Policy, joined, parted, spare
from samefade.lpwan.refresh.messages import (
    Reader,
    Told,
    pack_bitmap,
    pack_lacking,
    pack_values,
    read_lacking,
    unpack_bitmap,
    unpack_values,
)
from samefade.lpwan.refresh.numbers import read_number, signed, unsigned, write_numbers
from samefade.lpwan.refresh.pool import Pool, byte_of

steps = st.lists(st.integers(1, 70_000), max_size=60)


@settings(deadline=None)
@given(steps, st.data())
def test_a_pool_holds_samples_in_two_bytes_each_and_gives_them_back(steps, data):
    pool, places = Pool(64), np.cumsum(steps).tolist()
    values = data.draw(st.lists(st.integers(0, 255), min_size=len(places), max_size=len(places)))
    for place, value in zip(places, values, strict=True):
        assert pool.add(place, value)
    assert pool.samples() == list(zip(places, values, strict=True))
    again = Pool.again(64, pool.reveal_secret_parts())
    assert again.samples() == pool.samples()
    assert again.add(10**9, 1)
    assert not again.add(10**9, 2)


@settings(deadline=None)
@given(steps, st.integers(0, 10**6))
def test_what_is_burned_never_comes_back(steps, end):
    pool = Pool(64)
    for place in np.cumsum(steps).tolist():
        pool.add(place, 7)
    pool.burn(end)
    assert not pool.add(end - 1, 7)
    pool.drop_burned()
    pool = Pool.again(64, pool.reveal_secret_parts())
    assert all(place >= end for place, _ in pool.samples())
    pool.burn(0)
    assert pool.burned == end


def test_a_pool_shows_no_sample():
    pool = Pool(4)
    pool.add(3, 123)
    assert "123" not in repr(pool)
    with pytest.raises(TypeError):
        pickle.dumps(pool)


@pytest.mark.parametrize(("rssi", "byte"), [(-160, 0), (-100.5, 119), (-100.4, 119), (-32.5, 255), (0, 255), (-300, 0)])
def test_strength_becomes_a_byte_of_half_decibels(rssi, byte):
    assert byte_of(rssi) == byte


def test_strength_that_is_no_number_is_refused():
    with pytest.raises(OutOfRange):
        byte_of(float("nan"))


@settings(deadline=None)
@given(st.binary(max_size=40), st.integers(11, 51), st.data())
def test_a_block_rides_behind_the_application(payload, most, data):
    room = spare(payload, most)
    block = data.draw(st.binary(max_size=room))
    if len(payload) < most:
        assert len(joined(payload, block, most)) <= most
        assert parted(joined(payload, block, most)) == (payload, block)
    with pytest.raises(OutOfRange):
        joined(payload, bytes(most - len(payload)) if len(payload) < most else b"", most)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_frame_can_be_parted(frame):
    payload, block = parted(frame)
    assert payload == frame or payload + block + bytes((len(block),)) == frame


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**62)))
def test_numbers_come_back(numbers):
    said, at, out = write_numbers(numbers), 0, []
    while at < len(said):
        number, at = read_number(said, at)
        out.append(number)
    assert out == numbers


@settings(deadline=None)
@given(st.integers(-(2**40), 2**40))
def test_signs_come_back(number):
    assert signed(number) >= 0
    assert unsigned(signed(number)) == number


@settings(deadline=None)
@given(st.sets(st.integers(0, 299)), st.integers(0, 10**6))
def test_named_and_lacking_places_come_back(which, first):
    places = [first + at for at in sorted(which)]
    assert unpack_bitmap(pack_bitmap([*places, first + 300], first, 300), first, 300) == places
    assert read_lacking(Reader(pack_lacking(sorted(which))), 300) == sorted(which)


@settings(deadline=None)
@given(st.lists(st.integers(0, 255), min_size=1, max_size=80), st.booleans())
def test_spoken_values_come_back_and_whole_decibels_take_a_bit_less(values, whole):
    values = [value & ~1 for value in values] if whole else values
    said = pack_values(values)
    assert unpack_values(said, len(values)) == values
    spread = max(values) - min(values)
    assert len(said) <= 3 + len(values) * (spread >> whole).bit_length() / 8


@settings(deadline=None)
@given(st.integers(0, 2**40), st.integers(1, 5), st.integers(-300, 500), st.data())
def test_thresholds_come_back_and_equal_steps_take_four_bytes_and_the_place(first, width, low, data):
    count = (1 << width) - 1
    steps = data.draw(st.lists(st.integers(1, 90), min_size=count - 1, max_size=count - 1))
    told = Told(first, tuple(np.cumsum([low, *steps]).tolist()))
    assert Told.read(Reader(told.pack())) == told
    assert told.width == width
    even = Told(first, tuple(low + 3 * i for i in range(count)))
    assert len(even.pack()) <= len(write_numbers([first])) + 4
    for value in range(0, 256, 5):  # numpy's own search says in which cell a value lies
        assert told.cell(value) == np.searchsorted(told.thresholds, value, side="right")


@settings(deadline=None)
@given(st.binary(max_size=30))
def test_malformed_messages_raise_one_kind_of_error(said):
    for read in (Told.read, lambda x: read_lacking(x, 200)):
        with contextlib.suppress(RemoteProtocolError):
            read(Reader(said))
    for unpack in (lambda: unpack_values(said, 40), lambda: unpack_bitmap(said, 5, 77)):
        with contextlib.suppress(RemoteProtocolError):
            unpack()


@pytest.mark.parametrize(
    "wrong",
    [{"spoken": 5}, {"least": 5}, {"most": 9999}, {"every": 0}, {"port": 224}, {"conceded": -1}, {"losses": "free"}],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(OutOfRange):
        Policy(**wrong)


def test_a_policy_takes_no_scheme_that_a_device_cannot_play():
    from samefade.schemes.strata import Strata

    with pytest.raises(OutOfRange):
        Policy(scheme=Strata())
