"""When a run dies, whatever it knew is gone: no script, no kept sample, no bit and no key can be reached any more."""

import gc

import pytest
from session_ends import (
    HEARD,
    QUICK,
    channel,
    failure,
    initiator,
    psk_initiator,
    psk_responder,
    responder,
    run,
    showing_initiator,
    showing_responder,
)
from session_taps import only

from samefade.errors import NoAnswer, SamefadeError, TooLittleEntropy
from samefade.session import Issued, Pending
from samefade.types import Bits, Kept, Key, Symbols

SECRET = (Kept, Symbols, Bits, Key, Issued, Pending)

pytestmark = pytest.mark.usefixtures("known_calibration")


def alive():
    gc.collect()
    # by type: asking a weak proxy for its class asks what it stands for, which may be gone
    return {id(x) for x in gc.get_objects() if issubclass(type(x), SECRET)}


def died(make, **options):
    """Run two ends until they die; return them with their errors, and what is still alive of their secrets."""
    known = alive()
    a, b = make()
    outcome = run(a, b, **options)
    errors = failure(outcome.a), failure(outcome.b)
    del outcome
    return (a, b), errors, alive() - known


@pytest.mark.parametrize("until", range(1, 22, 2))
def test_a_run_that_loses_its_line_leaves_nothing(until):
    (a, b), errors, left = died(lambda: (initiator(), responder()), attacker=only(until))
    # before it was spoken to an end that waits has nothing to lose
    assert a.state == "dead"
    assert b.state in ("dead", "waiting") if until < 2 else b.state == "dead"
    assert isinstance(errors[0], NoAnswer)
    assert not left
    for end in (a, b):
        assert (end._script, end._want, end._measuring, end._pending, len(end._inbox)) == (None, None, None, None, 0)


def test_a_run_that_is_stopped_leaves_nothing():
    a, b = initiator(), responder()
    known = alive()

    def stop(datagram, _to, now):
        stop.passed += 1
        if stop.passed == 16:
            b.stop(now)
        return [datagram]

    stop.passed = 0
    outcome = run(a, b, attacker=stop)
    assert type(failure(outcome.b)).__name__ == "Stopped"
    assert type(failure(outcome.a)).__name__ == "GaveUp"
    del outcome
    assert not alive() - known


def test_an_error_within_the_script_leaves_nothing_behind_its_traceback():
    """The frames of a traceback hold the samples: whoever kept the error would keep them."""
    noise = (HEARD[0], channel(seed=0, snr_db=2.0)[1])
    (a, b), errors, left = died(lambda: (initiator(), responder()), heard=noise)
    assert isinstance(errors[0], TooLittleEntropy | SamefadeError)
    assert errors[0].__traceback__ is errors[0].__context__ is errors[0].__cause__ is None
    assert a.state == b.state == "dead"
    assert not left


def test_a_defect_within_the_script_is_a_uniform_failure_and_leaves_nothing(monkeypatch):
    class Surprise(Exception):
        pass

    def surprise(_self, symbols, feature, *_, **__):
        raise Surprise(symbols, feature)

    monkeypatch.setattr(type(QUICK), "worth", surprise)
    (_a, _b), errors, left = died(lambda: (initiator(), responder()))
    assert "Surprise" in str(errors[0])
    assert type(errors[1]).__name__ == "GaveUp"
    assert errors[0].__context__ is None
    assert not left


def test_a_presence_handshake_that_is_refused_leaves_nothing():
    apart = (HEARD[0], channel(seed=9)[1])
    ends, errors, left = died(lambda: (showing_initiator(), showing_responder()), heard=apart)
    assert {type(e).__name__ for e in errors} <= {"ReplaySuspected", "GaveUp"}
    assert [end.state for end in ends] == ["dead", "dead"]
    assert not left


def test_keys_that_were_confirmed_are_the_shells_alone():
    known = alive()
    a, b = initiator(psk_initiator()), responder(psk_responder())
    outcome = run(a, b)
    assert a.state == b.state == "confirmed"
    assert alive() - known  # the events hold them
    del outcome
    assert not alive() - known
