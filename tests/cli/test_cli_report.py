"""`samefade report`, as a user types it."""

import json
import stat
import sys
from dataclasses import replace

import numpy as np
import pytest

from samefade import api, channel, files
from samefade.api.running import halves
from samefade.types import Kept

pytest.importorskip("jinja2")
SEED = "07" * 32
NASTY = "<img src=x onerror=alert(1)>\u202egnp.csv"


@pytest.fixture(scope="module")
def carried(tmp_path_factory):
    """Two ends, carried about for some minutes; one file has a name that would like to be markup."""
    folder = tmp_path_factory.mktemp("carried")
    world = channel.simulate(replace(channel.SCENARIOS["carried"], seconds=450), np.random.default_rng(11))
    for name, end in ((NASTY, world.a), ("sta.csv", world.b)):
        files.esp32_tool.write(end, folder / name)
    return folder / NASTY, folder / "sta.csv"


def test_a_page_for_the_owner_and_what_it_rests_on(samefade, carried, tmp_path):
    out = tmp_path / "page.html"
    seen = samefade("report", *carried, "--out", out, "--seed", SEED, "--json")
    assert seen.code == 0, seen.err
    text = out.read_text(encoding="utf-8")
    told = seen.json
    assert told["schema"] == "samefade.report/1"
    assert told["page"] == str(out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "For the owner of the key" in text
    assert "&lt;img src=x onerror=alert(1)&gt;⟨U+202E⟩gnp.csv" in text
    assert NASTY not in text
    assert all(one["sha256"] in text for one in told["inputs"])
    assert str(tmp_path) not in text  # names of folders are nobody's business
    key = samefade("key", *carried, "--seed", SEED, "--json", "--reveal").json
    assert len(key["key_hex"]) == told["certificate"]["keys"] > 0
    for secret in key["key_hex"]:
        assert secret not in text
        assert secret not in seen.out
    saved = tmp_path / "run.json"
    saved.write_text(json.dumps(key), encoding="utf-8")
    again = samefade("report", "--from", saved, "--out", tmp_path / "again.html")
    assert again.code == 0, again.err
    page = (tmp_path / "again.html").read_text(encoding="utf-8")
    assert "the same at both ends" in page
    assert f", matched by {key['matching']}." in page
    assert not any(secret in page for secret in key["key_hex"])


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the pictures out where no test looks at them: they cost half of a run; keep what would have been drawn."""
    pairs = []
    monkeypatch.setattr("samefade.draw.panels", lambda pair: pairs.append(pair) or {})
    return pairs


def test_a_page_to_show(samefade, carried, tmp_path, undrawn):
    out = tmp_path / "page.html"
    seen = samefade("report", *carried, "--to-show", "--full", "--out", out, "--json")
    assert seen.code == 0, seen.err
    text = out.read_text(encoding="utf-8")
    assert "May be shown" in text
    assert "NIST" not in text
    assert "private" not in seen.json["certificate"]
    assert [one["sha256"] for one in seen.json["inputs"]] == [None, None]
    assert stat.S_IMODE(out.stat().st_mode) & 0o044  # others may read it
    spoken, kept = halves(api.read_pair(*carried), None)
    (drawn,) = undrawn  # of spoken samples, and of no others
    for end in ("a", "b"):
        assert np.array_equal(getattr(drawn, end).values, getattr(spoken, end).values)
        assert not isinstance(getattr(drawn, end), Kept)
    assert drawn.a.start + drawn.a.seconds <= kept.a.start


@pytest.mark.usefixtures("undrawn")
def test_no_key_is_a_page_too_and_ends_with_3(samefade, carried, tmp_path):
    out = tmp_path / "page.html"
    seen = samefade("report", *carried, "--scheme", "wskg", "--out", out)
    assert seen.code == 3
    text = out.read_text(encoding="utf-8")
    assert "No key: " in text
    assert "Record for longer" in text
    shown = samefade("report", *carried, "--scheme", "wskg", "--out", out, "--to-show")
    assert shown.code == 3
    text = out.read_text(encoding="utf-8")
    assert ">No key<" in text
    assert "Why is not told here" in text


def test_a_trace_is_shown(samefade, tmp_path):
    lines = (
        {"t": 0, "end": "a", "event": "begun", "format": "samefade trace 1"},
        {"t": 0.5, "end": "a", "event": "known", "peer": "<b>", "prior": "f3"},
        {"t": 1, "end": "a", "event": "pending", "keys": [{"key_id": "1", "claim": "estimate"}], "epoch": 1},
        {"t": 2.5, "end": "a", "event": "confirmed", "key_ids": ["1"]},
    )
    path = tmp_path / "ap.trace"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    seen = samefade("report", "--trace", path, "--out", tmp_path / "x.html")
    assert seen.code == 0, seen.err
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "1 key, confirmed by both ends" in text
    assert "peer &lt;b&gt;" in text
    path.write_text(json.dumps(lines[0]) + '\n{"t": 1, "end": "a", "event": "failed"}\n', encoding="utf-8")
    seen = samefade("report", "--trace", path, "--out", tmp_path / "y.html")
    assert seen.code == 2
    assert not (tmp_path / "y.html").exists()


@pytest.mark.usefixtures("undrawn")
def test_bad_input_gets_a_sentence_and_2_and_no_page(samefade, carried, tmp_path):
    other = tmp_path / "x.json"
    other.write_text('{"schema": "samefade.error/1"}', encoding="utf-8")
    out = tmp_path / "page.html"
    for arguments in (
        (),
        (*carried, "--from", other),
        ("--from", other),
        ("--from", tmp_path / "absent.json"),
        ("--trace", other),
        (tmp_path / "absent.csv",),
        (*carried, "--seed", "abc"),
        (*carried, "--scheme", "nonsense"),
    ):
        seen = samefade("report", *arguments, "--out", out)
        assert seen.code == 2, (arguments, seen.err)
        assert "Traceback" not in seen.err
        assert not out.exists()
    assert samefade("report", *carried, "--out", tmp_path / "no" / "page.html").code == 2


def test_a_missing_extra_is_said_before_anything_is_run(samefade, carried, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.setattr("samefade.api.run", lambda *_, **__: pytest.fail("it ran"))
    seen = samefade("report", *carried, "--out", tmp_path / "page.html")
    assert seen.code == 2
    assert "samefade[pages]" in seen.err


def test_help_has_examples(samefade):
    assert "Examples" in samefade("report", "--help").out
