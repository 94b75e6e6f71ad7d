"""A peer that writes to the terminal of whoever runs the other node: its words come without what steers a terminal."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from samefade.api.node import replaying
from samefade.cli.following import Following
from samefade.link.hostile import Hostile
from samefade.link.replay import Ran, in_memory

sys.path.insert(0, str(Path(__file__).parents[1] / "api" / "node"))
EVIL = "\x1b[2J\x1b]0;all is well\x07\x9b31m\u202eis yek"


class Told:
    """Both ends of a replay in this process; what each tells is written down."""

    def __init__(self):
        self.events = {"a": [], "b": []}

    def play(self, a, b, told, *, hostile, stop):  # noqa: ARG002 -- as `as_processes`
        ends = a(), b()
        for name, end in zip("ab", ends, strict=True):
            object.__setattr__(end, "on_event", lambda event, name=name: told(name, event.public()))
        ran = in_memory(*ends, hostile)
        return Ran(ran.finished, ran.datagrams, ran.dropped, ran.seconds)


def steers(text):
    return [c for c in text if not c.isprintable() and c != "\n"]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_peer_that_names_its_scheme_in_control_characters(monkeypatch, capsys, tmp_path, as_json):
    from node_recording import write

    from samefade.cli import node_runs as runs
    from samefade.cli.trace import trace

    plan = replaying.plan
    monkeypatch.setattr(replaying, "plan", lambda *args, **named: replace(plan(*args, **named), scheme=EVIL))
    monkeypatch.setattr(replaying, "as_processes", Told().play)
    wanted = runs.Wanted(write(tmp_path), None, 128, 200, None, "wifi", None)
    with Following(tmp_path / "t", quiet=as_json) as following:
        runs.replayed(wanted, None, Hostile().loss, following)
    with pytest.raises(Exception, match="2"):
        following.end(as_json=as_json)
    trace(tmp_path / "t")
    seen = capsys.readouterr()
    assert "all is well" in seen.out
    assert not steers(seen.err)
    assert not steers(seen.out) if not as_json else "\x1b" not in seen.out
    lines = (tmp_path / "t").read_text(encoding="utf-8").splitlines()
    assert any(EVIL in json.loads(line).get("error", {}).get("why", "") for line in lines)
