"""The fuzz targets of key store and key delivery, for a second each; run them longer from `fuzz/`."""

import importlib.util
import time
from pathlib import Path

import pytest

import samefade

FOLDER = Path(samefade.__file__).parents[2] / "fuzz"
if not FOLDER.is_dir():
    pytest.skip("the fuzz targets are not a part of the installed package", allow_module_level=True)


@pytest.mark.parametrize("name", ["fuzz_store", "fuzz_etsi"])
def test_a_second_of_fuzzing(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    target = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(target)
    assert (FOLDER / f"{name}.py").read_text(encoding="utf-8").startswith('"""Invariant: ')
    target.main(50, seed=1)
    end, seed = time.process_time() + 1, 2
    while time.process_time() < end:
        target.main(50, seed)
        seed += 1
