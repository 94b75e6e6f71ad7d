"""`samefade identity`: two files, one of them for its owner alone; nothing is ever overwritten."""

import json
import os

import pytest

from samefade.api.node.identity import read_credential, read_identity
from samefade.errors import InputError


def test_an_identity_and_the_credential_for_its_peers(samefade, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seen = samefade("identity", "sta")
    assert seen.code == 0
    mine, told = read_identity(tmp_path / "sta.identity"), read_credential(tmp_path / "sta.identity.credential")
    assert (mine.credential.name, mine.credential.public) == (told.name, told.public)
    assert told.name == "sta"
    private = json.loads((tmp_path / "sta.identity").read_text(encoding="utf-8"))["private"]
    assert private not in seen.out + seen.err + (tmp_path / "sta.identity.credential").read_text(encoding="utf-8")
    assert private not in repr(mine)


def test_the_public_key_belongs_to_the_private_one(samefade, tmp_path):
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

    told = samefade("identity", "ap", "--out", tmp_path / "x", "--json").json
    assert told["schema"] == "samefade.identity/1"
    mine = read_identity(tmp_path / "x")
    assert told == {
        "schema": "samefade.identity/1", "identity": str(tmp_path / "x"), "credential": str(tmp_path / "x.credential")
    }  # fmt: skip
    numbers = derive_private_key(int.from_bytes(mine.private, "big"), SECP256R1()).public_key().public_numbers()
    assert mine.credential.public == numbers.x.to_bytes(32, "big")


def test_two_identities_differ(samefade, tmp_path):
    for name in "ab":
        samefade("identity", "same name", "--out", tmp_path / name)
    assert read_identity(tmp_path / "a").private != read_identity(tmp_path / "b").private


def test_a_file_that_is_there_is_never_overwritten(samefade, tmp_path):
    path = tmp_path / "sta.identity"
    assert samefade("identity", "sta", "--out", path).code == 0
    before = path.read_bytes()
    seen = samefade("identity", "sta", "--out", path, "--json")
    assert seen.code == 2
    assert seen.json["refusal"]["error"] == "CannotWrite"
    assert path.read_bytes() == before


def test_a_credential_that_is_there_leaves_no_half_an_identity(samefade, tmp_path):
    (tmp_path / "sta.credential").write_text("another's", encoding="utf-8")
    assert samefade("identity", "sta", "--out", tmp_path / "sta").code == 2
    assert not (tmp_path / "sta").exists()
    assert (tmp_path / "sta.credential").read_text(encoding="utf-8") == "another's"


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_names_that_do_not_fit(samefade, tmp_path, name):
    seen = samefade("identity", name, "--out", tmp_path / "x")
    assert seen.code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="this system has no modes")
def test_others_may_not_read_it(samefade, tmp_path):
    path = tmp_path / "sta"
    samefade("identity", "sta", "--out", path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(InputError):
        read_identity(path)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "samefade identity 2"}, {"public": "00"}, {"public": "ff" * 32}, {"public": "zz" * 32},
        {"public": 1},
        {"private": "00"}, {"private": "00" * 32}, {"private": "ff" * 32}, {"private": 1}, {"private": None},
        {"name": ""}, {"name": 5}, {"private": "11" * 32},
    ],
    ids=str,
)  # fmt: skip
def test_a_damaged_identity_is_refused(samefade, tmp_path, change):
    path = tmp_path / "sta"
    samefade("identity", "sta", "--out", path)
    told = json.loads(path.read_text(encoding="utf-8")) | change
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError):
        read_identity(path)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"[]", b"\xff\xfe", b'{"format": "samefade identity 1"}'])
def test_rubbish_is_no_credential(tmp_path, content):
    path = tmp_path / "x"
    path.write_bytes(content)
    path.chmod(0o600)
    for read in (read_credential, read_identity):
        with pytest.raises(InputError):
            read(path)


def test_a_credential_is_no_identity(samefade, tmp_path):
    samefade("identity", "sta", "--out", tmp_path / "sta")
    credential = tmp_path / "sta.credential"
    credential.chmod(0o600)
    with pytest.raises(InputError) as refused:
        read_identity(credential)
    assert "no private key" in str(refused.value)
