"""The fuzz targets run, and their invariants hold for about a second; longer runs are started by hand."""

import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parent.parent.parent / "fuzz"


@pytest.mark.parametrize(("name", "runs"), [("fuzz_cbor.py", 20_000), ("fuzz_frames.py", 2_000)])
def test_the_invariant_holds(name, runs):
    command = [sys.executable, str(FUZZ / name), "--runs", str(runs), "--plain"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "invariant held" in done.stdout
    assert (FUZZ / name).read_text(encoding="utf-8").startswith('"""Invariant: ')
