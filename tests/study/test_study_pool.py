"""Processes of a study: what runs aside is waited for, and done again here where its process died."""

import os
import time
from functools import partial
from pathlib import Path

import pytest

from samefade.study.lab import Lab
from samefade.study.pool import Pool


def leave(file: Path, parent: int, *, dies: bool = False) -> None:
    """Write which process this is; die where that is asked for, unless it is the first one."""
    if dies and os.getpid() != parent:
        os._exit(1)
    time.sleep(0.2)
    file.write_text(str(os.getpid()))


def negative(x: int) -> int:
    return -x


@pytest.fixture
def pool():
    pool = Pool(2)
    yield pool
    pool.close()


def test_what_runs_aside_runs_elsewhere_and_can_be_waited_for(pool, tmp_path):
    files = [tmp_path / name for name in "ab"]
    waits = [pool.aside(partial(leave, file, os.getpid())) for file in files]
    Lab(pool=pool).quiet()
    assert all(int(file.read_text()) != os.getpid() for file in files)
    before = [file.stat().st_mtime_ns for file in files]
    for wait in waits:
        wait()
    assert [file.stat().st_mtime_ns for file in files] == before  # it was done once


def test_one_worker_does_it_at_once(tmp_path):
    alone = Pool(1)
    wait = alone.aside(partial(leave, tmp_path / "a", os.getpid()))
    assert (tmp_path / "a").read_text() == str(os.getpid())
    (tmp_path / "a").unlink()
    wait()
    alone.quiet()
    assert not (tmp_path / "a").exists()


def test_where_its_process_dies_it_is_done_here_and_the_map_beside_it_ends(pool, tmp_path):
    wait = pool.aside(partial(leave, tmp_path / "a", os.getpid(), dies=True))
    assert dict(pool.each(negative, range(5))) == {i: -i for i in range(5)}
    pool.quiet()
    wait()
    assert (tmp_path / "a").read_text() == str(os.getpid())
    pool.aside(partial(leave, tmp_path / "b", os.getpid()))()
    assert (tmp_path / "b").is_file()  # there are processes again, or it was done here
