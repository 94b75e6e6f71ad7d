"""What the runs of a device measured, in the store beside its keys: kept with them, given to every run, and wiped."""

from dataclasses import replace

import pytest
import server_messages as messages
from server_world import NOW, World, first_root, open_store
from standin import NEED, StandInNetwork
from test_desk import talk

from samefade.keys.errors import StoreDamaged
from samefade.lpwan.refresh import past
from samefade.lpwan.server.register import Register


@pytest.fixture
def walked(fast_path):
    """A store in which the first device has had two refreshes or more."""
    with World(fast_path) as world:
        talk(world, world.euis[0], range(3 * (NEED + 4)))
        yield world


def of(world, one):
    return world.register.load([one])[one]


def test_runs_are_kept_with_the_keys_that_came_of_them_and_given_to_the_next(walked, monkeypatch):
    one, given, inner = walked.euis[0], [], StandInNetwork.work
    device = of(walked, one)
    assert device.runs == walked.epochs(one)[0] >= 2
    runs = walked.register.earlier(device)
    assert device.places == sum(map(past.length, runs))
    assert past.unpacked(runs[0]) == ([(counter, 100) for counter in range(NEED)], 1)
    monkeypatch.setattr(StandInNetwork, "work", lambda end, earlier: given.append(earlier) or inner(end, earlier))
    talk(walked, one, range(100, 100 + 2 * NEED), desk=walked.fresh_desk())
    assert given[0][: len(runs)] == runs


def test_the_oldest_runs_go_where_there_is_no_room(walked, monkeypatch):
    one = walked.euis[0]
    newest = walked.register.earlier(of(walked, one))[-1]
    monkeypatch.setattr(past, "MOST_PLACES", 2 * NEED)
    talk(walked, one, range(100, 100 + NEED + 4), desk=walked.fresh_desk())
    device = of(walked, one)
    runs = walked.register.earlier(device)
    assert (device.runs, device.places) == (2, 2 * NEED)
    assert runs[0] == newest
    assert walked.store.database.read("SELECT count(*) FROM runs") == [(2,)]


def test_what_is_not_kept_of_a_device_is_not_kept_of_its_runs(walked):
    one = walked.euis[0]
    device = of(walked, one)
    talk(walked, one, [200])  # it is another one on the disk by now
    late = replace(device, ended=(past.packed([(1, 2)], 0),))
    assert walked.register.keep([late], [], now=NOW).devices == frozenset()
    assert len(walked.register.earlier(of(walked, one))) == device.runs


@pytest.mark.parametrize(
    "altered",
    [
        "DELETE FROM runs WHERE seq = 1",
        "UPDATE runs SET places = places + 1 WHERE seq = 1",
        "UPDATE runs SET sealed = (SELECT sealed FROM runs WHERE seq = 2) WHERE seq = 1",
        "UPDATE runs SET seq = 99 WHERE seq = 1",
    ],
)
def test_runs_that_are_altered_or_gone_are_noticed(walked, altered):
    with walked.store.database.writing() as db:
        db.execute(altered)
    with pytest.raises(StoreDamaged):
        walked.register.earlier(of(walked, walked.euis[0]))


@pytest.mark.parametrize("by", ["lpwan", "keys"])
def test_whoever_forgets_a_device_wipes_its_runs(walked, by):
    one = walked.euis[0]
    device = of(walked, one)
    if by == "lpwan":
        walked.register.forget(one, NOW)
    else:
        walked.store.forget(one, NOW)
    assert walked.store.database.read("SELECT * FROM runs") == []
    assert walked.register.earlier(device) == []  # somebody else forgot it while its work began


def test_a_device_that_is_enrolled_again_keeps_its_runs_where_that_was_asked_for(walked):
    one, secret = walked.euis[0], b"another secret of it"
    runs = walked.register.earlier(of(walked, one))
    walked.register.forget(one, NOW, runs=False)
    end = StandInNetwork(one, first_root(one, secret))
    walked.register.enrol({one: secret}, {one: end.reveal_secret_state_bytes()})
    assert walked.register.earlier(of(walked, one)) == runs


def test_no_run_lies_in_the_clear_and_an_older_store_gets_the_table(walked, fast_path):
    one = walked.euis[0]
    runs = walked.register.earlier(of(walked, one))
    with walked.store.database.writing() as db:
        db.execute("DROP TABLE runs")
    Register(walked.store)
    assert walked.store.database.read("SELECT * FROM runs") == []
    walked.store.close()
    whole = (fast_path / "lpwan.store").read_bytes()
    assert not [run for run in runs if run in whole]
    with open_store(fast_path):
        pass


def test_a_state_of_an_older_version_says_of_no_runs(walked):
    """A row that was written before runs were kept."""
    other = walked.euis[1]
    with walked.store.database.writing() as db:
        said = (other, "", '{"pooled": 0, "track": {}}', 0)
        sealed = walked.store.database.vault.seal(of(walked, other).state, ("device", *said))
        db.execute("UPDATE devices SET (device, address, said, work, sealed) = (?, ?, ?, ?, ?) WHERE device = ?",
                   (*said, sealed, other))  # fmt: skip
    assert of(walked, other).runs == 0
    assert walked.register.earlier(of(walked, other)) == []
    assert walked.desk.take([messages.chirpstack_up(other.hex(), 0)])
