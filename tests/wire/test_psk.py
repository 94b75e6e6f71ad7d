"""A handshake with a pre-shared key, and what attackers try on it."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefade.wire import cbor
from samefade.wire.codes import PSK_1, PSK_2
from samefade.wire.errors import WireError
from samefade.wire.greeting import Refused
from samefade.wire.profile import LORA, WIFI, Profile
from samefade.wire.psk import PskInitiator, PskResponder
from samefade.wire.seal import Seal

NEW, OLD = (b"new", bytes(range(32))), (b"old", bytes(range(32, 48)))
BOTH = pytest.mark.parametrize("link", [WIFI, LORA], ids=["wifi", "lora"])


def nonce(fill, link=WIFI):
    return bytes([fill]) * (16 if link is WIFI else 8)


def initiator(link=WIFI, psks=(NEW,), identity=b"i", fill=1, parameters=b"p"):
    return PskInitiator(list(psks), identity, nonce(fill, link), b"\x01", parameters, link)


def responder(link=WIFI, psks=(NEW, OLD), identity=b"r", fill=2, parameters=b"q"):
    return PskResponder(dict(psks).get, identity, nonce(fill, link), b"\x02", parameters, link)


def same(a, b):
    names = [name for name in vars(a) if not name.startswith("_")]
    return all(getattr(a, name) == getattr(b, name) for name in names)


@BOTH
@pytest.mark.parametrize("known", [(NEW, OLD), (NEW,), (OLD,)], ids=["both", "new", "old"])
def test_both_ends_get_the_same_keys_under_the_newest_key_that_both_hold(link, known):
    if link is LORA:
        known = tuple((name[:1], secret) for name, secret in known)
    offered = [(name[:1], secret) for name, secret in (NEW, OLD)] if link is LORA else [NEW, OLD]
    a, b = initiator(link, offered), responder(link, known)
    answer = b.hear_1(a.message_1)
    keys = a.hear_2(answer)
    assert same(keys, b.keys)
    assert keys.psk_id == known[0][0]
    assert (keys.id_i, keys.id_r, keys.c_i, keys.c_r) == (b"i", b"r", b"\x01", b"\x02")
    assert (keys.parameters_i, keys.parameters_r) == (b"p", b"q")
    assert len({keys.key_i2r, keys.key_r2i, keys.exporter[:16]}) == 3
    assert len(answer) <= len(a.message_1) <= link.mtu
    assert len(a.message_1) >= link.mtu - 1
    x = Seal(keys.key_i2r, keys.key_r2i, keys.c_r, keys.c_i, link)
    y = Seal(b.keys.key_r2i, b.keys.key_i2r, b.keys.c_i, b.keys.c_r, link)
    assert y.open(x.frame(b"hello")) == b"hello"
    assert x.open(y.frame(b"hello")) == b"hello"


@BOTH
def test_bit_flip_and_truncation_of_message_1(link):
    good = initiator(link).message_1
    for bad in damaged(good):
        end = responder(link)
        with pytest.raises(Refused):
            end.hear_1(bad)
        assert end.keys is None


@BOTH
def test_bit_flip_and_truncation_of_message_2(link):
    a = initiator(link)
    good = responder(link).hear_1(a.message_1)
    for bad in damaged(good):
        with pytest.raises(Refused):
            a.hear_2(bad)
    assert a.hear_2(good)


def damaged(message):
    for bit in range(8 * len(message)):
        bad = bytearray(message)
        bad[bit // 8] ^= 1 << bit % 8
        yield bytes(bad)
    for size in range(len(message)):
        yield message[:size]
    yield message + b"\x00"


def test_reflection_of_message_1():
    a = initiator()
    with pytest.raises(Refused):
        a.hear_2(a.message_1)
    with pytest.raises(Refused):  # the same device, answering with the same key and name
        responder(identity=b"i").hear_1(a.message_1)


def test_reflection_of_the_nonce():
    with pytest.raises(Refused):
        responder(fill=1).hear_1(initiator(fill=1).message_1)


def test_reflection_of_message_2():
    b = responder()
    answer = b.hear_1(initiator().message_1)
    for end in (b, responder()):
        with pytest.raises(Refused):
            end.hear_1(answer)


def test_selfie_where_one_device_plays_both_roles():
    """RFC 9257, section 4.1: a device must not be made to talk to itself."""
    a, b = initiator(), responder(identity=b"i", fill=9)
    with pytest.raises(Refused):
        b.hear_1(a.message_1)
    answer = responder().hear_1(initiator(identity=b"x").message_1)
    mine = initiator(identity=b"r")
    with pytest.raises(Refused):
        mine.hear_2(answer)


def test_splice_of_two_runs():
    first, second = initiator(fill=1), initiator(fill=3)
    one, two = responder(fill=2).hear_1(first.message_1), responder(fill=4).hear_1(second.message_1)
    for end, answer in ((first, two), (second, one)):
        with pytest.raises(Refused):
            end.hear_2(answer)
    spliced = cbor.decode(one)[:-1] + cbor.decode(two)[-1:]
    with pytest.raises(Refused):
        first.hear_2(cbor.encode(spliced))


def test_splice_of_a_tag_into_another_message_1():
    one, two = cbor.decode(initiator(fill=1).message_1), cbor.decode(initiator(fill=3).message_1)
    with pytest.raises(Refused):
        responder().hear_1(cbor.encode(one[:-1] + two[-1:]))


def test_replay_of_message_1_gives_keys_that_nobody_can_use():
    message = initiator().message_1
    one, two = responder(fill=2), responder(fill=4)
    one.hear_1(message)
    two.hear_1(message)
    assert one.keys.key_r2i != two.keys.key_r2i
    assert one.keys.exporter != two.keys.exporter


def test_the_same_message_1_gets_the_same_answer_and_another_none():
    b, a = responder(), initiator()
    assert b.hear_1(a.message_1) == b.hear_1(a.message_1)
    with pytest.raises(Refused):
        b.hear_1(initiator(fill=5).message_1)


def test_a_stranger_without_the_key():
    with pytest.raises(Refused):
        responder().hear_1(initiator(psks=[(b"new", bytes(32))]).message_1)
    with pytest.raises(Refused):
        responder().hear_1(initiator(psks=[(b"unknown", bytes(32))]).message_1)
    a = initiator()
    with pytest.raises(Refused):
        a.hear_2(responder(psks=[(b"new", bytes(32))]).hear_1(initiator(psks=[(b"new", bytes(32))]).message_1))


def test_amplification():
    """An answer longer than the question is not given."""
    short = Profile(51, 1, 8, 8.0, 60.0, 40, 4096)
    b = PskResponder(dict([NEW]).get, b"a long identity of 30 bytes...", nonce(2, LORA), b"\x02", bytes(20), short)
    with pytest.raises(Refused):
        b.hear_1(PskInitiator([NEW], b"i", nonce(1, LORA), b"\x01", b"", short).message_1)
    assert b.keys is None


def test_downgrade_of_the_profile():
    with pytest.raises(Refused):
        responder(LORA).hear_1(initiator(WIFI).message_1)
    with pytest.raises(Refused):
        responder(WIFI).hear_1(initiator(LORA).message_1)
    lora = PskResponder(dict([NEW]).get, b"r", nonce(2, LORA), b"\x02", b"", WIFI)
    with pytest.raises(Refused):
        lora.hear_1(initiator(LORA).message_1)


def test_every_refusal_reads_the_same():
    said = set()
    for bad in (b"", initiator(psks=[(b"?", bytes(16))]).message_1, initiator(psks=[(b"new", bytes(16))]).message_1,
                initiator(identity=b"r").message_1):  # fmt: skip
        with pytest.raises(WireError) as refusal:
            responder().hear_1(bad)
        said.add((type(refusal.value), str(refusal.value)))
    assert len(said) == 1


def test_what_is_wrong_at_this_end_is_said():
    good = {"psks": [NEW], "identity": b"i", "nonce": bytes(16), "connection": b"\x01", "parameters": b""}
    for wrong in (
        {"psks": []},
        {"psks": [NEW, NEW]},
        {"psks": [NEW, OLD, (b"x", bytes(16))]},
        {"psks": [(b"short", bytes(15))]},
        {"psks": [(b"", bytes(16))]},
        {"identity": b""},
        {"identity": bytes(33)},
        {"nonce": bytes(12)},
        {"connection": b""},
        {"connection": bytes(5)},
        {"parameters": bytes(200)},
    ):
        with pytest.raises(WireError):
            PskInitiator(**{**good, **wrong})
    with pytest.raises(WireError):
        PskResponder(None, b"r", bytes(16), b"\x01")
    with pytest.raises(WireError):
        PskResponder(dict([NEW]).get, b"", bytes(16), b"\x01")


def test_a_secret_too_short_is_refused_by_the_responder_too():
    with pytest.raises(Refused):
        responder(psks=[(b"new", bytes(15))]).hear_1(initiator(psks=[(b"new", bytes(16))]).message_1)


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_keys_are_neither_shown_nor_written_out(write):
    b = responder()
    b.hear_1(initiator().message_1)
    with pytest.raises(TypeError):
        write(b.keys)
    for secret in (b.keys.key_i2r, b.keys.key_r2i, b.keys.exporter, NEW[1]):
        assert repr(secret)[2:-1] not in repr(b.keys) + repr(b) + repr(initiator())


FIELDS = st.lists(
    st.integers(0, 3) | st.binary(max_size=20) | st.lists(st.binary(max_size=16), max_size=3) | st.none()
    | st.booleans() | st.text(max_size=3), min_size=6, max_size=10,
)  # fmt: skip


@given(FIELDS)
def test_whatever_array_comes_is_refused_alike(fields):
    for kind in (PSK_1, PSK_2):
        with pytest.raises(Refused):
            responder().hear_1(cbor.encode([kind, *fields]))
        with pytest.raises(Refused):
            initiator().hear_2(cbor.encode([kind, *fields]))
