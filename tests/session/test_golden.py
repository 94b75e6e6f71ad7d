"""Every bit of every datagram: flipped, cut, or taken from another place, it is dropped, and nothing is to be seen."""

import json
from pathlib import Path

import pytest
from session_ends import (
    PLAN,
    ROOT,
    confirmed,
    edhoc_initiator,
    edhoc_responder,
    initiator,
    never_wrong,
    psk_initiator,
    psk_responder,
    responder,
    revealed,
    run,
    showing_initiator,
    showing_responder,
)
from session_taps import RUNS, before, cuts, flips, recorded

from samefade.session import Root

VECTORS = Path(__file__).parents[2] / "vectors" / "session"
GOLDEN = {"psk": "agreement", "presence": "presence"}
KINDS = [*RUNS]
TAIL = 6  # the last acknowledgements: what comes in between moves them by a turn

pytestmark = pytest.mark.usefixtures("known_calibration")


def golden(kind):
    return json.loads((VECTORS / f"{GOLDEN[kind]}.json").read_text(encoding="utf-8"))


def undisturbed(outcome, calm):
    """Both ends told their owners and each other what they would have told them, and not a byte more."""
    assert [e.public() for e in outcome.a] == [e.public() for e in calm.a]
    assert [e.public() for e in outcome.b] == [e.public() for e in calm.b]
    assert revealed(outcome.a) == revealed(calm.a) == revealed(calm.b)
    assert outcome.finished


def attacked(kind, attack):
    """A run under attack and one that is not: EDHOC draws its own keys, so there only the events' names compare."""
    (tap, calm), sent = recorded(kind), []

    def watched(datagram, to, now):
        sent.append((to, datagram))
        return attack(datagram, to, now)

    a, b = RUNS[kind]()
    outcome = run(a, b, attacker=watched)
    if kind == "edhoc":
        assert [type(e) for e in outcome.a] == [type(e) for e in calm.a]
        assert [len(d) for _, d in sent][:-TAIL] == [len(d) for _, d in tap.passed][: len(sent) - TAIL]
        assert revealed(outcome.a) == revealed(outcome.b)
    else:
        undisturbed(outcome, calm)
        assert sent[:-TAIL] == tap.passed[: len(sent) - TAIL]
    never_wrong(outcome.a, outcome.b)
    return a, b


@pytest.mark.parametrize("kind", GOLDEN)
def test_a_run_says_what_the_vectors_say(kind):
    # numbers that are learnt may differ in their last digit on another machine: what comes after the terms is compared
    # by its length alone
    tap, _ = recorded(kind)
    told = [(one["to"], bytes.fromhex(one["hex"])) for one in golden(kind)["datagrams"]]
    assert [(to, len(datagram)) for to, datagram in tap.passed] == [(to, len(datagram)) for to, datagram in told]
    assert tap.passed[:7] == told[:7]


@pytest.mark.parametrize("kind", KINDS)
def test_every_flip_of_every_datagram_is_dropped(kind):
    a, b = attacked(kind, before(lambda datagram, _to: flips(datagram)))
    assert sum(a.dropped.values()) > 1000
    assert sum(b.dropped.values()) > 1000


@pytest.mark.parametrize("kind", KINDS)
def test_every_beginning_of_every_datagram_is_dropped(kind):
    attacked(kind, before(lambda datagram, _to: cuts(datagram)))


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_behind_a_datagram_are_refused(kind):
    attacked(kind, before(lambda datagram, _to: [datagram + b"\x00", datagram + datagram, b""]))


@pytest.mark.parametrize("kind", KINDS)
def test_every_datagram_may_come_twice_or_come_back(kind):
    """Cross-direction: what an end said itself is no word of the other end; and a double is only a double."""
    earlier = []

    def echo(datagram, _to, _now):
        earlier.append(datagram)
        return [datagram, *earlier]

    a, b = RUNS[kind]()
    outcome = run(a, b, attacker=echo)
    assert outcome.finished
    never_wrong(outcome.a, outcome.b)
    assert confirmed(outcome.a) == confirmed(outcome.b)


def other_runs():
    """Runs between the same ends whose datagrams are true there: another nonce, another key, another purpose."""
    other = Root(b"other", 0, bytes(32))
    return {
        "again, other nonces": (initiator(psk_initiator(seed=11)), responder(psk_responder(seed=12))),
        "another key": (initiator(psk_initiator([other])), responder(psk_responder([other]))),
        "another pair of devices": (
            initiator(psk_initiator(me=b"sensor", seed=21)),
            responder(psk_responder(peer=b"sensor", seed=22)),
        ),
        "presence": (showing_initiator(psk_initiator(seed=31)), showing_responder(psk_responder(seed=32))),
        "identities": (initiator(edhoc_initiator()), responder(edhoc_responder())),
    }


@pytest.mark.parametrize("which", [*other_runs()])
@pytest.mark.parametrize("kind", KINDS)
def test_every_splice_of_another_run_is_dropped(kind, which):
    """Cross-run, cross-role, cross-direction: before every datagram, all those of another run to either end."""
    tap, outcome = recorded(None, other_runs()[which])
    assert outcome.finished
    foreign, passed = [datagram for _, datagram in tap.passed], 0

    def splice(datagram, _to, _now):
        nonlocal passed
        passed += 1
        # a true first message opens a conversation, and EDHOC's first two are bound to nothing yet: see below
        return [datagram] if passed <= (3 if kind == "edhoc" else 1) else [*foreign, datagram]

    attacked(kind, splice)


def test_a_first_message_of_another_run_costs_an_end_that_serves_one_peer_its_turn():
    """An end without a listener answers one first message: an old one blocks it, and no key comes of that."""
    tap, _ = recorded(None, (initiator(psk_initiator(seed=11)), responder(psk_responder(seed=12))))
    old = tap.passed[0][1]
    a, b = initiator(), responder()
    outcome = run(a, b, attacker=before(lambda _datagram, to: [old] if to == "b" else []))
    assert not confirmed(outcome.a) | confirmed(outcome.b)
    assert a.state == b.state == "dead"


@pytest.mark.parametrize("kind", ["psk", "edhoc"])
def test_an_answer_of_another_run_is_no_answer(kind):
    """The second message of one run in another, before the true one: PSK drops it, EDHOC begins anew."""
    tap, _ = recorded(kind, RUNS[kind]() if kind == "edhoc" else other_runs()["again, other nonces"])
    wrong = [tap.to("a")[0]]
    a, b = RUNS[kind]()
    outcome = run(a, b, attacker=before(lambda _datagram, to: [wrong.pop()] if to == "a" and wrong else []))
    never_wrong(outcome.a, outcome.b)
    assert not wrong
    assert confirmed(outcome.a) == confirmed(outcome.b) != set()
    assert a.dropped["handshake"] == 1 if kind == "psk" else a.dropped["handshake"] >= 1


def test_a_first_message_of_nobody_does_not_block_an_end_with_identities():
    tap, _ = recorded("edhoc")
    stray = [tap.to("b")[0]]
    a, b = RUNS["edhoc"]()
    outcome = run(a, b, attacker=before(lambda _datagram, to: [stray.pop()] if to == "b" and stray else []))
    assert confirmed(outcome.a) == confirmed(outcome.b) != set()


def test_the_vectors_hold_every_kind_of_datagram_and_are_as_small_as_promised():
    for kind in GOLDEN:
        said = golden(kind)
        assert all(len(one["hex"]) <= 400 for one in said["datagrams"])
        assert {one["to"] for one in said["datagrams"]} == {"a", "b"}
    assert PLAN.scheme == "quick"
    assert bytes.fromhex(golden("psk")["psk"]["secret"]) == ROOT.reveal_secret_bytes()
