"""What a source is, as one number: equal where everything that decides its samples is equal."""

import hashlib
import os
from dataclasses import replace

import pytest

from samefade import channel, data
from samefade.bench import Source, fingerprint
from samefade.errors import UnknownName, UnreadableRecording

BASE = Source("sim:los-short", seed=3, by="row", seconds=600)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 4},
        {"by": "auto"},
        {"seconds": 601},
        {"blocks": 2},
        {"tone": 7},
        {"all_tones": True},
        {"name": "sim:nlos-long"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_parameter_is_in_it(change):
    assert fingerprint(BASE) == fingerprint(replace(BASE))
    assert fingerprint(BASE) != fingerprint(replace(BASE, **change))
    assert BASE.hashes() == {}


def test_another_world_under_the_same_name_is_another_source(monkeypatch):
    before = fingerprint(BASE)
    other = replace(channel.scenario("los-short"), seconds=1.0)
    monkeypatch.setattr(channel, "scenario", lambda _name: other)
    assert fingerprint(BASE) != before


def test_a_set_has_the_hashes_of_the_registry_and_needs_no_file(monkeypatch):
    monkeypatch.delenv("SAMEFADE_DATA", raising=False)
    source = Source("set:skyglow/office-los")
    assert source.hashes() == {file.path: file.sha256 for file in data.find("skyglow/office-los").files}
    assert len(fingerprint(source)) == 64


def test_a_file_is_hashed_again_when_it_changed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1\n2\n")
    source = Source(f"files:{path}")
    first = fingerprint(source)
    assert source.hashes() == {"a/a.csv": hashlib.sha256(b"1\n2\n").hexdigest()}
    path.write_text("1\n3\n")
    os.utime(path, ns=(1, 1))
    assert source.hashes() == {"a/a.csv": hashlib.sha256(b"1\n3\n").hexdigest()}
    assert fingerprint(source) != first


def test_a_folder_is_hashed_with_the_names_in_it(tmp_path):
    folder = tmp_path / "x.zarr"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "0").write_bytes(b"chunk")
    first = Source(f"files:{folder}").hashes()
    (folder / "a" / "0").rename(folder / "a" / "1")
    assert Source(f"files:{folder}").hashes() != first


def test_what_is_not_there_has_no_hash(tmp_path):
    with pytest.raises(UnreadableRecording):
        fingerprint(Source(f"files:{tmp_path}/none.csv"))
    with pytest.raises(UnknownName):
        fingerprint(Source("set:nobody-knows"))
    with pytest.raises(UnknownName):
        fingerprint(Source("sim:nobody-knows"))


def test_two_files_of_one_name_both_count(tmp_path):
    for end in "ab":
        (tmp_path / end).mkdir()
        (tmp_path / end / "log.csv").write_text(end)
    source = Source(f"files:{tmp_path}/a/log.csv,{tmp_path}/b/log.csv")
    assert list(source.hashes()) == ["a/log.csv", "b/log.csv"]
    assert len(set(source.hashes().values())) == 2
