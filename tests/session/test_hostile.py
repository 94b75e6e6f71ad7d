"""Seeded hostile runs of whole sessions: no wrong key, no hang, no exception, whatever the line does."""

from random import Random

import numpy as np
import pytest
from session_ends import (
    ROOT,
    channel,
    confirmed,
    edhoc_initiator,
    edhoc_responder,
    failure,
    initiator,
    never_wrong,
    psk_initiator,
    psk_responder,
    responder,
    run,
)

from samefade.errors import NoAnswer
from samefade.link.hostile import Hostile
from samefade.session import Listener, pack_mark
from samefade.session.psk import PskInitiator, PskResponder
from samefade.wire.profile import LORA

RUNS, EASY, NOISY = 60, channel(), channel(snr_db=12.0)
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


def drawn(chance):
    """Draw a bad line: loss to a half, copies, mixing to 64, delay, cuts and flips."""
    return Hostile(
        loss=chance.choice((0.0, chance.uniform(0, 0.5))),
        duplicate=chance.uniform(0, 0.3),
        reorder=chance.choice((0, chance.randint(1, 64))),
        delay=chance.uniform(0, 0.3),
        jitter=chance.choice((0.0, 0.5)),
        truncate=chance.choice((0.0, 0.1)),
        flip=chance.choice((0.0, 0.1)),
    )


class Meddler:
    """Replays, reflects, injects, changes and holds back what it hears, and may let nothing more through at last."""

    def __init__(self, chance, foreign):
        self.chance, self.foreign, self.heard, self.held = chance, foreign, {"a": [], "b": []}, []
        self.passing = chance.choice((10**6, chance.randint(0, 80)))

    def __call__(self, datagram, to, now):  # noqa: ARG002
        chance = self.chance
        self.passing -= 1
        self.heard[to].append(datagram)
        changed = bytearray(datagram)
        changed[chance.randrange(len(changed))] ^= chance.randint(1, 255)
        other = self.heard["b" if to == "a" else "a"] or [b""]
        sent = (chance.choice(self.heard[to]), chance.choice(other), chance.choice(self.foreign), bytes(changed))
        out = [x for x in sent if chance.random() < 0.15] + [datagram]
        if chance.random() < 0.1:
            self.held += out
            return []
        return out if self.passing > 0 else []


def spoken_elsewhere():
    """What the same two ends said in another run."""
    said = []

    def listen(datagram, to, now):  # noqa: ARG001
        said.append(datagram)
        return [datagram]

    run(initiator(psk_initiator(seed=8)), responder(psk_responder(seed=9)), attacker=listen)
    return said


def play(number, foreign):
    chance = Random(f"hostile run {number}")
    identities = number % 4 == 0
    a = initiator(edhoc_initiator() if identities else psk_initiator())
    b = responder(edhoc_responder() if identities else psk_responder())
    heard = EASY if number % 3 else NOISY
    attacker = Meddler(chance, foreign) if number % 2 else None
    return run(a, b, heard=heard, hostile=drawn(chance), attacker=attacker, seed=number, limit=1e5)


@pytest.mark.usefixtures("known_calibration")
def test_no_line_and_no_meddler_makes_two_ends_confirm_different_keys():
    foreign, agreed = spoken_elsewhere(), 0
    for number in range(RUNS):
        outcome = play(number, foreign)
        never_wrong(outcome.a, outcome.b)
        assert outcome.finished or not outcome.b, f"run {number} hangs"
        assert "defect" not in str(failure(outcome.a)) + str(failure(outcome.b)), f"run {number}"
        agreed += bool(confirmed(outcome.a))
    assert agreed > RUNS // 4


def test_a_run_is_repeated_by_its_number_alone():
    foreign = spoken_elsewhere()
    first, again = play(5, foreign), play(5, foreign)
    assert (first.seconds, first.datagrams, first.octets) == (again.seconds, again.datagrams, again.octets)
    assert [event.public() for event in first.a + first.b] == [event.public() for event in again.a + again.b]
