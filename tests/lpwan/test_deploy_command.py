"""`samefade lpwan simulate`: what it prints, draws and refuses."""

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from samefade.cli.main import app
from samefade.errors import OutOfRange, UnknownName

SMALL = ("--devices", "30", "--days", "2", "--radius", "600", "--workers", "1")


def run(*words):
    return CliRunner().invoke(app, ["lpwan", "simulate", *SMALL, *map(str, words)])


def test_a_table_says_that_it_is_simulated(tmp_path):
    picture = tmp_path / "town.png"
    done = run("--picture", picture, "--protocol", 1)
    assert done.exit_code == 0, done.output
    for words in ("simulated: 30 devices, 2 days, EU868", "what limits", "static", "walking", "not a key",
                  "the real protocol on the same frames"):  # fmt: skip
        assert words in done.output
    assert "inf" not in done.output.split()  # where there is no key, there are no days
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_json_holds_every_device_and_repeats():
    first, again, other = (json.loads(run("--json", "--seed", seed).stdout) for seed in (5, 5, 6))
    assert first == again != other
    assert (first["simulated"], len(first["devices"]), first["total"]["days"]) == (True, 30, 2)
    frames = first["total"]["frames"]
    assert frames["planned"] == 30 * 240 * 2
    assert frames["pairs"] <= frames["answered"] <= frames["heard"]
    assert {one["motion"] for one in first["devices"]} == {"static", "walking", "vehicle"}
    known = [one for one in first["devices"] if one["shared_bits_a_pair"] is not None]
    assert known
    assert all(one["secret_bits_a_pair"] <= one["bits_a_pair_given_eve"] for one in known)


def test_ways_to_set_it_up():
    told = json.loads(run("--json", "--network", "ttn", "--mix", "0,1,0", "--eve-gateway", 5, "--run", "inf").stdout)
    assert told["setting"]["budget"] == 10
    assert told["setting"]["motions"] == {"walking": 1.0}
    assert told["setting"]["longest"] is None
    assert told["total"]["frames"]["answered"] <= 30 * 10 * 2


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--region", "XX1"), UnknownName), (("--network", "other"), UnknownName), (("--mix", "1,2"), OutOfRange),
        (("--mix", "a,b,c"), OutOfRange), (("--mix", "0,0,0"), OutOfRange),
        (("--mix", "inf,1,1"), OutOfRange), (("--mix", "1,-1,1"), OutOfRange),
        (("--devices", "0"), OutOfRange), (("--sf", "5"), OutOfRange), (("--payload", "240", "--sf", "12"), OutOfRange),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(words, error):
    assert isinstance(run(*words).exception, error)


def test_a_picture_without_a_folder_is_refused_before_anything_is_computed():
    done = run("--picture", Path("nowhere") / "x.png", "--devices", "1000000")
    assert done.exception is not None
    assert "nowhere" in str(done.exception) or isinstance(done.exception, OutOfRange)


def test_a_picture_of_another_kind_is_refused_before_anything_is_computed(tmp_path, monkeypatch):
    command = import_module("samefade.cli.lpwan.simulate")
    monkeypatch.setattr(command, "_computed", lambda *_, **__: pytest.fail("it was computed"))
    assert isinstance(run("--picture", tmp_path / "town.gif").exception, OutOfRange)


def test_processes_give_the_same_as_one():
    words = ("--devices", 10, "--days", 2, "--json")
    one, two = (json.loads(run(*words, "--workers", count).stdout) for count in (1, 2))
    assert one == two
    assert np.isfinite(one["total"]["delivered"])
