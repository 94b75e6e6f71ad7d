"""Terminals in which a page is typed: a shell behind a pseudo-terminal, and what it says."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from contextlib import suppress

READY = re.compile(r"<ready (\d+)>\s*$")
# a shell that owns its terminal, so that Ctrl-C reaches what runs in it
LAUNCH = (
    "import fcntl, os, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execvp('bash', ['bash', '--norc', '--noprofile', '--noediting', '-i'])"
)


class Terminal:
    """A shell in a folder."""

    def __init__(self, folder, environment):
        self._end, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=environment | {"PS1": "<ready $?>", "PS2": "", "TERM": "dumb"},
            start_new_session=True,
        )
        os.close(theirs)
        self._seen = ""
        self.until(lambda _, code: code is not None)
        self.forget()
        self.type("stty -echo cols 80 rows 40")
        self.until(lambda _, code: code is not None)
        self.forget()

    def type(self, line):
        """Type a line."""
        os.write(self._end, line.encode() + b"\n")

    def forget(self):
        """Forget what was said until now."""
        self._seen = ""

    def interrupt(self):
        """Press Ctrl-C."""
        os.write(self._end, b"\x03")

    def until(self, done, seconds=600.0):
        """Listen until what was said, and the exit code if there is a prompt again, satisfy a condition."""
        end = time.monotonic() + seconds
        while True:
            prompt = READY.search(self._seen)
            said = self._seen[: prompt.start()] if prompt else self._seen
            code = int(prompt[1]) if prompt else None
            if done(said, code):
                return said, code
            if time.monotonic() > end:
                raise AssertionError(f"after {seconds} s only (exit code {code}):\n{said}")
            self._listen()

    def close(self):
        """End everything that runs here: the shell's session loses its terminal."""
        foreground = None
        with suppress(OSError):
            foreground = os.tcgetpgrp(self._end)
        for group, number in ((foreground, 15), (foreground, 9), (self._process.pid, 9)):
            if group is not None:
                with suppress(ProcessLookupError):
                    os.killpg(group, number)
            time.sleep(0.1)
        self._process.wait(timeout=100)
        os.close(self._end)

    def _listen(self):
        if select.select([self._end], [], [], 0.1)[0]:
            with suppress(OSError):  # nobody holds the other end any more
                self._seen += os.read(self._end, 65536).decode(errors="replace").replace("\r", "")
