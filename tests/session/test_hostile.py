"""Seeded hostile runs of whole sessions: no wrong key, no hang, no exception, whatever the line does."""

import numpy as np
import pytest
from session_ends import ROOT, confirmed, failure, initiator, psk_responder, responder, run

from samefade.errors import NoAnswer
from samefade.link.hostile import Hostile
from samefade.session import Listener, pack_mark
from samefade.session.psk import PskInitiator, PskResponder
from samefade.wire.profile import LORA

BEGUN = np.random.default_rng(0).uniform(0, 200, 100)  # begun + 120 − begun rounds to less than 120 for every fifth


def first_message():
    a = initiator()
    a.start(0.0)
    return a.outgoing()[0]


def test_a_session_gives_up_at_its_deadline_and_time_never_stands_still():
    hello = first_message()
    for begun in BEGUN:
        b = responder()
        b.receive(hello, begun)
        b.tick(b.deadline)
        assert isinstance(failure(b.events()), NoAnswer)
        assert b.deadline is None or b.deadline > begun


def test_a_half_open_peer_is_forgotten_at_the_deadline():
    hello = first_message()
    for begun in BEGUN:
        host = Listener(lambda connection: responder(psk_responder(connection=connection)))
        host.receive(hello, "somewhere", begun)
        assert host.half_open == 1
        host.tick(host.deadline)
        assert host.half_open == 0


@pytest.mark.usefixtures("known_calibration")
def test_the_last_word_is_repeated_until_it_has_arrived():
    for seed in range(12):
        outcome = run(initiator(), responder(), hostile=Hostile(loss=0.5), seed=seed)
        assert confirmed(outcome.a) == confirmed(outcome.b) != set()


def test_frames_that_take_seconds_are_waited_for():
    slow = {"profile": LORA}
    told = {"parameters": pack_mark(0), "nonce": bytes(8)}
    first = PskInitiator([ROOT], me=b"s", peer=b"g", connection=b"\1", **told, **slow)
    told = {"parameters": lambda _: pack_mark(0), "nonce": bytes(range(8))}
    second = PskResponder(lambda _: (ROOT, b"s"), me=b"g", connection=b"\2", **told, **slow)
    outcome = run(initiator(first, **slow), responder(second, **slow), hostile=Hostile(loss=0.3), limit=1e6)
    assert failure(outcome.a) is None
    assert confirmed(outcome.a) == confirmed(outcome.b) != set()
    assert outcome.seconds > 200
