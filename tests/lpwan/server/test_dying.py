"""kill -9 at every point of a desk and of a join server: what was said is there, and nothing is half there."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import dying
import pytest

from samefade.lpwan.server.errors import DeviceEnrolled, NoSuchDevice

if not hasattr(os, "fork"):
    pytest.skip("this system cannot fork", allow_module_level=True)

FILE = Path(__file__).with_name("dying.py")


class Victims:
    """Forks processes that die, and copies of a store as it was after 0, 1, … changes."""

    def __init__(self, kind, folder, running):
        self.kind, self.folder, self._running = kind, folder, running
        self.scene = dying.SCENES[kind]
        (folder / "whole").mkdir()
        with self.scene(folder / "whole") as scene:
            self.snapshots = [scene.seen()]
            for change in scene.changes():
                shutil.copytree(folder / "whole", folder / f"after{len(self.snapshots) - 1}")
                change()
                self.snapshots.append(scene.seen())

    def start(self, folder, *how):
        self._running.stdin.write(f"{self.kind} {' '.join(map(str, (folder, *how)))}\n")
        self._running.stdin.flush()
        return int(self._read().split()[1])

    def end(self):
        """Return how many changes were said, and how the process ended."""
        done = 0
        while True:
            word, *rest = self._read().split()
            if word == "end":
                return done, int(rest[0])
            done = int(word)

    def check(self, folder, done):
        """Open what the dead left: all that it said, and at most the one change that it was at, whole."""
        with self.scene(folder) as scene:
            found = scene.seen()
            assert found in self.snapshots[done : done + 2]
            scene.write()
        assert not list(folder.glob("*-journal"))
        return found

    def die(self, first, *how):
        """Make one change to a copy of the store and die on the way; return how many there were, and what is left."""
        folder = self.folder / "dying"
        shutil.copytree(self.folder / f"after{first}", folder)
        self.start(folder, first, *how)
        done, status = self.end()
        found = self.check(folder, max(done, first))
        folder.rename(self.folder / "dead")
        return done, status, found

    def bury(self):
        shutil.rmtree(self.folder / "dead")

    def _read(self):
        line = self._running.stdout.readline()
        assert line, "the process that forks is gone"
        return line


@pytest.fixture(params=["desk", "join"])
def victims(request, fast_path):
    with subprocess.Popen([sys.executable, FILE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield Victims(request.param, fast_path, running)
        running.stdin.close()


def again(victims, first, found):
    """Let the next process meet the same change: what was kept is not done twice, and what was not is done now."""
    kept = found == victims.snapshots[first + 1]
    with victims.scene(victims.folder / "dead") as scene:
        try:
            said = scene.changes()[first]()
        except (DeviceEnrolled, NoSuchDevice):
            assert kept
        else:
            if victims.kind == "join":
                granted = "UnknownDevEUI" if scene.epoch is None else "JoinReqFailed" if kept else "Success"
                assert said["Result"]["ResultCode"] == granted
            elif kept:
                assert said.downlinks == said.events == said.work == ()
        assert scene.seen() == victims.snapshots[first + 1]


def test_death_at_every_statement(victims):
    deaths = 0
    for first in range(len(victims.snapshots) - 1):
        for k in range(1000):
            done, status, found = victims.die(first, "statement", k)
            again(victims, first, found)
            victims.bury()
            deaths += status != 0
            if done > first:  # the change was over before its k-th statement
                break
    assert deaths > 4 * len(victims.snapshots)


def test_death_within_statements(victims):
    rng = random.Random(4)
    deaths = 0
    for _ in range(40):
        first = rng.randrange(len(victims.snapshots) - 1)
        done, _, found = victims.die(first, "tick", rng.randrange(30))
        again(victims, first, found)
        victims.bury()
        deaths += done <= first
    assert deaths > 8


def test_sigkill_at_random_moments(victims):
    rng = random.Random(os.urandom(8))
    kills = cut = 0
    while kills < 25 or cut < 8:  # most are hit while they work; a slow machine needs more tries
        assert kills < 2000
        folder, kills = victims.folder / f"kill{kills}", kills + 1
        folder.mkdir()
        child, reached = victims.start(folder), rng.randrange(len(victims.snapshots) - 1)
        for _ in range(reached):
            victims._read()
        time.sleep(rng.expovariate(1000))  # a change takes some milliseconds
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        done, status = victims.end()
        cut += status == signal.SIGKILL
        victims.check(folder, max(done, reached))
        shutil.rmtree(folder)
