"""The tutorial on two nodes is true: every command on it is typed, and what is printed there is what it says."""

import re
import shutil
import socket
import time
from pathlib import Path

import pytest
from played import free, opened, stays, steps, take

import samefade

PAGE = Path(samefade.__file__).parents[2] / "docs/tutorial/two-nodes.md"
PORTS = {47000: socket.SOCK_DGRAM, 48000: socket.SOCK_DGRAM, 5683: socket.SOCK_DGRAM}
PORTS |= {8443: socket.SOCK_STREAM, 9443: socket.SOCK_STREAM}

if not PAGE.is_file():
    pytest.skip("the pages are not a part of the installed package", allow_module_level=True)


@pytest.fixture
def page():
    """The page, with ports that are free."""
    text = PAGE.read_text(encoding="utf-8")
    for port, kind in PORTS.items():
        assert re.search(rf"\b{port}\b", text), port
        text = re.sub(rf"\b{port}\b", str(free(kind)), text)
    return text


@pytest.fixture
def terminals(tmp_path):
    """Terminals by name; everything in them ends with the test."""
    if shutil.which("bash") is None or shutil.which("curl") is None:
        pytest.skip("the tutorial needs bash and curl")
    for extra in ("aiocoap", "starlette", "uvicorn", "cryptography"):
        pytest.importorskip(extra, reason=f"{extra} is not installed: pip install 'samefade[all]'")
    with opened(tmp_path) as terminal:
        yield terminal


def asked_for(typed):
    return re.search(r"--bind 127\.0\.0\.1:(\d+)", typed or "")


def wait_for_udp(port):
    """Wait for a server that does not say when it listens."""
    for _ in range(3000):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens at port {port}")


def test_a_newcomer_follows_the_page(page, terminals, tmp_path):
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        (tmp_path / re.match(r"# (\S+):", code)[1]).write_text(code, encoding="utf-8")
    todo, seen = list(steps(page, ("ap", "sta", ""))), {}
    for at, (where, typed, said) in enumerate(todo):
        running = stays(todo, at)
        assert running or typed is not None
        told, code = take(terminals(where), typed, said, running=running)
        seen[typed] = told
        following = todo[at + 1][1] if at + 1 < len(todo) else None
        assert running or typed == "^C" or following == "echo $?" or code == 0, (typed, code, told)
        if running and (port := asked_for(typed)):
            wait_for_udp(int(port[1]))
    keys = re.findall(r'"key":"([^"]*)"', seen["""grep -o '"key":"[^"]*"' alice.json bob.json"""])
    assert len(keys) == 2
    assert keys[0] == keys[1]
    names = re.findall(r"name this secret (\w+)\.", "".join(map(str, seen.values())))
    assert len(names) == 2
    assert len(set(names)) == 1
