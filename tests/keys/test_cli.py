"""`samefade keys`, as a user types it."""

import json
import os
import signal
import ssl
import subprocess
import sys
import urllib.request

import pytest
from typer.testing import CliRunner

from samefade.cli.keys import app
from samefade.errors import SamefadeError
from samefade.keys.errors import AlreadyEnrolled, OthersMayRead, StoreAbsent, StoreLocked


@pytest.fixture
def keys(tmp_path):
    """Run a command of `samefade keys` on the store of this test."""

    def run(*words, store=True):
        more = ["--store", str(tmp_path / "a.store")] if store else []
        done = CliRunner().invoke(app, [*map(str, words), *more])
        if isinstance(done.exception, SamefadeError):
            raise done.exception
        assert done.exit_code == 0, (done.output, done.exception)
        return json.loads(done.output) if "--json" in words else done.output

    return run


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "link.secret"
    file.touch(0o600)
    file.write_bytes(os.urandom(32))
    return file


def test_enrol_makes_a_store_and_tells_the_public_name(keys, secret, tmp_path):
    told = keys("enrol", "sta", "--secret-file", secret, "--json")
    assert told["epoch"] == 0
    assert len(bytes.fromhex(told["prior"])) == 8
    assert (tmp_path / "a.store.key").exists()
    with pytest.raises(AlreadyEnrolled):
        keys("enrol", "sta", "--secret-file", secret)
    assert "forgotten" in keys("forget", "sta")
    assert told["prior"] in keys("enrol", "sta", "--secret-file", secret)
    secret.chmod(0o644)
    with pytest.raises(OthersMayRead):
        keys("enrol", "0x00ff", "--secret-file", secret)


def test_list_status_and_sweep(keys, secret, stocked, fast_path):
    keys("enrol", "sta", "--secret-file", secret)
    assert keys("list", "--json") == {"schema": "samefade.keys/1", "keys": []}
    assert keys("sweep", "--json")["ended"] == 0
    assert keys("status", "--json")["peers"] == [{"peer": "sta", "keys": {}, "epochs": [0], "burnt": 0}]
    assert "sta" in keys("status")
    stocked()  # another store, with keys
    arguments = ("--store", fast_path / "a.store", "--key-file", fast_path / "a.key")
    listed = keys("list", "--json", *arguments, store=False)["keys"]
    assert [(k["peer"], k["state"], k["claim"], k["bits"]) for k in listed] == [
        ("sta", "confirmed", "bounded", 256)
    ] * 3
    shown = keys("list", *arguments, store=False)
    assert all(k["key_id"] in shown for k in listed)
    assert "3 confirmed" in keys("status", *arguments, store=False)


def test_pairs_are_kept_and_told(keys, secret):
    keys("enrol", "sta", "--secret-file", secret)
    assert "alice → bob" in keys("pair", "alice", "bob", "--peer", "sta", "--side", "master")
    pair = {"master": "alice", "slave": "bob", "peer": "sta", "side": "slave", "share": "1/2"}
    words = ("--peer", "sta", "--side", "slave", "--share", "1/2")
    assert keys("pair", "alice", "bob", *words, "--json")["pair"] == pair
    assert keys("status", "--json")["pairs"] == [pair]
    assert "share 1/2" in keys("status")


@pytest.mark.parametrize("share", ["1", "a/b", "2/2", "-1/2", "/"])
def test_a_share_that_makes_no_sense(keys, secret, share):
    keys("enrol", "sta", "--secret-file", secret)
    with pytest.raises(SamefadeError):
        keys("pair", "alice", "bob", "--peer", "sta", "--side", "master", f"--share={share}")


def test_a_store_with_a_passphrase(keys, secret, tmp_path):
    words = tmp_path / "words"
    words.touch(0o600)
    words.write_text("correct horse\n", encoding="utf-8")
    keys("enrol", "sta", "--secret-file", secret, "--passphrase-file", words)
    assert keys("status", "--passphrase-file", words, "--json")["peers"][0]["peer"] == "sta"
    words.write_text("another\n", encoding="utf-8")
    for wrong in (("--passphrase-file", words), ()):
        with pytest.raises(StoreLocked):
            keys("status", *wrong)


def test_a_store_that_is_not_there_is_not_made_by_looking(keys, tmp_path):
    for command in ("status", "list", "sweep"):
        with pytest.raises(StoreAbsent):
            keys(command)
    assert list(tmp_path.iterdir()) == []


def test_serve_hands_out_a_key(keys, stocked, fast_path, tmp_path):
    _, issued = stocked()
    files = keys(
        "certificates", tmp_path / "tls", "--host", "127.0.0.1", "--application", "alice", "--json", store=False
    )
    assert len(files["files"]) == 6
    arguments = ("--store", str(fast_path / "a.store"), "--key-file", str(fast_path / "a.key"))
    keys("pair", "alice", "bob", "--peer", "sta", "--side", "master", *arguments, store=False)
    code = "from samefade.cli.keys import app; app()"
    command = [sys.executable, "-c", code, "serve", "--tls", str(tmp_path / "tls"), "--json", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        told = "".join(running.stdout.readline() for _ in range(4))
        address = json.loads(told)["address"]
        context = ssl.create_default_context(cafile=tmp_path / "tls" / "ca.pem")
        context.load_cert_chain(tmp_path / "tls" / "alice.pem", tmp_path / "tls" / "alice.key")
        with urllib.request.urlopen(f"{address}/api/v1/keys/bob/enc_keys", context=context, timeout=200) as answer:
            given = json.load(answer)["keys"]
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=200)
    assert (err, running.returncode) == ("", 0)
    assert [one["key_ID"] for one in given] == [str(issued[0].key_id)]


def test_every_command_has_help_with_an_example():
    for command in ("list", "status", "enrol", "forget", "sweep", "pair", "certificates", "serve"):
        assert "Example" in CliRunner().invoke(app, [command, "--help"]).output
