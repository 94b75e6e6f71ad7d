"""The small parts between the wire and the script: opening, carrier, inbox, records, what a handshake leaves."""

import itertools
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from session_ends import ROOT, SECRET, psk_initiator, psk_responder

from samefade.errors import LocalProtocolError, OutOfRange, RemoteProtocolError
from samefade.session import Root, pack_mark
from samefade.session.carrier import Carrier
from samefade.session.inbox import Inbox
from samefade.session.opening import Opening
from samefade.session.psk import LABORATORY, PskInitiator
from samefade.session.records import Records
from samefade.wire import codes
from samefade.wire.cbor import encode
from samefade.wire.profile import WIFI


def opened():
    a, b = Opening(psk_initiator(), WIFI), Opening(psk_responder(), WIFI)
    (hello,) = a.start(0.0)
    assert b.start(0.0) == ()
    (answer,) = b.receive(hello, 0.0)
    assert a.receive(answer, 0.0) == ()
    return a, b


def carriers():
    a, b = opened()
    return Carrier(a.secured, WIFI), Carrier(b.secured, WIFI)


def test_the_initiator_asks_again_ever_more_slowly_until_it_gives_up():
    a = Opening(psk_initiator(), WIFI)
    sent, times = [*a.start(0.0)], [0.0]
    while a.deadline is not None:
        assert a.tick(a.deadline - 1e-6) == ()
        now = a.deadline
        sent += a.tick(now)
        times.append(now)
    assert a.given_up
    assert len(sent) == WIFI.tries + 1
    assert set(sent) == {sent[0]}
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps == sorted(gaps)
    assert max(gaps) == WIFI.most_timeout


def test_a_responder_never_speaks_unasked():
    b = Opening(psk_responder(), WIFI)
    b.start(0.0)
    assert (b.deadline, b.tick(1e9), b.given_up) == (None, (), False)


def test_whoever_was_heard_stops_asking():
    a, b = opened()
    a.done()
    assert a.deadline is None
    assert a.tick(1e9) == ()
    assert (a.answered, b.answered, a.dropped, b.dropped) == (True, True, 0, 0)


def test_a_repeated_first_message_is_answered_alike_and_another_one_is_not():
    a, b = Opening(psk_initiator(), WIFI), Opening(psk_responder(), WIFI)
    (hello,) = a.start(0.0)
    first = b.receive(hello, 0.0)
    assert b.receive(hello, 5.0) == first
    assert b.receive(psk_initiator(seed=9).begin(), 5.0) == ()
    assert b.dropped == 1


def test_no_answer_is_longer_than_what_asked_for_it():
    for mark in (0, 2**53):
        hello = psk_initiator(mark=mark).begin()
        (answer,) = psk_responder(mark=mark).hear(hello)
        assert len(answer) <= len(hello)


def test_both_ends_leave_a_handshake_with_the_same():
    a, b = (end.secured for end in opened())
    assert (a.key_out, a.key_in) == (b.key_in, b.key_out)
    assert (a.connection_out, a.connection_in) == (b.connection_in, b.connection_out)
    assert (a.exporter, a.transcript, a.ends, a.prior) == (b.exporter, b.transcript, b.ends, b.prior)
    assert a.ends == (b"station", b"gateway")
    assert a.derive("x", b"") == b.derive("x", b"") != a.derive("y", b"")
    assert a.derive("x", b"1") != a.derive("x", b"2")
    assert a.add(b"channel") == a.exporter
    assert a.combine(a.add(b"c"), b"c") == b.combine(b.add(b"c"), b"c") != b.combine(b.add(b"c"), b"d")


@pytest.mark.parametrize("secret", ["secured", "root", "key"])
def test_what_is_secret_cannot_be_written_out_or_seen(secret):
    a, _ = opened()
    thing = {"secured": a.secured, "root": ROOT, "key": LABORATORY}[secret]
    with pytest.raises(TypeError):
        pickle.dumps(thing)
    for hidden in (SECRET, a.secured.exporter, a.secured.key_out):
        assert hidden.hex() not in repr(thing)
        assert repr(hidden)[2:-1] not in repr(thing)


@pytest.mark.parametrize(
    "wrong",
    [
        {"roots": []},
        {"roots": [ROOT] * 2},
        {"roots": [ROOT, LABORATORY, Root(b"third", 0, bytes(32))]},
        {"roots": [Root(b"short", 0, bytes(15))]},
        {"me": b""},
        {"me": b"x" * 33},
        {"connection": b""},
        {"connection": b"12345"},
        {"nonce": bytes(7)},
        {"parameters": bytes(200)},
    ],
    ids=lambda w: next(iter(w)),
)
def test_our_own_values_are_checked_before_they_are_sent(wrong):
    made = {
        "roots": [ROOT],
        "me": b"s",
        "peer": b"g",
        "connection": b"1",
        "parameters": b"",
        "nonce": bytes(16),
    } | wrong
    with pytest.raises(OutOfRange):
        PskInitiator(made.pop("roots"), **made)


def test_another_peer_than_was_called_is_no_peer():
    a, b = psk_initiator(peer=b"somebody"), psk_responder()
    (answer,) = b.hear(a.begin())
    with pytest.raises(RemoteProtocolError):
        a.hear(answer)
    assert a.secured is None


def test_a_key_shared_with_another_device_opens_nothing():
    """Unknown key share: the right key under the wrong name."""
    with pytest.raises(RemoteProtocolError):
        psk_responder(peer=b"sensor").hear(psk_initiator().begin())


# carrier


def test_messages_arrive_whole_and_in_order_however_long():
    a, b = carriers()
    said = [b"", b"x" * 5000, b"y", bytes(40_000), bytes(30_000), b"z" * 48_000]
    for message in said:
        a.send(message)
    heard, now = [], 0.0
    while not a.idle:
        for one, other in ((a, b), (b, a)):
            for frame in one.outgoing(now):
                heard += other.receive(frame, now) or []
        now += 0.01
    assert heard == said
    assert a.proven
    assert b.proven
    assert a.dropped == b.dropped == {}


def test_a_message_longer_than_the_other_end_takes_is_refused_before_it_is_sent():
    a, _ = carriers()
    with pytest.raises(LocalProtocolError):
        a.send(bytes(WIFI.longest + 1))
    a.send(bytes(WIFI.longest))


def test_frames_of_nobody_are_counted_and_prove_nothing():
    a, b = carriers()
    assert b.receive(b"nonsense", 0.0) is None
    a.send(b"hello")
    (frame,) = a.outgoing(0.0)
    assert a.receive(frame, 0.0) is None  # reflection
    assert (a.proven, b.proven) == (False, False)
    assert b.dropped == {"malformed": 1}
    assert b.receive(frame, 0.0) == [b"hello"]
    assert b.receive(frame, 0.0) is None
    assert b.dropped == {"malformed": 1, "replayed": 1}


def test_a_sealed_frame_that_means_nothing_is_the_other_ends_fault():
    a, b = carriers()
    for payload in (b"", b"\xff\xff\xff", b"\x00\x00\x09"):
        with pytest.raises(RemoteProtocolError):
            b.receive(a._seal.frame(payload), 0.0)


# inbox and records


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_a_message_is_read_or_refused(message):
    try:
        kind, body = Inbox.read(message)
    except RemoteProtocolError:
        return
    assert encode([kind, *body]) == message
    assert kind in codes.NAMES


def test_an_inbox_is_short_and_keeps_the_order():
    inbox = Inbox()
    for i in range(1024):
        inbox.keep(codes.ASK, [i], b"")
    with pytest.raises(RemoteProtocolError):
        inbox.keep(codes.ASK, [1024], b"")
    assert [inbox.oldest()[1][0] for _ in range(1024)] == list(range(1024))
    assert len(inbox) == 0


def test_an_inbox_holds_a_megabyte_at_the_most():
    inbox = Inbox()
    for i in range(21):
        inbox.keep(codes.SPOKEN, [i], bytes(48_000))
    with pytest.raises(RemoteProtocolError):
        inbox.keep(codes.SPOKEN, [21], bytes(48_000))
    inbox.oldest()


def both_records(ours, theirs):
    a, b = Records("initiator"), Records("responder")
    for records in (a, b):
        records.begin(bytes(32))
    for message in ours:
        a.said(message)
        b.heard(message)
    for message in theirs:
        a.heard(message)
        b.said(message)
    return a.digest(), b.digest()


MESSAGES = st.lists(st.binary(max_size=6), max_size=5)


@settings(deadline=None)
@given(MESSAGES, MESSAGES)
def test_both_ends_hash_the_same(ours, theirs):
    mine, others = both_records(ours, theirs)
    assert mine == others


@settings(deadline=None)
@given(MESSAGES, MESSAGES, MESSAGES, MESSAGES)
def test_another_conversation_has_another_hash(a, b, c, d):
    assert ((a, b) == (c, d)) == (both_records(a, b)[0] == both_records(c, d)[0])


def test_the_handshake_is_part_of_the_hash():
    one, other = Records("initiator"), Records("initiator")
    one.begin(b"1")
    other.begin(b"2")
    assert one.digest() != other.digest()
    assert pack_mark(0) != pack_mark(1)
