"""Where the public recordings lie, and what the ends of a session share."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "session"))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    folder = os.environ.get("SAMEFADE_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("public recordings are absent: set SAMEFADE_DATA to a folder that holds them")
    return Path(folder)
