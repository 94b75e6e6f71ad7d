"""What bad input gets: a sentence, the numbers, a line of advice, an exit code, nothing half-written."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HEADER = "gw,ed\n"


def table(path, a, b):
    rows = "".join(f"{x},{y}\n" for x, y in zip(a, b, strict=True))
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def ends(seed, n, *, lag=0):
    """Fading in dB at both ends with one dB of noise each, b late by `lag` samples."""
    rng = np.random.default_rng(seed)
    fade = 8 * np.convolve(rng.normal(size=n + 40), np.hanning(16) / np.sqrt(6), "valid")[: n + lag]
    return [np.rint(-60 + part + rng.normal(size=n)).astype(int) for part in (fade[lag:], fade[:n])]


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
    one = table(tmp_path / "t.csv", *ends(5, 400))
    refused(samefade("measure", one, *OPTIONS, "--plot", tmp_path / "no" / "such" / "x.png"), 2)
    refused(samefade("measure", one, *OPTIONS, "--plot", tmp_path / "x.docx"), 2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_leaves_nothing_behind(samefade, tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("pathlib.Path.replace", full)
    monkeypatch.setattr("os.replace", full)
    one = table(tmp_path / "t.csv", *ends(6, 400))
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
    time = np.concatenate([np.arange(600.0), 4200 + np.arange(600.0)])
    rows = "".join(f"{t},{x},{y}\n" for t, x, y in zip(time, *ends(7, len(time)), strict=True))
    file = tmp_path / "t.csv"
    file.write_text("time,gw,ed\n" + rows, encoding="utf-8")
    seen = samefade("measure", file, "--column-a", "gw", "--column-b", "ed", "--json")
    assert seen.code == 0
    assert any("%" in sentence and "missing" in sentence for sentence in seen.json["diagnosis"])


def test_one_recording_given_as_both_ends(samefade, tmp_path):
    a, b = ends(8, 400)
    one = table(tmp_path / "t.csv", a, b)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(one.read_bytes())
    for command in ("measure", "key", "compare"):
        assert "one recording twice" in refused(samefade(command, one, one, "--column-a", "gw", "--column-b", "gw"), 2)
    assert "400 values" in refused(samefade("key", one, copy, "--column-a", "gw", "--column-b", "gw"), 2)
    assert "one recording twice" in refused(samefade("key", one, "--column-a", "ed", "--column-b", "ed"), 2)
    same = ("--column-a", "gw", "--column-b", "gw", "--half-duplex")
    assert "one recording twice" in refused(samefade("key", one, *same), 2)


def test_one_end_says_what_is_missing(samefade, tmp_path):
    one = table(tmp_path / "t.csv", *ends(9, 400))
    assert "--column-b" in refused(samefade("key", one, "--column-a", "gw"), 2)


def test_a_table_of_many_columns_says_what_to_type(samefade, tmp_path):
    many = tmp_path / "many.csv"
    many.write_text("a_rssi,b_rssi,a_pwr\n" + "-60,-61,3\n-62,-64,3\n" * 50, encoding="utf-8")
    for command in ("read", "measure"):
        told = refused(samefade(command, many), 2)
        assert all(word in told for word in ("--column-a", "--column-b", "'a_pwr'"))


@pytest.mark.parametrize("option", [("--minutes", "nan"), ("--minutes", "-4"), ("--seed", "zz"), ("--seed", "00")])
def test_options_that_make_no_sense(samefade, tmp_path, option):
    one = table(tmp_path / "t.csv", *ends(10, 400))
    seen = samefade("key", one, *OPTIONS, *option, "--json")
    assert option[0] in refused(seen, 2)
    assert seen.json["refusal"]["error"] == "OutOfRange"
    refused(samefade("compare", one, *OPTIONS, *option), 2)


def test_a_tone_that_is_not_there(samefade, tmp_path):
    assert samefade("sim", "static", "--out", tmp_path).code == 0
    assert "0 to 63" in refused(samefade("key", tmp_path / "ap.csv", tmp_path / "sta.csv", "--tone", 999), 2)


def test_usage_errors_are_told_in_json_too(samefade, tmp_path):
    seen = samefade("measure", tmp_path / "t.csv", "--match", "foo", "--json")
    assert seen.code == 2
    assert seen.json["schema"] == "samefade.error/1"
    assert "--match" in seen.json["refusal"]["numbers"]["reason"]
    assert samefade("sim", "static", "--out", tmp_path, "--seed", "-1").code == 2
    assert samefade("nonsense").out == ""


def test_a_bug_is_told_without_a_traceback_unless_asked(samefade, tmp_path, monkeypatch):
    def bug(*_args, **_kwargs):
        raise ZeroDivisionError("of our own making")

    monkeypatch.setattr("samefade.api.read", bug)
    seen = samefade("read", tmp_path, "--json")
    assert "of our own making" in refused(seen, 1)
    assert "--traceback" in seen.err
    assert seen.json["refusal"]["exit_code"] == 1
    for asked in (("--traceback", "read", tmp_path), ("read", tmp_path, "--traceback")):
        with pytest.raises(ZeroDivisionError):
            samefade(*asked)


def limited(folder, *arguments, blocks=8, out=subprocess.PIPE):
    """Run the command line where no file may grow beyond so many KiB: as on a full disk, and for real."""
    pytest.importorskip("resource", reason="this system cannot limit the size of files")
    # the child limits itself: to do it between fork and exec is not safe beside other libraries' threads
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({1024 * blocks},) * 2)"
    run = f"import resource, runpy; {limit}; runpy.run_module('samefade', run_name='__main__')"
    command = [sys.executable, "-c", run, *map(str, arguments)]
    return subprocess.run(command, check=False, stdout=out, stderr=subprocess.PIPE, text=True, cwd=folder)


def test_a_file_that_cannot_be_finished_is_not_left_half_written(tmp_path):
    one = table(tmp_path / "t.csv", *ends(11, 5000))
    before = sorted(tmp_path.rglob("*"))
    for arguments in (
        ("measure", one, *OPTIONS, "--plot", tmp_path / "x.png"),
        ("read", one, *OPTIONS, "--out", tmp_path / "x.zarr.zip"),
        ("sim", "static", "--out", tmp_path / "sim"),
    ):
        done = limited(tmp_path, *arguments)
        assert done.returncode == 2, done.stderr
        assert "nothing was left half-written" in done.stderr
        assert "Traceback" not in done.stderr
        assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("json", [(), ("--json",)])
def test_output_that_cannot_be_written(tmp_path, json):
    one = table(tmp_path / "t.csv", *ends(12, 400))
    with Path("/dev/full").open("w") as full:
        done = limited(tmp_path, "measure", one, *OPTIONS, *json, out=full)
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_sees_no_traceback(tmp_path):
    one = table(tmp_path / "t.csv", *ends(13, 400))
    command = [sys.executable, "-m", "samefade", "read", str(one)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        running.stdout.close()
        told = running.stderr.read()
    assert "Traceback" not in told
    assert "Exception" not in told


def test_an_interrupt_ends_quietly_with_130(samefade, tmp_path, monkeypatch):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    one = table(tmp_path / "t.csv", *ends(14, 400))
    monkeypatch.setattr("samefade.api.compare", interrupted)
    seen = samefade("compare", one, *OPTIONS)
    assert seen.code == 130
    assert "Traceback" not in seen.err


def test_a_silence_of_one_end_a_late_end_and_a_register_upside_down_are_told_in_words(samefade, tmp_path):
    a, b = ends(15, 2000, lag=3)
    told = samefade("measure", table(tmp_path / "late.csv", a, b), *OPTIONS, "--json").json["diagnosis"]
    assert "The lag is 3 samples: b is late." in told
    a, b = ends(16, 2000)
    told = samefade("measure", table(tmp_path / "minus.csv", a, -b), *OPTIONS, "--json").json["diagnosis"]
    assert "−RSSI" in told[0]
    gap = [*map(str, b[:500]), *[""] * 600, *map(str, b[1100:])]
    told = samefade("measure", table(tmp_path / "gap.csv", a, gap), *OPTIONS, "--json").json["diagnosis"]
    assert any("missing at b, 10.0 min of them in one stretch" in sentence for sentence in told)


def test_packets_lost_at_one_end_are_counted_and_located(samefade, tmp_path):
    a, b = ends(17, 4000)
    one, two = tmp_path / "ap.csv", tmp_path / "sta.csv"
    for path, values in ((one, a), (two, np.delete(b, slice(2000, 2100)))):
        path.write_text("rssi\n" + "".join(f"{x}\n" for x in values), encoding="utf-8")
    told = samefade("measure", one, two, "--rate", "1", "--json").json["diagnosis"]
    assert any("about 100 packets were lost at b" in sentence for sentence in told), told
