"""Ctrl-C before the first command is loaded: an exit code, and no traceback of Python's."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
MODULE, _, FUNCTION = PROJECT["scripts"]["samefade"].partition(":")

# what Python does when the signal arrives while it looks for this module
INTERRUPTED = """
import sys

class Stop:
    def find_spec(name, path=None, target=None):
        if name == {during!r}:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Stop)
sys.argv = ["samefade", "doctor"]
"""
STARTS = {
    "the installed command": f"from {MODULE} import {FUNCTION}\nsys.exit({FUNCTION}())\n",
    "python -m samefade": "import runpy\nrunpy.run_module('samefade', run_name='__main__', alter_sys=True)\n",
}


@pytest.mark.parametrize("during", ["samefade.cli", "typer", "samefade.cli.doctor", "samefade.wavelet"])
@pytest.mark.parametrize("start", STARTS)
def test_a_stop_while_modules_are_loaded_ends_quietly(start, during):
    code = INTERRUPTED.format(during=during) + STARTS[start]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
