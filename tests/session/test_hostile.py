"""Seeded hostile runs of whole sessions: no wrong key, no hang, no exception, whatever the line does."""

import numpy as np
from session_ends import failure, initiator, psk_responder, responder

from samefade.errors import NoAnswer
from samefade.session import Listener

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
