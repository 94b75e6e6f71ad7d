"""Work in processes of this machine: every item once, whatever dies."""

import os
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children
from pathlib import Path

import pytest

from samefade.bench import WorkersDied, each, local

WORK = """
import os, signal, time
from pathlib import Path

def square(x):
    return x * x

def refuse(x):
    raise ValueError(f"no {x}")

def die_once(flag):
    flag, x = flag
    if x == 3 and not Path(flag).exists():
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return x

def die(x):
    os.kill(os.getpid(), signal.SIGKILL)

def where(x):
    return os.getpid()

def rest(x):
    time.sleep(600 * (x > 0))
"""


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A module that other processes find by its name."""
    (tmp_path / "some_work.py").write_text(WORK, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import some_work

    yield some_work
    del sys.modules["some_work"]


def test_every_item_comes_back_with_its_place(work):
    assert dict(each(work.square, range(9), workers=2)) == {i: i * i for i in range(9)}
    assert dict(each(work.square, [], workers=2)) == {}


def test_one_worker_is_this_process(work):
    assert {pid for _, pid in each(work.where, range(3), workers=1)} == {os.getpid()}
    assert {pid for _, pid in each(work.where, range(1), workers=4)} == {os.getpid()}


def test_a_killed_process_loses_nothing(work, tmp_path):
    items = [(str(tmp_path / "died"), i) for i in range(8)]
    assert dict(each(work.die_once, items, workers=2)) == {i: i for i in range(8)}
    assert (tmp_path / "died").exists()


def test_processes_that_die_again_and_again_are_told_with_numbers(work, monkeypatch):
    monkeypatch.setattr(local, "DEATHS", 2)
    with pytest.raises(WorkersDied) as told:
        list(each(work.die, range(4), workers=2))
    assert told.value.numbers == {"deaths": 2, "unfinished": 4, "of": 4}
    assert "--workers" in told.value.advice


def test_deaths_between_which_something_was_finished_are_not_added_up(monkeypatch):
    def pooled(_work, left, _workers):
        yield min(left), None
        raise BrokenProcessPool

    monkeypatch.setattr(local, "_pooled", pooled)
    assert [place for place, _ in each(abs, range(3 * local.DEATHS), workers=2)] == [*range(3 * local.DEATHS)]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_function_raises_comes_through(work, workers):
    with pytest.raises(ValueError, match="no"):
        list(each(work.refuse, range(3), workers=workers))


def test_whoever_stops_asking_ends_what_is_computed(work):
    before, began = set(active_children()), time.monotonic()
    running = each(work.rest, range(6), workers=2)
    assert next(running) == (0, None)
    mine = set(active_children()) - before
    assert mine
    running.close()
    assert _all_end(process.pid for process in mine)
    assert time.monotonic() - began < 500


@pytest.mark.usefixtures("work")
def test_no_process_outlives_a_parent_that_is_killed(tmp_path):
    program = (
        "import sys, time\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "from samefade.bench import each\n"
        "import some_work\n"
        "if __name__ == '__main__':\n"
        "    for _, pid in each(some_work.where, range(8), workers=2):\n"
        "        print(pid, flush=True)\n"
        "        time.sleep(30)\n"
    )
    (tmp_path / "parent.py").write_text(program, "utf-8")
    with subprocess.Popen([sys.executable, tmp_path / "parent.py"], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.kill()
    assert _all_end([child])


def _all_end(pids):
    """Wait for processes to end, by what the system says of them: asking a `Process` races with the pool's thread."""
    left = set(pids)
    for _ in range(1000):
        left = {pid for pid in left if _lives(pid)}
        if not left:
            return True
        time.sleep(0.1)
    return False


def _lives(pid):
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
