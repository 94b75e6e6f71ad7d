"""Two nodes with real stores and a line in virtual time, on which either may be killed at any point and begin anew."""

import contextlib
import shutil
import time
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count

from session_ends import PLAN, QUICK, channel

from samefade.api.node import Keeper, Node, initiator, listener
from samefade.api.node.running import Serving, Stopping
from samefade.keys.life import State
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.link.drive import Drive, HostDrive
from samefade.link.source import RecordedSource
from samefade.session import Confirmed, agreement, carrier
from samefade.wire import codes
from samefade.wire.cbor import decode
from samefade.wire.greeting import First, Second
from samefade.wire.profile import WIFI
from samefade.wire.seal import Seal

NAMES = {"a": b"station", "b": b"gateway"}
WAY = 0.01  # seconds that a datagram takes
LONG = 400.0  # virtual seconds in which every end that waits has given up
SAMPLES = {end: list(RecordedSource(x, 1).take(1, 2600)) for end, x in zip("ab", channel(2600), strict=True)}
PLAN = replace(PLAN, spoken=64, kept=200)


class Died(Exception):
    """The process is gone."""


def remember_calibration(monkeypatch):
    """Calibrate the same spoken samples once; the seed of public choices is put back."""
    real, known = agreement.calibrate, {}

    def calibrate(scheme, plan, spoken, seed):
        key = (plan, spoken.a.values.tobytes(), spoken.b.values.tobytes())
        if key not in known:
            known[key] = real(scheme, plan, spoken, seed)
        return replace(known[key], terms=replace(known[key].terms, seed=seed))

    monkeypatch.setattr(agreement, "calibrate", calibrate)


def watch_seals(monkeypatch):
    """Refuse that a number is ever sealed twice under one key; return what was sealed."""
    sealed = set()

    class Watched(Seal):
        def __init__(self, key_out, *rest):
            super().__init__(key_out, *rest)
            self.key = key_out

        def frame(self, payload):
            assert (self.key, self._next) not in sealed
            sealed.add((self.key, self._next))
            return super().frame(payload)

    monkeypatch.setattr(carrier, "Seal", Watched)
    return sealed


class Ear:
    """A recording that writes down what was heard of it."""

    def __init__(self, end):
        self.samples, self.heard = SAMPLES[end], []

    def take(self, first, last):
        for sample in self.samples[first - 1 : last]:
            self.heard.append(sample.number)
            yield sample


class Process:
    """One end from its start to its end: everything that a kill takes with it."""

    def __init__(self, world, end, fuse=None):
        self.world, self.end, self.fuse, self.points = world, end, fuse, 0
        self.store = world.opened(end)
        self.burnt = self.store.burnt(NAMES["b" if end == "a" else "a"])
        self.ear, self.told = Ear(end), []
        node = Node(me=NAMES[end], peers=(NAMES["b" if end == "a" else "a"],), store=self.store)
        if end == "a":
            keeper = Keeper(self.store, world.clock)
            self.address = next(world.addresses)
            self.drive = Drive(initiator(node, QUICK, PLAN), self.ear, lambda event: self.tell(keeper, event))
        else:
            serving = Serving(self.store, self.ear, lambda _, event: self.kept(event), None, Stopping())

            def tell(at, event):
                self.point()
                serving.told(("", at), event)

            self.drive = HostDrive(listener(node, QUICK), lambda _: self.ear, tell)

    def point(self):
        """Come to where a kill may come."""
        self.points += 1
        if self.points == self.fuse:
            self.store.close()
            raise Died(self.end)

    def tell(self, keeper, event):
        self.point()
        keeper.keep(event)
        self.kept(event)

    def kept(self, event):
        self.told.append(event)
        self.point()

    def put(self, items):
        """Send; a kill may come before any datagram."""
        for item in items:
            self.point()
            datagram, at = (item, self.address) if self.end == "a" else item
            self.world.carry("b" if self.end == "a" else "a", datagram, at)


class World:
    """Both stores, what is in flight, and what was ever said and heard."""

    def __init__(self, folder, template):
        shutil.copytree(template, folder)
        self.folder, self.now, self.addresses, self._order = folder, 0.0, count(1), count()
        self.flying, self.said, self.nonces = [], [], {}
        self.past = {"a": [], "b": []}  # every process that ever ran
        self.live = {"a": None, "b": None}
        self.lost = lambda _to, _datagram: False

    def clock(self):
        return time.time() + self.now

    def opened(self, end):
        return Store(self.folder / f"{end}.store", KeyFile(self.folder / f"{end}.key"))

    def begin(self, end, fuse=None):
        """Start the process of an end."""
        self.live[end] = process = Process(self, end, fuse)
        self.past[end].append(process)
        self.act(end, process.drive.start)
        return process

    def kill(self, end):
        if self.live[end] is not None:
            self.live[end].store.close()
            self.live[end] = None

    def act(self, end, what, *values):
        """Let a process do something, and send what it says; return whether it lives."""
        try:
            self.live[end].put(what(*values, self.now))
        except Died:
            self.live[end] = None

    def carry(self, to, datagram, at):
        self.said.append((to, datagram, at))
        self.note(datagram)
        if not self.lost(to, datagram):
            heappush(self.flying, (self.now + WAY, next(self._order), to, datagram, at))

    def note(self, datagram):
        """Refuse that a nonce of a handshake belongs to two messages."""
        kind = decode(datagram)[0]
        if kind in (codes.PSK_1, codes.PSK_2):
            nonce = (First if kind == codes.PSK_1 else Second)(datagram, WIFI).nonce
            assert self.nonces.setdefault(nonce, datagram) == datagram

    def run(self, until):
        """Let time pass until something is so, or nothing can happen any more."""
        ends = self.now + LONG
        while not until() and self.now < ends:
            due = [(self.flying[0][0], "")] if self.flying else []
            for end, process in self.live.items():
                deadline = None if process is None or process.drive.closed else process.drive.deadline
                due += [] if deadline is None else [(deadline, end)]
            if not due:
                return
            at, end = min(due)
            self.now = max(self.now, at)
            if end:
                self.act(end, self.live[end].drive.turn)
            else:
                self.arrive(*heappop(self.flying)[2:])

    def arrive(self, to, datagram, at):
        process = self.live[to]
        if process is None or process.drive.closed or (to == "a" and process.address != at):
            return
        self.act(to, process.drive.receive, datagram if to == "a" else (datagram, at))

    def over(self, process):
        """Say whether a process of the initiator has come to its end."""
        return self.live["a"] is not process or process.drive.closed

    # what must be so

    def keys(self, end, *states):
        with self.reading(end) as store:
            return {entry.key_id for entry in store.keys() if entry.state in states}  # noqa: SIM118

    @contextlib.contextmanager
    def reading(self, end):
        if self.live[end] is not None:
            yield self.live[end].store
            return
        with self.opened(end) as store:
            yield store

    def check_doubt(self):
        """What one end confirmed, the other end holds, too, if only pending."""
        for end, other in ("ab", "ba"):
            held = self.keys(other, State.PENDING, State.CONFIRMED)
            assert self.keys(end, State.CONFIRMED) <= held

    def check_used_once(self):
        """No frame was heard in two conversations, and each process began behind what was burnt before it."""
        for processes in self.past.values():
            heard = [number for process in processes for number in process.ear.heard]
            assert len(heard) == len(set(heard))
            for process in processes:
                assert all(number > process.burnt for number in process.ear.heard)

    def check_agreed(self):
        """Both ends hold one prior secret and the same confirmed keys, and none is in doubt."""
        found = []
        for end, other in ("ab", "ba"):
            with self.reading(end) as store:
                peer = NAMES[other]
                (root,) = store.roots(peer)
                assert not self.keys(end, State.PENDING)
                names = sorted(self.keys(end, State.CONFIRMED))
                taken = {name: store.take(peer, name, now=self.clock(), bits=64).key for name in names}
                found.append((root.name, root.epoch, root.reveal_secret_bytes(), taken))
        assert found[0] == found[1]
        assert found[0][3]


def make_template(folder):
    """Make both stores, enrolled with each other."""
    folder.mkdir()
    for end, other in ("ab", "ba"):
        with Store(folder / f"{end}.store", KeyFile(folder / f"{end}.key"), create=True) as store:
            store.enrol(NAMES[other], bytes(range(32)))
    return folder


def whole_run(world, fuse=None):
    """One run of the initiator with whoever answers; return its process."""
    process = world.begin("a", fuse)
    world.run(lambda: world.over(process))
    return process


def settle(world):
    """A run without a kill; then whatever was ever said to the responder comes once more, and all that waits ends."""
    process = whole_run(world)
    assert any(isinstance(event, Confirmed) for event in process.told)
    before = len(world.live["b"].told)
    for to, datagram, at in world.said:
        world.arrive(to, datagram, at)
    world.run(lambda: False)
    assert not any(isinstance(event, Confirmed) for event in world.live["b"].told[before:])
    world.check_used_once()
    world.check_agreed()
