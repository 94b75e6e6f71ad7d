"""Two recordings as if live: in memory, and as two processes with the line between them."""

import multiprocessing
import socket
import time
from functools import partial

import pytest
from link_ends import make, make_a_bug, make_forever, make_nothing
from stopping import soonest

from samefade.link.child import End, crossed
from samefade.link.hostile import Hostile
from samefade.link.replay import as_processes, in_memory
from samefade.session import Confirmed

BAD = Hostile(loss=0.2, duplicate=0.2, reorder=8, flip=0.05)


def test_both_ends_in_memory():
    events = []
    a, b = make("a"), make("b", linger=10)
    outcome = in_memory(a, End(b.machine, b.source, events.append), BAD, seed=2)
    assert outcome.finished
    assert list(outcome.b) == events
    assert len(a.machine.heard) == len(b.machine.heard) == 50


@pytest.mark.parametrize("hostile", [Hostile(), BAD])
def test_two_processes_with_the_line_between_them(hostile):
    told = []
    ran = as_processes(partial(make, "a"), partial(make, "b"), lambda *what: told.append(what), hostile=hostile, seed=3)
    assert ran.finished
    assert ran.datagrams >= 20
    assert (ran.dropped > 0) == (hostile.loss > 0)
    for end in "ab":
        names = [event["event"] for whose, event in told if whose == end]
        assert names == ["moved", "reserve", "probe", "confirmed"]
    assert told[-1][1] == Confirmed(key_ids=()).public()


def test_an_end_that_fails_says_why_and_the_other_is_not_left_alone():
    told = []
    ran = as_processes(make_nothing, partial(make_forever, "b"), lambda *what: told.append(what))
    assert not ran.finished
    failed = next(event for whose, event in told if whose == "a")
    assert failed["error"]["error"] == "CannotWrite"
    assert "no space left" in failed["error"]["why"]
    assert not multiprocessing.active_children()


def test_a_bug_in_an_end_does_not_hang(capfd):
    assert not as_processes(make_a_bug, partial(make_forever, "b"), lambda *_: None).finished
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_processes_stop_within_a_second_of_being_asked_to():
    assert soonest(seconds_to_stop) < 1
    assert not multiprocessing.active_children()


def seconds_to_stop():
    asked, told = [], []

    def stop():
        if len(told) >= 6:  # both ends are at work
            asked.append(time.monotonic())
        return bool(asked)

    ends = partial(make_forever, "a"), partial(make_forever, "b")
    assert not as_processes(*ends, lambda *what: told.append(what), stop=stop).finished
    return time.monotonic() - asked[0]


def test_crossed_sockets_hear_nobody_else():
    one, other = crossed()
    with one, other, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(b"stranger", one.getsockname())
        other.send(b"friend")
        assert one.recv(100) == b"friend"


def test_no_process_is_left_when_the_listener_raises():
    class Full(Exception):
        pass

    def full(*_):
        raise Full

    with pytest.raises(Full):
        as_processes(partial(make, "a"), partial(make, "b"), full)
    assert not multiprocessing.active_children()
