"""Every event is handled before anything that followed from it is sent."""

import numpy as np
import pytest
from link_doubles import Flock, Talker, sealed

from samefade.errors import CannotWrite, FramesUsed
from samefade.link.drive import Drive, HostDrive
from samefade.link.follow import follow
from samefade.link.source import PacedSource, RecordedSource
from samefade.session import Failed, Moved, Probe, Reserve
from samefade.types import Observation


class Order(Talker):
    """Write down in which order it is asked."""

    def __init__(self, log):
        super().__init__(True, 1, (0, 4))
        self.log = log

    def hear(self, sample, now):  # noqa: ARG002
        self.log.append(f"hear {sample.number}")
        if sample.number == 4:
            self._events.append(Moved(state="measured"))
            self._out.append(b"after measuring")

    def outgoing(self):
        self.log.append("outgoing")
        return super().outgoing()


def five():
    return RecordedSource(Observation(np.zeros(5), 1.0, np.ones(5, bool)))


def test_events_come_before_samples_and_both_before_datagrams():
    log = []
    drive = Drive(Order(log), five(), lambda event: log.append(type(event).__name__))
    sent = drive.start(0.0)
    heard = [f"hear {i}" for i in range(5)]
    assert log == ["Moved", "Reserve", "Probe", *heard, "Moved", "outgoing"]
    assert sent[-1] == b"after measuring"


def test_what_could_not_be_kept_is_never_told():
    def full(event):
        if isinstance(event, Reserve):
            raise CannotWrite("store", "no space left")

    log = []
    with pytest.raises(CannotWrite):
        Drive(Order(log), five(), full).start(0.0)
    assert log == []


def used(event):
    if isinstance(event, Reserve):
        raise FramesUsed(first=event.first, burnt=event.last)


class Stopped(Talker):
    """Writes down why it is stopped."""

    why = None

    def stop(self, now, why=None):  # noqa: ARG002
        self.why, self._closed, self._due = why, True, None
        self._out = [b"bye"]


def test_frames_that_were_used_end_the_session_and_not_the_drive():
    machine = Stopped(True, 1, (2, 4))
    drive = Drive(machine, five(), used)
    assert drive.start(0.0) == [b"bye"]
    assert machine.why.numbers == {"first": 2, "burnt": 4}
    assert (machine.heard, machine.passed, drive.deadline) == ([], None, None)  # nothing was measured


def test_frames_that_were_used_end_one_session_of_a_host():
    class Refusing(Flock):
        refused = ()

        def refuse(self, address, why, now):  # noqa: ARG002
            self.refused += ((address, why.numbers["burnt"]),)

    host = Refusing(measure=(2, 4))
    drive = HostDrive(host, lambda _: five(), lambda at, event: used(event) if at == "far" else None)
    out = [each for at in ("near", "far") for each in drive.receive((sealed(b"Q", 0, b"x"), at), 0.0)]
    assert [address for _, address in out] == ["near", "far"]
    assert host.refused == (("far", 4),)
    assert [len(host.peers[at].heard) for at in ("near", "far")] == [3, 0]
    assert host.peers["far"].passed is None


def test_the_earliest_deadline_counts():
    machine = Talker(True, 1, (0, 4), retry=3.0)
    drive = Drive(machine, PacedSource(five(), 1.0))
    drive.start(10.0)
    assert drive.deadline == 11.0
    drive.turn(12.0)
    assert [sample.number for sample in machine.heard] == [0, 1]
    assert drive.deadline == 13.0


def test_a_tick_comes_only_when_it_is_due():
    machine = Talker(True, 1, retry=3.0)
    drive = Drive(machine)
    drive.start(0.0)
    assert drive.turn(2.9) == []
    assert len(drive.turn(3.0)) == 1


def test_a_host_hears_each_peers_own_channel():
    told = []
    host = Flock(measure=(0, 4))
    drive = HostDrive(host, lambda address: five() if address == "near" else None, lambda *what: told.append(what))
    drive.start(0.0)
    out = drive.receive((sealed(b"Q", 0, b"x"), "near"), 0.0) + drive.receive((sealed(b"Q", 0, b"y"), "far"), 0.0)
    assert [address for _, address in out] == ["near", "far"]
    assert len(host.peers["near"].heard) == 5
    assert host.peers["far"].heard == []
    assert host.peers["far"].passed == 4
    assert [(where, type(event)) for where, event in told if isinstance(event, Probe)] == [
        ("near", Probe),
        ("far", Probe),
    ]
    assert not drive._ears


def test_nothing_more_is_measured_for_a_peer_that_failed():
    host = Flock(measure=(0, 4))
    drive = HostDrive(host, lambda _: PacedSource(five(), 1.0), lambda *_: None)
    drive.receive((sealed(b"Q", 0, b"x"), "near"), 0.0)
    assert drive.deadline == 1.0
    drive.turn(1.0)
    host._events.append(("near", Failed(error=CannotWrite("store", "no space left"))))
    drive.turn(2.0)
    drive.turn(3.0)
    assert [sample.number for sample in host.peers["near"].heard] == [0]
    assert drive.deadline is None


def test_a_session_is_told_to_end_and_says_a_last_word():
    class Polite(Talker):
        def stop(self, now):  # noqa: ARG002
            self._events.append(Moved(state="dead"))
            self._out.append(b"bye")

    class Door:
        def __init__(self):
            self.sent = []

        def send(self, item):
            self.sent.append(item)

        def wait(self, seconds):  # noqa: ARG002
            return []

    told, door = [], Door()
    assert not follow(Drive(Polite(False), None, told.append), door, stop=lambda: True)
    assert (told[-1], door.sent) == (Moved(state="dead"), [b"bye"])
    assert not follow(Drive(Talker(False)), door, stop=lambda: True)
