"""A real Mosquitto, started on a free port, killed and started again at will."""

import contextlib
import os
import shutil
import socket
import subprocess
import time

import pytest

_PATIENCE = 180.0  # seconds, on a machine that does much else


def binary():
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def needed():
    if binary() is None:
        pytest.skip("the broker is absent: install Mosquitto, as `apt-get install mosquitto`")
    pytest.importorskip("aiomqtt", reason="the MQTT client is absent: install the extra `mqtt`")


class Mosquitto:
    """One broker; `settings` are lines of its configuration."""

    def __init__(self, folder, *settings):
        self._folder, self._settings, self._running = folder, settings or ("allow_anonymous true",), None
        self.port = 0

    def __enter__(self):
        for _ in range(20):  # somebody else may take the port between our look and its start
            with socket.create_server(("127.0.0.1", 0)) as probe:
                self.port = probe.getsockname()[1]
            with contextlib.suppress(ChildProcessError):
                self.start()
                return self
        raise AssertionError("no port stayed free")

    def __exit__(self, *_):
        self.kill()

    def start(self):
        """Start it, and wait until it listens; on a port that is held by a dying one, try again."""
        file = self._folder / f"mosquitto-{self.port}.conf"
        root = ["user root"] if hasattr(os, "getuid") and os.getuid() == 0 else []  # else it may not read our files
        lines = [f"listener {self.port} 127.0.0.1", "log_type none", "max_queued_messages 0", *root, *self._settings]
        file.write_text("\n".join(lines) + "\n")
        self._running = subprocess.Popen([binary(), "-c", file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self._running.poll() is not None:
                raise ChildProcessError(self._running.returncode)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.01)
        raise AssertionError("the broker does not listen")

    def again(self):
        """Kill it and start it on the same port."""
        self.kill()
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(ChildProcessError):
                self.start()
                return
            time.sleep(0.1)
        raise AssertionError("the port did not become free")

    def kill(self):
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None
