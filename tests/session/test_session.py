"""A session as a machine: what goes in wrongly is dropped or ends it, and nothing is ever raised."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from session_ends import (
    HEARD,
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
    run,
)

from samefade.errors import GaveUp, LocalProtocolError, NoAnswer, RemoteProtocolError, Stopped
from samefade.link.hostile import Hostile
from samefade.session import Agreement, Discarded, Failed, Known, Moved, Plan, Probe, Reserve, Sample, Session
from samefade.session.script import Hear, Say, Tell
from samefade.wire import codes, table
from samefade.wire.profile import LORA, WIFI, Profile

pytestmark = pytest.mark.usefixtures("known_calibration")


def pump(a, b, now=0.0, most=1000):
    """Hand datagrams over until nobody says anything."""
    for _ in range(most):
        moved = False
        for one, other in ((a, b), (b, a)):
            for datagram in one.outgoing():
                moved = True
                other.receive(datagram, now)
        if not moved:
            return


def begun(script_a, script_b, **options):
    """Two sessions with scripts of our own, started and greeted."""
    a = Session(psk_initiator(), script_a, **options)
    b = Session(psk_responder(), script_b, **options)
    a.start(0.0)
    b.start(0.0)
    pump(a, b)
    return a, b


def plan_and_wait(_secured):
    yield Say(codes.PLAN, (1,))
    yield Hear((codes.READY,))


def test_both_ends_go_through_the_states_of_the_table():
    a, b = initiator(), responder()
    outcome = run(a, b)
    for role, events in (("initiator", outcome.a), ("responder", outcome.b)):
        states = [event.state for event in of(Moved, events)]
        walked = zip([table.START[role], *states], states, strict=False)
        assert all(after in table.TABLE[role][before].values() for before, after in walked)
        assert states[-1] == "confirmed"


def test_every_frame_is_burnt_before_it_is_asked_for():
    for events in (lambda o: o.a, lambda o: o.b):
        told = of((Reserve, Probe), events(run(initiator(), responder())))
        assert [type(event) for event in told] == [Reserve, Probe] * 2
        for burnt, asked in zip(told[::2], told[1::2], strict=True):
            assert (burnt.first, burnt.last) == (asked.first, asked.last)
        assert told[2].first > told[0].last


def test_an_end_knows_the_other_before_it_says_anything_to_it():
    outcome = run(initiator(), responder())
    for events in (outcome.a, outcome.b):
        assert len(of(Known, events)) == 1
        assert [type(e) for e in events].index(Known) < [type(e) for e in events].index(Probe)


def test_nobody_answers():
    a = initiator()
    a.start(0.0)
    now = 0.0
    while not a.closed:
        now = a.deadline
        a.tick(now)
        a.outgoing()
    assert isinstance(failure(a.events()), NoAnswer)
    assert now < 120


def test_an_end_that_waits_to_be_spoken_to_waits_for_good():
    b = responder()
    b.start(0.0)
    b.tick(1e9)
    assert (b.deadline, b.closed, b.outgoing(), b.events()) == (None, False, [], [])


def test_an_end_that_was_stopped_tells_the_other_end_that_it_is_over_and_not_why():
    a, b = initiator(), responder()
    a.start(0.0)
    b.start(0.0)
    pump(a, b)
    a.stop(1.0)
    pump(a, b, 1.0)
    assert isinstance(failure(a.events()), Stopped)
    assert isinstance(failure(b.events()), GaveUp)
    assert b.closed
    a.tick(a.deadline + 2.0)
    assert a.closed
    a.stop(5.0)  # twice is once
    assert a.events() == []


def test_a_message_out_of_turn_ends_the_run():
    def wrong(_secured):
        yield Hear((codes.PLAN,))
        yield Say(codes.READY)
        yield Say(codes.CONFIRM, (bytes(8),))

    _, b = begun(plan_and_wait, wrong)
    assert isinstance(failure(b.events()), RemoteProtocolError)  # our own table stops us first
    assert b.state == "dead"


@pytest.mark.parametrize("body", [b"", b"\x00", b"\x80", b"\x81\x18\x63", b"\x81\xf5", b"\xff" * 9])
def test_a_sealed_message_that_means_nothing_ends_the_run(body):
    a, b = initiator(), responder()
    a.start(0.0)
    b.start(0.0)
    pump(a, b)
    a._carrier.send(body)
    pump(a, b, 1.0)
    assert isinstance(failure(b.events()), RemoteProtocolError)
    assert isinstance(failure(a.events()), GaveUp)


def test_numbers_of_a_key_that_run_out_end_the_run_and_nothing_else(monkeypatch):
    """A peer that makes us answer for ever uses up our frame numbers: a nonce is never used twice."""
    monkeypatch.setattr(Profile, "frames", property(lambda _self: 6))
    a, b = initiator(), responder()
    outcome = run(a, b)
    assert {type(failure(e)) for e in (outcome.a, outcome.b)} <= {LocalProtocolError, NoAnswer, GaveUp}
    assert isinstance(failure(outcome.a), LocalProtocolError) or isinstance(failure(outcome.b), LocalProtocolError)
    assert outcome.finished
    assert not confirmed(outcome.a)


def test_more_may_be_spoken_than_waits_on_the_line_at_once():
    long = Plan(first=1, spoken=24_000, kept=320, rate=10.0, scheme=QUICK.name)
    rng = np.random.default_rng(1)

    def speak(_secured):
        yield Hear((codes.PLAN,))
        yield Say(codes.READY)

    from samefade.presence import Heard
    from samefade.session.spoken import hear_spoken, say_spoken

    numbers = np.arange(1, 24_001)
    values = rng.standard_normal((24_000, 1)).astype(np.float32).astype(float)

    heard = []

    class Calm(Session):
        def _step(self, event):
            pass  # the table is not under test here

    def listen(_secured):
        yield Say(codes.PLAN)
        heard.append((yield from hear_spoken(long)))

    def say(_secured):
        yield Hear((codes.PLAN,))
        yield from say_spoken(Heard(numbers, values))

    a, b = Calm(psk_initiator(), listen), Calm(psk_responder(), say)
    a.state = b.state = "asked"
    outcome = run(a, b, hostile=Hostile(delay=0.01))
    assert failure(outcome.b) is None
    assert np.array_equal(heard[0].values, values)
    assert outcome.octets > 140_000


@pytest.mark.parametrize("values", [[np.nan], [np.inf], [1e39], [-1e39], [1.0, 2.0], [[1.0], [2.0]]], ids=str)
def test_a_sample_that_is_none_counts_as_lost(values):
    a, b = initiator(), responder()
    a.start(0.0)
    b.start(0.0)
    pump(a, b)
    (probe,) = of(Probe, a.events())
    for number in range(probe.first, probe.last + 1):
        bad = number in (probe.first, probe.first + 7, probe.last)
        a.hear(Sample(number, np.array(values if bad else [float(number % 5)])), 1.0)
    assert a.state == "sampled"
    assert a._measuring is None


def test_samples_that_nobody_asked_for_are_ignored():
    a = initiator()
    a.start(0.0)
    a.hear(Sample(3, np.ones(1)), 0.0)
    assert not of(Probe, a.events())


def test_a_plan_to_measure_nothing_is_refused():
    """Nothing to measure would never be over: the responder would wait for good."""
    a, b = initiator(plan=Plan(first=1, spoken=96, kept=0, rate=10.0, scheme=QUICK.name)), responder()
    outcome = run(a, b)
    assert outcome.finished
    assert "kept samples" in str(failure(outcome.b))


def test_an_end_that_heard_nothing_at_all_ends_honestly():
    silent = tuple(type(x)(x.values, x.rate, np.zeros(len(x), np.bool_), x.end) for x in HEARD)
    for heard in ((HEARD[0], silent[1]), (silent[0], HEARD[1])):
        outcome = run(initiator(), responder(), heard=heard)
        assert outcome.finished
        assert failure(outcome.a).exit_code == 3  # not enough, and no fault of the program
        assert "defect" not in str(failure(outcome.a))


def test_lora_carries_the_same_run():
    a = initiator(psk_for(LORA, "a"), profile=LORA)
    b = responder(psk_for(LORA, "b"), profile=LORA)
    outcome = run(a, b, limit=1e5)
    assert confirmed(outcome.a) == confirmed(outcome.b) != set()


def psk_for(profile, end):
    from session_ends import GATEWAY, ROOT, STATION

    from samefade.session import pack_mark
    from samefade.session.psk import PskInitiator, PskResponder

    if end == "a":
        return PskInitiator(
            [ROOT], me=b"s", peer=b"g", connection=b"\1", parameters=pack_mark(0), nonce=bytes(8), profile=profile
        )
    assert STATION != GATEWAY
    return PskResponder(
        lambda _name: (ROOT, b"s"),
        me=b"g",
        connection=b"\2",
        parameters=lambda _peer: pack_mark(0),
        nonce=bytes(7) + b"\1",
        profile=profile,
    )


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=250), state=st.integers(0, 12))
def test_no_bytes_raise_or_say_anything(data, state):
    a, b = initiator(), responder()
    a.start(0.0)
    b.start(0.0)
    for _ in range(state % 4):
        pump(a, b, most=1)
    told = [(end.state, end.dropped) for end in (a, b)]
    for end in (a, b):
        end.events()
        end.outgoing()
        end.receive(data, 0.0)
        assert end.events() == []
        assert end.outgoing() == []
    assert [end.state for end in (a, b)] == [state for state, _ in told]


def test_what_ends_says_no_word_after_it():
    a, b = initiator(), responder()
    run(a, b)
    a.receive(b"anything", 1e6)
    b.tick(1e6)
    assert a.closed
    assert b.closed
    assert a.outgoing() == b.outgoing() == []
    assert not of((Failed, Discarded), a.events() + b.events())


def test_a_script_that_tells_nothing_ends_at_once():
    a, b = begun(plan_and_wait, lambda _s: iter_nothing())
    assert b.state == "keyed"
    assert isinstance(a, Session)


def iter_nothing():
    yield Tell(Moved(state="nowhere"))


def test_the_same_seed_gives_the_same_run_and_another_gives_other_keys():
    from session_ends import revealed

    one, again, other = (run(initiator(seed=s), responder()) for s in (3, 3, 4))
    assert revealed(one.a) == revealed(again.a) == revealed(again.b)
    assert not set(revealed(one.a).values()) & set(revealed(other.a).values())


def test_profiles_are_what_the_tests_take_them_for():
    assert WIFI.mtu == 200
    assert isinstance(Agreement(QUICK, chance(1)).scheme, type(QUICK))
    assert PLAN.kept
