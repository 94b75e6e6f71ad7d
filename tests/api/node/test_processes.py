"""Real processes over UDP: killed, stopped, and begun anew."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from node_recording import SHORT, write

from samefade.keys.life import State
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile

if not hasattr(os, "fork"):
    pytest.skip("this system cannot fork", allow_module_level=True)

OTHER = {"sta": "ap", "ap": "sta"}
LONGEST = 600.0  # seconds, on a machine that is busy


@pytest.fixture(scope="module")
def nursery():
    file = Path(__file__).with_name("nursery.py")
    with subprocess.Popen([sys.executable, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout.readline() == "ready\n"
        yield running
        running.stdin.close()


class Running:
    """A `samefade node` in a process of its own."""

    def __init__(self, nursery, folder, name, arguments):
        self.folder, self.name = folder, name
        nursery.stdin.write(json.dumps([str(folder), name, [str(word) for word in arguments]]) + "\n")
        nursery.stdin.flush()
        self.pid = int(nursery.stdout.readline())

    def told(self, kind):
        path = self.folder / f"{self.name}.{kind}"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def alive(self):
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def until(self, said, kind="trace"):
        """Wait until it has said something."""
        ends = time.monotonic() + LONGEST
        while said not in self.told(kind):
            assert time.monotonic() < ends, self.told("err")
            assert self.alive, self.told("err")
            time.sleep(0.002)

    def signal(self, number):
        if self.alive:
            os.kill(self.pid, number)

    def ended(self):
        """Wait for its end; return its exit code, or None where it was killed."""
        ends = time.monotonic() + LONGEST
        while self.alive:
            assert time.monotonic() < ends, self.told("err")
            time.sleep(0.01)
        return int(self.told("code") or -1)

    @property
    def states(self):
        events = [json.loads(line) for line in self.told("trace").splitlines()]
        return [event["state"] for event in events if event["event"] == "moved"]


class Nodes:
    """Two nodes that share a secret, each with its store."""

    def __init__(self, nursery, folder):
        self.nursery, self.folder, self.count = nursery, folder, 0
        self.source, self.running, self.link = write(folder), [], ""
        for me, peer in OTHER.items():
            with self.store(me, create=True) as store:
                store.enrol(peer.encode(), bytes(range(32)))

    def store(self, me, *, create=False):
        return Store(self.folder / f"{me}.store", KeyFile(self.folder / f"{me}.store.key"), create=create)

    def start(self, me, *more):
        self.count += 1
        name = f"{me}{self.count}"
        role = ("responder", "udp:127.0.0.1:0") if me == "ap" else ("initiator", self.link)
        made = Running(self.nursery, self.folder, name, (
            "node", "--role", role[0], "--link", role[1], "--me", me, "--peer", OTHER[me],
            "--store", f"{me}.store", "--source", self.source, "--trace", f"{name}.trace", "--json",
            *(SHORT if me == "sta" else ()), *more,
        ))  # fmt: skip
        self.running.append(made)
        if me == "ap":
            made.until("listening at", "err")
            self.link = made.told("err").split("listening at ")[1].split()[0]
        return made

    def keys(self, me):
        """The keys of a node and its prior secrets, as it would go on with them."""
        with self.store(me) as store:
            roots = [(root.epoch, root.reveal_secret_bytes()) for root in store.roots(OTHER[me].encode())]
            names = sorted(entry.key_id for entry in store.keys() if entry.state is State.CONFIRMED)  # noqa: SIM118
            now = time.time()
            return roots, {name: store.take(OTHER[me].encode(), name, now=now).key for name in names}


@pytest.fixture
def nodes(nursery, tmp_path):
    made = Nodes(nursery, tmp_path)
    yield made
    for one in made.running:
        one.signal(signal.SIGKILL)


def agreed(nodes):
    ours, theirs = nodes.keys("sta"), nodes.keys("ap")
    assert ours == theirs
    assert len(ours[0]) == 1
    return ours


def test_sigkill_of_either_at_chosen_moments_and_the_next_run_agrees(nodes):
    ap = nodes.start("ap")
    for victim, state in (
        ("sta", '"planned"'), ("ap", '"compared"'), ("sta", '"pending"'), ("ap", '"pending"'), ("sta", '"kept"'),
    ):  # fmt: skip
        sta = nodes.start("sta")
        dying = sta if victim == "sta" else ap
        dying.until(state)
        time.sleep(random.uniform(0, 0.02))
        dying.signal(signal.SIGKILL)
        dying.ended()
        if victim == "ap":
            sta.signal(signal.SIGKILL)
            sta.ended()
            ap = nodes.start("ap")
    assert nodes.start("sta").ended() == 0
    ap.signal(signal.SIGTERM)
    ap.ended()
    assert agreed(nodes)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("victim", ["sta", "ap"])
@pytest.mark.parametrize("state", ["planned", "terms"])
def test_a_stop_tells_the_other_end_and_leaves_all_whole(nodes, number, victim, state):
    ap = nodes.start("ap", "--once", "--pace", "20")
    sta = nodes.start("sta", "--pace", "20")
    stopped, other = (sta, ap) if victim == "sta" else (ap, sta)
    stopped.until(f'"{state}"')
    begun = time.monotonic()
    stopped.signal(number)
    assert stopped.ended() == 4
    took = time.monotonic() - begun
    assert took < 20  # it does not sit out its patience, which is minutes
    assert other.ended() == 4
    for one, error in ((stopped, "Stopped"), (other, "GaveUp")):
        (end,) = json.loads(one.told("out"))["ends"].values()
        assert end["error"]["error"] == error
        assert one.told("trace").endswith("}\n")
        assert one.states[-1] == "dead"
    roots, keys = agreed(nodes)
    assert [epoch for epoch, _ in roots] == [0]
    assert not keys
