"""aiocoap's own client and server talk by OSCORE with the key; a wrong key and a replay get nothing."""

import asyncio
import gc
import json
import signal
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from samefade.errors import OutOfRange
from samefade.keys.handover import Bond, Context, hand_over
from samefade.keys.handover.writing import write

aiocoap = pytest.importorskip("aiocoap", reason="aiocoap is not installed: pip install 'samefade[coap]'")
oscore = pytest.importorskip("aiocoap.oscore", reason="aiocoap lacks its OSCORE parts")

SECRET = bytes.fromhex("0102030405060708090a0b0c0d0e0f10")
SALT = bytes.fromhex("9e7ca92223786340")
# RFC 8613 appendices C.1.1, C.1.2, C.2.1, C.3.1: salt, ids, id context, sender key, recipient key, common IV
VECTORS = {
    "C.1.1 client": (
        (SALT, "", "01", None),
        ("f0910ed7295e6ad4b54fc793154302ff", "ffb14e093c94c9cac9471648b4f98710", "4622d4dd6d944168eefb54987c"),
    ),
    "C.1.2 server": (
        (SALT, "01", "", None),
        ("ffb14e093c94c9cac9471648b4f98710", "f0910ed7295e6ad4b54fc793154302ff", "4622d4dd6d944168eefb54987c"),
    ),
    "C.2.1 client, no salt": (
        (b"", "00", "01", None),
        ("321b26943253c7ffb6003b0b64d74041", "e57b5635815177cd679ab4bcec9d7dda", "be35ae297d2dace910c52e99f9"),
    ),
    "C.3.1 client, id context": (
        (SALT, "", "01", "37cbf3210017a2d3"),
        ("af2a1300a5e95788b356336eeecd2b92", "e39a0c7c77b43f03b4b39ab9a268699f", "2ca58fb85ff1b81c0b7181b85e"),
    ),
}


@pytest.fixture(autouse=True)
def contexts_end_here():
    """Let aiocoap write down and unlock what it holds before another test begins: it does so when it is collected."""
    yield
    gc.collect()


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_a_context_written_from_the_rfcs_inputs_is_the_rfcs_context(vector, tmp_path):
    (salt, sender, recipient, id_context), expected = vector
    idc = None if id_context is None else bytes.fromhex(id_context)
    context = Context(bytes.fromhex(sender), bytes.fromhex(recipient), idc)
    write(context.render("c", SECRET, salt, "vector"), tmp_path)
    loaded = oscore.FilesystemSecurityContext(str(tmp_path / "c"))
    assert tuple(x.hex() for x in (loaded.sender_key, loaded.recipient_key, loaded.common_iv)) == expected


@pytest.mark.parametrize("ids", [(b"a", b"a"), (b"", b""), (b"12345678", b"a")])
def test_equal_or_long_ids_are_refused(ids):
    with pytest.raises(OutOfRange):
        Context(*ids)


@pytest.fixture
def export(key, key_id, ends, tmp_path):
    """Export to a folder and return aiocoap's credentials, with a path that does not depend on where we stand."""

    def do(role, folder, which=key):
        paths = hand_over(which, key_id, "oscore", role, ends, tmp_path / folder)
        told = json.loads(next(p for p in paths if p.name == f"{key_id}.oscore.json").read_text())
        for entry in filter(None, told.values()):
            entry["oscore"]["basedir"] = str(tmp_path / folder / entry["oscore"]["basedir"])
        return told

    return do


def credentials(told):
    from aiocoap.credentials import CredentialsMap

    loaded = CredentialsMap()
    loaded.load_from_dict(told)
    return loaded


@asynccontextmanager
async def server(told, port):
    from aiocoap import error, resource
    from aiocoap.oscore_sitewrapper import OscoreSiteWrapper

    served = []

    class Door(resource.Resource):
        async def render_post(self, request):
            # without this, aiocoap serves those who come without OSCORE as well
            if not set(told) & set(request.remote.authenticated_claims):
                raise error.Unauthorized
            served.append(request.payload)
            return aiocoap.Message(code=aiocoap.CONTENT, payload=b"open to " + request.payload)

    site = resource.Site()
    site.add_resource(["door"], Door())
    wrapped = OscoreSiteWrapper(site, credentials(told))
    context = await aiocoap.Context.create_server_context(wrapped, bind=("127.0.0.1", port))
    try:
        yield served
    finally:
        await context.shutdown()


@asynccontextmanager
async def client(told):
    context = await aiocoap.Context.create_client_context()
    context.client_credentials.load_from_dict(told)

    async def ask(port):
        message = aiocoap.Message(code=aiocoap.POST, uri=f"coap://127.0.0.1:{port}/door", payload=b"me")
        return await asyncio.wait_for(context.request(message).response, 5)

    try:
        yield ask
    finally:
        await context.shutdown()


class Listener(asyncio.DatagramProtocol):
    """A wire between a client and a server that keeps what the client sent."""

    def __init__(self, port):
        self.port, self.heard, self.back = port, [], None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        if addr[1] == self.port:
            self.transport.sendto(data, self.back)
        else:
            self.back = addr
            self.heard.append(data)
            self.transport.sendto(data, ("127.0.0.1", self.port))


@asynccontextmanager
async def tapped(port):
    loop = asyncio.get_running_loop()
    transport, listener = await loop.create_datagram_endpoint(lambda: Listener(port), local_addr=("127.0.0.1", 0))
    try:
        yield listener, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


async def resend(request, port):
    """Send a recorded request from another socket, with another message id, as OSCORE does not protect that."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
        attacker.setblocking(False)
        altered = request[:2] + bytes([request[2] ^ 0x55]) + request[3:]
        await loop.sock_sendto(attacker, altered, ("127.0.0.1", port))
        return await asyncio.wait_for(loop.sock_recv(attacker, 2048), 5)


def test_the_right_key_opens_the_door_in_both_directions(export, free_port):
    async def meet():
        port = free_port(socket.SOCK_DGRAM)
        async with server(export("responder", "b"), port) as served, client(export("initiator", "a")) as ask:
            answers = [await ask(port) for _ in range(3)]
            assert [(x.code, x.payload) for x in answers] == [(aiocoap.CONTENT, b"open to me")] * 3
            assert served == [b"me"] * 3

    asyncio.run(meet())


def test_the_responder_may_be_the_one_that_asks(export, free_port):
    async def meet():
        port, asking = free_port(socket.SOCK_DGRAM), export("responder", "b")
        told = {"coap://*" if x is not None else name: x for name, x in asking.items()}
        async with server(export("initiator", "a"), port), client(told) as ask:
            assert (await ask(port)).code == aiocoap.CONTENT

    asyncio.run(meet())


def test_an_impostor_with_another_key_is_refused(export, other_key, free_port):
    async def meet():
        port = free_port(socket.SOCK_DGRAM)
        impostor = export("initiator", "a", other_key)
        async with server(export("responder", "b"), port) as served, client(impostor) as ask:
            with pytest.raises(oscore.NotAProtectedMessage) as caught:
                await ask(port)
            assert caught.value.plain_message.code == aiocoap.BAD_REQUEST
            assert served == []

    asyncio.run(meet())


def test_a_request_without_oscore_stays_outside(export, free_port):
    async def meet():
        port = free_port(socket.SOCK_DGRAM)
        async with server(export("responder", "b"), port) as served, client({}) as ask:
            assert (await ask(port)).code == aiocoap.UNAUTHORIZED
            assert served == []

    asyncio.run(meet())


def test_a_replayed_request_is_refused(export, free_port):
    async def meet():
        port = free_port(socket.SOCK_DGRAM)
        async with server(export("responder", "b"), port) as served, client(export("initiator", "a")) as ask:
            async with tapped(port) as (listener, tap):
                await ask(tap)
                await ask(tap)
            before = list(served)
            for request in listener.heard:
                answer = await resend(request, port)
                assert answer[1] == aiocoap.UNAUTHORIZED
                assert b"Replay detected" in answer
            assert served == before

    asyncio.run(meet())


def test_a_replay_to_a_context_that_was_made_twice_is_refused(export, free_port):
    """Somebody exported the responder's key again elsewhere: its empty window must not welcome what was recorded."""

    async def meet():
        port = free_port(socket.SOCK_DGRAM)
        told = export("responder", "b"), export("initiator", "a")
        async with server(told[0], port), client(told[1]) as ask, tapped(port) as (listener, tap):
            await ask(tap)
        again = free_port(socket.SOCK_DGRAM)
        async with server(export("responder", "second"), again) as served:
            for request in listener.heard:
                await resend(request, again)
            assert served == []

    asyncio.run(meet())


CRASH = """
import os, signal, sys
from aiocoap.oscore import FilesystemSecurityContext
context = FilesystemSecurityContext(sys.argv[1])
print(max(context.new_sequence_number() for _ in range(int(sys.argv[2]))), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_no_sequence_number_is_used_again_after_a_crash(export, tmp_path, key_id):
    export("initiator", "a")
    folder, highest = tmp_path / "a" / f"{key_id}.oscore", -1
    for count in (1, 37, 5):
        command = [sys.executable, "-c", CRASH, str(folder), str(count)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
        first = int(done.stdout) - count + 1
        assert first > highest
        highest = int(done.stdout)


def test_a_context_moved_away_is_not_made_again_beside_its_mark(export, tmp_path, key_id):
    from samefade.errors import CannotWrite

    export("initiator", "a")
    (tmp_path / "a" / f"{key_id}.oscore").rename(tmp_path / "moved")
    (tmp_path / "a" / f"{key_id}.oscore.json").rename(tmp_path / "moved.json")
    with pytest.raises(CannotWrite, match="written once"):
        export("initiator", "a")


def test_aiocoaps_own_programs_take_the_files_as_they_are(need, start, free_port, export, key_id, tmp_path):
    for role in ("initiator", "responder"):
        export(role, role)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "note").write_text("only for the station\n")
    port, name = free_port(socket.SOCK_DGRAM), f"{key_id}.oscore.json"
    programs = Path(sys.executable).parent  # where the console scripts of this environment lie
    need(str(programs / "aiocoap-fileserver"), str(programs / "aiocoap-client"))
    bind = ("--credentials", name, "--bind", f"127.0.0.1:{port}")
    serving = start(programs / "aiocoap-fileserver", *bind, tmp_path / "shared", cwd=tmp_path / "responder")
    request = (programs / "aiocoap-client", "-q", "--credentials", name, f"coap://127.0.0.1:{port}/note")
    for _ in range(20):
        asking = start(*request, cwd=tmp_path / "initiator")
        if asking.process.wait(timeout=100) == 0:
            break
        assert serving.process.poll() is None, serving.said()
    assert asking.said() == "only for the station\n"


def test_each_end_has_the_others_ids_and_one_id_context(key_id, ends):
    from samefade.keys.handover import Oscore

    a, b = (Oscore().context(Bond(key_id, role, ends)) for role in ("initiator", "responder"))
    assert (a.sender, b.sender) == (b"\x00", b"\x01")
    assert (a.sender, a.recipient, a.id_context) == (b.recipient, b.sender, b.id_context)
