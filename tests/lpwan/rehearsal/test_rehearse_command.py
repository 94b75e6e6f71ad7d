"""`samefade lpwan rehearse`, as a user types it; docs/howto/lpwan.md is played whole in tests/docs."""

import json
import os
import signal
import subprocess
import sys
import time

import mosquitto
import pytest
from mosquitto import Mosquitto
from typer.testing import CliRunner

from samefade.cli.lpwan import app
from samefade.errors import CannotWrite, OutOfRange, SamefadeError
from samefade.lpwan.rehearsal.folder import NoRehearsal
from samefade.lpwan.rehearsal.play import BrokerAbsent

PATIENCE = 300.0  # seconds, on a machine that does much else


@pytest.fixture
def rehearse(tmp_path):
    """Run the command on the folder of this test."""

    def run(*words):
        done = CliRunner().invoke(app, ["rehearse", str(tmp_path / "town"), *map(str, words)])
        if isinstance(done.exception, SamefadeError):
            raise done.exception
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    return run


def test_new_devices_say_what_to_type_next(rehearse, tmp_path):
    told = rehearse("--new", 2, "--broker", "localhost:18830")
    for words in ("lpwan enrol --devices", "lpwan serve --server chirpstack --application rehearsal", "lpwan rehearse"):
        assert words in told
    with pytest.raises(CannotWrite):
        rehearse("--new", 2)
    secrets = (tmp_path / "town" / "secrets.csv").read_text().splitlines()
    assert all(line.partition(",")[2] not in told for line in secrets if not line.startswith("#"))


def test_new_devices_in_json(rehearse):
    told = json.loads(rehearse("--new", 3, "--json"))
    assert (told["schema"], told["simulated"], told["devices"]) == ("samefade.lpwan-rehearsal/1", True, 3)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--new", "0"], OutOfRange),
        (["--new", "257"], OutOfRange),
        (["--application", "trackers"], OutOfRange),
        (["--frames-a-second", "0"], OutOfRange),
        (["--spare-bytes", "10"], OutOfRange),
        (["--lost", "1"], OutOfRange),
        (["--noise", "-1"], OutOfRange),
        (["--conceded", "-1"], OutOfRange),
        (["--broker", "host:x"], OutOfRange),
        ([], NoRehearsal),
    ],
)
def test_bad_words(rehearse, words, error):
    with pytest.raises(error):
        rehearse(*words)


def test_a_broker_that_is_not_there_is_told(rehearse):
    pytest.importorskip("aiomqtt", reason="the MQTT client is absent: install the extra `mqtt`")
    rehearse("--new", 1)
    with pytest.raises(BrokerAbsent):
        rehearse("--broker", "127.0.0.1:1")


def test_an_interrupt_ends_it_and_keeps_what_was_reached(rehearse, tmp_path):
    mosquitto.needed()
    rehearse("--new", 2)
    folder = tmp_path / "town"
    state = folder / "00005eef10000001.state"
    with Mosquitto(tmp_path) as broker:
        command = [sys.executable, "-m", "samefade", "lpwan", "rehearse", folder, "--json", "--frames-a-second", "20"]
        command += ["--broker", f"127.0.0.1:{broker.port}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) as running:
            end = time.monotonic() + PATIENCE
            while not state.exists():
                assert time.monotonic() < end
                assert running.poll() is None
                time.sleep(0.05)
            running.send_signal(signal.SIGINT)
            told = json.loads(running.communicate()[0])
    assert running.returncode == 4
    assert told["stopped"]
    assert [one["outcome"] for one in told["devices"]] == ["nothing"] * 2
    assert told["devices"][1]["counter"] >= 0
