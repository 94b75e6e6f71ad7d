import re
from dataclasses import FrozenInstanceError

import pytest

from samefade import data
from samefade.errors import UnknownName

ALL = data.sets()
FILES = [(entry, file) for entry in ALL for file in entry.files]


def test_names_and_paths_are_unique_and_roles_within_a_set_too():
    assert len({entry.name for entry in ALL}) == len(ALL) == 20
    assert len({file.path for _, file in FILES}) == len(FILES)
    for entry in ALL:
        assert len({file.role for file in entry.files}) == len(entry.files)


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.name)
def test_every_set_says_where_it_comes_from(entry):
    assert entry.description
    assert entry.ends
    assert entry.licence
    assert entry.citation
    assert entry.source.startswith("https://")
    assert entry.size == sum(file.size for file in entry.files) > 0
    roles = {file.role for file in entry.files}
    assert roles in ({"a", "b"}, {"both"}, {"both", "eve"}, {"one"})


@pytest.mark.parametrize(("entry", "file"), FILES, ids=lambda x: getattr(x, "path", ""))
def test_every_file_has_a_hash_and_an_address_that_cannot_change(entry, file):
    assert re.fullmatch("[0-9a-f]{64}", file.sha256)
    owner = entry.source.removeprefix("https://github.com/")
    assert re.match(rf"https://raw\.githubusercontent\.com/{owner}/[0-9a-f]{{40}}/\S+$", file.address)
    assert ".." not in file.path
    assert not file.path.startswith("/")


def test_doubtful_licences_and_traps_are_told():
    assert data.find("skyglow/mobile").licence == data.find("lte-negative").licence == "none stated"
    for name in ("lorawan-campus/walking", "lorawan-campus/static_nlos"):
        assert "MIT" in data.find(name).licence
        assert "CC BY-NC-SA" in data.find(name).licence
    assert "never show it as measured" in data.find("lora-synthetic-trap").warning
    assert "negative control" in data.find("lte-negative").warning
    assert data.find("skyglow/mobile").warning is None


def test_reading_options_stand_beside_each_file():
    lora = data.find("lora-indoor")
    assert lora.half_duplex
    assert [file.options["sign"] for file in lora.files] == [-1, -1]
    assert lora.files[0].options["rate"] == lora.rate_hz == 1.65
    (walking,) = data.find("lorawan-campus/walking").files
    assert dict(walking.options) == {"a": "GW RSSI", "b": "ED RSSI", "rate": 0.125}
    with pytest.raises(TypeError):
        walking.options["sign"] = 1
    with pytest.raises(FrozenInstanceError):
        walking.role = "a"


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("mobile", "skyglow/mobile"),
        ("outdoor-mobile", "skyglow/outdoor-mobile"),
        ("walking", "lorawan-campus/walking"),
        ("walking_ht40", "esp32/walking_ht40"),
        ("lora-indoor", "lora-indoor"),
    ],
)
def test_a_short_name_is_enough_where_only_one_fits(short, full):
    assert data.find(short).name == full


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("skyglow/mobil", "skyglow/mobile"),
        ("lora-indor", "lora-indoor"),
        ("walkin", "esp32/walking_ht40, lorawan-campus/walking"),
        ("lorawan-campus", "lorawan-campus/walking, lorawan-campus/static_nlos"),
        ("", "skyglow/office-los"),
        ("no such thing at all", "skyglow/office-los"),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_come_close(asked, offered):
    with pytest.raises(UnknownName) as told:
        data.find(asked)
    assert offered in told.value.numbers["known"]


def test_every_named_format_is_one_that_files_reads():
    from samefade.files import FORMATS

    assert {file.format for _, file in FILES if file.format} <= {reader.name for reader in FORMATS}
