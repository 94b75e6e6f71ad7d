"""The doubles of this folder can be imported by name, here and in the processes that tests start."""

import sys
from pathlib import Path

import numpy as np
import pytest

from samefade.types import Observation

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def observation():
    rng = np.random.default_rng(7)
    mask = rng.random(100) > 0.2
    return Observation(rng.normal(size=(100, 3)), 10.0, mask)
