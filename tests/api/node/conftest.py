"""Worlds of two nodes that may be killed; the modules of this folder can be imported by name."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def fast_path(tmp_path):
    """A folder in memory where the system has one: what a kill leaves behind does not depend on the disk."""
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(dir=memory))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def worlds(fast_path, monkeypatch):
    """Make worlds; in all of them together no number is ever sealed twice under one key."""
    from node_world import World, make_template, remember_calibration, watch_seals

    remember_calibration(monkeypatch)
    watch_seals(monkeypatch)
    template = make_template(fast_path / "template")
    made = []

    def make():
        made.append(World(fast_path / str(len(made)), template))
        return made[-1]

    yield make
    for world in made:
        world.kill("a")
        world.kill("b")
