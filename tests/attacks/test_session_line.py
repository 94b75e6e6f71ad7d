"""Attacks on the line between two sessions, by somebody who holds no key."""

import pytest
from session_ends import (
    ROOT,
    Root,
    confirmed,
    discarded,
    edhoc_initiator,
    edhoc_responder,
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
from session_taps import Tap, before, recorded

from samefade.errors import NoAnswer
from samefade.session import Known, Pending
from samefade.wire import codes
from samefade.wire.cbor import encode


def silent(*outcomes):
    """Nobody was taken for anybody, and no key came of it."""
    for outcome in outcomes:
        for events in (outcome.a, outcome.b):
            assert not of(Known, events)
            assert not of(Pending, events)


def test_man_in_the_middle_without_the_prior_secret():
    """Mallory plays the gateway to the station and the station to the gateway, with a key of her own."""
    hers = Root(b"root", 0, bytes(32))  # the public name is known to everybody
    silent(
        run(initiator(), responder(psk_responder([hers]))),
        run(initiator(psk_initiator([hers])), responder()),
    )


def test_man_in_the_middle_without_a_known_identity():
    pytest.importorskip("lakers", reason="EDHOC needs the extra coap")
    silent(
        run(initiator(edhoc_initiator()), responder(edhoc_responder(me="mallory", knows=("station",))), limit=500.0),
        run(initiator(edhoc_initiator(me="mallory")), responder(edhoc_responder()), limit=500.0),
    )


def test_replay_of_a_whole_recorded_run_to_the_responder():
    """Every datagram of an honest run, again, to a fresh responder: its nonce is another one."""
    tap, _ = recorded("psk")
    b = responder(psk_responder(seed=99))
    b.start(0.0)
    said = []
    for i, datagram in enumerate(tap.to("b")):
        b.receive(datagram, float(i) / 10)
        said += b.outgoing()
    assert len(said) == 1  # the answer to the first message, which proves nothing
    assert b.state == "answered"
    assert not of((Known, Pending), b.events())
    assert not b.proven


def test_replay_of_a_whole_recorded_run_to_the_initiator():
    tap, _ = recorded("psk")
    a = initiator(psk_initiator(seed=98))
    a.start(0.0)
    first = a.outgoing()
    for i, datagram in enumerate(tap.to("a")):
        a.receive(datagram, float(i) / 100)
    assert a.outgoing() == []
    assert len(first) == 1
    assert a.state == "greeted"


def test_reflection_of_everything_an_end_says():
    """Each end hears its own words and nothing else: no end speaks with itself."""
    for make in (initiator, lambda: initiator(edhoc_initiator())):
        a = make()
        a.start(0.0)
        now = 0.0
        while not a.closed:
            for datagram in a.outgoing():
                a.receive(datagram, now)
            now = a.deadline or now + 1
            a.tick(now)
        events = a.events()
        assert isinstance(failure(events), NoAnswer)
        assert not of(Known, events)


def test_selfie_a_key_shared_by_two_roles_of_one_device():
    """A device that can be both ends under one key is led to speak with itself (RFC 9257, section 4.1)."""
    a = initiator(psk_initiator(me=b"station", peer=b"station"))
    b = responder(psk_responder(me=b"station", peer=b"station"))
    silent(run(a, b))
    # under two names it may: then it is two devices
    outcome = run(initiator(psk_initiator(me=b"one", peer=b"two")), responder(psk_responder(me=b"two", peer=b"one")))
    assert confirmed(outcome.a) == confirmed(outcome.b) != set()


def test_unknown_key_share_one_key_under_two_names():
    """The gateway shares this key with the sensor: whoever calls itself the station under it is nobody."""
    silent(run(initiator(psk_initiator(me=b"station")), responder(psk_responder(peer=b"sensor"))))
    silent(run(initiator(psk_initiator(peer=b"gateway2")), responder()))


def test_identity_misbinding_both_ends_name_the_same_two():
    outcome = run(initiator(), responder())
    (a,), (b,) = of(Known, outcome.a), of(Known, outcome.b)
    assert (a.peer, b.peer) == (b"gateway", b"station")
    assert a.prior == b.prior == ROOT.name


@pytest.mark.parametrize("until", [2, 6, 10, 16, 20, 24])
def test_a_goodbye_without_keys_ends_nothing(until):
    """BYE injection: in the clear, sealed by nobody, cut from another run, and at any time."""
    tap, _ = recorded(
        "psk", (initiator(psk_initiator(seed=31)), responder(psk_responder([Root(b"root", 0, bytes(32))])))
    )
    bye = encode([codes.BYE])
    forged = [bye, encode([b"\x01", 0, bye]), encode([b"\x02", 0, bye]), encode([b"\x01", 5000, bytes(24)])]
    calm = recorded("psk")[1]
    passed = 0

    def inject(_datagram, _to):
        nonlocal passed
        passed += 1
        return [*forged, *(d for _, d in tap.passed)] if passed >= until else []

    outcome = run(initiator(), responder(), attacker=before(inject))
    assert revealed(outcome.a) == revealed(outcome.b) == revealed(calm.a)
    assert confirmed(outcome.a) == confirmed(outcome.b) != set()


def test_the_last_word_is_lost_for_good():
    """Two generals: the initiator stays in doubt and keeps its keys, and nobody has thrown them away."""
    tap = Tap()

    def deaf(datagram, to, now):
        tap(datagram, to, now)
        return [datagram] if to == "b" or len(tap.to("a")) < 11 else []

    outcome = run(initiator(), responder(), attacker=deaf)
    never_wrong(outcome.a, outcome.b)
    assert isinstance(failure(outcome.a), NoAnswer)
    assert confirmed(outcome.b) <= set(revealed(outcome.a))
    assert not discarded(outcome.a)


def test_a_line_that_is_cut_leaks_nothing_about_why():
    """Whatever fails, an end says the same few sealed bytes, or nothing."""
    lengths = set()
    for stop_at in (9, 13, 17):
        sent, ends = [], (initiator(), responder())

        def watch(datagram, to, now, stop_at=stop_at, sent=sent, ends=ends):
            sent.append((to, datagram))
            if len(sent) == stop_at:
                ends[1].stop(now)
            return [datagram]

        run(*ends, attacker=watch)
        lengths.add(len(sent[-1][1]))
    assert len(lengths) <= 2  # the frame with BYE, and an acknowledgement
