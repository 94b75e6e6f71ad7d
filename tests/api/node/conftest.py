"""Worlds of two nodes that may be killed; the modules of this folder can be imported by name."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


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
