"""Where the public recordings lie, what the ends of a session share, and an ear for the canary.

The prior secret of every session in these tests is a canary: at the end of a run it may be in nothing that tests print,
log or leave on the disk, however it is spelt.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent / "session"))

from spellings import spellings

# how long an example takes says more of the machine than of the test, and on a fresh checkout the first text that is
# drawn builds a table of Unicode for seconds
settings.register_profile("samefade", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("samefade")

CANARY = b"a canary that nobody ever hears."
_MOST = 8 << 20  # bytes of a file that are read


_SPELT = spellings(CANARY)


def heard(data):
    """Say whether the canary is in some bytes."""
    return any(spelling in data for spelling in _SPELT)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    folder = os.environ.get("SAMEFADE_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("public recordings are absent: set SAMEFADE_DATA to a folder that holds them")
    return Path(folder)


@pytest.fixture
def fast_path(tmp_path):
    """A folder in memory where the system has one: what a kill leaves behind does not depend on the disk."""
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(dir=memory))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def no_canary_on_the_disk(tmp_path_factory):
    """Look through everything that the tests of this process left below their folder."""
    yield
    for path in tmp_path_factory.getbasetemp().rglob("*"):
        if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK):
            with path.open("rb") as file:
                assert not heard(file.read(_MOST)), f"a secret was left in {path.name}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):  # noqa: ARG001 -- the hook's own names
    """Look through everything that a test printed and logged."""
    report = yield
    if report.outcome == "passed" and any(heard(text.encode(errors="replace")) for _, text in report.sections):
        report.outcome = "failed"
        report.longrepr = "a secret was printed or logged"
    return report
