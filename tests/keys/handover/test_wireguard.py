"""Two wireguard-go in two namespaces: the tunnel carries with one preshared key and not with two."""

import subprocess
import time
import uuid
from base64 import b64decode
from pathlib import Path

import pytest

from samefade.keys.handover import Bond, WireGuard, hand_over

ECHO = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.9.0.2", int(sys.argv[1])))
print("listening", flush=True)
while True:
    text, who = s.recvfrom(99)
    s.sendto(text.upper(), who)
"""
ASK = """
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.2)
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    s.sendto(b"through the tunnel", ("10.9.0.2", int(sys.argv[1])))
    try:
        print(s.recv(99).decode()); break
    except TimeoutError:
        continue
"""


def run(*command, **options):
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=15, **options).stdout.strip()


class Tunnel:
    """A WireGuard device in each of two namespaces."""

    def __init__(self, spaces, start):
        stem = uuid.uuid4().hex[:8]
        self.spaces, self.devices = spaces, (f"wg{stem}a", f"wg{stem}b")
        self.private = [run("wg", "genkey") for _ in self.devices]
        self.public = [run("wg", "pubkey", input=key) for key in self.private]
        self.programs = [start(*spaces.within(i, "wireguard-go", "-f", d)) for i, d in enumerate(self.devices)]

    def wg(self, end, *arguments, **options):
        return run(*self.spaces.within(end, "wg", *arguments), **options)

    def configure(self, psks, folder):
        for end in (0, 1):
            peer, device = 1 - end, self.devices[end]
            (folder / device).write_text(self.private[end])
            self.until_there(end)
            endpoint = ("endpoint", f"10.0.0.{peer + 1}:51820", "allowed-ips", f"10.9.0.{peer + 1}/32")
            own = ("private-key", folder / device, "listen-port", "51820")
            self.wg(end, "set", device, *own, "peer", self.public[peer], "preshared-key", psks[end], *endpoint)
            self.spaces.ip(end, "addr", "add", f"10.9.0.{end + 1}/24", "dev", device)
            self.spaces.ip(end, "link", "set", device, "up")

    def until_there(self, end):
        for _ in range(3000):
            if self.programs[end].process.poll() is not None:
                pytest.skip(f"wireguard-go does not run here: {self.programs[end].said().strip().splitlines()[-1:]}")
            try:
                return self.wg(end, "show", self.devices[end])
            except subprocess.CalledProcessError:
                time.sleep(0.02)
        raise AssertionError(self.programs[end].said())

    def ask(self, start, python, seconds):
        start(*self.spaces.within(1, python, "-c", ECHO, "7777")).until("listening")
        return run(*self.spaces.within(0, python, "-c", ASK, "7777", str(seconds)))


@pytest.fixture
def tunnel(need, spaces, start):
    need("wg", "wireguard-go")
    if not Path("/dev/net/tun").exists():
        pytest.skip("there is no /dev/net/tun for a tunnel")
    return Tunnel(spaces, start)


def psks(keys, key_id, ends, folder):
    roles = ("initiator", "responder")
    return [
        hand_over(k, key_id, "wireguard", role, ends, folder / role)[0] for k, role in zip(keys, roles, strict=True)
    ]


def test_the_tunnel_carries_when_both_ends_hold_the_key(tunnel, start, key, key_id, ends, tmp_path):
    import sys

    tunnel.configure(psks((key, key), key_id, ends, tmp_path), tmp_path)
    assert tunnel.ask(start, sys.executable, 8) == "THROUGH THE TUNNEL"


def test_an_impostor_with_another_preshared_key_gets_no_tunnel(tunnel, start, key, other_key, key_id, ends, tmp_path):
    import sys

    tunnel.configure(psks((key, other_key), key_id, ends, tmp_path), tmp_path)
    assert tunnel.ask(start, sys.executable, 1.5) == ""
    # the outer road was open: packets came, and no handshake was made of them
    assert tunnel.wg(0, "show", tunnel.devices[0], "latest-handshakes").split() == [tunnel.public[1], "0"]
    assert int(tunnel.wg(1, "show", tunnel.devices[1], "transfer").split()[1]) > 0


def test_the_file_is_the_key_in_base64_and_a_line_end(key, key_id, ends, tmp_path):
    (path,) = hand_over(key, key_id, "wireguard", "initiator", ends, tmp_path)
    text = path.read_text()
    assert len(text) == 45
    assert text.endswith("\n")
    assert b64decode(text) == WireGuard().psk(key, Bond(key_id, "responder", ends))
