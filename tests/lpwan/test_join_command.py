"""`samefade lpwan join`: what it writes, what it refuses, and a server that a network server reaches."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import requests
from typer.testing import CliRunner

from samefade.cli.main import app
from samefade.errors import OutOfRange
from samefade.keys import certificates
from samefade.keys.store import Store
from samefade.keys.vault import KeyFile, Passphrase
from samefade.lpwan.lorawan import JoinRequest, root_keys
from samefade.types import Key

DEV, JOIN = bytes.fromhex("0102030405060708"), bytes.fromhex("0807060504030201")
SECRET = bytes(range(32))


@pytest.fixture
def folder(tmp_path):
    with Store(tmp_path / "network.store", KeyFile(tmp_path / "network.store.key"), create=True) as store:
        store.enrol(DEV, SECRET)
    return tmp_path


def export(folder, *more, dev="0102030405060708"):
    words = ["lpwan", "join", "export", dev, "--join-eui", JOIN.hex(), "--store", str(folder / "network.store")]
    return CliRunner().invoke(app, [*words, "--out", str(folder / "out"), *more])


def test_a_request_is_written_and_not_sent(folder):
    done = export(folder, "--as", "chirpstack", "--address", "https://ns.example", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["sent"], told["epoch"]) == (0, False, 0)
    body = (folder / "out" / f"{DEV.hex()}.chirpstack.json").read_text()
    key = root_keys(Key(SECRET, "estimate"), DEV, JOIN).legacy.hex()
    assert json.loads(body)["deviceKeys"]["nwkKey"] == key
    assert key not in done.output
    curl = (folder / "out" / f"{DEV.hex()}.chirpstack.curl").read_text()
    assert key not in curl
    assert f"https://ns.example/api/devices/{DEV.hex()}/keys" in curl


def test_the_things_stack_takes_its_own_form(folder):
    words = ("--as", "things-stack", "--address", "https://eu1.example", "--application", "app1", "--lorawan-1.1")
    done = export(folder, *words)
    assert "nothing was sent" in done.output
    body = json.loads((folder / "out" / f"{DEV.hex()}.things-stack.json").read_text())
    assert set(body["end_device"]["root_keys"]) == {"nwk_key", "app_key"}


@pytest.mark.parametrize(
    "more",
    [
        ("--as", "chirpstack", "--address", "http://ns.example"),
        ("--as", "things-stack", "--address", "https://ns.example"),
        ("--as", "other", "--address", "https://ns.example"),
        ("--as", "chirpstack", "--address", "https://ns.example", "--send"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(folder, more):
    assert export(folder, *more).exception is not None
    assert not list(folder.glob("out/*"))


def test_an_unknown_device_is_refused(folder):
    assert export(folder, "--as", "chirpstack", "--address", "https://ns", dev="11" * 8).exception is not None
    assert export(folder, "--as", "chirpstack", "--address", "https://ns", dev="zz").exception is not None
    for spaced in ("01 02030405060708", "01 02 0304050607"):  # 17 characters, and 16 of which two are spaces
        assert isinstance(
            export(folder, "--as", "chirpstack", "--address", "https://ns", dev=spaced).exception, OutOfRange
        )


def test_a_network_server_gets_a_device_joined(folder):
    authority = certificates.Authority(folder, datetime.now(UTC))
    authority.make()
    authority.server(["127.0.0.1"])
    authority.client("ns")
    (folder / "join.toml").write_text(f'join_eui = "{JOIN.hex()}"\n[networks.ns]\nsender = "010203"\n')
    words = ["lpwan", "join", "serve", "join.toml", "--tls", ".", "--store", "network.store", "--json"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "samefade", *words], cwd=folder, stdout=subprocess.PIPE, text=True, env=environment
    ) as serving:
        try:
            said = ""
            while "}" not in said:
                line = serving.stdout.readline()
                assert line
                said += line
            frame = JoinRequest(JOIN, DEV, 1).packed(root_keys(Key(SECRET, "estimate"), DEV, JOIN).legacy)
            ask = {
                "ProtocolVersion": "1.0", "SenderID": "010203", "ReceiverID": JOIN.hex(), "TransactionID": 1,
                "MessageType": "JoinReq", "MACVersion": "1.0.4", "PHYPayload": frame.hex(), "DevEUI": DEV.hex(),
                "DevAddr": "01020304", "DLSettings": "00", "RxDelay": 1,
            }  # fmt: skip
            files = str(folder / "ns.pem"), str(folder / "ns.key")
            answers = [
                requests.post(
                    json.loads(said)["address"], json=ask, cert=files, verify=str(folder / "ca.pem"), timeout=300
                ).json()
                for _ in range(2)
            ]
            assert [one["Result"]["ResultCode"] for one in answers] == ["Success", "JoinReqFailed"]
        finally:
            serving.send_signal(signal.SIGINT)
            serving.wait(300)
    assert serving.returncode == 0


def test_a_store_with_a_passphrase_serves_as_well(tmp_path):
    words = tmp_path / "words"
    words.touch(0o600)
    words.write_text("a few words that open it")
    with Store(tmp_path / "network.store", Passphrase("a few words that open it", n=2**4), create=True) as store:
        store.enrol(DEV, SECRET)
    how = ("--as", "chirpstack", "--address", "https://ns.example", "--json")
    assert export(tmp_path, *how).exit_code != 0
    assert json.loads(export(tmp_path, *how, "--passphrase-file", str(words)).stdout)["epoch"] == 0


def test_a_token_is_never_told(folder):
    token = folder / "token"
    token.touch(0o600)
    token.write_text("the first half\nof a token")
    done = export(
        folder, "--as", "chirpstack", "--address", "https://127.0.0.1:1", "--send", "--token-file", str(token)
    )
    assert isinstance(done.exception, OutOfRange)
    assert "half" not in done.output + str(done.exception)
