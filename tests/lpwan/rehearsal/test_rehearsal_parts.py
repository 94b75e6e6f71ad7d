"""The parts of a rehearsal: its folder, its fade, its messages, and a virtual device against the network's end."""

import asyncio
import itertools
import json
from base64 import b64encode
from errno import ENOSPC
from pathlib import Path

import numpy as np
import pytest

from samefade.errors import CannotWrite, InputError, OutOfRange
from samefade.keys.errors import OthersMayRead
from samefade.lpwan.frames import Downlink, Heard
from samefade.lpwan.refresh import NetworkEnd, Policy, joined, parted
from samefade.lpwan.rehearsal import chirpstack
from samefade.lpwan.rehearsal.fade import Fade, Link
from samefade.lpwan.rehearsal.folder import Folder, Kept, NoRehearsal
from samefade.lpwan.rehearsal.play import Play, Rules, Unanswered
from samefade.lpwan.rehearsal.tracker import PAYLOAD, Tracker
from samefade.lpwan.server.chirpstack import ChirpStack
from samefade.lpwan.server.mqtt import Broker
from samefade.lpwan.server.reading import Unreadable
from samefade.lpwan.server.register import first_root
from samefade.lpwan.server.roll import read_roll
from samefade.lpwan.server.said import Joined, Received, Sent

POLICY = Policy()
SURE = Fade(lost=0.0)


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "town")
    made.make(3)
    return made


@pytest.fixture
def lone(tmp_path):
    made = Folder(tmp_path / "lone")
    made.make(1)
    return made


def test_a_folder_is_for_its_owner_alone_and_its_devices_for_documentation(folder):
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.roll.stat().st_mode & 0o777 == 0o600
    secrets = read_roll(folder.roll, folder.roll.read_bytes())
    assert [eui.hex() for eui in secrets] == [f"00005eef1000000{number}" for number in range(3)]
    assert len({*secrets.values()}) == 3
    assert "Give none" in folder.roll.read_text()


def test_a_folder_is_never_written_over(folder, tmp_path):
    before = folder.roll.read_bytes()
    with pytest.raises(CannotWrite):
        folder.make(2)
    with pytest.raises(CannotWrite):
        Folder(tmp_path / "absent" / "town").make(1)
    with pytest.raises(OutOfRange):
        Folder(tmp_path / "more").make(257)
    assert folder.roll.read_bytes() == before


def test_a_full_disk_leaves_no_folder_behind(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "replace", full)
        with pytest.raises(CannotWrite, match="No space left"):
            Folder(tmp_path / "town").make(2)
    assert not list(tmp_path.iterdir())
    Folder(tmp_path / "town").make(2)


@pytest.mark.parametrize(("heard", "waits"), [(0, 1.0), (3, 2.0)])
def test_one_who_answered_before_is_waited_for_longer(monkeypatch, heard, waits):
    play = Play([], Rules(patience=1.0, computing=2.0), Broker("localhost"), print)
    monkeypatch.setattr(Play, "downlinks", heard)

    async def waited(answer, _):
        answer.close()
        raise TimeoutError

    monkeypatch.setattr("asyncio.wait_for", waited)
    with pytest.raises(Unanswered) as told:
        asyncio.run(play._wait_for_anybody())
    assert told.value.numbers["waited_s"] == waits


def test_a_folder_that_is_none_is_told(folder, tmp_path):
    with pytest.raises(NoRehearsal):
        Folder(tmp_path / "absent").devices(POLICY)
    folder.roll.chmod(0o644)
    with pytest.raises(OthersMayRead):
        folder.devices(POLICY)


def test_a_real_device_is_no_device_of_a_rehearsal(folder):
    folder.roll.write_text(f"70b3d57ed0000001,{'ab' * 32}\n")
    with pytest.raises(InputError, match="70b3d57ed0000001"):
        folder.devices(POLICY)


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x83\x01\x02\x03"])
def test_a_damaged_state_is_told(folder, content):
    kept = folder.devices(POLICY)[1]
    folder.keep(kept)
    folder.path.joinpath(f"{kept.eui.hex()}.state").write_bytes(content)
    with pytest.raises(InputError):
        folder.devices(POLICY)


def test_a_state_of_another_device_is_refused(folder):
    first, second, _ = folder.devices(POLICY)
    folder.keep(first)
    (folder.path / f"{first.eui.hex()}.state").replace(folder.path / f"{second.eui.hex()}.state")
    with pytest.raises(InputError):
        folder.devices(POLICY)


def test_a_state_is_read_as_it_was_kept(folder):
    first = folder.devices(POLICY)[0]
    assert (first.session, first.counter, first.number) == (-1, -1, 1)
    folder.keep(Kept(first.eui, first.state, 4, 77))
    again = folder.devices(POLICY)[0]
    assert (again.state, again.session, again.counter) == (first.state, 4, 77)
    assert (folder.path / f"{first.eui.hex()}.state").stat().st_mode & 0o777 == 0o600


def test_a_fade_is_the_autoregression_that_it_says():
    link = Link(Fade(memory=0.6, spread=8.0, noise=0.5, lost=0.2), (1, 2, 3))
    up, down = np.array([link.next() for _ in range(20_000)], float).T
    assert abs(up.std() - np.hypot(8.0, 0.5)) < 0.3
    assert abs(np.corrcoef(up[:-1], up[1:])[0, 1] - 0.6 * 64 / 64.25) < 0.03
    assert abs(np.corrcoef(up, down)[0, 1] - 64 / (64.25 + 1 / 12)) < 0.005
    assert abs(np.mean([link.loses() for _ in range(20_000)]) - 0.2) < 0.015
    for wrong in ({"lost": 1.0}, {"memory": 1.0}, {"spread": -1}, {"noise": 31}):
        with pytest.raises(OutOfRange):
            Fade(**wrong)


def test_what_is_played_is_what_the_adapter_reads():
    adapter, eui = ChirpStack("rehearsal"), "00005eef10000000"
    about = chirpstack.info("rehearsal", eui, name="rehearsal-1", application_name="rehearsal")
    up = chirpstack.up(about, 0, b"abc", [Heard("00005eef10000000", -99, 6.5)], port=85, address="00010001", time=1.5)
    said = adapter.read(*chirpstack.published("up", up))
    assert isinstance(said, Received)
    assert (said.uplink.counter, said.uplink.payload, said.uplink.port, said.session) == (0, b"abc", 85, "00010001")
    assert said.uplink.heard == (Heard("00005eef10000000", -99.0, 6.5),)
    assert adapter.read(*chirpstack.published("join", chirpstack.join(about, address="00010001", time=1.5))) == Joined(
        eui, eui
    )
    for name, queued in (("a frame", True), ("", False)):
        sent = chirpstack.sent(about, "00005eef10000000", counter=1, queued=name, time=1.5)
        assert adapter.read(*chirpstack.published("txack", sent)) == Sent(eui, "00005eef10000000", queued=queued)


def test_what_the_adapter_writes_is_what_is_taken():
    topic, message = ChirpStack("rehearsal").write(Downlink("00005eef10000000", 85, b"\x01\x02"), "")
    assert topic == chirpstack.commands("rehearsal").replace("+", "00005eef10000000")
    assert chirpstack.taken(message) == Downlink("00005eef10000000", 85, b"\x01\x02")
    for wrong in (b"", b"[]", b"{}", b'{"devEui":"00005eef10000000","fPort":0}', json.dumps({"devEui": "x"}).encode()):
        with pytest.raises(Unreadable):
            chirpstack.taken(wrong)
    assert chirpstack.taken(json.dumps({"devEui": "00" * 8, "fPort": 1, "data": b64encode(b"x").decode()}).encode())


class Line:
    """A virtual device and the network's end, with nothing between them."""

    def __init__(self, folder, fade, resets=None):
        self.folder, self.fade, self.resets = folder, fade, resets
        self.network = NetworkEnd(self.kept().eui, self.root(), POLICY)
        self.seeds = itertools.count(1)
        self.tracker = self.restored()
        self.tracker.join()
        self.seen = set()

    def kept(self):
        return self.folder.devices(POLICY)[0]

    def root(self):
        eui, secret = next(iter(read_roll("", self.folder.roll.read_bytes()).items()))
        return first_root(eui, secret)

    def restored(self):
        return Tracker(self.kept(), POLICY, Link(self.fade, (7, next(self.seeds))), self.folder.keep, spare=30)

    def step(self):
        if self.resets is not None and self.resets.random() < 0.02:
            self.tracker = self.restored()  # killed, and begun anew
        frame = self.tracker.uplink()
        counter = (self.tracker.session << 32) + self.tracker.counter
        assert self.kept().counter == self.tracker.counter, "it was sent before it was kept"
        assert counter not in self.seen
        self.seen.add(counter)
        if frame is None:
            return
        assert frame.startswith(PAYLOAD)
        self.network.uplink(counter, self.tracker.reading, parted(frame)[1])
        self.network.work()
        block = self.network.downlink(50)
        answer = joined(b"", block) if block else b""
        assert self.tracker.late(answer) == 0
        self.tracker.answer(answer)


def test_a_virtual_device_gets_a_new_secret_however_often_it_is_killed(lone):
    line, told = Line(lone, Fade(lost=0.1), np.random.default_rng(5)), []
    for _ in range(3000):
        line.step()
        told += [event for event in line.network.events() if event.public()["event"] == "refreshed"]
        if told and line.tracker.epoch == 1:
            break
    assert [event.epoch for event in told] == [1]
    assert line.tracker.result()["epoch"] == 1
    assert line.restored().epoch == 1
    assert line.tracker.strange == 0


def test_a_virtual_device_is_told_why_not(lone):
    line = Line(lone, Fade(lost=0.0, noise=6.0))
    for _ in range(3000):
        line.step()
        if line.tracker.told:
            break
    result = line.tracker.result()
    assert (result["outcome"], result["epoch"]) == ("nokey", 0)
    assert result["reason"] in {"too little entropy", "not reciprocal", "strings still differ"}


def test_blocks_under_another_secret_are_strange(lone, tmp_path):
    other = Folder(tmp_path / "other")
    other.make(1)
    line = Line(lone, SURE)
    line.network = NetworkEnd(line.tracker.eui, Line(other, SURE).root(), POLICY)
    for _ in range(600):
        line.step()
    assert line.tracker.strange > 20


def test_every_join_has_a_session_and_an_address_of_its_own(folder):
    addresses = set()
    for kept in folder.devices(POLICY):
        tracker = Tracker(kept, POLICY, Link(SURE, (1,)), folder.keep, spare=30)
        for session in range(3):
            tracker.join()
            assert (tracker.session, tracker.counter) == (session, -1)
            addresses.add(tracker.address)
    assert len(addresses) == 9
    assert all(int(address, 16) < 2**25 for address in addresses)  # NwkID 0
