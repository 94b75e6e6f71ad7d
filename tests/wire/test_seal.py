"""What reaches the layer above is what the other end sealed, once; everything else is loss."""

import copy
import pickle
import random

import pytest

from samefade.wire import cbor, profile, seal
from samefade.wire.errors import WireError
from samefade.wire.profile import LORA, WIFI
from samefade.wire.seal import Seal

A, B = bytes(range(16)), bytes(range(16, 32))
BOTH = pytest.mark.parametrize("link", [WIFI, LORA], ids=["wifi", "lora"])


def ends(link=WIFI, a=A, b=B, connections=(b"i", b"r")):
    i, r = connections
    return Seal(a, b, r, i, link), Seal(b, a, i, r, link)


def total(end):
    return sum(end.dropped.values())


@BOTH
def test_payloads_arrive_both_ways_and_fill_a_frame_exactly(link):
    a, b = ends(link, connections=(b"iiii", b"rrrr"))
    assert a.room == b.room
    for size in (0, 1, 5, a.room - 1, a.room):
        for x, y in ((a, b), (b, a)):
            frame = x.frame(bytes(size))
            assert len(frame) <= link.mtu
            assert y.open(frame) == bytes(size)
    assert total(a) == total(b) == 0
    with pytest.raises(WireError):
        a.frame(bytes(a.room + 1))


@BOTH
def test_the_last_frame_still_fits_and_then_the_numbers_run_out(link):
    a, b = ends(link)
    a._next = link.frames - 1
    frame = a.frame(bytes(a.room))
    assert len(frame) == link.mtu
    assert b.open(frame) == bytes(a.room)
    for _ in range(2):
        with pytest.raises(WireError):
            a.frame(b"")


def test_no_number_is_used_twice():
    a, _ = ends()
    assert [cbor.decode(a.frame(b"same"))[1] for _ in range(300)] == list(range(300))


@BOTH
def test_bit_flip(link):
    a, b = ends(link)
    frame = a.frame(b"payload")
    for bit in range(8 * len(frame)):
        bad = bytearray(frame)
        bad[bit // 8] ^= 1 << bit % 8
        assert b.open(bytes(bad)) is None
    assert total(b) == 8 * len(frame)
    assert b.open(frame) == b"payload"


@BOTH
def test_truncation_and_extension(link):
    a, b = ends(link)
    frame = a.frame(b"payload")
    for size in range(len(frame)):
        assert b.open(frame[:size]) is None
        assert b.open(frame[size:] if size else b"") is None
    assert b.open(frame + b"\x00") is None
    assert b.open(frame) == b"payload"


def test_replay_at_once_and_after_the_window():
    a, b = ends()
    frames = [a.frame(bytes([n % 256])) for n in range(2 * seal.WINDOW)]
    assert b.open(frames[0]) is not None
    assert b.open(frames[0]) is None
    assert b.dropped["replayed"] == 1
    for frame in frames:
        b.open(frame)
    assert all(b.open(frame) is None for frame in frames)
    assert b.dropped["old"] == seal.WINDOW


def test_a_frame_that_comes_late_within_the_window_is_heard_once():
    a, b = ends()
    frames = [a.frame(bytes([n])) for n in range(128)]
    order = [*range(1, 128), 0]
    assert [b.open(frames[n]) for n in order] == [bytes([n]) for n in order]
    assert b.open(frames[0]) is None


def test_any_order_with_duplicates_within_128_is_heard_exactly_once():
    rng = random.Random(7)
    a, b = ends()
    sent = [a.frame(n.to_bytes(2, "big")) for n in range(600)]
    air = sorted([(n + rng.uniform(0, 127), n) for n in range(600) for _ in range(3)])
    heard = [b.open(sent[n]) for _, n in air]
    assert sorted(payload for payload in heard if payload is not None) == [n.to_bytes(2, "big") for n in range(600)]


def test_reflection():
    a, b = ends()
    assert a.open(a.frame(b"mine")) is None
    same, _ = ends(connections=(b"x", b"x"))
    assert same.open(same.frame(b"mine")) is None
    assert b.open(b.frame(b"mine")) is None


def test_splice_of_two_connections_and_of_two_directions():
    a, b = ends()
    other_a, other_b = ends(a=bytes(16), b=B, connections=(b"i", b"r"))
    assert b.open(other_a.frame(b"x")) is None
    assert b.open(other_b.frame(b"x")) is None
    connection, number, sealed = cbor.decode(a.frame(b"x"))
    _, _, other = cbor.decode(a.frame(b"y"))
    assert b.open(cbor.encode([connection, number, other])) is None
    assert b.open(cbor.encode([connection, number + 1, sealed])) is None
    assert b.open(cbor.encode([b"i", number, sealed])) is None
    assert b.open(cbor.encode([connection, number, sealed])) == b"x"


def test_a_forged_number_does_not_move_the_window():
    a, b = ends()
    frame = a.frame(b"first")
    for number in (1, 200, 1000, WIFI.frames - 1, WIFI.frames, 1 << 63, -1):
        assert b.open(cbor.encode([b"r", number, bytes(32)])) is None
    assert b.open(frame) == b"first"


@pytest.mark.parametrize(
    "frame",
    [0, b"", [], [b"r", 0], [b"r", 0, b"", 0], ["r", 0, bytes(20)], [b"r", True, bytes(20)], [b"r", 0.0, bytes(20)],
     [b"r", 0, "text"], [b"r", None, bytes(20)], {0: 1}],
    ids=repr,
)  # fmt: skip
def test_what_is_no_frame_is_dropped(frame):
    _, b = ends()
    assert b.open(cbor.encode(frame)) is None
    assert b.dropped["malformed"] == 1


def test_a_datagram_longer_than_the_link_allows_is_dropped_unread():
    a, _ = ends(WIFI)
    _, b = ends(LORA)
    assert b.open(a.frame(bytes(100))) is None
    assert b.dropped["malformed"] == 1


def test_a_key_that_was_attacked_too_often_is_worn_out():
    a, b = ends()
    b.dropped["tampered"] = seal.FORGERIES
    assert b.open(a.frame(b"x")) is None
    assert b.dropped["worn out"] == 1


def test_keys_and_connections_of_a_wrong_length_are_refused():
    for args in ((A, A, b"", b""), (A[:15], B, b"", b""), (A, B + b"x", b"", b""), (A, B, b"12345", b"")):
        with pytest.raises(WireError):
            Seal(*args, WIFI)


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_seal_is_neither_copied_nor_written_out_and_shows_no_key(write):
    a, _ = ends()
    with pytest.raises(TypeError):
        write(a)
    assert A.hex() not in repr(a)
    assert repr(A) not in repr(a)


def test_a_profile_is_known_by_its_number():
    assert all(profile.number_of(link) == number for number, link in profile.PROFILES.items())
    assert profile.number_of(profile.Profile(100, 1, 8, 1, 1, 1, 1)) == 0
