"""`samefade lpwan serve`, `enrol`, `devices` and `forget`, as a user types them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import traceback
from importlib import import_module

import mosquitto
import pytest
import server_messages as messages
from mosquitto import Mosquitto
from server_world import eui, secret_of
from spellings import spellings
from typer.testing import CliRunner

from samefade.cli.lpwan import app
from samefade.errors import InputError, MissingExtra, OutOfRange, SamefadeError
from samefade.keys.errors import OthersMayRead, StoreAbsent
from samefade.lpwan.server.errors import BadDeviceList, DeviceEnrolled, NoSuchDevice, SecretSpent, ServedAlready
from samefade.lpwan.server.mqtt import Broker, connected
from samefade.lpwan.server.roll import read_roll

ONE, TWO = eui(1), eui(2)


CANARY = b"a canary that nobody ever hears."  # the one that all of tests/ listens for
SPELT = spellings(CANARY)


def heard(data):
    return any(spelling in data for spelling in SPELT)


@pytest.fixture
def lpwan(tmp_path):
    """Run a command of `samefade lpwan` on the store of this test."""

    def run(*words):
        done = CliRunner().invoke(app, [*map(str, words), "--store", str(tmp_path / "a.store")])
        if isinstance(done.exception, SamefadeError):
            raise done.exception
        assert done.exit_code == 0, (done.output, done.exception)
        return json.loads(done.stdout) if "--json" in words else done.output

    return run


@pytest.fixture
def private(tmp_path):
    def write(name, content):
        file = tmp_path / name
        file.touch(0o600)
        file.write_bytes(content)
        return file

    return write


@pytest.fixture
def roll(private):
    lines = ["# device, secret", "", *(f"{one.hex().upper()}, {secret_of(one).hex()}" for one in (ONE, TWO))]
    return private("roll.csv", "\n".join(lines).encode())


def test_enrol_one_and_list_it(lpwan, private):
    told = lpwan("enrol", ONE.hex(), "--secret-file", private("one", secret_of(ONE)), "--json")
    (device,) = told["enrolled"]
    assert (device["dev_eui"], device["epoch"], len(device["prior"])) == (ONE.hex(), 0, 16)
    (listed,) = lpwan("devices", "--json")["devices"]
    assert (listed["dev_eui"], listed["prior"], listed["epoch"]) == (ONE.hex(), device["prior"], 0)
    assert (listed["counter"], listed["pooled"], listed["gateway"], listed["work"]) == (None, 0, "", False)
    assert ONE.hex() in lpwan("devices")
    with pytest.raises(DeviceEnrolled):
        lpwan("enrol", ONE.hex(), "--secret-file", private("again", secret_of(TWO)))


def test_enrol_many_or_none(lpwan, roll, private):
    assert [one["dev_eui"] for one in lpwan("enrol", "--devices", roll, "--json")["enrolled"]] == [ONE.hex(), TWO.hex()]
    more = private("more.csv", f"{eui(3).hex()},{secret_of(eui(3)).hex()}\n{ONE.hex()},{'ab' * 16}".encode())
    with pytest.raises(DeviceEnrolled):
        lpwan("enrol", "--devices", more)
    assert len(lpwan("devices", "--json")["devices"]) == 2


def test_forget(lpwan, roll):
    lpwan("enrol", "--devices", roll)
    assert "forgotten" in lpwan("forget", ONE.hex())
    assert [one["dev_eui"] for one in lpwan("devices", "--json")["devices"]] == [TWO.hex()]
    with pytest.raises(NoSuchDevice):
        lpwan("forget", ONE.hex())


def test_what_is_told_holds_no_secret(lpwan, roll):
    told = lpwan("enrol", "--devices", roll) + lpwan("devices") + json.dumps(lpwan("devices", "--json"))
    for one in (ONE, TWO):
        assert secret_of(one).hex() not in told


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"\xff\xfe\x00", 1),
        (b"70b3d57ed0000001", 1),
        (b"# ok\n70b3d57ed000001," + b"ab" * 16, 2),
        (b"70b3d57ed0000001," + b"ab" * 15, 1),
        (b"70b3d57ed0000001," + b"ab" * 15 + b"a", 1),
        (b"70b3d57ed0000001," + b"ab" * 16 + b"\n70b3d57ed0000001," + b"cd" * 16, 2),
        (b"70b3d57ed0000001," + b"ab" * 16 + b"\n70b3d57ed0000002," + b"ab" * 16, 2),
    ],
)
def test_a_bad_list_is_told_by_its_line_and_quotes_no_secret(content, line):
    with pytest.raises(BadDeviceList) as caught:
        read_roll("roll.csv", content)
    assert caught.value.numbers["line"] == line
    assert "ab" * 15 not in str(caught.value)


def test_a_list_with_commas_semicolons_or_tabs():
    lines = [f"{eui(number).hex()}{mark}{number:032x}" for number, mark in enumerate((",", ";", "\t", " , "))]
    assert len(read_roll("roll.csv", "\ufeff".encode() + "\r\n".join(lines).encode())) == 4


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["enrol"], OutOfRange),
        (["enrol", ONE.hex()], OutOfRange),
        (["enrol", "70b3", "--secret-file", "/dev/null"], OutOfRange),
        (["enrol", ONE.hex(), "--secret-file", "absent"], InputError),
        (["devices"], StoreAbsent),
        (["serve", "--server", "chirpstack", "--application", "a"], StoreAbsent),
        (["serve", "--server", "loriot", "--application", "a"], OutOfRange),
        (["serve", "--server", "chirpstack", "--application", "a/#"], OutOfRange),
        (["serve", "--server", "things-stack", "--application", "a@b", "--queue", "drop"], OutOfRange),
        (["serve", "--server", "chirpstack", "--application", "a", "--broker", "host:x"], OutOfRange),
        (["serve", "--server", "chirpstack", "--application", "a", "--broker", ":1883"], OutOfRange),
        (["serve", "--server", "chirpstack", "--application", "a", "--ca", "ca.pem"], OutOfRange),
        (["serve", "--server", "chirpstack", "--application", "a", "--tls", "--ca", "absent"], InputError),
        (["serve", "--server", "chirpstack", "--application", "a", "--downlink-bytes", "222"], OutOfRange),
    ],
)
def test_bad_words(lpwan, words, error):
    with pytest.raises(error):
        lpwan(*words)


def test_files_that_others_may_read_are_refused(lpwan, roll):
    roll.chmod(0o644)
    with pytest.raises(OthersMayRead):
        lpwan("enrol", "--devices", roll)


def test_a_password_does_not_cross_a_network_in_the_clear():
    Broker("127.0.0.1", user="serve", password="open")
    Broker("broker.example", user="serve", password="open", tls=True)
    with pytest.raises(OutOfRange):
        Broker("broker.example", user="serve", password="open")
    assert "open" not in repr(Broker("127.0.0.1", user="serve", password="open"))


def test_without_the_client_the_extra_is_named(lpwan, roll, monkeypatch):
    import_module("samefade.lpwan.server.client")  # as another test may have done
    lpwan("enrol", "--devices", roll)
    monkeypatch.setitem(sys.modules, "aiomqtt", None)
    with pytest.raises(MissingExtra, match="mqtt"):
        lpwan("serve", "--server", "chirpstack", "--application", "a", "--broker", "127.0.0.1")


def test_a_secret_that_was_forgotten_is_not_enrolled_again(lpwan, roll, private):
    lpwan("enrol", "--devices", roll)
    told = lpwan("forget", ONE.hex(), "--json")
    assert told == {"schema": "samefade.lpwan-devices/1", "forgotten": ONE.hex(), "runs_kept": False}
    with pytest.raises(SecretSpent):
        lpwan("enrol", ONE.hex(), "--secret-file", private("old", secret_of(ONE)))
    assert lpwan("enrol", ONE.hex(), "--secret-file", private("new", b"a secret of its own"), "--json")["enrolled"]


def test_a_canary_is_heard_nowhere(lpwan, private, capfd, caplog, tmp_path):
    """The first secret of a device is in no output, log or error of any command, and on the disk only in its file."""
    file = private("canary", CANARY)
    lpwan("enrol", ONE.hex(), "--secret-file", file, "--json")
    (tmp_path / "a.list").touch(0o600)
    (tmp_path / "a.list").write_text(f"{TWO.hex()},{CANARY.hex()}x\n")
    for words in (
        ("enrol", ONE.hex(), "--secret-file", file), ("enrol", TWO.hex(), "--secret-file", file),
        ("enrol", "--devices", tmp_path / "a.list"),
    ):  # fmt: skip
        with pytest.raises(SamefadeError) as caught:
            lpwan(*words)
        assert not heard("".join(traceback.format_exception(caught.value)).encode())
    said = lpwan("devices"), json.dumps(lpwan("devices", "--json")), lpwan("forget", ONE.hex()), caplog.text
    assert not heard("".join([*said, *capfd.readouterr()]).encode())
    (tmp_path / "a.list").unlink()
    file.unlink()
    assert not [path for path in tmp_path.iterdir() if heard(path.read_bytes())]


def test_serve_from_beginning_to_end(lpwan, roll, tmp_path):
    mosquitto.needed()
    lpwan("enrol", "--devices", roll)
    with Mosquitto(tmp_path) as broker:
        command = [
            sys.executable, "-m", "samefade", "lpwan", "serve", "--server", "chirpstack", "--application",
            messages.APPLICATION, "--broker", f"127.0.0.1:{broker.port}", "--store", tmp_path / "a.store", "--json",
        ]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) as running:
            told = [json.loads(running.stdout.readline())]
            topic = messages.chirpstack_topic(ONE.hex())
            hostile = [(topic, b'{"a":"' + b"x" * 10_000_000 + b'"}'), (topic, b"[" * 200_000), (topic, b"\xff")]
            good = [messages.chirpstack_up(ONE.hex(), 7), messages.chirpstack_join(ONE.hex())]
            good.append(messages.chirpstack_up(ONE.hex(), 0, address="01189440"))
            asyncio.run(_send(broker.port, [*hostile, *good]))
            told.append(json.loads(running.stdout.readline()))
            with pytest.raises(ServedAlready):
                lpwan(*command[4:-4], "--json")
            running.send_signal(signal.SIGTERM)
            told += [json.loads(line) for line in running.stdout]
            assert running.wait() == 0
    assert [event["event"] for event in told] == ["connected", "joined", "counted"]
    counted = {name: count for name, count in told[-1].items() if name.startswith("dropped")}
    assert counted == {"dropped: too large": 1, "dropped: too deep": 1, "dropped: not JSON": 1}
    listed = {one["dev_eui"]: one for one in lpwan("devices", "--json")["devices"]}
    assert listed[ONE.hex()]["address"] == ONE.hex()


async def _send(port, frames):
    async with connected(Broker("127.0.0.1", port, name="the network server"), ("nothing",), 1) as line:
        line.publish(frames)
        await line.drain(300.0)
