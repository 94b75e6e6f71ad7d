"""Run the real command line in this process, and see what a user sees."""

import json
from typing import NamedTuple

import pytest

from samefade.cli.main import main


class Seen(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def samefade(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["samefade", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Seen(int(ended.value.code or 0), told.out, told.err)

    return run
