"""What bad input gets: a sentence, the numbers, a line of advice, an exit code, nothing half-written."""

import os
from pathlib import Path

import numpy as np
import pytest

HEADER = "gw,ed\n"


def table(path, a, b):
    rows = "".join(f"{x},{y}\n" for x, y in zip(a, b, strict=True))
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def refused(seen, code):
    """The contract of every refusal: code, sentence and advice; no traceback."""
    assert seen.code == code, seen.err
    assert "Traceback" not in seen.err
    assert len(seen.err.strip().splitlines()) >= 2
    return seen.err


OPTIONS = ("--column-a", "gw", "--column-b", "ed", "--rate", "1")


@pytest.mark.parametrize("command", ["read", "key", "measure"])
def test_missing_empty_and_binary_files(samefade, tmp_path, command):
    empty, rubbish = tmp_path / "empty.csv", tmp_path / "rubbish.csv"
    empty.touch()
    rubbish.write_bytes(np.random.default_rng(1).bytes(5000))
    for path in (tmp_path / "absent.csv", empty, rubbish, tmp_path):
        assert str(path) in refused(samefade(command, path), 2)


def test_no_recording_three_recordings_and_both_ways_at_once(samefade, tmp_path):
    one = table(tmp_path / "t.csv", range(10), range(10))
    refused(samefade("key"), 2)
    refused(samefade("key", one, one, one), 2)
    refused(samefade("key", one, "--data", "lora-indoor"), 2)


def test_an_unknown_scheme_set_or_column(samefade, tmp_path):
    one = table(tmp_path / "t.csv", np.arange(200) % 17, np.arange(200) % 13)
    assert "decimated" in refused(samefade("key", one, *OPTIONS, "--scheme", "nonsense"), 2)
    refused(samefade("key", "--data", "nonsense"), 2)
    assert "gw" in refused(samefade("key", one, "--column-a", "nonsense", "--column-b", "ed"), 2)


def test_nan_and_infinite_values_are_counted_and_dropped(samefade, tmp_path):
    a = [str(x) for x in np.random.default_rng(2).integers(-90, -40, 300)]
    a[5], a[7] = "nan", "inf"
    told = samefade("read", table(tmp_path / "t.csv", a, a), *OPTIONS, "--json").json
    assert sum(sum(r["dropped"].values()) for r in told["recordings"]) >= 2


def test_a_constant_signal(samefade, tmp_path):
    one = table(tmp_path / "t.csv", [-70] * 500, [-71] * 500)
    assert "-70" in refused(samefade("key", one, *OPTIONS), 3)


def test_too_short_a_record(samefade, tmp_path):
    refused(samefade("key", table(tmp_path / "t.csv", [-70, -60, -50], [-70, -61, -52]), *OPTIONS), 3)


def test_mismatched_lengths_of_tables_without_a_clock(samefade, tmp_path):
    rng = np.random.default_rng(4)
    one, two = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text("rssi\n" + "\n".join(map(str, rng.integers(-90, -40, 400))), encoding="utf-8")
    two.write_text("rssi\n" + "\n".join(map(str, rng.integers(-90, -40, 300))), encoding="utf-8")
    refused(samefade("key", one, two, "--rate", "1"), 2)


def test_a_picture_that_cannot_be_written(samefade, tmp_path):
    values = np.random.default_rng(5).integers(-90, -40, 400)
    one = table(tmp_path / "t.csv", values, values)
    refused(samefade("measure", one, *OPTIONS, "--plot", tmp_path / "no" / "such" / "x.png"), 2)
    refused(samefade("measure", one, *OPTIONS, "--plot", tmp_path / "x.docx"), 2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_leaves_nothing_behind(samefade, tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("pathlib.Path.replace", full)
    monkeypatch.setattr("os.replace", full)
    values = np.random.default_rng(6).integers(-90, -40, 400)
    one = table(tmp_path / "t.csv", values, values)
    assert "No space left" in refused(samefade("measure", one, *OPTIONS, "--plot", tmp_path / "x.png"), 2)
    refused(samefade("sim", "carried", "--out", tmp_path / "sim"), 2)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [one]


@pytest.mark.parametrize("name", ["lorawan-campus/static_nlos", "lte-negative", "lora-synthetic-trap"])
def test_no_key_from_what_is_not_reciprocal_or_a_trap(samefade, data_dir, name):
    assert data_dir.is_dir()
    for scheme in ("decimated", "wskg", "golay"):
        seen = samefade("key", "--data", name, "--scheme", scheme, "--json")
        assert seen.code == 3
        assert seen.json["refusal"]["error"] == "NotReciprocal"


def test_json_errors_are_one_object(samefade, tmp_path):
    told = samefade("key", tmp_path / "absent.csv", "--json")
    assert told.code == 2
    assert told.json["schema"] == "samefade.error/1"
    assert told.json["refusal"]["exit_code"] == 2


def test_an_hour_of_loss_is_said(samefade, tmp_path):
    rng = np.random.default_rng(7)
    time = np.concatenate([np.arange(600.0), 4200 + np.arange(600.0)])
    a = rng.integers(-90, -40, len(time))
    rows = "".join(f"{t},{x},{x}\n" for t, x in zip(time, a, strict=True))
    file = tmp_path / "t.csv"
    file.write_text("time,gw,ed\n" + rows, encoding="utf-8")
    seen = samefade("measure", file, "--column-a", "gw", "--column-b", "ed", "--json")
    assert seen.code == 0
    assert any("%" in sentence and "missing" in sentence for sentence in seen.json["diagnosis"])
