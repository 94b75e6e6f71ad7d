"""Files that only their owner may read: whole or not there, whatever ends the process that writes them."""

import errno
import os
import signal
import stat
import subprocess
import sys

import pytest

from samefade.errors import CannotWrite
from samefade.keys import private
from samefade.keys.private import refuse_open, write_private

CALLS = ("open", "fsync", "link", "close")


def test_a_private_file_is_whole_and_never_replaced(tmp_path):
    file = tmp_path / "secret"
    write_private(file, b"first")
    refuse_open(file)
    with pytest.raises(CannotWrite, match="exists"):
        write_private(file, b"second")
    assert file.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(CannotWrite):
        write_private(tmp_path / "no" / "such", b"")


# a process of its own: one that other tests have left threads in cannot fork
DYING = """
import os, signal, sys
from pathlib import Path
from samefade.keys.private import write_private
name, before = sys.argv[2], sys.argv[3] == "True"
real = getattr(os, name)
def last(*args, **named):
    if not before:
        real(*args, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, name, last)
write_private(Path(sys.argv[1]), b"whole")
"""


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="this system knows no nameless files")
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("name", CALLS)
def test_a_kill_leaves_the_whole_file_or_nothing(fast_path, name, before):
    if not private._linked(fast_path / "try", b""):
        pytest.skip("this file system knows no nameless files")
    (fast_path / "try").unlink()
    words = [sys.executable, "-c", DYING, str(fast_path / "secret"), name, str(before)]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    left = {file.name: file.read_bytes() for file in fast_path.iterdir()}
    assert left == ({"secret": b"whole"} if name == "close" or (name == "link" and not before) else {})


@pytest.mark.parametrize("refusal", [errno.EISDIR, errno.EOPNOTSUPP])
def test_without_nameless_files_it_is_whole_all_the_same(tmp_path, monkeypatch, refusal):
    real = os.open

    def no_nameless(path, flags, mode=0o777, **named):
        if path == tmp_path:
            raise OSError(refusal, os.strerror(refusal))
        return real(path, flags, mode, **named)

    monkeypatch.setattr(private.os, "open", no_nameless)
    write_private(tmp_path / "secret", b"whole")
    with pytest.raises(CannotWrite, match="exists"):
        write_private(tmp_path / "secret", b"other")
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]
    assert (tmp_path / "secret").read_bytes() == b"whole"
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
