"""Serve over a real broker that goes and comes back, in a process that is killed: no key lost, no sample used twice."""

import asyncio
import contextlib
import gc
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import mosquitto
import pytest
import server_messages as messages
from air import Air
from mosquitto import Mosquitto
from server_world import World, eui, open_store

from samefade.errors import InputError, OutOfRange
from samefade.keys.certificates import Authority
from samefade.keys.errors import OthersMayRead
from samefade.lpwan.server import inbox
from samefade.lpwan.server.chirpstack import ChirpStack
from samefade.lpwan.server.errors import BrokerRefuses
from samefade.lpwan.server.mqtt import Broker, connected
from samefade.lpwan.server.register import Register, first_root
from samefade.lpwan.server.serve import Service

mosquitto.needed()

PATIENCE = 300.0  # seconds, on a machine that does much else
FILE = Path(__file__).with_name("served.py")


async def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.02)


def check(folder, air):
    """Both ends have the same secrets, every key of every epoch is there, and no counter was used twice."""
    with open_store(folder) as store:
        keys = {(key.peer, key.root): key for key in store.keys()}  # noqa: SIM118 -- a store is no dictionary
        for device, (root,) in Register(store).devices():
            assert root.reveal_secret_bytes() == air.secrets[device.eui][root.epoch]
            assert root.epoch in {air.world.devices[device.eui].kept["epoch"] + step for step in (0, 1)}
            for epoch in range(1, root.epoch + 1):
                name = first_root(device.eui, air.secrets[device.eui][epoch]).name
                assert keys.pop((device.eui, name)).state.value == "confirmed"
            used = json.loads(device.state)["used"]
            assert len(set(used)) == len(used)
        assert keys == {}


@pytest.mark.parametrize("restarts", [3])
def test_a_broker_that_goes_and_comes_back(fast_path, restarts):
    events = []

    async def run(broker):
        with World(fast_path) as world:
            air = Air(world, broker.port)
            service = Service(world.desk, world.adapter, Broker("127.0.0.1", broker.port, name="serve"), events.append)
            talking = [asyncio.create_task(service.run()), asyncio.create_task(air.run())]
            refreshed = lambda: sum(event["event"] == "refreshed" for event in events)  # noqa: E731
            for _ in range(restarts):
                already = refreshed()
                await until(lambda already=already: refreshed() > already)
                await asyncio.to_thread(broker.again)
            already = refreshed()
            await until(lambda: refreshed() > already + 1)
            service.stop()
            await talking[0]
            talking[1].cancel()
            return air

    with Mosquitto(fast_path) as broker:
        air = asyncio.run(run(broker))
    assert sum(event["event"] == "away" for event in events) >= restarts
    assert not [event for event in events if event["event"] == "broken"]
    assert events[-1]["event"] == "counted"
    assert events[-1]["dropped: again"] > 0
    check(fast_path, air)


class Processes:
    """Starts, kills and stops processes that serve."""

    def __init__(self, folder, port):
        self._folder, self._port = folder, port

    def __enter__(self):
        command = [sys.executable, FILE]
        self._running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self._running.stdin.close()
        self._running.wait()
        self._running.stdout.close()

    def start(self):
        self._running.stdin.write(f"{self._folder} {self._port}\n")
        self._running.stdin.flush()
        self._child = int(self._running.stdout.readline().split()[1])

    def end(self, number):
        """Send a signal and return how the process ended."""
        os.kill(self._child, number)
        return int(self._running.stdout.readline().split()[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("kills", [int(os.environ.get("SAMEFADE_KILLS", "12"))])  # a benchmark takes more
def test_sigkill_at_random_moments(fast_path, kills):
    rng = random.Random(os.urandom(8))
    told = fast_path / "events"

    async def run(broker, processes):
        with World(fast_path, devices=3) as world:
            air = Air(world, broker.port)
            talking = asyncio.create_task(air.run())
            for kill in range(kills):
                await asyncio.to_thread(processes.start)
                wanted = air.answers + rng.randrange(12)
                await until(lambda wanted=wanted: air.answers >= wanted)
                await asyncio.sleep(rng.expovariate(50))  # anywhere within the next frames
                assert await asyncio.to_thread(processes.end, signal.SIGKILL) == -signal.SIGKILL
                if kill % 5 == 4:
                    await asyncio.to_thread(broker.again)
            await asyncio.to_thread(processes.start)
            before = [device.kept["epoch"] for device in world.devices.values()]
            pairs = list(zip(before, world.devices.values(), strict=True))
            await until(lambda: all(device.kept["epoch"] >= epoch + 2 for epoch, device in pairs))
            assert await asyncio.to_thread(processes.end, signal.SIGTERM) == 0
            talking.cancel()
            return air

    with Mosquitto(fast_path) as broker, Processes(fast_path, broker.port) as processes:
        air = asyncio.run(run(broker, processes))
    events = [json.loads(line) for line in told.read_text().splitlines()]
    assert not [event for event in events if event["event"] == "broken"]
    assert events[-1]["event"] == "counted"  # it stopped in good order
    check(fast_path, air)


def refusal(broker):
    async def run():
        async with connected(broker, ("application/a/device/+/event/up",), 1):
            pass

    return asyncio.run(run())


def test_a_broker_that_asks_for_a_password(fast_path):
    passwords = fast_path / "passwords"
    tool = mosquitto.binary().replace("mosquitto", "mosquitto_passwd")
    made = subprocess.run([tool.replace("sbin", "bin"), "-c", "-b", passwords, "serve", "open"], check=False)
    if made.returncode:
        pytest.skip("mosquitto_passwd is absent")
    with Mosquitto(fast_path, "allow_anonymous false", f"password_file {passwords}") as broker:
        refusal(Broker("127.0.0.1", broker.port, user="serve", password="open"))
        for wrong in ({}, {"user": "serve", "password": "shut"}):
            with pytest.raises(BrokerRefuses):
                refusal(Broker("127.0.0.1", broker.port, **wrong))


def test_the_access_list_of_the_documentation(fast_path):
    """Each program may say and hear what it has to, and the one that serves cannot pass for the network server."""
    page = (Path(__file__).parents[3] / "docs/explain/network-servers.md").read_text()
    access, passwords = fast_path / "access", fast_path / "passwords"
    access.write_text(page.split("# Mosquitto, acl_file\n")[1].split("```")[0])
    tool = mosquitto.binary().replace("mosquitto", "mosquitto_passwd").replace("sbin", "bin")
    for new, user in ((["-c"], "chirpstack"), ([], "samefade")):
        if (
            not Path(tool).is_file()
            or subprocess.run([tool, *new, "-b", passwords, user, "open"], check=False).returncode
        ):
            pytest.skip("mosquitto_passwd is absent")
    topic, frame = messages.chirpstack_up(eui(0).hex(), 1)
    down = topic.replace("event/up", "command/down")
    heard = {
        "chirpstack": ("application/+/device/+/command/down",), "samefade": ChirpStack(messages.APPLICATION).topics(),
    }  # fmt: skip

    from aiomqtt import MqttError

    async def run(port):
        def who(user, name=""):
            return Broker("127.0.0.1", port, user=user, password="open", name=name or user)

        async def forge(user, where):
            """Publish what the list forbids; the broker may end the connection for it."""
            with contextlib.suppress(MqttError):
                async with connected(who(user, "forger"), heard[user], 1) as line:
                    line.publish([(where, b"forged")])
                    await line.drain(2.0)

        seen = {"chirpstack": [], "samefade": []}

        async def hear(line, user):
            async for batch in line.batches():
                seen[user] += [message for _, message in batch]

        async with (
            connected(who("chirpstack"), heard["chirpstack"], 1) as server,
            connected(who("samefade"), heard["samefade"], 1) as ours,
        ):
            jobs = [asyncio.create_task(hear(*each)) for each in ((server, "chirpstack"), (ours, "samefade"))]
            await forge("samefade", topic)
            await forge("chirpstack", down)
            ours.publish([(down, b"an answer")])
            server.publish([(topic, frame)])
            await until(lambda: all(seen.values()))
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
        return seen

    settings = (f"password_file {passwords}", f"acl_file {access}", "allow_anonymous false")
    with Mosquitto(fast_path, *settings) as broker:
        assert asyncio.run(run(broker.port)) == {"chirpstack": [b"an answer"], "samefade": [frame]}


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of paho, which leaves the socket of a refused handshake open
def test_tls(fast_path):
    from datetime import UTC, datetime

    authority = Authority(fast_path, datetime.now(UTC))
    authority.make()
    files = authority.server(["127.0.0.1"], "broker")
    settings = (f"certfile {files.certificate}", f"keyfile {files.key}", "allow_anonymous true")
    with Mosquitto(fast_path, *settings) as broker:
        refusal(Broker("127.0.0.1", broker.port, tls=True, authority=authority.files.certificate))
        with pytest.raises(BrokerRefuses, match="certificate verify failed"):
            refusal(Broker("127.0.0.1", broker.port, tls=True))
        with pytest.raises(BrokerRefuses, match="mismatch"):  # of the right authority, and of another name
            refusal(Broker("localhost", broker.port, tls=True, authority=authority.files.certificate))
        gc.collect()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of paho, which leaves the socket of a refused handshake open
@pytest.mark.parametrize("version", ["tlsv1.2", "tlsv1.3"])
def test_a_broker_that_wants_a_certificate_says_so(fast_path, version):
    """With TLS 1.3 the alert comes after the handshake: aiomqtt alone waits on, and tells that its time is over."""
    from datetime import UTC, datetime

    from aiomqtt import MqttError

    authority = Authority(fast_path, datetime.now(UTC))
    authority.make()
    files, ours, ca = authority.server(["127.0.0.1"], "broker"), authority.client("serve"), authority.files.certificate
    told = (f"certfile {files.certificate}", f"keyfile {files.key}", f"cafile {ca}", "require_certificate true")
    stranger = Authority(fast_path / "other", datetime.now(UTC))
    (fast_path / "other").mkdir()
    stranger.make()
    wrong = stranger.client("serve")
    with Mosquitto(fast_path, *told, f"tls_version {version}", "allow_anonymous true") as broker:
        asked = {"host": "127.0.0.1", "port": broker.port, "tls": True, "authority": ca}
        for given, hint in (
            ({}, r"--certificate FILE --key FILE"),
            ({"certificate": wrong.certificate, "key": wrong.key}, r"may not take .*serve\.pem"),
        ):
            with pytest.raises(MqttError, match=hint) as caught:
                refusal(Broker(**asked, **given))
            assert "timed out" not in str(caught.value)
        refusal(Broker(**asked, certificate=ours.certificate, key=ours.key))
        with pytest.raises(MqttError, match=r"closed the connection.*--tls"):
            refusal(Broker("127.0.0.1", broker.port))
        gc.collect()


def test_keys_of_clients_are_private_and_ask_nobody(fast_path):
    from datetime import UTC, datetime

    from cryptography.hazmat.primitives import serialization as spelt

    authority = Authority(fast_path, datetime.now(UTC))
    authority.make()
    files = authority.client("serve")
    client = Broker("host", tls=True, certificate=files.certificate, key=files.key)
    assert client.context().verify_mode.name == "CERT_REQUIRED"
    assert client.context().check_hostname
    files.key.chmod(0o640)
    with pytest.raises(OthersMayRead):
        client.context()
    shut = spelt.load_pem_private_key(files.key.read_bytes(), None).private_bytes(
        spelt.Encoding.PEM, spelt.PrivateFormat.PKCS8, spelt.BestAvailableEncryption(b"words")
    )
    files.key.write_bytes(shut)
    files.key.chmod(0o600)
    with pytest.raises(InputError, match=r"serve\.key"):
        client.context()
    for more in ({"key": files.key}, {"password": "open"}):
        with pytest.raises(OutOfRange):
            Broker("127.0.0.1", tls=True, **more)


def test_what_the_broker_kept_or_sends_in_heaps_is_dropped_and_counted(fast_path, monkeypatch):
    """An old frame that somebody published to be retained looks like a device that began again."""
    monkeypatch.setattr(inbox, "MOST_WAITING_BYTES", 60_000)
    one, events = eui(0), []

    async def run(world, port):
        async with connected(Broker("127.0.0.1", port, name="somebody"), ("nothing",), 1) as line:
            old, payload = messages.chirpstack_up(one.hex(), 3)
            await line._client.publish(old, payload, qos=1, retain=True)
            service = Service(world.desk, world.adapter, Broker("127.0.0.1", port, name="serve"), events.append)
            serving = asyncio.create_task(service.run())
            counts = service._counted
            await until(lambda: counts().get("dropped: retained"))
            heaps = [(old, b" " * 50_000)] * 40
            frames = [
                messages.chirpstack_up(one.hex(), 500),
                (old, b" " * 300_000),
                ("application/x/device/y/event/up", b""),
            ]
            line.publish([*frames, *heaps])
            await line.drain(PATIENCE)
            await until(lambda: counts()["messages"] >= 43)
            line.publish([messages.chirpstack_up(one.hex(), 501)])
            await until(lambda: world.register.load([one])[one].track.last == 501)
            service.stop()
            await serving

    with Mosquitto(fast_path) as broker, World(fast_path) as world:
        asyncio.run(run(world, broker.port))
    told = events[-1]
    assert (told["dropped: retained"], told["dropped: too large"]) == (1, 1)
    assert told["dropped: not JSON"] + told.get("dropped: too many at once", 0) == 40
    assert [event["event"] for event in events] == ["connected", "counted"]  # nothing began again


def test_a_service_that_is_refused_says_so(fast_path):
    events = []

    async def run(world, port):
        await Service(world.desk, world.adapter, Broker("127.0.0.1", port), events.append).run()

    with (
        Mosquitto(fast_path, "allow_anonymous false") as broker,
        World(fast_path) as world,
        pytest.raises(BrokerRefuses),
    ):
        asyncio.run(run(world, broker.port))
    assert messages.APPLICATION not in str(events)
