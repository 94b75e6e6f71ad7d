"""Two ends in two network namespaces, joined by veth pairs, with our own lossy proxy in a third between them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

HERE = Path(__file__).parent

RESPONDER = """
import time
from link_doubles import Flock
from samefade.link.drive import HostDrive
from samefade.link.udp import serve_udp
flock, ends = Flock(20), time.monotonic() + 180
over = lambda: time.monotonic() > ends or bool(flock.peers) and all(p.closed for p in flock.peers.values())
ready = lambda _: print("ready", flush=True)
serve_udp(HostDrive(flock, lambda _: None, lambda *_: None), "10.0.2.2", 4000, stop=over, ready=ready)
"""

BETWEEN = """
import asyncio, json, sys
from samefade.link.hostile import Hostile
from samefade.link.proxy import proxy
async def between():
    line = Hostile(loss=0.3, duplicate=0.2, reorder=8, delay=0.002, flip=0.05)
    async with proxy(("10.0.2.2", 4000), line, seed=5, listen=("10.0.1.1", 4000)) as running:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(json.dumps([running.sent, running.dropped, running.damaged]))
asyncio.run(between())
"""

INITIATOR = """
import json, time
from link_doubles import Talker
from samefade.link.drive import Drive
from samefade.link.udp import run_udp
talker, ends = Talker(True, 20), time.monotonic() + 180
done = run_udp(Drive(talker), "10.0.1.1", 4000, stop=lambda: time.monotonic() > ends)
print(json.dumps([done, len(talker.received)]))
"""


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=200)


@pytest.fixture
def spaces():
    """Three namespaces in a row: a – between – b."""
    if shutil.which("ip") is None:
        pytest.skip("this system has no `ip`, so no network namespaces")
    made = [f"samefade-{uuid4().hex[:8]}-{end}" for end in ("a", "m", "b")]
    a, m, b = made
    try:
        try:
            for name in made:
                ip("netns", "add", name)
            for name, net in ((a, 1), (b, 2)):
                ip("-n", name, "link", "add", "near", "type", "veth", "peer", "name", f"far{net}", "netns", m)
                ip("-n", name, "address", "add", f"10.0.{net}.2/24", "dev", "near")
                ip("-n", m, "address", "add", f"10.0.{net}.1/24", "dev", f"far{net}")
                ip("-n", name, "link", "set", "near", "up")
                ip("-n", m, "link", "set", f"far{net}", "up")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"this system does not allow network namespaces: {error.stderr.decode().strip()}")
        yield made
    finally:
        for name in made:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True, timeout=200)


def started(space, code):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, sys.path)])}
    return subprocess.Popen(
        ["ip", "netns", "exec", space, sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def test_two_ends_in_two_network_namespaces(spaces):
    a, m, b = spaces
    with started(b, RESPONDER) as responder, started(m, BETWEEN) as between:
        try:
            assert responder.stdout.readline() == between.stdout.readline() == "ready\n"
            with started(a, INITIATOR) as initiator:
                done, rounds = json.loads(initiator.communicate(timeout=400)[0])
            sent, dropped, damaged = json.loads(between.communicate(timeout=100)[0])
            responder.communicate(timeout=400)
        finally:
            responder.kill()
            between.kill()
    assert done
    assert rounds == 20
    assert 0 < dropped < sent
    assert damaged > 0


def test_the_ends_cannot_hear_each_other_past_the_proxy(spaces):
    a, _, _ = spaces
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('10.0.2.2', 4000))"
    past = subprocess.run(
        ["ip", "netns", "exec", a, sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=200
    )
    assert "unreachable" in past.stderr
