"""Only public bytes pass between the ends of a polar discussion, and bad ones are refused."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.errors import EndsDisagree, ProtocolError, StillDiffers
from samefade.reconcile import Polar, talk
from samefade.reconcile.polar.layout import Layout
from samefade.reconcile.polar.message import CHECKS, TAG, TELL, Tell, pack, pack_tell
from samefade.types import Bits

SEED = bytes(16)
SCHEME = Polar(frame=64, list_size=8)
LAYOUT = Layout((150, 50), 64, 16, SEED)


def ends(rate=0.03):
    rng = np.random.default_rng(1)
    a = rng.integers(0, 2, 200, dtype=np.uint8)
    b = a ^ (rng.random(200) < rate).astype(np.uint8)
    return SCHEME.answer(Bits(a, layers=(150, 50)), SEED), SCHEME.correct(Bits(b, layers=(150, 50)), SEED, 0.03)


def tell(layer=0, design=20, soft=False, frames=(1, 0, 1)):
    return pack(TELL, LAYOUT, pack_tell(Tell(layer, design, soft, np.array(frames, np.bool_))))


def test_requests_and_answers_are_bytes_and_counted_alike():
    answerer, corrector = ends()
    heard = 0
    while (request := corrector.ask()) is not None:
        answer = answerer.answer(request)
        assert type(request) is type(answer) is bytes
        corrector.hear(answer)
        heard += 2
    assert answerer.transcript.messages == corrector.transcript.messages == heard
    assert corrector.ledger == answerer.ledger


@pytest.mark.parametrize(
    "request_body",
    [
        b"",
        b"\x09" + bytes(8),
        pack(TELL, LAYOUT),
        pack(TELL, LAYOUT, b"\x00"),
        pack(TELL, LAYOUT, b"\x00\x20"),
        tell(layer=2),
        tell(frames=(0, 0, 0)),
        tell(frames=(1, 0, 0, 1)),  # a bit behind the last frame
        tell() + b"\x00",
        pack(TAG, LAYOUT),
        pack(TAG, LAYOUT, bytes(8)),
        pack(CHECKS, LAYOUT, b"1"),
    ],
)
def test_a_request_that_breaks_the_rules_is_refused(request_body):
    with pytest.raises(ProtocolError):
        ends()[0].answer(request_body)


def test_the_design_of_a_layer_may_not_change_and_nothing_is_told_twice():
    answerer, _ = ends()
    answerer.answer(tell())
    for other in (tell(design=21), tell(soft=True)):
        with pytest.raises(ProtocolError):
            answerer.answer(other)
    answered = 1
    with pytest.raises(ProtocolError, match="everything"):  # noqa: PT012
        for _ in range(100):
            answerer.answer(tell())
            answered += 1
    assert answered < 60
    assert answerer.transcript.ranks(0).tolist() == [50, 0, 50]
    answerer.answer(pack(CHECKS, LAYOUT))
    with pytest.raises(ProtocolError):
        answerer.answer(pack(CHECKS, LAYOUT))


def test_a_request_that_is_refused_leaves_no_trace():
    answerer, _ = ends()
    everything = tell(design=127)
    answerer.answer(everything)
    before = answerer.transcript.rounds[0].copy()
    with pytest.raises(ProtocolError):
        answerer.answer(tell(design=127, frames=(1, 1, 1)))
    assert np.array_equal(answerer.transcript.rounds[0], before)


@pytest.mark.parametrize("layout", [Layout((150, 49), 64, 16, SEED), Layout((50, 150), 64, 16, SEED)])
def test_a_request_for_another_string_is_refused(layout):
    with pytest.raises(EndsDisagree):
        ends()[0].answer(pack(TAG, layout, bytes(4)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_no_request_from_a_stranger_breaks_the_answerer(garbage):
    answerer, _ = ends()
    for request in (garbage, pack(garbage[0] % 3 if garbage else 0, LAYOUT, garbage)):
        with suppress(ProtocolError, EndsDisagree):
            assert isinstance(answerer.answer(request), bytes)


def transcript():
    answerer, corrector = ends()
    while (request := corrector.ask()) is not None:
        answer = answerer.answer(request)
        corrector.hear(answer)
        yield request, answer


def test_every_request_cut_short_or_lengthened_is_refused():
    for number, (request, _) in enumerate(transcript()):
        for cut in (*range(len(request)), len(request) + 1):
            answerer, corrector = ends()
            for _ in range(number):
                corrector.hear(answerer.answer(corrector.ask()))
            with pytest.raises((ProtocolError, EndsDisagree)):
                answerer.answer((request + b"\x00")[:cut])


def test_every_answer_cut_short_or_lengthened_is_refused():
    for number, (request, answer) in enumerate(transcript()):
        for wrong in (answer[:-1], answer + b"\x00"):
            answerer, corrector = ends()
            for _ in range(number):
                corrector.hear(answerer.answer(corrector.ask()))
            corrector.ask()
            with pytest.raises(StillDiffers if request[0] == TAG else ProtocolError):
                corrector.hear(wrong)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 20), st.integers(0, 10**6))
def test_an_answer_that_was_tampered_with_never_makes_a_wrong_key(number, bit):
    answerer, corrector = ends()

    class Tampered:
        at = 0

        @property
        def ledger(self):
            return answerer.ledger

        def answer(self, request):
            answer = bytearray(answerer.answer(request))
            if self.at == number and answer:
                answer[bit // 8 % len(answer)] ^= 1 << bit % 8
            self.at += 1
            return bytes(answer)

    try:
        fixed, _ = talk(Tampered(), corrector)
    except (StillDiffers, ProtocolError):
        return
    assert np.array_equal(fixed.values, answerer.fixed.values)


def test_there_is_no_result_before_the_discussion_is_closed_and_nothing_is_answered_after_it():
    answerer, corrector = ends()
    for end in (answerer, corrector):
        with pytest.raises(ProtocolError):
            _ = end.ledger
        with pytest.raises(ProtocolError):
            _ = end.fixed
    talk(answerer, corrector)
    with pytest.raises(ProtocolError, match="closed"):
        answerer.answer(tell())


def test_the_answerer_closes_on_the_right_half_of_the_tag_only():
    answerer, corrector = ends()
    assert answerer.answer(pack(TAG, LAYOUT, bytes(4))) == b""
    with pytest.raises(ProtocolError):
        _ = answerer.ledger
    del corrector
