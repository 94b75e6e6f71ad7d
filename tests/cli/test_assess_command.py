"""`samefade assess`, and what `compare` and `--all-tones` gained, as a user types them."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import samefade as sf
from samefade import channel, files

SEED = "00" * 32
DOCS = Path(sf.__file__).parents[2] / "docs" / "reference" / "json.md"


@pytest.fixture(scope="module")
def carried(tmp_path_factory):
    """Two ends and Eve, carried about for a quarter of an hour."""
    folder = tmp_path_factory.mktemp("carried")
    world = channel.simulate(channel.SCENARIOS["carried"], np.random.default_rng(11))
    for name, end in (("ap", world.a), ("sta", world.b), ("eve", world.e)):
        files.esp32_tool.write(end, folder / f"{name}.csv")
    return folder


def link(folder):
    return folder / "ap.csv", folder / "sta.csv"


def test_the_certificate_is_printed_within_a_hundred_columns(samefade, carried):
    seen = samefade("assess", *link(carried), "--eve", carried / "eve.csv", "--seed", SEED)
    assert seen.code == 0, seen.err
    assert max(map(len, seen.out.splitlines())) <= 100
    for words in ("certificate, scheme", "claim", "the account, in bits", "← counts", "her recording was used"):
        assert words in seen.out


def test_out_holds_what_may_travel_and_json_the_rest_too(samefade, carried, tmp_path):
    out = tmp_path / "c.json"
    told = samefade("assess", *link(carried), "--seed", SEED, "--out", out, "--json").json
    sent = written(out)
    assert "private" in told
    assert "private" not in sent
    beside = ("private", "matching")  # how the two recordings were paired in one place is no part of what travels
    assert {name: value for name, value in told.items() if name not in beside} == sent
    assert sent["schema"] == "samefade.certificate/1"
    assert [p.name for p in tmp_path.iterdir()] == ["c.json"]
    key = samefade("key", *link(carried), "--seed", SEED, "--json", "--reveal").json
    assert key["key_hex"]
    assert all(secret not in str(told) for secret in key["key_hex"])
    assert len(key["key_hex"]) == told["keys"]


def written(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_full_and_smoke_add_their_tables(samefade, carried):
    arguments = ("assess", *link(carried), "--scheme", "decimated", "--full", "--smoke", "--seed", SEED)
    shown = samefade(*arguments)
    assert "SP 800-90B" in shown.out
    assert "Passing these tests is no evidence" in shown.out
    own = samefade(*arguments, "--json").json["private"]
    (found,) = own["sp80090b"].values()
    assert found["least"] <= found["bits_per_symbol"]
    assert found["ceilings"].keys() >= found["of_symbols"].keys()
    assert own["smoke"]["warning"]


@pytest.mark.skipif(not DOCS.is_file(), reason="the pages are not a part of the installed package")
def test_every_field_is_on_the_page_of_json(samefade, carried):
    named = set(re.findall(r"`(\w+)`", DOCS.read_text(encoding="utf-8")))
    told = samefade("assess", *link(carried), "--full", "--smoke", "--json").json
    (row,) = samefade("compare", *link(carried), "--scheme", "wskg", "--json").json["rows"]
    fields = {*told, *told["private"], *told["terms"], *told["epsilon"], *told["versions"], *row}
    assert fields - {"schema"} <= named


def test_a_static_channel_is_told_in_full_and_ends_with_3(samefade, tmp_path):
    assert samefade("sim", "static", "--out", tmp_path, "--seed", 3).code == 0
    seen = samefade("assess", *link(tmp_path), "--scheme", "decimated", "--out", tmp_path / "c.json")
    assert seen.code == 3
    assert "none: no key is issued" in seen.out
    assert "the account, in bits" in seen.out
    assert len(seen.err.strip().splitlines()) >= 2
    sent = written(tmp_path / "c.json")
    assert sent["claim"] == "none"
    assert sent["keys"] == 0
    told = samefade("assess", *link(tmp_path), "--scheme", "decimated", "--json")
    assert told.code == 3
    assert told.json["private"]["refusal"]["exit_code"] == 3


def test_bad_input_gets_a_sentence_and_2(samefade, carried, tmp_path):
    for arguments in (
        ("assess",),
        ("assess", tmp_path / "absent.csv"),
        ("assess", *link(carried), "--scheme", "nonsense"),
        ("assess", *link(carried), "--minutes", "-1"),
        ("assess", *link(carried), "--seed", "abc"),
        ("assess", *link(carried), "--out", tmp_path / "no" / "c.json"),
        ("assess", "--data", "nonsense"),
    ):
        seen = samefade(*arguments)
        assert seen.code == 2, seen.err
        assert "Traceback" not in seen.err
        assert len(seen.err.strip().splitlines()) >= 2


def test_help_has_examples(samefade):
    seen = samefade("assess", "--help")
    assert seen.code == 0
    assert "Examples" in seen.out
    assert "--all-tones" in seen.out


def test_compare_marks_what_no_band_can_hold(samefade, carried):
    arguments = ("compare", *link(carried), "--scheme", "wskg", "--scheme", "decimated", "--seed", SEED)
    shown = samefade(*arguments).out
    assert re.search(r"wskg .*← claims [\d.,]+× what its band can hold", shown)
    assert max(map(len, (line.rstrip() for line in shown.splitlines()))) <= 110
    paper, ours = samefade(*arguments, "--json").json["rows"]
    assert paper["overclaims"] is True
    assert ours["overclaims"] is False
    assert paper["band_information_interval"][1] < paper["claimed_bits_per_sample"]


@pytest.mark.parametrize("command", ["key", "compare", "assess", "measure"])
def test_all_tones_of_signal_strength_are_refused_in_words(samefade, tmp_path, command):
    file = tmp_path / "t.csv"
    rows = np.random.default_rng(1).integers(-90, -40, (300, 2))
    file.write_text("gw,ed\n" + "".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")
    seen = samefade(command, file, "--column-a", "gw", "--column-b", "ed", "--rate", "1", "--all-tones")
    assert seen.code == 2
    assert "CSI" in seen.err


def test_all_tones_of_csi_reach_a_scheme_that_takes_them(samefade, tmp_path):
    short = replace(channel.SCENARIOS["carried"], seconds=200.0)
    world = channel.simulate(short, np.random.default_rng(2))
    for name, end in (("ap", world.a), ("sta", world.b)):
        files.esp32_tool.write(end, tmp_path / f"{name}.csv")
    one = samefade("assess", *link(tmp_path), "--scheme", "strata", "--json").json
    all_of_them = samefade("assess", *link(tmp_path), "--scheme", "strata", "--all-tones", "--json").json
    assert len(all_of_them["terms"]["strands"]) > len(one["terms"]["strands"]) == 1
    assert samefade("measure", *link(tmp_path), "--all-tones").code == 0
