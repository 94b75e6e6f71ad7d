"""Somebody who may publish at the broker: no key of his choice, no number twice, no end of the service."""

import json
import random

import pytest
import server_messages as messages
from server_link import Link
from server_world import eui
from standin import NEED

from samefade.lpwan.refresh import joined

NEAR, FAR, _ = messages.GATEWAYS


class Forged(Link):
    """Every frame of the device is preceded by a copy with a reading that somebody chose."""

    chosen = 0

    def take(self, message):
        topic, payload = message
        told = json.loads(payload)
        if topic.endswith("up") and "rxInfo" in told:
            rssi = self.choose()
            told["deduplicationId"] = f"somebody else's {self.counter}"
            told["rxInfo"] = json.loads(messages.chirpstack_up("", 0, heard=((NEAR, rssi, 9.0, 1),))[1])["rxInfo"]
            self.chosen += 1
            message = topic, json.dumps(told).encode()
        return super().take(message)

    def choose(self):
        return round(-97 + 8 * self.chance.normal())


class Constant(Forged):
    def choose(self):
        return -97


@pytest.mark.parametrize("kind", [Forged, Constant])
def test_chosen_readings_give_no_key(fast_path, kind):
    link = kind(fast_path, 5)
    try:
        for _ in range(700):
            link.step()
        events = [event["event"] for event in link.events]
        assert link.chosen >= 700
        assert "refreshed" not in events
        assert "broken" not in events
        assert "nokey" in events or kind is Constant  # readings without a change are not even asked about
        assert not [event for event in link.heard if event.public()["event"] == "refreshed"]
        assert [root.epoch for root in link.world.store.roots(link.one)] == [0]
        assert link.device.epoch == 0
    finally:
        link.world.store.close()


def test_frames_of_the_past_change_nothing(world):
    one = world.euis[0]
    frames = [messages.chirpstack_up(one.hex(), counter) for counter in range(200)]
    world.desk.take(frames)
    before = world.register.load([one])
    fresh = [(topic, payload.replace(b"3ac7e3c4", b"%08x" % n)) for n, (topic, payload) in enumerate(frames)]
    assert world.desk.take(fresh).events == ()
    assert world.register.load([one]) == before


def test_a_device_that_was_pushed_ahead_comes_back_by_joining(world):
    """A forged session makes the network count ahead; what it sealed then is never sealed again."""
    one = world.euis[0]
    for address in ("aaaaaaaa", "bbbbbbbb", "cccccccc"):
        world.desk.take([messages.chirpstack_up(one.hex(), counter, address=address) for counter in range(3)])
    ahead = world.register.load([one])[one].track.session
    assert ahead == 2
    # the device joins more often than that while nobody serves, and then sends frames
    device, session, desk = world.devices[one], ahead + 1, world.fresh_desk()
    for counter in range(NEED + 5):
        number = (session << 32) + counter
        block = device.uplink(number, 40)
        outcome = desk.take([messages.chirpstack_up(one.hex(), counter, joined(b"", block), address="01189440")])
        for name in outcome.work:
            desk.work(name)
        for _, payload in outcome.downlinks:
            said = messages.block_of(payload)
            device.downlink(number, -100.0, said)
            desk.take([messages.chirpstack_txack(one.hex())])
    assert world.register.load([one])[one].track.session == session
    assert device.kept["epoch"] >= 1


def forgery(chance, one):
    """Return anything that an adapter might let through for a device."""
    counter, address = chance.choice((0, 1, 7, 65_535, 65_536, 2**32 - 1)), f"{chance.randrange(3):08x}"
    heard = tuple((chance.choice(messages.GATEWAYS), chance.randint(-250, 100), 5.0, 0) for _ in range(3))
    block, topic = joined(b"", chance.randbytes(14)), messages.chirpstack_topic(one)
    return chance.choice([
        messages.chirpstack_up(one, counter, chance.randbytes(20), heard=heard, address=address),
        messages.chirpstack_up(one, counter, block, heard=heard),
        messages.chirpstack_up(one, counter, heard=heard, address=address, port=0),
        messages.chirpstack_join(one),
        messages.chirpstack_txack(one, chance.choice(messages.GATEWAYS)),
        messages.chirpstack_txack(one, "ffffffffffffffff", antenna=2**32 - 1),
        messages.chirpstack_log(one, "EXPIRED"),
        messages.chirpstack_up(eui(40).hex(), counter),
        (topic.replace("up", "#"), b"{}"),
        (messages.chirpstack_topic("../" + one), b"{}"),
        (topic + "\x00\u2028", b"{}"),
    ])  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_no_forged_message_breaks_a_device_or_sends_it_a_key(fast_path, seed):
    chance, link = random.Random(seed), Link(fast_path, seed)
    try:
        for _ in range(20):
            link.step()
        answer = f"application/{messages.APPLICATION}/device/{link.one.hex()}/command/down"
        for _ in range(150):
            outcome = link.world.desk.take([forgery(chance, link.one.hex()) for _ in range(3)])
            assert {event["event"] for event in outcome.events} <= {"joined", "restarted", "nokey"}
            assert [topic for topic, _ in outcome.downlinks] in ([], [answer])
        assert [root.epoch for root in link.world.store.roots(link.one)] == [0]
    finally:
        link.world.store.close()
