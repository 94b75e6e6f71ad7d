"""The exchange of one request and one answer over a line that loses, and the seal around its blocks."""

from random import Random

from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st
from refresh_line import EUI, root

from samefade.lpwan.refresh.exchange import Answering, Asking
from samefade.lpwan.refresh.sealing import LAST, PIECE, Block, Secret, number_of, refreshed
from samefade.session.events import Root


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 400)), min_size=1, max_size=10),
    st.integers(0, 2**32),
    st.floats(0, 0.6),
)
def test_every_request_and_answer_arrives_whole_whatever_is_lost(sizes, seed, lost):
    asking, answering, chance = Asking(), Answering(), Random(seed)
    for request, answer in [tuple(map(chance.randbytes, pair)) for pair in sizes]:
        asking.ask(request)
        for _ in range(4000):
            up = answering.said(chance.randint(0, 21))
            if chance.random() >= lost:
                if up is None:
                    asking.silent()
                elif asking.hear(answering.number, *up):
                    break
                down = asking.said(chance.randint(0, 40))
                if down is not None and chance.random() >= lost and answering.hear(asking.number, *down):
                    assert answering.request == request
                    answering.reply(answer)
            if chance.random() < 0.1:  # killed and restored
                asking, answering = Asking.again(asking.parts()), Answering.again(answering.parts())
        assert asking.close() == answer


def test_a_long_answer_takes_one_downlink_where_nothing_is_lost():
    asking, answering = Asking(), Answering()
    asking.ask(b"all of it")
    answering.hear(asking.number, *asking.said(40))
    answering.reply(bytes(100))
    downs = 0
    while not asking.hear(answering.number, *answering.said(11)):
        downs += asking.said(40) is not None
    assert downs == 0


def test_an_answer_that_nobody_hears_ends_after_some_laps():
    answering = Answering()
    answering.hear(1, LAST, b"\0?")
    answering.reply(bytes(30))
    said = [answering.said(11) for _ in range(100)]
    assert said[-1] is None
    assert 3 < sum(one is not None for one in said) < 30
    answering.hear(1, PIECE, b"\0?")
    assert answering.said(11) is not None  # a word of the network wakes it


def test_the_refreshed_secret_is_the_formula():
    old, channel, transcript = root(3), bytes(range(16)), bytes(range(100, 132))
    info = b"samefade lpwan refresh|70b3d57ed005a1b2|4"
    expected = HKDF(SHA256(), 32, transcript, info).derive(old.reveal_secret_bytes() + channel)
    new = refreshed(EUI, old, channel, transcript)
    assert (new.reveal_secret_bytes(), new.epoch) == (expected, 4)


def test_every_input_changes_the_refreshed_secret():
    base = (EUI, root(), bytes(16), bytes(32))
    others = [
        (bytes(8), *base[1:]),
        (EUI, Root(b"first---", 0, bytes(32)), *base[2:]),
        (EUI, root(1), *base[2:]),
        (EUI, root(), b"\1" + bytes(15), bytes(32)),
        (EUI, root(), bytes(16), b"\1" + bytes(31)),
        (EUI, Root(b"first---", 0, bytes(16)), *base[2:]),
    ]
    found = {refreshed(*one).reveal_secret_bytes() for one in (base, *others)}
    assert len(found) == 7


def test_a_block_is_what_another_library_seals():
    secret = Secret(EUI, root())
    key = secret.derive("uplink", b"", 16)
    sealed = secret.seal("up", 77, Block(0, 3, LAST, b"body"))
    assert sealed[1:] == AESCCM(key, 8).encrypt((77).to_bytes(13, "big"), b"body", sealed[:1])
    assert len(sealed) == 1 + 4 + 8


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=20), st.integers(0, 2**40), st.data())
def test_no_bit_of_a_block_can_be_flipped_nor_its_way_nor_its_number(body, number, data):
    secret = Secret(EUI, root())
    for way in ("up", "down"):
        sealed = secret.seal(way, number, Block(0, 5, PIECE, body))
        assert secret.open(way, number, sealed) == Block(0, 5, PIECE, body)
        at = data.draw(st.integers(0, 8 * len(sealed) - 1))
        bad = bytearray(sealed)
        bad[at // 8] ^= 1 << at % 8
        assert secret.open(way, number, bytes(bad)) is None
        assert secret.open(way, number + 1, sealed) is None
        assert secret.open("up" if way == "down" else "down", number, sealed) is None
        assert Secret(EUI, root(1)).open(way, number, sealed) is None
        assert Secret(bytes(8), root()).open(way, number, sealed) is None


@settings(deadline=None)
@given(st.integers(0, 2**40), st.integers(0, 255))
def test_a_downlink_that_a_server_sends_late_still_names_its_number(number, late):
    sealed = Secret(EUI, root()).seal("down", number, Block(0, 1, PIECE, b"x"))
    assert number_of(sealed, number + late) == number
