"""The end of an agreement: two different keys are never confirmed, and whoever is in doubt keeps them pending."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from session_ends import (
    PLAN,
    QUICK,
    ROOT,
    Quick,
    confirmed,
    discarded,
    failure,
    initiator,
    never_wrong,
    of,
    psk_initiator,
    psk_responder,
    responder,
    revealed,
    run,
)
from session_taps import only, recorded

from samefade.amplify import Toeplitz
from samefade.errors import KeysDiffer, NoAnswer, RemoteProtocolError, SamefadeError
from samefade.session import Confirmed, Known, Pending, Root
from samefade.session.agreed import Agreed
from samefade.session.finish import finish_first, finish_second
from samefade.session.script import Hear, Say, Tell, Transcript
from samefade.session.secured import Secured
from samefade.types import Bits, Ledger
from samefade.wire import codes

RNG = np.random.default_rng(8)
STRING = RNG.integers(0, 2, 800, np.uint8)
SEED = bytes(range(32))


def agreed(string=STRING, earned=600.0, scheme=QUICK, claim="bounded"):
    return Agreed(
        scheme, PLAN, Bits(np.array(string)), Ledger().earn("by hand", earned, "a test").pay("told", 40.0), claim
    )


def secured(role="initiator", **other):
    made = {
        "key_out": bytes(16),
        "key_in": bytes(range(16)),
        "connection_out": b"\1",
        "connection_in": b"\2",
        "exporter": bytes(range(32)),
        "transcript": bytes(32),
        "me": b"station" if role == "initiator" else b"gateway",
        "peer": b"gateway" if role == "initiator" else b"station",
        "parameters": b"",
        "prior": b"root",
    }
    return Secured(role=role, **made | other)


class End:
    """One end's last steps, played by hand."""

    def __init__(self, finish, what, who, seed=SEED, transcript=bytes(32)):
        self.script, self.transcript = finish(what, who, seed), transcript
        self.told, self.said, self.waits = [], [], None
        self._play(None)

    def _play(self, value):
        try:
            want = self.script.send(value)
            while not isinstance(want, Hear):
                if isinstance(want, Tell):
                    self.told.append(want.event)
                elif isinstance(want, Say):
                    self.said.append((want.kind, list(want.body)))
                want = self.script.send(self.transcript if isinstance(want, Transcript) else None)
            self.waits = want.kinds
        except StopIteration:
            self.waits = None

    def hear(self, message):
        self._play(message)

    @property
    def keys(self):
        return [x.key.reveal_secret_bytes() for x in of(Pending, self.told)[0].keys]

    @property
    def sure(self):
        return bool(of(Confirmed, self.told))


def first(**other):
    return End(finish_first, other.pop("what", agreed()), other.pop("who", secured()), **other)


def second(**other):
    return End(finish_second, other.pop("what", agreed()), other.pop("who", secured("responder")), **other)


def test_two_ends_that_agree_confirm_the_same_keys_in_four_steps():
    a, b = first(), second()
    assert a.keys == b.keys
    assert len(a.keys) == 8  # (600 - 40 - margin of 14) bits in keys of 64
    assert (a.said, a.waits, a.sure) == ([], (codes.CONFIRM,), False)
    assert [kind for kind, _ in b.said] == [codes.CONFIRM]
    a.hear(b.said[0])
    assert ([kind for kind, _ in a.said], a.sure, b.sure) == ([codes.CONFIRM], False, False)
    b.hear(a.said[0])
    assert (b.sure, b.waits, [kind for kind, _ in b.said]) == (True, None, [codes.CONFIRM, codes.DONE])
    assert not a.sure
    a.hear(b.said[1])
    assert (a.sure, a.waits) == (True, None)
    assert of(Pending, a.told)[0].root.reveal_secret_bytes() == of(Pending, b.told)[0].root.reveal_secret_bytes()


def test_every_part_has_its_own_bytes():
    a = first()
    pending = of(Pending, a.told)[0]
    b = second()
    secrets = [*a.keys, pending.root.reveal_secret_bytes(), b.said[0][1][0]]
    assert len({s[:8] for s in secrets}) == len(secrets)
    names = {x.key_id for x in pending.keys}
    assert len(names) == len(pending.keys)
    assert all(name.version == 4 for name in names)
    assert all(len(key) == 8 for key in a.keys)
    assert (len(pending.root.name), len(pending.root.reveal_secret_bytes()), pending.root.epoch) == (8, 32, 1)
    assert len(b.said[0][1][0]) == 8
    assert {x.key.claim for x in pending.keys} == {"bounded"}


CHANGED = {
    "one bit of the string": {"what": agreed(np.r_[STRING[:-1], 1 - STRING[-1]])},
    "the claim and the string": {"what": agreed(1 - STRING, claim="estimate")},
    "a smaller account": {"what": agreed(earned=500.0)},
    "a larger account": {"what": agreed(earned=664.0)},
    "the scheme's length of a key": {"what": agreed(scheme=replace(QUICK, amplify=Toeplitz(bits=72, epsilon=2**-8)))},
    "the scheme's name": {"what": agreed(scheme=type("Other", (Quick,), {})())},
    "the seed": {"seed": bytes(32)},
    "the transcript": {"transcript": bytes(31) + b"\1"},
    "the prior secret": {"who": secured("responder", exporter=bytes(32))},
    "this end's identity": {"who": secured("responder", me=b"gateway2")},
    "the other end's identity": {"who": secured("responder", peer=b"sensor")},
    "identities swapped": {"who": secured("responder", me=b"station", peer=b"gateway")},
    "the key schedule of the handshake": {"who": secured("responder", update=lambda _channel: bytes(32))},
}


@pytest.mark.parametrize("change", CHANGED)
def test_keys_that_differ_in_anything_are_never_confirmed(change):
    a, b = first(), second(**CHANGED[change])
    assert set(a.keys).isdisjoint(b.keys) or "account" in change  # fewer keys of the same string are the first of them
    with pytest.raises(KeysDiffer):
        a.hear(b.said[0])
    with pytest.raises(KeysDiffer):
        b.hear((codes.CONFIRM, list(b.said[0][1])))
    assert not a.sure
    assert not b.sure
    assert not [kind for kind, _ in a.said]  # the initiator shows nothing to who does not hold the keys


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=12))
def test_no_tag_but_the_right_one_confirms(tag):
    a, b = first(), second()
    if [tag] == b.said[0][1]:
        return
    with pytest.raises(KeysDiffer):
        a.hear((codes.CONFIRM, [tag]))
    with pytest.raises(KeysDiffer):
        b.hear((codes.CONFIRM, [tag]))
    assert not a.sure | b.sure


@pytest.mark.parametrize("body", [[], [None], [0], ["text"], [b"", b""], [[b""]]], ids=str)
def test_a_confirmation_that_is_none_is_refused(body):
    for end in (first(), second()):
        with pytest.raises(SamefadeError):
            end.hear((codes.CONFIRM, body))
        assert not end.sure


def test_a_tag_sent_back_is_no_tag():
    """Reflection: each role has a label of its own."""
    b = second()
    with pytest.raises(KeysDiffer):
        b.hear(b.said[0])
    a, b = first(), second()
    a.hear(b.said[0])
    with pytest.raises(KeysDiffer):
        a.hear((codes.DONE, list(a.said[0][1])))
    assert not a.sure


def test_the_last_word_is_authenticated_by_the_keys_too():
    a, b = first(), second()
    a.hear(b.said[0])
    b.hear(a.said[0])
    for body in ([bytes(8)], list(b.said[0][1]), list(a.said[0][1])):
        again = first()
        again.hear(b.said[0])
        with pytest.raises(KeysDiffer):
            again.hear((codes.DONE, body))
        assert not again.sure


def test_what_a_channel_is_worth_is_hashed_to_no_more():
    for earned, keys in ((118.1, 1), (182.1, 2), (600.0, 8)):
        assert len(first(what=agreed(earned=earned)).keys) == keys
    with pytest.raises(SamefadeError):
        first(what=agreed(earned=117.0))


def test_the_channel_is_added_to_the_prior_secret_and_replaces_nothing():
    """Change either and every key changes: who knows one of both knows none of these."""
    plain = first().keys
    assert set(plain).isdisjoint(first(who=secured(exporter=bytes(32))).keys)
    assert set(plain).isdisjoint(first(what=agreed(1 - STRING)).keys)
    seen = []
    first(who=secured(update=lambda channel: seen.append(channel) or bytes(32)))
    assert len(seen) == 1
    assert len(seen[0]) == 64  # all eight keys at once


# where a run may break


def broken(until, **options):
    a, b = initiator(), responder()
    outcome = run(a, b, attacker=only(until), **options)
    never_wrong(outcome.a, outcome.b)
    return a, b, outcome


TOTAL = 25


@pytest.mark.usefixtures("known_calibration")
@pytest.mark.parametrize("until", range(TOTAL + 1))
def test_wherever_the_line_breaks_no_end_throws_away_what_the_other_may_use(until):
    _, _, outcome = broken(until)
    mine, theirs = revealed(outcome.a), revealed(outcome.b)
    for ours, others, other_keys in ((outcome.a, outcome.b, theirs), (outcome.b, outcome.a, mine)):
        for key_id in confirmed(ours):
            assert key_id in other_keys
            assert key_id not in discarded(others)
        # who showed its tag is in doubt, and keeps; who did not knows that the other end has confirmed nothing
        if failure(ours) is not None and of(Pending, ours):
            assert isinstance(failure(ours), NoAnswer)
        if confirmed(ours):
            assert failure(ours) is None


@pytest.mark.usefixtures("known_calibration")
def test_every_outcome_of_a_broken_line_occurs():
    """Nothing pending, discarded, left in doubt at one end, confirmed at one end, confirmed at both."""
    seen = set()
    for until in range(TOTAL + 1):
        _, _, outcome = broken(until)
        seen.add(tuple(fate(events) for events in (outcome.a, outcome.b)))
    assert {("none", "none"), ("discarded", "doubt"), ("doubt", "doubt"), ("doubt", "sure"), ("sure", "sure")} <= seen
    assert (
        not {("sure", "doubt"), ("sure", "discarded"), ("discarded", "sure"), ("sure", "none"), ("none", "sure")} & seen
    )


def fate(events):
    if not of(Pending, events):
        return "none"
    if confirmed(events):
        return "sure"
    return "discarded" if discarded(events) else "doubt"


@pytest.mark.usefixtures("known_calibration")
def test_a_run_that_differs_is_discarded_by_both_though_one_has_vouched(monkeypatch):
    from samefade.session import agreement

    real = agreement.finish_second

    def other(what, who, seed):
        return real(replace(what, fixed=Bits(1 - what.fixed.values)), who, seed)

    monkeypatch.setattr(agreement, "finish_second", other)
    outcome = run(initiator(), responder())
    assert isinstance(failure(outcome.a), KeysDiffer)
    assert discarded(outcome.a) == set(revealed(outcome.a))
    assert fate(outcome.b) == "doubt"  # it was told that it is over, and never why
    assert not confirmed(outcome.a) | confirmed(outcome.b)


# two generals


def roots_after(outcome):
    return of(Pending, outcome.a)[0].root, of(Pending, outcome.b)[0].root


@pytest.mark.usefixtures("known_calibration")
@pytest.mark.parametrize("until", range(19, TOTAL + 1))
def test_two_generals_the_next_handshake_settles_what_the_last_word_left_open(until):
    _, _, outcome = broken(until)
    keeps = []
    for events in (outcome.a, outcome.b):
        new = [p.root for p in of(Pending, events)] if fate(events) in ("doubt", "sure") else []
        keeps.append(new if fate(events) == "sure" else [*new, ROOT])
    again = run(
        initiator(psk_initiator(keeps[0], mark=800, seed=41)),
        responder(psk_responder(keeps[1], mark=800, seed=42), mark=800),
        heard=longer(),
    )
    priors = {of(Known, events)[0].prior for events in (again.a, again.b)}
    assert len(priors) == 1
    newest = keeps[1][0].name if keeps[1][0].name in {root.name for root in keeps[0]} else ROOT.name
    assert priors == {newest}
    assert confirmed(again.a) == confirmed(again.b) != set()
    assert set(revealed(again.a)).isdisjoint(revealed(outcome.a))


def longer():
    from session_ends import channel

    return channel(n=1900, seed=3)


def test_an_end_that_lost_its_newest_root_is_refused_with_what_the_other_confirmed():
    """A copy of an old state cannot come back: the other end has gone on."""
    new = Root(b"newer", 1, bytes(32))
    outcome = run(initiator(psk_initiator([ROOT])), responder(psk_responder([new])))
    assert isinstance(failure(outcome.a), NoAnswer)
    assert not of(Known, outcome.b)


def test_the_whole_run_has_as_many_datagrams_as_these_tests_cut():
    tap, outcome = recorded("psk")
    assert len(tap.passed) == TOTAL
    assert confirmed(outcome.a)
    assert issubclass(KeysDiffer, SamefadeError)
    assert issubclass(RemoteProtocolError, SamefadeError)
