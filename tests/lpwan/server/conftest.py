"""Stores with devices in them, and stand-ins, for the tests of network servers."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from server_world import World


@pytest.fixture
def world(fast_path):
    """A store with stand-ins for devices, and a desk that serves them."""
    with World(fast_path) as made:
        yield made
