"""The tutorial on two nodes is true: every command on it is typed, and what is printed there is what it says."""

import os
import re
import shutil
import socket
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from terminals import Terminal

import samefade

PAGE = Path(samefade.__file__).parents[2] / "docs/tutorial/two-nodes.md"
PORTS = {47000: socket.SOCK_DGRAM, 48000: socket.SOCK_DGRAM, 5683: socket.SOCK_DGRAM}
PORTS |= {8443: socket.SOCK_STREAM, 9443: socket.SOCK_STREAM}

if not PAGE.is_file():
    pytest.skip("the pages are not a part of the installed package", allow_module_level=True)


def steps(text):
    """Yield (terminal, what is typed, what it says): a command, `^C`, or None where a program goes on."""
    for named, block in re.findall(r"^```console ?(\S*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        where, typed, said = named.strip("$"), None, []
        for line in block.replace("\\\n", "").splitlines():
            command = re.fullmatch(r"(ap|sta|)\$ (.*)", line)
            if command or line == "^C":
                if typed or said:
                    yield where, typed, "\n".join(said)
                where, typed, said = (*command.groups(), []) if command else (where, line, [])
            else:
                said.append(line)
        yield where, typed, "\n".join(said)


def agrees(page, said):
    """Say whether a program said what the page prints.

    `…` is anything, a number with a point any such number, and 8 keys may be one more or less, as the page tells.
    """
    words = []
    for word in page.split():
        fixed = re.sub(r"(?<![\d.])\d+\\\.\d+(?!\d|\\\.)", "[0-9.e+-]+", re.escape(word))
        words.append("[789]" if word == "8" else fixed.replace("…", ".*?"))
    return re.fullmatch(r"\s*" + r"\s+".join(words) + r"\s*", said, re.DOTALL) is not None


def free(kind):
    with socket.socket(socket.AF_INET, kind) as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


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
    programs = str(Path(sys.executable).parent)
    environment = {name: value for name, value in os.environ.items() if name not in ("SAMEFADE_STORE", "COLUMNS")}
    environment["PATH"] = programs + os.pathsep + environment["PATH"]
    opened = {}
    with ExitStack() as stack:

        def terminal(name):
            if name not in opened:
                opened[name] = stack.enter_context(closing(Terminal(tmp_path, environment)))
            return opened[name]

        yield terminal


def stays(todo, at):
    """Say whether the page counts on a program that still runs when it turns to another terminal."""
    where = todo[at][0]
    following = next((typed for there, typed, _ in todo[at + 1 :] if there == where), "")
    return following in (None, "^C")


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


def take(terminal, typed, said, *, running):
    """Type a line, wait for what the page prints, and return what was said and the exit code."""
    if typed == "^C":
        terminal.interrupt()
    elif typed is not None:
        terminal.type(typed)

    def over(seen, code):
        whole = not said or seen.endswith("\n")
        return whole and agrees(said, seen) if running else code is not None

    told, code = terminal.until(over)
    assert agrees(said, told), f"{typed}\nthe page says:\n{said}\nbut it was:\n{told}"
    terminal.forget()
    return told, code


def test_a_newcomer_follows_the_page(page, terminals, tmp_path):
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        (tmp_path / re.match(r"# (\S+):", code)[1]).write_text(code, encoding="utf-8")
    todo, seen = list(steps(page)), {}
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
