"""Whole messages, in order, exactly once, whatever the link does to the frames."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.wire.errors import Malformed, WireError
from samefade.wire.fragment import Payload, Piece, pack, unpack
from samefade.wire.order import Order
from samefade.wire.profile import LORA, WIFI, Profile

BOTH = pytest.mark.parametrize("link", [WIFI, LORA], ids=["wifi", "lora"])
ROOM = 35


def messages(seed, link, count=12):
    rng = random.Random(seed)
    sizes = [0, 1, 20, 400, 3000] if link is WIFI else [0, 1, 20, 100]
    return [[rng.randbytes(rng.choice(sizes)) for _ in range(count)] for _ in "ir"]


def exchange(air, said):
    for end, mine in zip(air.ends, said, strict=True):
        for message in mine:
            end.order.send(message)
    air.run(lambda: all(end.order.idle or end.order.dead for end in air.ends))
    return [end.heard for end in air.ends] == [said[1], said[0]]


@BOTH
@pytest.mark.parametrize("loss", [0.0, 0.1, 0.3, 0.5])
def test_every_message_arrives_once_and_in_order_at_any_loss(air, link, loss):
    delay = 0.005 if link is WIFI else 1.0
    for seed in range(6):
        link_ = air(link, seed, loss=loss, delay=delay)
        assert exchange(link_, messages(seed, link))
        assert link_.longest <= link.mtu
        if not loss:
            assert not any(end.order.repeated for end in link_.ends)


@BOTH
def test_no_retransmission_in_a_quiet_conversation_of_questions_and_answers(air, link):
    link_ = air(link, 1, delay=link.first_timeout / 4)
    for turn in range(20):
        end = link_.ends[turn % 2]
        end.order.send(bytes(10))
        link_.run(lambda: all(end.order.idle for end in link_.ends))
    assert not any(end.order.repeated for end in link_.ends)


def test_an_acknowledgement_rides_on_an_answer(air):
    link = air(WIFI, 1)
    a, b = link.ends
    a.order.send(b"question")
    link.run(lambda: b.heard)
    b.order.send(b"answer")
    link.run(lambda: a.heard)
    assert (a.sent, b.sent) == (1, 1)


@pytest.mark.parametrize("seed", range(4))
def test_everything_at_once(air, seed):
    """Loss, ten copies, reordering by up to 64 frames, jitter and damage."""
    link = air(WIFI, seed, loss=0.3, copies=10, damage=0.2, delay=0.001, jitter=0.3)
    assert exchange(link, messages(seed, WIFI))


@pytest.mark.parametrize("seed", range(3))
def test_jitter_of_a_minute(air, seed):
    link = air(Profile(200, 8, 16, 0.25, 30.0, 40, 65536), seed, loss=0.1, delay=0.01, jitter=60.0)
    assert exchange(link, messages(seed, WIFI, count=3))


def test_goodput_at_no_loss_and_at_half():
    """A regression guard: bytes of message to bytes on the air, as the documentation tells them."""
    from itertools import count

    clock = count()
    a, b = Order(174, WIFI), Order(174, WIFI)
    a.send(bytes(16000))
    sent = 0
    while not a.idle:
        now = next(clock) / 100
        for payload in a.outgoing(now):
            sent += len(payload)
            b.receive(payload, now)
        for payload in b.outgoing(now):
            a.receive(payload, now)
    assert 16000 / sent > 0.96


def test_the_other_end_is_taken_for_gone_after_the_tries_and_then_nothing_is_sent(air):
    link = air(WIFI, 1, loss=1.0)
    a, _ = link.ends
    a.order.send(b"anybody there?")
    link.run(lambda: a.order.dead)
    assert a.order.repeated == WIFI.tries
    assert a.order.deadline is None
    assert a.order.outgoing(1e9) == []
    assert not a.order.idle
    assert WIFI.tries <= link.now - 100 <= WIFI.tries * WIFI.most_timeout


def test_the_timeout_follows_a_slow_link_and_backs_off(air):
    link = air(WIFI, 1, delay=0.6)
    a, b = link.ends
    for _ in range(20):
        a.order.send(b"x")
        link.run(lambda: a.order.idle)
    before = a.order.repeated
    for _ in range(20):
        a.order.send(b"x")
        link.run(lambda: a.order.idle)
    assert a.order.repeated == before
    assert len(b.heard) == 40


def test_the_deadline_is_kept_exactly_so_that_no_caller_spins():
    order = Order(ROOM, WIFI)
    order.send(b"x")
    now = 1000.1
    assert order.outgoing(now)
    for _ in range(10):
        now = order.deadline
        assert order.outgoing(now)
        assert order.deadline > now


def test_memory_is_bounded_whatever_the_other_end_sends():
    order = Order(ROOM, WIFI)
    for number in range(1, 32):
        order.receive(pack(Payload(0, 0, Piece(number, b"x", begin=False, end=False))), 0.0)
    assert len(order._receiving._held) == 31
    with pytest.raises(Malformed):
        order.receive(pack(Payload(0, 0, Piece(32, b"x", begin=False, end=False))), 0.0)


@BOTH
def test_a_message_longer_than_agreed_is_refused_at_both_ends(link):
    order = Order(ROOM, link)
    with pytest.raises(WireError):
        order.send(bytes(link.longest + 1))
    for number in range(link.longest // 30):
        order.receive(pack(Payload(0, 0, Piece(number, bytes(30), begin=number == 0, end=False))), 0.0)
    with pytest.raises(Malformed):
        order.receive(pack(Payload(0, 0, Piece(link.longest // 30, bytes(30), begin=False, end=True))), 0.0)
    for _ in range(2):
        order.send(bytes(link.longest))
    with pytest.raises(WireError):
        order.send(b"x")
    assert order.queued == 2 * link.longest


NEVER_SENT = {
    "nothing": "",
    "half a head": "0000",
    "reserved bits": "080000",
    "a bitmap of five bytes": "050000ffffffffff",
    "a bitmap cut": "02000001",
    "a bitmap with a tail of nothing": "0200000100",
    "an acknowledgement with more": "00000000",
    "the end of no piece": "200000",
    "a piece without a number": "e0000000",
    "an empty middle": "8000000000",
    "an acknowledgement of what was never sent": "000001",
    "a bitmap of what was never sent": "01000001",
    "a message that goes on without having begun": "800000000061",
    "a piece beyond the window": "e00000002061",
}


@pytest.mark.parametrize("payload", NEVER_SENT.values(), ids=NEVER_SENT.keys())
def test_what_a_correct_end_never_sends_is_refused(payload):
    with pytest.raises(Malformed):
        Order(ROOM, WIFI).receive(bytes.fromhex(payload), 0.0)


def test_a_message_that_begins_inside_another_is_refused():
    order = Order(ROOM, WIFI)
    order.receive(pack(Payload(0, 0, Piece(0, b"x", begin=True, end=False))), 0.0)
    with pytest.raises(Malformed):
        order.receive(pack(Payload(0, 0, Piece(1, b"x", begin=True, end=True))), 0.0)


def test_numbers_go_round_without_harm(air):
    link = air(LORA, 1, delay=0.01)
    for end in link.ends:
        end.order._sending._base = end.order._receiving.next = 65530
    assert exchange(link, messages(3, LORA))


def test_a_room_too_small_for_a_piece_is_refused():
    for room in (0, 5, 9):
        with pytest.raises(WireError):
            Order(room, WIFI)
    for window in (0, 33):
        with pytest.raises(WireError):
            Order(100, Profile(200, window, 16, 1.0, 1.0, 1, 100))


PIECES = st.none() | st.builds(
    Piece, st.integers(0, 65535), st.binary(min_size=1, max_size=40), begin=st.booleans(), end=st.booleans()
)


@given(st.integers(0, 65535), st.integers(0, (1 << 32) - 1), PIECES)
def test_a_payload_returns_as_it_was_written(next_number, bitmap, piece):
    heard = unpack(pack(Payload(next_number, bitmap, piece)))
    assert (heard.next, heard.bitmap) == (next_number, bitmap)
    assert (heard.piece is None) == (piece is None)
    if piece is not None:
        assert vars(heard.piece) == vars(piece)


@given(st.binary(max_size=30))
def test_whatever_is_read_is_written_as_the_same_bytes(data):
    try:
        heard = unpack(data)
    except Malformed:
        return
    assert pack(heard) == data
