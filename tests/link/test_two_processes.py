"""Real sessions in two processes, with a hostile line between them."""

from functools import partial

from link_sessions import end

from samefade.link.hostile import Hostile
from samefade.link.replay import as_processes

BAD = Hostile(loss=0.1, duplicate=0.1, reorder=8, flip=0.03)


def test_two_processes_whose_keys_stay_with_them():
    told = {"a": [], "b": []}
    ran = as_processes(partial(end, "a"), partial(end, "b"), lambda name, event: told[name].append(event), hostile=BAD)
    assert ran.finished
    pending = [next(event for event in told[name] if event["event"] == "pending") for name in "ab"]
    assert pending[0]["keys"] == pending[1]["keys"]
    assert all(set(key) == {"key_id", "claim"} for key in pending[0]["keys"])
    assert {event["event"] for event in told["a"]} >= {"reserve", "probe", "pending", "confirmed"}
