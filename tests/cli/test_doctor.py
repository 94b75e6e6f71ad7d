"""The doctor names every extra that can be installed, and a folder of recordings that is not there."""

import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
DEVELOPERS = {"all", "test", "bench", "dev"}


def test_every_extra_that_a_user_may_want_is_looked_for(samefade):
    checks = samefade("doctor", "--json").json["checks"]
    told = {check["what"].removeprefix("extra ") for check in checks if check["what"].startswith("extra ")}
    assert told == set(PROJECT["optional-dependencies"]) - DEVELOPERS


def test_a_folder_of_recordings_that_is_not_there_is_told(samefade, tmp_path, monkeypatch):
    monkeypatch.setenv("SAMEFADE_DATA", str(tmp_path / "absent"))
    seen = samefade("doctor", "--json").json
    assert [check["detail"] for check in seen["checks"] if "where no folder is" in check["detail"]]
