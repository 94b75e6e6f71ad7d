"""Only public bytes pass between the ends of a BCH discussion, and bad ones are refused."""

from contextlib import suppress
from struct import pack as raw

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import EndsDisagree, ProtocolError, StillDiffers
from samefade.reconcile import talk
from samefade.reconcile.bch import Bch
from samefade.reconcile.bch.message import CHECKS, CLOSE, SYNDROMES, TAG
from samefade.reconcile.message import pack
from samefade.types import Bits

SEED = bytes(16)
N = 127 * 3 + 60
ALL = b"\xf0"  # four frames kept


def ends(rate=0.02, scheme=None):
    rng = np.random.default_rng(1)
    a = rng.integers(0, 2, N, dtype=np.uint8)
    b = a ^ (rng.random(N) < rate).astype(np.uint8)
    scheme = Bch(127) if scheme is None else scheme
    return scheme.answer(Bits(a), SEED), scheme.correct(Bits(b), SEED, rate)


def codes(n=127, first=10, last=5, charged=0):
    return pack(SYNDROMES, N, raw("<HHHB", n, first, last, charged))


def test_requests_and_answers_are_bytes_and_as_short_as_they_can_be():
    answerer, corrector = ends()
    sizes = []
    while (request := corrector.ask()) is not None:
        answer = answerer.answer(request)
        assert type(request) is type(answer) is bytes
        sizes.append(len(answer))
        corrector.hear(answer)
    assert sizes == [-(-answerer.transcript.told.sum() // 8), 8, 0]


@pytest.mark.parametrize(
    "request_body",
    [
        b"",
        b"\x09" + bytes(4),
        pack(SYNDROMES, N),
        codes() + b"1",
        codes()[:-1],
        codes(first=0),
        codes(last=0),
        codes(first=64),
        codes(first=12),  # the code is called by the 13 errors that it corrects
        codes(last=12),
        codes(first=65_535),
        pack(TAG, N, ALL),
        pack(CHECKS, N),
        pack(CLOSE, N),
    ],
)
def test_a_first_request_that_breaks_the_rules_is_refused(request_body):
    with pytest.raises(ProtocolError):
        ends()[0].answer(request_body)


@pytest.mark.parametrize(
    "request_body", [codes(n=255), codes(charged=1), codes(charged=7), pack(SYNDROMES, N + 1, codes()[5:])]
)
def test_a_request_under_other_settings_is_refused(request_body):
    with pytest.raises(EndsDisagree):
        ends()[0].answer(request_body)


def test_a_code_that_tells_a_full_frame_as_a_whole_is_refused():
    rng = np.random.default_rng(1)
    short = Bch(127).answer(Bits(rng.integers(0, 2, 70, dtype=np.uint8)), SEED)
    with pytest.raises(ProtocolError):
        short.answer(pack(SYNDROMES, 70, raw("<HHHB", 127, 11, 11, 0)))  # 70 bits of redundancy
    with pytest.raises(ProtocolError):
        short.answer(pack(SYNDROMES, 70, raw("<HHHB", 127, 10, 9, 0)))  # there is no last frame besides the first
    assert len(short.answer(pack(SYNDROMES, 70, raw("<HHHB", 127, 10, 10, 0)))) == 8


def test_asking_twice_with_two_codes_does_not_tell_more():
    answerer, _ = ends()
    answerer.answer(codes())
    for again in (codes(), codes(first=14)):
        with pytest.raises(ProtocolError):
            answerer.answer(again)


@pytest.mark.parametrize(
    "requests",
    [
        [pack(CLOSE, N)],
        [pack(CHECKS, N)],
        [pack(TAG, N, b"\x00")],
        [pack(TAG, N, b"")],
        [pack(TAG, N, ALL + b"1")],
        [pack(TAG, N, ALL), pack(TAG, N, b"\xe0")],
        [pack(TAG, N, ALL), pack(CHECKS, N, b"1")],
        [pack(TAG, N, ALL), pack(CLOSE, N, b"1")],
        [pack(TAG, N, ALL), pack(CHECKS, N), pack(CHECKS, N)],
        [pack(TAG, N, ALL), pack(CHECKS, N), pack(CLOSE, N)],
        [pack(TAG, N, b"\xe0"), pack(CHECKS, N), pack(TAG, N, ALL)],
        [pack(TAG, N, ALL), pack(CHECKS, N), pack(TAG, N, b"\xe0"), pack(TAG, N, b"\xc0")],
        [pack(TAG, N, ALL), pack(CLOSE, N), pack(TAG, N, ALL)],
    ],
)
def test_requests_out_of_turn_are_refused(requests):
    answerer, _ = ends()
    answerer.answer(codes())
    for request in requests[:-1]:
        answerer.answer(request)
    with pytest.raises(ProtocolError):
        answerer.answer(requests[-1])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_no_request_from_a_stranger_breaks_the_answerer(garbage):
    answerer, _ = ends()
    with suppress(ProtocolError, EndsDisagree):
        answerer.answer(codes())
    for request in (garbage, pack(garbage[0] % 4 if garbage else 0, N, garbage), pack(SYNDROMES, N, garbage[:7])):
        for end in (answerer, ends()[0]):
            with suppress(ProtocolError, EndsDisagree):
                assert isinstance(end.answer(request), bytes)


@pytest.mark.parametrize("kind", [SYNDROMES, CHECKS])
def test_a_cut_answer_is_refused(kind):
    answerer, corrector = ends(rate=0.04, scheme=Bch(127, errors=2))
    with pytest.raises(ProtocolError):
        talk(Between(answerer, kind, lambda answer: answer[:-1]), corrector)


def test_there_is_no_result_before_the_discussion_is_closed():
    for end in ends():
        with pytest.raises(ProtocolError):
            _ = end.ledger
        with pytest.raises(ProtocolError):
            _ = end.fixed


class Between:
    """Someone who changes the answers to requests of one kind."""

    def __init__(self, answerer, kind, change):
        self.answerer, self.kind, self.change = answerer, kind, change

    def answer(self, request):
        answer = self.answerer.answer(request)
        return self.change(answer) if request[0] == self.kind else answer

    @property
    def ledger(self):
        return self.answerer.ledger


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_syndromes_that_were_tampered_with_never_make_the_ends_differ(place):
    answerer, corrector = ends()

    def flip(answer):
        out = bytearray(answer)
        out[place // 8 % len(out)] ^= 1 << place % 8
        return bytes(out)

    with suppress(StillDiffers):
        fixed, ledger = talk(Between(answerer, SYNDROMES, flip), corrector)
        assert np.array_equal(fixed.values, answerer.fixed.values)
        assert ledger == corrector.ledger


@pytest.mark.parametrize("change", [lambda tag: bytes([tag[0] ^ 1]) + tag[1:], lambda tag: tag[:-1], lambda _: b""])
def test_a_tag_that_was_tampered_with_never_makes_a_key(change):
    answerer, corrector = ends()
    with pytest.raises(StillDiffers):
        talk(Between(answerer, TAG, change), corrector)


def test_the_secret_is_not_printed():
    answerer, corrector = ends()
    for end in (answerer, corrector):
        assert "array" not in repr(end)
        assert "array" not in repr(end.transcript.frames)
