"""What others do to a device while a desk computes for it, and a disk that is full."""

import json

import pytest
import server_messages as messages
from server_world import NOW, desk_of, eui, open_store, secret_of
from standin import CONFIRM, NEED, StandInNetwork

from samefade.errors import CannotWrite
from samefade.keys.errors import StoreDamaged
from samefade.lpwan.refresh import joined
from samefade.lpwan.server.errors import SecretSpent
from samefade.lpwan.server.register import Register, first_root

NEW = b"another secret of it"


def enrol(register, one, secret):
    state = StandInNetwork(one, first_root(one, secret)).reveal_secret_state_bytes()
    register.enrol({one: secret}, {one: state})


def fill(world, one, desk=None):
    for counter in range(NEED):
        (desk or world.desk).take([messages.chirpstack_up(one.hex(), counter)])


def test_a_device_that_is_enrolled_anew_during_work_keeps_its_new_secret(world, monkeypatch):
    one, inner = world.euis[0], StandInNetwork.work
    fill(world, one)

    def slow(end, earlier):
        inner(end, earlier)
        world.register.forget(one, NOW)
        enrol(world.register, one, NEW)

    monkeypatch.setattr(StandInNetwork, "work", slow)
    outcome = world.desk.work(one.hex())
    assert (outcome.downlinks, outcome.events, outcome.work) == ((), (), ())
    assert world.desk.counts["dropped: changed meanwhile"] == 1
    kept = world.register.load([one])[one]
    assert json.loads(kept.state)["secret"] == NEW.hex()
    assert [root.reveal_secret_bytes() for root in world.store.roots(one)] == [NEW]


def test_two_processes_never_both_speak_for_a_device(world, fast_path, monkeypatch):
    """Where the lock of `alone` does not hold, as on Windows or on some network disks."""
    one, inner = world.euis[0], StandInNetwork.uplink
    fill(world, one)
    world.desk.work(one.hex())
    with open_store(fast_path) as held:
        other, said = desk_of(held, StandInNetwork)[0], []

        def overtaken(end, *arguments):
            monkeypatch.setattr(StandInNetwork, "uplink", inner)
            said.append(other.take([messages.chirpstack_up(one.hex(), NEED)]))
            return inner(end, *arguments)

        monkeypatch.setattr(StandInNetwork, "uplink", overtaken)
        mine = world.desk.take([messages.chirpstack_up(one.hex(), NEED)])
    assert len(said[0].downlinks) == 1
    assert mine.downlinks == ()
    assert world.desk.counts["dropped: changed meanwhile"] == 1


def test_a_secret_that_is_confirmed_by_a_process_that_was_overtaken_is_not_kept(world, monkeypatch):
    one, inner = world.euis[0], StandInNetwork.events
    fill(world, one)
    world.desk.work(one.hex())

    def overtaken(end):
        world.register.forget(one, NOW)
        return inner(end)

    monkeypatch.setattr(StandInNetwork, "events", overtaken)
    confirms = joined(b"", CONFIRM + (1).to_bytes(2, "big"))
    outcome = world.desk.take([messages.chirpstack_up(one.hex(), NEED, confirms)])
    assert (outcome.downlinks, outcome.events) == ((), ())
    assert world.store.roots(one) == []
    assert list(world.store.keys()) == []


def test_a_secret_serves_once(world):
    """Under a secret that was forgotten and comes back, a join would bring numbers back that sealed something."""
    one = world.euis[0]
    for number, forget in enumerate((world.register.forget, world.store.forget)):
        secret = world.store.roots(one)[0].reveal_secret_bytes()
        forget(one, NOW)
        for name in (one, eui(77)):
            with pytest.raises(SecretSpent) as caught:
                enrol(world.register, name, secret)
            assert secret.hex() not in str(caught.value)
        enrol(world.register, one, NEW + bytes([number]))


def test_forgetting_a_peer_of_the_key_store_forgets_the_device(world):
    one, other = world.euis
    world.store.forget(one, NOW)
    assert [device.eui for device, _ in world.register.devices()] == [other]
    assert secret_of(one).hex().encode() not in world.store.database.path.read_bytes()


def test_messages_for_a_device_at_work_wait_up_to_a_limit(world, monkeypatch):
    one, inner = world.euis[0], StandInNetwork.work
    fill(world, one)

    def slow(end, earlier):
        world.desk.take([messages.chirpstack_up(one.hex(), counter) for counter in range(NEED, NEED + 300)])
        inner(end, earlier)

    monkeypatch.setattr(StandInNetwork, "work", slow)
    world.desk.work(one.hex())
    assert world.desk.counts["dropped: too many at once"] == 300 - 256
    assert world.register.load([one])[one].track.last == NEED + 255


@pytest.fixture
def full(world):
    """A function that lets the disk be full, and one that ends this."""
    db = world.store.database._db

    def limit(pages):
        db.execute(f"PRAGMA max_page_count = {pages}").fetchall()

    with world.store.database.writing() as taken:  # what deleted rows left free is used first
        taken.execute("INSERT INTO meta VALUES ('filling', zeroblob(40000))")
    (count,) = db.execute("PRAGMA page_count").fetchone()
    return lambda: limit(count), lambda: limit(1 << 30)


def test_a_full_disk_takes_nothing_and_nothing_is_said_twice(world, full, monkeypatch):
    one, (fills, empties) = world.euis[0], full
    fill(world, one)
    world.desk.work(one.hex())
    before, inner = world.register.load([one]), StandInNetwork.reveal_secret_state_bytes
    monkeypatch.setattr(StandInNetwork, "reveal_secret_state_bytes", lambda end: inner(end) + b" " * 30_000)
    frame = messages.chirpstack_up(one.hex(), NEED)
    fills()
    for _ in range(3):
        with pytest.raises(CannotWrite):
            world.desk.take([frame])
    assert world.register.load([one]) == before
    empties()
    monkeypatch.undo()
    assert len(world.desk.take([frame]).downlinks) == 1
    assert world.desk.take([frame]).downlinks == ()


def test_work_that_is_on_the_disk_is_said_even_where_the_next_frames_are_not(world, monkeypatch):
    one, inner = world.euis[0], StandInNetwork.work
    fill(world, one)
    written = Register.keep

    def slow(end, earlier):
        world.desk.take([messages.chirpstack_up(one.hex(), NEED)])
        inner(end, earlier)

    def once(register, *arguments, **more):
        monkeypatch.setattr(Register, "keep", fails)
        return written(register, *arguments, **more)

    def fails(*_, **__):
        raise CannotWrite("store", "the disk is full")

    monkeypatch.setattr(StandInNetwork, "work", slow)
    monkeypatch.setattr(Register, "keep", once)
    world.desk.work(one.hex())
    assert world.desk.counts["dropped: not kept"] == 1
    assert json.loads(world.register.load([one])[one].state)["offer"] == [0, 1, 2, 3]


def test_a_store_of_ours_with_another_table_is_refused(world, fast_path):
    with world.store.database.writing() as db:
        db.execute("CREATE TABLE other (name BLOB PRIMARY KEY)")
    world.store.close()
    with pytest.raises(StoreDamaged, match="tables"):
        open_store(fast_path)
