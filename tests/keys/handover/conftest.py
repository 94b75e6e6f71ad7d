"""Two keys, programs that are surely ended, and two network namespaces that are surely removed."""

import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from contextlib import ExitStack, contextmanager, suppress

import pytest

from samefade.keys.handover import Ends
from samefade.types import Key

ENDS = Ends(b"access point", b"station")


@pytest.fixture
def ends():
    return ENDS


@pytest.fixture
def key():
    return Key(b"c4n4ry!!" * 4, "estimate")


@pytest.fixture
def other_key():
    return Key(b"another." * 4, "bounded")


@pytest.fixture
def key_id():
    return uuid.uuid4()


@pytest.fixture
def need():
    def check(*programs):
        missing = [name for name in programs if not shutil.which(name)]
        if missing:
            pytest.skip(f"not installed here: {', '.join(missing)}")

    return check


class Running:
    """A program in a process group of its own, with what it says in a file."""

    def __init__(self, process, log):
        self.process, self.log = process, log

    def said(self):
        return self.log.read_text(errors="replace")

    def until(self, *texts, seconds=150.0):
        """Wait for one of the texts and return all that was said."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if any(text in self.said() for text in texts):
                return self.said()
            time.sleep(0.02)
        raise AssertionError(f"none of {texts} in: {self.said()}")

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()


@contextmanager
def started(command, log, cwd):
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            start_new_session=True,
        )
    try:
        yield Running(process, log)
    finally:
        end_group(process)


def end_group(process):
    """Ask the group to end, so that it tidies up, and then make sure."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=2)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=100)
    process.stdin.close()


@pytest.fixture
def start(tmp_path):
    """Start a program and end its whole process group after the test, whatever happens."""
    with ExitStack() as stack:

        def run(*command, cwd=None):
            return stack.enter_context(started(command, tmp_path / f"{uuid.uuid4().hex}.log", cwd))

        yield run


@pytest.fixture
def free_port():
    def ask(kind=socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as asked:
            asked.bind(("127.0.0.1", 0))
            return asked.getsockname()[1]

    return ask


class Spaces:
    """Two network namespaces that see each other through one wire."""

    def __init__(self):
        stem = f"sf{uuid.uuid4().hex[:8]}"
        self.names = (f"{stem}a", f"{stem}b")

    def ip(self, end, *arguments):
        subprocess.run(["ip", "-n", self.names[end], *arguments], check=True, capture_output=True, timeout=10)

    def within(self, end, *command):
        return ("ip", "netns", "exec", self.names[end], *command)

    def open(self):
        for name in self.names:
            subprocess.run(["ip", "netns", "add", name], check=True, capture_output=True, timeout=10)
        self.ip(0, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", self.names[1])
        for end in (0, 1):
            self.ip(end, "addr", "add", f"10.0.0.{end + 1}/24", "dev", "wire")
            self.ip(end, "link", "set", "wire", "up")

    def close(self):
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True, timeout=10)


@pytest.fixture
def spaces(need):
    need("ip")
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    two = Spaces()
    try:
        try:
            two.open()
        except subprocess.CalledProcessError as refused:
            pytest.skip(f"this system allows no network namespaces: {refused.stderr.decode().strip()}")
        yield two
    finally:
        two.close()
