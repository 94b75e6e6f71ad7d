"""Only public bytes pass between the ends, and bad ones are refused."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import EndsDisagree, OutOfRange, ProtocolError, StillDiffers
from samefade.reconcile import Cascade, talk
from samefade.reconcile.message import CLOSE, PARITIES, TAG, Blocks, pack, pack_blocks, pack_counts
from samefade.types import Bits

SEED = bytes(16)


def ends(n=200, rate=0.03):
    rng = np.random.default_rng(1)
    a = rng.integers(0, 2, n, dtype=np.uint8)
    b = a ^ (rng.random(n) < rate).astype(np.uint8)
    scheme = Cascade(frame=64)
    return scheme.answer(Bits(a), SEED), scheme.correct(Bits(b), SEED, rate)


def block(turn=0, row=0, low=0, high=10):
    return pack_blocks(Blocks(*(np.array([value]) for value in (turn, row, low, high))))


def test_requests_and_answers_are_bytes_and_counted_alike():
    answerer, corrector = ends()
    heard = 0
    while (request := corrector.ask()) is not None:
        answer = answerer.answer(request)
        assert type(request) is type(answer) is bytes
        corrector.hear(answer)
        heard += 2
    assert answerer.transcript.messages == corrector.transcript.messages == heard
    assert answerer.transcript.questions == corrector.transcript.questions


def test_gives_up_after_the_given_number_of_requests():
    with pytest.raises(StillDiffers):
        talk(*ends(), most=3)
    with pytest.raises(OutOfRange):
        talk(*ends(), most=0)


def test_needs_no_more_requests_than_it_makes():
    answerer, corrector = ends()
    talk(answerer, corrector)
    needed = answerer.transcript.messages // 2
    talk(*ends(), most=needed)
    with pytest.raises(StillDiffers):
        talk(*ends(), most=needed - 1)


@pytest.mark.parametrize(
    "request_body",
    [
        b"",
        b"\x09" + bytes(4),
        pack(PARITIES, 200),
        pack(PARITIES, 200, b"123"),
        pack(PARITIES, 200, block(high=0)),
        pack(PARITIES, 200, block(low=5, high=5)),
        pack(PARITIES, 200, block(high=51)),
        pack(PARITIES, 200, block(row=4)),
        pack(PARITIES, 200, block(turn=5000)),
        pack(TAG, 200, b"12"),
        pack(CLOSE, 200, b"1"),
        pack(CLOSE, 200, pack_counts(np.array([0, 51, 0, 0]))),
    ],
)
def test_a_request_that_breaks_the_rules_is_refused(request_body):
    answerer, _ = ends()
    with pytest.raises(ProtocolError):
        answerer.answer(request_body)


def test_a_request_for_another_length_is_refused():
    with pytest.raises(EndsDisagree):
        ends()[0].answer(pack(TAG, 199, b"\xf0"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_no_request_from_a_stranger_breaks_the_answerer(garbage):
    answerer, _ = ends()
    for request in (garbage, pack(garbage[0] % 4 if garbage else 0, 200, garbage)):
        with suppress(ProtocolError, EndsDisagree):
            assert isinstance(answerer.answer(request), bytes)


def test_there_is_no_result_before_the_discussion_is_closed():
    answerer, corrector = ends()
    for end in (answerer, corrector):
        with pytest.raises(ProtocolError):
            _ = end.ledger
        with pytest.raises(ProtocolError):
            _ = end.fixed


def test_nothing_is_answered_after_the_close():
    answerer, corrector = ends()
    talk(answerer, corrector)
    with pytest.raises(ProtocolError):
        answerer.answer(pack(PARITIES, 200, block()))


def test_an_answer_that_was_tampered_with_never_makes_a_key():
    answerer, corrector = ends()

    class Tampered:
        def answer(self, request):
            answer = answerer.answer(request)
            return bytes([answer[0] ^ 1]) + answer[1:] if request[0] == TAG else answer

    with pytest.raises(StillDiffers):
        talk(Tampered(), corrector)
