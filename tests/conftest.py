"""Where the public recordings lie; without them the tests that need them skip and say so."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_dir() -> Path:
    folder = os.environ.get("SAMEFADE_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("public recordings are absent: set SAMEFADE_DATA to a folder that holds them")
    return Path(folder)
