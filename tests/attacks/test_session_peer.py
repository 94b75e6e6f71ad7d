"""Attacks by the other end itself: it holds the prior secret, and breaks the rules."""

from dataclasses import replace

import numpy as np
import pytest
from session_ends import (
    PLAN,
    QUICK,
    chance,
    confirmed,
    failure,
    initiator,
    of,
    psk_initiator,
    psk_responder,
    responder,
    revealed,
    run,
)

from samefade.amplify import Toeplitz
from samefade.errors import EndsDisagree, KeysDiffer, OutOfRange, RemoteProtocolError, SamefadeError
from samefade.presence import pack_csi
from samefade.session import Agreement, Pending, Reserve, Session
from samefade.session.script import Say
from samefade.wire import codes


class Changed:
    """An honest script whose words are changed on their way out."""

    def __init__(self, kind, change, scheme=QUICK):
        self.kind, self.change, self.agreement = kind, change, Agreement(scheme, chance(3))

    def _play(self, script):
        value = None
        while True:
            try:
                want = script.send(value)
            except StopIteration:
                return
            if isinstance(want, Say) and want.kind == self.kind:
                yield from self.change(want)
                value = None
                continue
            value = yield want

    def initiator(self, plan=PLAN):
        return Session(psk_initiator(), lambda secured: self._play(self.agreement.initiate(plan, secured)))

    def responder(self):
        return Session(psk_responder(), lambda secured: self._play(self.agreement.respond(0, secured)))


def one(kind, change):
    """An initiator that changes the body of one kind of message."""
    return Changed(kind, lambda want: [Say(kind, change(want.body))]).initiator()


def refused(outcome, *errors):
    assert isinstance(failure(outcome.b), errors or SamefadeError)
    assert not confirmed(outcome.a) | confirmed(outcome.b)
    assert outcome.finished


def test_the_double_is_honest_when_it_changes_nothing():
    outcome = run(one(codes.PLAN, lambda body: body), responder())
    assert confirmed(outcome.a) == confirmed(outcome.b) != set()


# downgrade


def account(**changed):
    """An ACCOUNT of which some parts were changed."""

    def change(body):
        parts = dict(zip(("keys", "claim", "digest", "seed"), body, strict=True))
        return tuple(
            {name: changed[name](value) if name in changed else value for name, value in parts.items()}.values()
        )

    return one(codes.ACCOUNT, change)


def test_downgrade_of_the_account_another_than_this_end_counted():
    """Both ends build the account from what was said: one line more, or one bit less, and the digests differ."""
    for digest in (lambda x: bytes([x[0] ^ 1]) + x[1:], lambda x: x[::-1], lambda _: b""):
        refused(run(account(digest=digest), responder()), KeysDiffer)


@pytest.mark.parametrize("keys", [0, -1, 10**6, 1.0, None, True], ids=str)
def test_downgrade_of_the_account_more_keys_than_the_string_can_be(keys):
    refused(run(account(keys=lambda _: keys), responder()))


def test_downgrade_of_the_account_one_key_more():
    """The peer tells of more keys than it counted with itself: the accounts differ."""
    refused(run(account(keys=lambda n: n + 1), responder()), KeysDiffer)


@pytest.mark.parametrize("claim", ["none", "certain", "", b"bounded", None], ids=str)
def test_downgrade_of_the_claim(claim):
    refused(run(account(claim=lambda _: claim), responder()))


def test_downgrade_of_the_claim_to_a_better_one():
    outcome = run(account(claim=lambda claim: "bounded" if claim == "estimate" else "estimate"), responder())
    refused(outcome, KeysDiffer)
    # the peer itself vouches for its own samples: a dishonest peer could give the key away as well


def test_the_account_on_the_air_tells_nothing_of_what_the_string_was_worth():
    """Only how many keys it pays for, and with which claim, which is charged; the rest is a digest of public lines."""
    seen = []
    outcome = run(account(digest=lambda digest: seen.append(digest) or digest), responder())
    assert len(seen) == 1
    (made, theirs) = (of(Pending, events)[0].keys[0].certificate["account"] for events in (outcome.a, outcome.b))
    assert made == theirs  # the responder never held the initiator's samples, and has every line


def test_downgrade_of_the_seed():
    changed = one(codes.ACCOUNT, lambda body: (*body[:3], b"short"))
    refused(run(changed, responder()), RemoteProtocolError)


def test_downgrade_of_the_scheme():
    for name in ("raw", "quicker", "", "presence"):
        refused(run(initiator(plan=replace(PLAN, scheme=name)), responder()), EndsDisagree)


@pytest.mark.parametrize("amplify", [Toeplitz(bits=64, epsilon=0.5), Toeplitz(bits=128, epsilon=2**-8)], ids=str)
def test_downgrade_of_epsilon_or_the_length_of_a_key(amplify):
    """Two ends whose schemes differ under one name: they count differently, or their tags do; nothing is confirmed."""
    cheap = replace(QUICK, amplify=amplify)
    for ends in (
        (initiator(scheme=cheap), responder()),
        (initiator(), responder(scheme=cheap)),
    ):
        outcome = run(*ends)
        assert confirmed(outcome.a) == confirmed(outcome.b) == set() or len(revealed(outcome.b)) == len(
            revealed(outcome.a)
        )
        for mine, theirs in zip(revealed(outcome.a).values(), revealed(outcome.b).values(), strict=False):
            assert mine == theirs or not confirmed(outcome.a) | confirmed(outcome.b)


# terms that ask for something silly


SILLY_TERMS = {
    "a lag of half an hour": (1, 100_000),
    "another rate": (0, 20.0),
    "a step of a million": (5, 1_000_000),
    "errors beyond one half": (7, 0.75),
    "three levels": (6, 3),
    "a short seed": (8, b"1"),
    "thresholds in a list": (3, []),
    "a band beyond the rate": (2, [0.1, 1e9, 12]),
}


@pytest.mark.parametrize("name", SILLY_TERMS)
def test_terms_that_ask_for_something_silly(name):
    place, value = SILLY_TERMS[name]

    def change(body):
        said = list(body[0])
        said[place] = value
        return (said, body[1])

    refused(run(one(codes.TERMS, change), responder()), OutOfRange, RemoteProtocolError)


@pytest.mark.parametrize("first", [0, 1, PLAN.spoken_last, PLAN.spoken_last + 100_000, 2**53, 2**60, -5])
def test_kept_samples_that_were_spoken_or_are_never_measured(first):
    """Terms that begin the kept samples within the spoken ones, or in a year."""
    refused(run(one(codes.TERMS, lambda body: (body[0], first)), responder()), OutOfRange)


# counters


def test_frame_counters_that_were_used_are_refused():
    """The peer says a plan at or below the mark: a sample is never used twice."""
    mark = 400
    for first in (1, mark):
        forged = one(codes.PLAN, lambda body, first=first: ([first, *body[0][1:]],))
        outcome = run(forged, responder(psk_responder(mark=0), mark=mark))
        refused(outcome, OutOfRange)
        assert not of(Reserve, outcome.b)  # nothing was measured


def test_an_honest_initiator_moves_behind_the_responders_mark():
    outcome = run(initiator(), responder(psk_responder(mark=300), mark=300), limit=100.0)
    assert all(event.last > 300 for event in of(Reserve, [*outcome.a, *outcome.b]))


def test_a_mark_at_the_end_of_all_numbers_ends_the_run():
    outcome = run(initiator(), responder(psk_responder(mark=2**53), mark=2**53))
    assert isinstance(failure(outcome.a), OutOfRange)


# floods


def flooding(kind, says):
    return Changed(kind, lambda want: [want, *says])


@pytest.mark.parametrize("end", ["initiator", "responder"])
def test_a_flood_of_messages_ahead_of_their_turn(end):
    """Hundreds of messages before they are due: a short queue, and then the end."""
    says = [Say(codes.HEARD, (1, b"\x80"))] * 500

    class Loose(Session):
        def _step(self, event):
            if not event.startswith("send HEARD"):
                super()._step(event)

    mean = flooding(codes.PLAN if end == "initiator" else codes.READY, says)
    if end == "initiator":
        a = Loose(psk_initiator(), lambda secured: mean._play(mean.agreement.initiate(PLAN, secured)))
        b = responder()
    else:
        a = initiator()
        b = Loose(psk_responder(), lambda secured: mean._play(mean.agreement.respond(0, secured)))
    outcome = run(a, b)
    honest = outcome.b if end == "initiator" else outcome.a
    assert isinstance(failure(honest), RemoteProtocolError)
    assert not confirmed(outcome.a) | confirmed(outcome.b)


def test_endless_spoken_parts():
    """A peer that never says its last part."""
    part = pack_csi(np.arange(1, 3), np.ones(2))
    mean = Changed(codes.SPOKEN, lambda _want: [Say(codes.SPOKEN, (1, part))] * 200)
    outcome = run(initiator(), mean.responder())
    assert isinstance(failure(outcome.a), RemoteProtocolError)
    assert not confirmed(outcome.a) | confirmed(outcome.b)


def test_endless_questions():
    """A peer that asks for ever: the code says what may be asked, and the script counts."""
    mean = Changed(codes.ASK, lambda want: [want] + [Say(codes.ASK, (b"",))] * 3)
    outcome = run(initiator(), mean.responder())
    assert isinstance(failure(outcome.a), SamefadeError)
    assert not confirmed(outcome.a)


def test_spoken_samples_of_frames_that_were_kept():
    """The peer speaks samples beyond those that were to be spoken: they would be read as calibration."""
    more = pack_csi(np.arange(90, 130), np.ones(40))
    mean = Changed(codes.SPOKEN, lambda _want: [Say(codes.SPOKEN, (0, more))])
    outcome = run(initiator(), mean.responder())
    assert isinstance(failure(outcome.a), RemoteProtocolError)


# confirmation


@pytest.mark.parametrize("tag", [b"", bytes(8), bytes(7), b"\xff" * 8], ids=len)
def test_a_confirmation_that_was_guessed(tag):
    for make in ("initiator", "responder"):
        mean = Changed(codes.CONFIRM, lambda _want: [Say(codes.CONFIRM, (tag,))])
        ends = (mean.initiator(), responder()) if make == "initiator" else (initiator(), mean.responder())
        outcome = run(*ends)
        honest = outcome.b if make == "initiator" else outcome.a
        assert isinstance(failure(honest), KeysDiffer)
        assert not confirmed(honest)
