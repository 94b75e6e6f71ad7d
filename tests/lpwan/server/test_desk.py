import json
from base64 import b64decode

import pytest
import server_messages as messages
from server_world import NOW, eui, open_store, secret_of
from standin import NEED, StandInNetwork

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.keys.errors import NameTaken, StoreDamaged
from samefade.lpwan.lorawan.epochs import StoreEpochs
from samefade.lpwan.refresh import joined, parted
from samefade.lpwan.server.desk import Desk
from samefade.lpwan.server.errors import DeviceEnrolled, NoSuchDevice, ServedAlready
from samefade.lpwan.server.register import Kept, Register, first_root
from samefade.lpwan.server.things_stack import ThingsStack

NEAR, FAR, _ = messages.GATEWAYS


def said(outcome):
    """Return the blocks of an outcome's downlinks."""
    return [parted(b64decode(json.loads(payload)["data"]))[1] for _, payload in outcome.downlinks]


def talk(world, one, counters, *, desk=None, answered=True, **more):
    """Let a device send frames, and hear what answers them; return the events."""
    desk, device, events = desk or world.desk, world.devices[one], []
    for counter in counters:
        block = device.uplink(counter, 40)
        message = messages.chirpstack_up(one.hex(), counter & 0xFFFFFFFF, joined(b"app", block), **more)
        outcome = desk.take([message])
        events += outcome.events
        for name in outcome.work:
            events += desk.work(name).events
        for block in said(outcome):
            device.downlink(counter, -100.0, block)
            if answered:
                events += desk.take([messages.chirpstack_txack(one.hex())]).events
    return events


def test_a_secret_is_refreshed_and_kept_before_it_is_told(world):
    one = world.euis[0]
    events = talk(world, one, range(NEED + 4))
    (told,) = [event for event in events if event["event"] == "refreshed"]
    assert (told["device"], told["epoch"], told["claim"]) == (one.hex(), 1, "estimate")
    assert world.devices[one].kept["epoch"] == 1
    assert [root.reveal_secret_bytes() for root in world.store.roots(one)] == [world.devices[one].secret]
    assert StoreEpochs(world.store).newest(one).number == 1  # where a join server finds it
    (key,) = world.store.keys()
    assert (str(key.key_id), key.peer, key.claim, key.state.value) == (told["key_id"], one, "estimate", "confirmed")
    taken = world.store.take(one, now=NOW)
    assert len(taken.key.reveal_secret_bytes()) == 32
    assert taken.certificate["account"] == [["a stand-in's samples", 1.0]]


def test_many_epochs_of_many_devices_in_one_transaction_each(world):
    first, second = world.euis
    for start in range(0, 60, 5):
        talk(world, first, range(start, start + 5))
        talk(world, second, range(start, start + 5))
    assert world.epochs(first) == world.epochs(second) == [world.devices[first].kept["epoch"]]
    assert world.epochs(first)[0] >= 3


def test_a_desk_that_begins_anew_at_every_frame_goes_on_where_the_other_was(world):
    one = world.euis[0]
    for counter in range(3 * (NEED + 4)):
        talk(world, one, [counter], desk=world.fresh_desk())
    assert world.epochs(one)[0] >= 2
    assert world.epochs(one)[0] == world.devices[one].kept["epoch"]


def test_nothing_is_said_that_is_not_kept(world, monkeypatch):
    one = world.euis[0]

    def fails(*_, **__):
        raise StoreDamaged("store", "the disk is gone")

    monkeypatch.setattr(Register, "keep", fails)
    with pytest.raises(StoreDamaged):
        world.desk.take([messages.chirpstack_up(one.hex(), 0)])
    monkeypatch.undo()
    assert world.register.load([one])[one].track.last == -1
    assert world.desk.take([messages.chirpstack_up(one.hex(), 0)])
    assert world.register.load([one])[one].track.last == 0


def test_work_that_a_process_left_is_found_by_the_next(world):
    one = world.euis[0]
    for counter in range(NEED):
        world.devices[one].uplink(counter, 40)
        outcome = world.desk.take([messages.chirpstack_up(one.hex(), counter)])
    assert outcome.work == (one.hex(),)
    desk = world.fresh_desk()
    assert desk.begin().work == (one.hex(),)
    desk.work(one.hex())
    assert world.fresh_desk().begin().work == ()
    talk(world, one, range(NEED, NEED + 4), desk=desk)
    assert world.epochs(one) == [1]


def test_frames_that_come_during_work_wait_for_it(world, monkeypatch):
    one, other = world.euis
    for counter in range(NEED):
        world.desk.take([messages.chirpstack_up(one.hex(), counter)])
    inner = StandInNetwork.work

    def slow(end, earlier):
        frames = [messages.chirpstack_up(name.hex(), NEED) for name in (one, other)]
        assert world.desk.take(frames).downlinks == ()
        assert world.register.load([one])[one].track.last == NEED - 1  # set aside
        assert world.register.load([other])[other].track.last == NEED
        inner(end, earlier)

    monkeypatch.setattr(StandInNetwork, "work", slow)
    assert len(world.desk.work(one.hex()).downlinks) == 1
    assert world.register.load([one])[one].track.last == NEED


def test_work_that_fails_is_told_and_ends_nothing(world, monkeypatch):
    one = world.euis[0]
    for counter in range(NEED):
        world.desk.take([messages.chirpstack_up(one.hex(), counter)])

    def fails(*_):
        raise FloatingPointError

    monkeypatch.setattr(StandInNetwork, "work", fails)
    (event,) = world.desk.work(one.hex()).events
    assert event == {"event": "broken", "device": one.hex(), "error": "FloatingPointError"}
    assert world.desk.counts["broken: FloatingPointError"] == 1


@pytest.mark.parametrize("where", ["uplink", "downlink", "reveal_secret_state_bytes", "events"])
def test_a_defect_that_one_device_meets_does_not_stop_the_others(world, monkeypatch, where):
    one, other = world.euis
    inner = getattr(StandInNetwork, where)

    def fails(end, *arguments):
        if end.kept["device"] == one.hex():
            raise ZeroDivisionError
        return inner(end, *arguments)

    monkeypatch.setattr(StandInNetwork, where, fails)
    outcome = world.desk.take([messages.chirpstack_up(name.hex(), 7) for name in (one, other)])
    assert outcome.events == ({"event": "broken", "device": one.hex(), "error": "ZeroDivisionError"},)
    kept = world.register.load([one, other])
    assert (kept[one].track.last, kept[other].track.last) == (-1, 7)


def test_a_state_that_cannot_be_restored_stops_its_device_alone(world, monkeypatch):
    one, other = world.euis
    inner = StandInNetwork.restored

    def restored(state, policy=None):
        if json.loads(state)["device"] == one.hex():
            raise RemoteProtocolError
        return inner(state, policy)

    monkeypatch.setattr(StandInNetwork, "restored", restored)
    outcome = world.desk.take([messages.chirpstack_up(name.hex(), 7) for name in (one, other)])
    assert outcome.events == ({"event": "broken", "device": one.hex(), "error": "RemoteProtocolError"},)
    assert world.desk.work(one.hex()).events == ()  # told once
    assert world.register.load([other])[other].track.last == 7


def test_word_of_a_downlink_needs_no_end_and_changes_no_row_twice(world, monkeypatch):
    one = world.euis[0]
    world.desk.take([messages.chirpstack_up(one.hex(), 0)])
    monkeypatch.delattr(StandInNetwork, "uplink")
    kept = []
    monkeypatch.setattr(Register, "keep", lambda _, devices, __, now: kept.append((devices, now)) or Kept())
    assert world.desk.take([messages.chirpstack_txack(one.hex())]).events == ()
    assert kept == []
    world.desk.take([messages.chirpstack_txack(one.hex(), FAR)])
    assert [device.track.stranger for devices, _ in kept for device in devices] == [FAR]


def test_everything_that_is_dropped_is_counted(world):
    one = world.euis[0].hex()
    frames = [
        messages.chirpstack_up(one, 5), messages.chirpstack_up(one, 5), messages.chirpstack_up(one, 3),
        messages.chirpstack_up(eui(99).hex(), 1), ("a/b", b""), (messages.chirpstack_topic(one), b"{"),
        messages.chirpstack_up(one, 6, heard=()),
    ]  # fmt: skip
    world.desk.take(frames)
    assert world.desk.counts == {
        "messages": 7, "frames": 4, "dropped: again": 1, "dropped: late": 1, "dropped: not enrolled": 1,
        "dropped: another topic": 1, "dropped: not JSON": 1, "frames without a reading": 1, "downlinks": 0,
    }  # fmt: skip


def test_the_protocol_hears_each_counter_once_whatever_comes_twice_or_late(world):
    one = world.euis[0].hex()
    frames = [messages.chirpstack_up(one, counter) for counter in (0, 1, 1, 0, 3, 2, 3)]
    world.desk.take(frames)
    world.desk.take(frames)  # the broker sends everything again
    assert world.register.load([world.euis[0]])[world.euis[0]].track.last == 3
    pool = json.loads(world.register.load([world.euis[0]])[world.euis[0]].state)["pool"]
    assert pool == [0, 1, 3]


def test_a_join_begins_a_new_count_that_both_ends_agree_on(world):
    one = world.euis[0]
    talk(world, one, range(3))
    world.desk.take([messages.chirpstack_join(one.hex()), messages.chirpstack_join(one.hex())])
    events = talk(world, one, range(2**32, 2**32 + NEED + 4), address="01189440")
    assert events[0] == {"event": "joined", "device": one.hex(), "session": 1}
    assert world.epochs(one) == [1]
    assert world.devices[one].kept["epoch"] == 1


def test_a_join_that_nobody_told_of_is_seen_by_the_address(world):
    one = world.euis[0].hex()
    world.desk.take([messages.chirpstack_up(one, 5)])
    outcome = world.desk.take([messages.chirpstack_up(one, 6, address="01189440")])
    assert outcome.events == ({"event": "restarted", "device": one, "session": 1},)


def test_a_reading_of_another_gateway_is_none(world):
    one = world.euis[0].hex()
    world.desk.take([messages.chirpstack_up(one, 0, heard=((NEAR, -97, 6.5, 0),))])
    world.desk.take([messages.chirpstack_up(one, 1, heard=((FAR, -90, 9.0, 0), (NEAR, -97, 6.5, 0)))])
    world.desk.take([messages.chirpstack_up(one, 2, heard=((NEAR, -97, 6.5, 0), (FAR, -120, -9.0, 0)))])
    assert json.loads(world.register.load([world.euis[0]])[world.euis[0]].state)["pool"] == [0, 2]


def test_a_sample_is_taken_back_where_another_gateway_turns_out_to_have_answered(world):
    one = world.euis[0].hex()
    for counter, gateway in enumerate((NEAR, FAR, NEAR)):
        world.desk.take([messages.chirpstack_up(one, counter, heard=((NEAR, -97, 6.5, 0), (FAR, -99, 6.0, 0)))])
        world.desk.take([messages.chirpstack_txack(one, gateway)])
    assert json.loads(world.register.load([world.euis[0]])[world.euis[0]].state)["pool"] == [0, 2]
    assert world.desk.counts["samples taken back"] == world.desk.counts["answered by another gateway"] == 1


def test_the_things_stack_is_answered_under_the_name_that_it_gave(world):
    one = world.euis[0]
    desk = Desk(world.register, ThingsStack(messages.TENANT), lambda: NOW, end=StandInNetwork)
    for counter in range(NEED):
        desk.take([messages.things_up(one.hex(), counter)])
    desk.work(one.hex())
    ((topic, payload),) = desk.take([messages.things_up(one.hex(), NEED)]).downlinks
    assert topic == f"v3/{messages.TENANT}/devices/tracker-1/down/push"
    assert json.loads(payload)["downlinks"][0]["f_port"] == 85
    assert desk.take([messages.things_sent(one.hex()), messages.things_up(one.hex(), NEED + 1)]).downlinks
    desk.take([messages.things_join(one.hex(), ending="up")])
    assert desk.counts["joins"] == 1


def test_one_frame_waits_in_the_queue_at_a_time(world):
    one = world.euis[0]
    for counter in range(NEED):
        world.desk.take([messages.chirpstack_up(one.hex(), counter)])
    world.desk.work(one.hex())
    sent = [len(world.desk.take([messages.chirpstack_up(one.hex(), NEED + step)]).downlinks) for step in range(4)]
    assert sent == [1, 0, 1, 0]  # no word of it: the server sends the first, or it is gone
    world.desk.take([messages.chirpstack_txack(one.hex())])
    assert len(world.desk.take([messages.chirpstack_up(one.hex(), NEED + 4)]).downlinks) == 1


def test_of_frames_that_come_together_the_last_is_answered(world):
    one = world.euis[0]
    for counter in range(NEED):
        world.desk.take([messages.chirpstack_up(one.hex(), counter)])
    world.desk.work(one.hex())
    late = [messages.chirpstack_up(one.hex(), NEED + step) for step in range(5)]
    assert len(world.desk.take(late).downlinks) == 1


def test_a_block_is_read_on_its_port_alone(world):
    one = world.euis[0]
    outcome = world.desk.take([messages.chirpstack_up(one.hex(), 0, joined(b"", b"?"), port=84, heard=())])
    assert outcome.events == ()
    outcome = world.desk.take([messages.chirpstack_up(one.hex(), 1, joined(b"", b"?"), heard=())])
    assert [event["reason"] for event in outcome.events] == ["unknown"]


def test_enrolling_is_all_or_nothing(world):
    new, old = eui(50), world.euis[0]

    def enrol(secrets):
        states = {
            one: StandInNetwork(one, first_root(one, secrets[one])).reveal_secret_state_bytes() for one in secrets
        }
        return world.register.enrol(secrets, states)

    with pytest.raises(DeviceEnrolled):
        enrol({new: secret_of(new), old: secret_of(old)})
    with pytest.raises(NameTaken):
        enrol({new: secret_of(old)})
    with pytest.raises(OutOfRange):
        enrol({new: b"short"})
    with pytest.raises(OutOfRange):
        enrol({b"seven..": secret_of(new)})
    assert [device.eui for device, _ in world.register.devices()] == world.euis
    assert [root.epoch for root in enrol({new: secret_of(new)})] == [0]


def test_a_device_that_is_forgotten_meanwhile_is_not_kept_again(world):
    one = world.euis[0]
    talk(world, one, range(NEED + 4))
    device = world.register.load([one])[one]
    world.register.forget(one, NOW)
    world.register.keep([device], [], now=NOW)
    assert world.register.load([one]) == {}
    assert world.store.roots(one) == []
    with pytest.raises(NoSuchDevice):
        world.register.forget(one, NOW)


def test_one_process_serves_a_store(world, fast_path):
    refused = pytest.raises(ServedAlready)
    with open_store(fast_path) as other, world.register.alone(), refused, Register(other).alone():
        pytest.fail("two serve")
    with world.register.alone():
        pass


def test_an_altered_row_is_refused(world):
    one, other = world.euis
    with world.store.database.writing() as db:
        db.execute(
            "UPDATE devices SET sealed = (SELECT sealed FROM devices WHERE device = ?) WHERE device = ?", (one, other)
        )
    with pytest.raises(StoreDamaged):
        world.register.load([other])
    with world.store.database.writing() as db:
        db.execute("UPDATE devices SET work = 1 WHERE device = ?", (one,))
    with pytest.raises(StoreDamaged):
        world.register.load([one])


def test_the_file_opens_as_a_key_store_and_holds_no_secret_in_the_clear(world, fast_path):
    talk(world, world.euis[0], range(NEED + 4))
    world.store.close()
    whole = (fast_path / "lpwan.store").read_bytes()
    for one in world.euis:
        assert secret_of(one) not in whole
        assert secret_of(one).hex().encode() not in whole
        assert world.devices[one].kept["secret"].encode() not in whole
    with open_store(fast_path) as store:
        assert store.status()["live"] == 1


def test_a_key_store_without_devices_gets_the_table_when_it_is_needed(fast_path):
    with open_store(fast_path, create=True) as store:
        store.enrol(b"a peer", b"sixteen bytes...")
        assert Register(store).at_work() == []
    with open_store(fast_path) as store:
        assert [root.epoch for root in store.roots(b"a peer")] == [0]
