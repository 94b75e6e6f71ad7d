"""Attacks: answer from another place, or in a room that stands still. The channel alone must refuse."""

import numpy as np
import pytest
from presence_windows import ALLOWED, RATE, TRIALS, WINDOW, link, verdicts, window

from samefade.presence import Decide, Heard


@pytest.mark.parametrize("delay", [1, 60])
def test_replay_in_a_static_room(delay):
    there = link("static", 12, 60 * TRIALS)
    now = RATE * delay + 163 * np.arange(TRIALS)
    old = [(window(there["a"], s), window(there["b"], s - RATE * delay, as_of=s)) for s in now]
    assert verdicts(Decide(), old)["accepted"] <= ALLOWED


def test_nor_is_an_honest_device_accepted_in_a_static_room():
    there = link("static", 12, 60 * TRIALS)
    honest = [(window(there["a"], s), window(there["b"], s)) for s in 163 * np.arange(TRIALS)]
    assert verdicts(Decide(), honest)["accepted"] <= ALLOWED


def test_replay_in_a_room_where_only_temperature_drifts():
    # the drift is 20 times the noise and almost the same an hour later: nobody can tell, and the verifier says so
    rng = np.random.default_rng(13)
    t = np.arange(WINDOW) / WINDOW
    pairs = []
    for _ in range(TRIALS):
        drift = 20 * np.sin(2 * np.pi * (t / 2 + rng.random() / 10))
        pairs.append([Heard(np.arange(WINDOW), drift + rng.standard_normal(WINDOW)) for _ in "ab"])
    found = verdicts(Decide(), pairs)
    assert found["accepted"] == 0
    assert found["abstained"] >= 0.9 * TRIALS


@pytest.mark.parametrize("name", ["carried", "quiet-room"])
def test_impostor_elsewhere(name):
    here, elsewhere = link(name, 11, 60 * TRIALS), link(name, 14, 60 * TRIALS)
    pairs = [(window(here["a"], s), window(elsewhere["b"], s)) for s in 163 * np.arange(TRIALS)]
    assert verdicts(Decide(), pairs)["accepted"] <= ALLOWED
