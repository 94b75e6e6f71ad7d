"""What every attack needs: a pair made of given samples, and a pair of a simulated world."""

import sys
from pathlib import Path

import numpy as np
import pytest

from samefade import channel, observe
from samefade.types import Observation, Pair

sys.path.insert(0, str(Path(__file__).parent))  # modules of this folder can be imported by name


@pytest.fixture(scope="session")
def noisy_pair():
    """Return a maker: both ends hear one signal, each with its own noise at so many dB; Eve hears `eve`."""

    def make(signal, snr_db=30.0, seed=0, eve=None):
        rng = np.random.default_rng(seed)
        x = (signal - np.mean(signal)) / np.std(signal)
        mask = np.ones(len(x), bool)
        ends = (x + 10 ** (-snr_db / 20) * rng.standard_normal(len(x)) for _ in "ab")
        theirs = None if eve is None else Observation(20 + eve, 10.0, mask, "e")
        return Pair(
            *(Observation(20 + 5 * end, 10.0, mask, name) for end, name in zip(ends, "ab", strict=True)), theirs
        )

    return make


@pytest.fixture(scope="session")
def world_pair():
    """Return a maker: the pair of a simulated scenario, Eve included."""

    def make(case, seed):
        world = channel.simulate(case, seed, tones=(6,))
        return observe.pair(world.a, world.b, (world.e,), tone=6)

    return make
