"""kill −9 at every point: what was acknowledged is there, and nothing is half there."""

import contextlib
import importlib.util
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

if not hasattr(os, "fork"):
    pytest.skip("this system cannot fork", allow_module_level=True)

FILE = Path(__file__).with_name("sequence.py")
_spec = importlib.util.spec_from_file_location("sequence", FILE)
sequence = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sequence)


@pytest.fixture
def snapshots(fast_path):
    """What is seen of the store after 0, 1, … changes; a copy of the store as it was then lies in `after0`, …."""
    (fast_path / "whole").mkdir()
    with sequence.opened(fast_path / "whole") as store:
        found = [sequence.seen(store)]
        for change in sequence.changes(store):
            shutil.copytree(fast_path / "whole", fast_path / f"after{len(found) - 1}")
            change()
            found.append(sequence.seen(store))
    return found


@pytest.fixture
def victims():
    with subprocess.Popen([sys.executable, FILE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.stdin.close()


def start(victims, folder, *how):
    victims.stdin.write(f"{' '.join(map(str, (folder, *how)))}\n")
    victims.stdin.flush()
    return int(victims.stdout.readline().split()[1])


def end(victims):
    """Return how many changes were acknowledged, and how the process ended."""
    done = 0
    while True:
        word, *rest = victims.stdout.readline().split()
        if word == "end":
            return done, int(rest[0])
        done = int(word)


def check(folder, done, snapshots):
    """Open what the dead process left: all that it acknowledged, and at most the one change that it was at, whole."""
    with sequence.opened(folder) as store:
        assert sequence.seen(store) in snapshots[done : done + 2]
        store.burn(b"after", 1, 1)
    assert sorted(file.name for file in folder.iterdir()) == ["k", "s"]


def test_sigkill_at_random_moments(victims, fast_path, snapshots):
    rng = random.Random(os.urandom(8))
    kills = cut = 0
    while kills < 100 or cut < 30:  # most are hit while they work; a slow machine needs more tries
        assert kills < 2000
        folder, kills = fast_path / f"kill{kills}", kills + 1
        folder.mkdir()
        child, reached = start(victims, folder), rng.randrange(len(snapshots) - 1)
        for _ in range(reached):
            victims.stdout.readline()
        time.sleep(rng.expovariate(1000))  # a change takes about a millisecond
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        done, status = end(victims)
        cut += status == signal.SIGKILL
        check(folder, max(done, reached), snapshots)
        shutil.rmtree(folder)


def die(victims, fast_path, snapshots, first, *how):
    """Make one change to a copy of the store and die on the way; return how many changes there were before."""
    folder = fast_path / "dying"
    shutil.copytree(fast_path / f"after{first}", folder)
    start(victims, folder, first, *how)
    done, status = end(victims)
    check(folder, max(done, first), snapshots)
    shutil.rmtree(folder)
    return done, status


def test_death_at_every_statement(victims, fast_path, snapshots):
    deaths = 0
    for first in range(len(snapshots) - 1):
        for k in range(1000):
            done, status = die(victims, fast_path, snapshots, first, "statement", k)
            deaths += status != 0
            if done > first:  # the change was over before its k-th statement
                break
    assert deaths > 100


def test_death_within_statements(victims, fast_path, snapshots):
    rng = random.Random(4)
    deaths = 0
    for _ in range(80):
        first = rng.randrange(len(snapshots) - 1)
        done, _ = die(victims, fast_path, snapshots, first, "tick", rng.randrange(60))
        deaths += done <= first
    assert deaths > 30
