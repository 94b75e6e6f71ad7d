"""What was computed is kept until something that it rests on is another."""

import os

import pytest

from samefade import data
from samefade.data import netstar
from samefade.errors import DataUnavailable
from samefade.study import Lab
from samefade.study.figure import Result
from samefade.study.shelf import Shelved
from samefade.study.state import _need

NAME = "skyglow/mobile"


def kept(**provenance):
    about = {"identity": "i", "provenance": {"code": "c", **provenance}}
    return Shelved("fig1", about, Result([]), {}, whole=True)


def registered(name):
    return {file.path: file.sha256 for file in data.find(name).files}


def test_each_reason_to_compute_is_told():
    assert _need("i", None, "c", fresh=False) == ("compute", "never computed")
    assert _need("i", kept(), "c", fresh=True) == ("compute", "asked for anew")
    assert _need("j", kept(), "c", fresh=False) == ("compute", "its specification or its source changed")
    assert _need("i", kept(), "c", fresh=False) == ("kept", "unchanged")
    need, why = _need("i", kept(), "d", fresh=False)
    assert (need, "--fresh" in why) == ("kept, other code", True)


def test_a_set_that_came_and_one_that_changed_are_computed_with(monkeypatch):
    monkeypatch.setattr(data, "path", lambda name: os.devnull if name == NAME else refuse(name))
    assert _need("i", kept(absent=["moon"]), "c", fresh=False)[0] == "kept"
    assert _need("i", kept(absent=["moon", NAME]), "c", fresh=False) == (
        "compute", f"{NAME} was absent and is here now"
    )  # fmt: skip
    assert _need("i", kept(data={NAME: registered(NAME)}), "c", fresh=False)[0] == "kept"
    other = {**registered(NAME), "a.csv": "0"}
    assert _need("i", kept(data={NAME: other}), "c", fresh=False) == ("compute", f"{NAME} has other files now")
    assert _need("i", kept(data={"a user's.csv": {"a/a.csv": "0"}}), "c", fresh=False)[0] == "kept"


def refuse(name):
    raise DataUnavailable(name, "not here")


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    for end in ("ap", "sta"):
        (tmp_path / f"{end}.LoS_ShortRange_1_amplitudes.csv").write_text(f"1,2\n3,{len(end)}\n")
    monkeypatch.setenv(netstar.FOLDER, str(tmp_path))
    return tmp_path / "ap.LoS_ShortRange_1_amplitudes.csv"


def test_the_authors_files_are_remembered_and_others_are_computed_with(experiment):
    assert Lab(workers=1).sets([]) == ([], ())
    lab = Lab(workers=1, authors=True)
    assert lab.sets([]) == (["netstar:LoS-ShortRange_1"], ())
    used = lab.spent()["data"]
    assert list(used) == ["LoS-ShortRange_1"]
    assert _need("i", kept(data=used), "c", fresh=False)[0] == "kept"
    experiment.write_text("1,2\n3,4\n5,6\n")
    assert _need("i", kept(data=used), "c", fresh=False)[1] == "LoS-ShortRange_1 has other files now"
