"""`samefade trace`: what a run wrote, whole or cut off, and nothing else."""

import json

import pytest

from samefade.errors import GaveUp
from samefade.session import Failed, Moved, Pending, Root
from samefade.session.events import Issued
from samefade.session.trace import Trace
from samefade.types import Key


@pytest.fixture
def written(tmp_path):
    """A trace of four lines."""
    path, clock = tmp_path / "ap.trace", iter([10.0, 10.0, 10.5, 11.25, 12.0])
    with path.open("w", encoding="utf-8") as file:
        trace = Trace(file.write, lambda: next(clock), "responder")
        trace.tell(Moved(state="answered"))
        key = Issued(key_id=None, key=Key(bytes(range(32)), "bounded"), certificate={"secret": 1})
        trace.tell(Pending(keys=(key,), root=Root(b"name", 3, bytes(32))))
        trace.tell(Failed(error=GaveUp()))
    return path


def test_a_table_in_the_order_of_time(samefade, written):
    seen = samefade("trace", written)
    assert seen.code == 0
    lines = [line.split() for line in seen.out.splitlines() if "responder" in line]
    assert [line[0] for line in lines] == ["0.000", "0.500", "1.250", "2.000"]
    assert [line[2] for line in lines] == ["begun", "moved", "pending", "failed"]
    assert "The other end ended the run" in seen.out
    assert bytes(range(32)).hex() not in seen.out + written.read_text(encoding="utf-8")


def test_json_is_one_object_with_every_event(samefade, written):
    told = samefade("trace", written, "--json").json
    assert told["schema"] == "samefade.trace/1"
    assert [event["event"] for event in told["events"]] == ["begun", "moved", "pending", "failed"]


def test_a_last_line_that_a_crash_cut_off_is_left_out(samefade, written):
    whole = written.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for end in (last + 1, (last + len(whole)) // 2, len(whole) - 2):
        written.write_bytes(whole[:end])
        told = samefade("trace", written, "--json").json
        assert [event["event"] for event in told["events"]] == ["begun", "moved", "pending"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"rubbish",
        b"rubbish\nrubbish\n",
        b"\x00\xff" * 500,
        b'{"schema": "samefade.key/1"}\n',
        b"[1, 2]\n",
        b'{"t": 0, "end": "a", "event": "moved", "state": "dead"}\n',
        b'{"t": "0", "end": "a", "event": "begun", "format": "samefade trace 1"}\n',
        b'{"t": 0, "end": "a", "event": "begun", "format": "samefade trace 2"}\n',
    ],
    ids=repr,
)
def test_what_is_no_trace_is_refused(samefade, tmp_path, content):
    path = tmp_path / "t"
    path.write_bytes(content)
    seen = samefade("trace", path, "--json")
    assert seen.code == 2
    assert seen.json["refusal"]["error"] == "UnreadableRecording"
    assert "Traceback" not in seen.err


def test_a_line_of_rubbish_between_two_is_named(samefade, written):
    lines = written.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2][:20]
    written.write_text("\n".join(lines), encoding="utf-8")
    seen = samefade("trace", written, "--json")
    assert seen.code == 2
    assert seen.json["refusal"]["numbers"]["line"] == 3


def test_no_file_and_a_folder(samefade, tmp_path):
    for path in (tmp_path / "absent", tmp_path):
        seen = samefade("trace", path)
        assert seen.code == 2
        assert str(path) in seen.err


def test_events_of_both_ends_may_be_huge_and_strange(samefade, written):
    strange = {"t": 3.0, "end": ["a"], "event": {"x": 1}, "what": [[], {}, None, "x" * 10_000, {"why": [1]}]}
    with written.open("a", encoding="utf-8") as file:
        file.write(json.dumps(strange) + "\n")
    assert samefade("trace", written).code == 0
