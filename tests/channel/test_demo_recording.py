"""The bundled recording is what its README says: simulated, small, and made again from its seed."""

from dataclasses import replace

import numpy as np
import pytest

from samefade import demo, files
from samefade.channel import SCENARIOS
from samefade.demo import make as recipe


def test_the_bundle_is_small_and_says_that_it_is_simulated():
    held = demo.paths()
    assert set(held) == {"a", "b", "e"}
    assert sum(path.stat().st_size for path in held.values()) < 4_000_000
    text = (held["a"].parent / "README.md").read_text("utf-8")
    assert "simulated" in text
    assert f"seed {recipe.SEED}" in text
    assert f"`{recipe.SCENARIO}`" in text


def test_the_bundle_is_made_again_from_its_seed():
    world = recipe.world()
    for end, path in demo.paths().items():
        (held,) = files.read(path)
        made = getattr(world, end)
        np.testing.assert_allclose(held.time, made.time, rtol=0, atol=1.5e-6)  # one microsecond of rounding
        # sums in another order (another processor, another library) may round a value the other way, never further
        for part in ("raw", "rssi"):
            step = np.abs(np.subtract(getattr(held, part), getattr(made, part), dtype=np.int64))
            assert step.max() <= 1
            assert np.mean(step) < 1e-3


def test_making_it_twice_writes_the_same_bytes(tmp_path):
    case = replace(SCENARIOS["carried"], seconds=3.0)
    written = []
    for name in ("once", "twice"):
        (tmp_path / name).mkdir()
        written.append(recipe.make(tmp_path / name, case))
    for end in "abe":
        assert written[0][end].read_bytes() == written[1][end].read_bytes()


def test_the_clocks_of_the_bundle_differ():
    a, b = (files.read(demo.paths()[end])[0] for end in "ab")
    assert b.time[0] - a.time[0] == pytest.approx(2.3, abs=0.5)
