"""Byte stuffing against the published examples, and a stream that finds its feet again after anything."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.link.cobs import Unframer, decode, encode, frame
from samefade.link.errors import BrokenFrame

# The examples of the article "Consistent Overhead Byte Stuffing" in Wikipedia (2024), without the final delimiter;
# the last five exercise runs of 254 (Cheshire and Baker 1999, figure 3).
PUBLISHED = [
    ("00", "01 01"),
    ("00 00", "01 01 01"),
    ("00 11 00", "01 02 11 01"),
    ("11 22 00 33", "03 11 22 02 33"),
    ("11 22 33 44", "05 11 22 33 44"),
    ("11 00 00 00", "02 11 01 01 01"),
    (bytes(range(1, 255)).hex(), "ff" + bytes(range(1, 255)).hex()),
    (bytes(range(255)).hex(), "01 ff" + bytes(range(1, 255)).hex()),
    (bytes(range(1, 256)).hex(), "ff" + bytes(range(1, 255)).hex() + "02 ff"),
    ((bytes(range(2, 256)) + b"\0").hex(), "ff" + bytes(range(2, 256)).hex() + "01 01"),
    ((bytes(range(3, 256)) + b"\0\1").hex(), "fe" + bytes(range(3, 256)).hex() + "02 01"),
]


@pytest.mark.parametrize(("data", "stuffed"), PUBLISHED)
def test_the_published_examples(data, stuffed):
    assert encode(bytes.fromhex(data)) == bytes.fromhex(stuffed)
    assert decode(bytes.fromhex(stuffed)) == bytes.fromhex(data)


@settings(deadline=None)
@given(st.binary(max_size=600) | st.integers(0, 800).map(lambda n: b"x" * n))
def test_what_was_stuffed_is_read_back_and_holds_no_zero(data):
    stuffed = encode(data)
    assert 0 not in stuffed
    assert len(stuffed) <= len(data) + len(data) // 254 + 1
    assert decode(stuffed) == data


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_anything_is_a_frame_or_refused_in_our_words(data):
    with suppress(BrokenFrame):
        assert len(decode(data)) < len(data)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5), st.binary(max_size=100), st.integers(1, 50))
def test_frames_are_found_after_garbage_however_the_stream_is_cut(datagrams, garbage, step):
    stream = garbage + b"".join(frame(d) for d in datagrams)
    unframer, found = Unframer(), []
    for at in range(0, len(stream), step):
        found += unframer.feed(stream[at : at + step])
    assert found[len(found) - len(datagrams) :] == datagrams


def test_a_frame_without_end_is_thrown_away_as_it_comes():
    unframer = Unframer(limit=100)
    for _ in range(1000):
        assert unframer.feed(b"x" * 100) == []
        assert len(unframer._held) <= 101
    assert unframer.broken == 1
    assert unframer.feed(frame(b"then one of ours")) == [b"then one of ours"]


def test_the_longest_frame_still_fits():
    unframer = Unframer(limit=1500)
    longest = b"x" * 1500
    assert unframer.feed(frame(longest)) == [longest]
    assert unframer.feed(frame(longest + b"xxx")) == []
    assert unframer.broken == 1


def test_broken_frames_are_counted():
    unframer = Unframer()
    assert unframer.feed(b"\x05abc\0" + frame(b"ok")) == [b"ok"]
    assert unframer.broken == 1
    for wrong in (b"", b"\0", b"\x03a", b"\x03a\0"):
        with pytest.raises(BrokenFrame):
            decode(wrong)
