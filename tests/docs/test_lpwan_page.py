"""The page on LPWAN keys is true: its walk-through is typed in terminals, its firmware agrees with the network."""

import re
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest
from played import free, opened, stays, steps, take
from typer.testing import CliRunner

import samefade
from samefade.cli.lpwan import app as lpwan
from samefade.lpwan.refresh import DeviceEnd, NetworkEnd, parted
from samefade.lpwan.server.register import first_root

PAGE = Path(samefade.__file__).parents[2] / "docs/howto/lpwan.md"
EUI = bytes.fromhex("00005eef10000000")

if not PAGE.is_file():
    pytest.skip("the pages are not a part of the installed package", allow_module_level=True)


@pytest.fixture
def text():
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture
def terminals(tmp_path):
    """Terminals as wide as the tables."""
    for extra in ("aiomqtt", "cryptography"):
        pytest.importorskip(extra, reason=f"{extra} is not installed: pip install 'samefade[all]'")
    with opened(tmp_path) as terminal:
        for name in ("broker", "net", "play"):
            take(terminal(name), "shopt -u checkwinsize; export COLUMNS=140 LINES=40", "", running=False)
        yield terminal


def test_a_stranger_goes_from_a_broker_to_a_refreshed_key(text, terminals):
    if (shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")) is None:
        pytest.skip("the broker is absent: install Mosquitto, as `apt-get install mosquitto`")
    port = str(free(socket.SOCK_STREAM))
    assert "18830" in text
    # half the pace: the other side shall keep up on a machine that does much else
    text = re.sub(r"^(play\$ samefade lpwan rehearse town --broker.*)", r"\1 --frames-a-second 50", text, flags=re.M)
    todo = [step for step in steps(text.replace("18830", port), ("broker", "net", "play")) if step[0]]
    codes, kept = {}, ""
    for at, (where, typed, said) in enumerate(todo):
        told, code = take(terminals(where), typed, said, running=stays(todo, at) or where == "broker")
        codes[typed] = code
        kept += told if typed == "samefade lpwan devices" else ""
        following = todo[at + 1][1] if at + 1 < len(todo) else None
        assert code in (0, None) or following == "echo $?", (typed, code, told)
    first = next(told for told in codes if told and told.startswith("samefade lpwan rehearse town --broker"))
    assert codes[first] == 0
    names = re.findall(r"(00005eef1000000[01])\s.*?\s1\s+([0-9a-f]{16})", kept)
    assert len({name for _, name in names}) == 2


def test_the_firmware_of_the_page_gets_a_key(text):
    code = next(block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "firmware.py" in block)
    page = {}
    exec(compile(code, "firmware.py", "exec"), page)
    secret = first_root(EUI, bytes(range(32)))
    device, network = DeviceEnd(EUI, secret, page["POLICY"]), NetworkEnd(EUI, secret, page["POLICY"])
    chance, level, flash, new = np.random.default_rng(3), 0.0, [], []
    for counter in range(1, 4000):
        level = 0.6 * level + 0.8 * chance.normal()
        up, down = (round(mean + 8 * level + 0.5 * chance.normal()) for mean in (-97, -101))

        def radio(port, frame, counter=counter, up=up, down=down):
            assert flash[-1][0] == counter  # kept before it left
            assert port == 85
            assert len(frame) <= 51
            network.uplink(counter, up, parted(frame)[1])
            network.work()
            block = network.downlink(50)
            return None if chance.random() < 0.1 else (down, block + bytes((len(block),)))

        new = page["send"](device, counter, b"21.5 degrees", radio, lambda *kept: flash.append(kept))
        if new:
            break
    assert new[0].epoch == 1
    (told,) = [event for event in network.events() if event.public()["event"] == "refreshed"]
    assert told.root.reveal_secret_bytes() == new[0].root.reveal_secret_bytes()
    assert DeviceEnd.restored(flash[-1][1], page["POLICY"]).epoch == 1


def test_the_plans_of_the_page_say_what_the_command_says(text, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    rows = re.findall(r"^\| [^|]+ \| `(--[^`]*)` \| ([^|]*) \| ([^|]*) \|$", text, re.MULTILINE)
    assert len(rows) == 8
    for options, key, joules in rows:
        said = (
            CliRunner()
            .invoke(lpwan, ["plan", *["--sf", "10", "--region", "EU868", "--eve", "20"], *options.split()])
            .output
        )
        said = said.replace(",", "")
        numbers = re.findall(r"\d+(?:\.\d+)?", key.replace(",", ""))
        assert numbers, options
        for number in numbers:
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", said), (options, number, said)
        assert key.startswith("none") == ("No key" in said), options
        if joules != "–":
            drawn = [float(found) for found in re.findall(r"([\d.]+(?:e\+\d+)?) J", said)]
            assert float(joules.replace(",", "")) in drawn, (options, drawn)
