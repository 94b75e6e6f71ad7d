"""The whole of it with the ends of the protocol: frames as a server tells them in, one secret at both ends out."""

import json
from base64 import b64decode

import numpy as np
import pytest
import server_messages as messages
from server_world import World, desk_of, first_root, secret_of

from samefade.align import NoLag
from samefade.amplify import Toeplitz
from samefade.lpwan.refresh import DeviceEnd, NetworkEnd, Policy, joined, parted
from samefade.schemes.strata import Strata

NEAR, FAR, _ = messages.GATEWAYS
# a distance from uniform that nobody should accept, for a short test
QUICK = Policy(
    spoken=128,
    least=128,
    most=512,
    patience=60,
    scheme=Strata(spans=(1,), align=NoLag(), amplify=Toeplitz(bits=128, epsilon=2**-8)),
)


class Link:
    """A device whose frames are lost, come twice and late, behind two gateways, with a desk that may be another."""

    def __init__(self, folder, seed):
        self.chance, self.fade = np.random.default_rng(seed), 0.0
        self.world = World(folder, devices=1, network=NetworkEnd, policy=QUICK)
        self.one = self.world.euis[0]
        self.device = DeviceEnd(self.one, first_root(self.one, secret_of(self.one)), QUICK)
        self.counter, self.session, self.events, self.heard = 0, 0, [], []

    def heard_by(self, rssi):
        far = (FAR, -118, -12.0, 1)
        if self.chance.random() < 0.1:
            return (far,)  # the near one did not hear it, so there is no reading
        return (far, (NEAR, rssi, 7.0, 1))

    def step(self):
        self.counter += 1
        number = (self.session << 32) + self.counter
        self.fade = 0.6 * self.fade + 0.8 * self.chance.normal()
        up, down = (round(level + 8 * self.fade + 0.5 * self.chance.normal()) for level in (-97, -101))
        block = self.device.uplink(number, int(self.chance.integers(11, 30)))
        frame = messages.chirpstack_up(self.one.hex(), self.counter, joined(b"21.5", block), heard=self.heard_by(up))
        if self.chance.random() < 0.1:
            return  # lost on the air
        outcome = self.take(frame)
        self.take(frame)  # every frame comes twice
        for _, payload in outcome.downlinks:
            if self.chance.random() < 0.9:
                self.take(messages.chirpstack_txack(self.one.hex(), NEAR))
                self.device.downlink(number, down, parted(b64decode(json.loads(payload)["data"]))[1])
        if not outcome.downlinks:
            self.device.downlink(number, down, b"")  # a bare acknowledgement
        self.heard += self.device.events()

    def take(self, message):
        if self.chance.random() < 0.05:
            self.world.desk, _ = desk_of(self.world.store, NetworkEnd, QUICK)  # another process
        outcome = self.world.desk.take([message])
        self.events += outcome.events
        for name in outcome.work:
            self.events += self.world.desk.work(name).events
        return outcome

    def until_refreshed(self, epoch):
        for _ in range(4000):
            self.step()
            if [event for event in self.heard if event.public()["event"] == "refreshed" and event.epoch == epoch]:
                return
        pytest.fail(f"no epoch {epoch}: {self.events[-3:]}, {self.world.desk.counts}")


@pytest.fixture
def link(fast_path):
    made = Link(fast_path, 11)
    yield made
    made.world.store.close()


def test_both_ends_have_one_secret_after_another(link):
    for epoch in (1, 2):
        link.until_refreshed(epoch)
        (root,) = link.world.store.roots(link.one)
        device = next(event for event in link.heard if getattr(event, "root", None) and event.epoch == epoch)
        assert root.epoch == epoch
        assert root.reveal_secret_bytes() == device.root.reveal_secret_bytes()
    told = [event for event in link.events if event["event"] == "refreshed"]
    assert [event["epoch"] for event in told] == [1, 2]
    keys = link.world.store.keys()
    assert {str(key.key_id) for key in keys} == {event["key_id"] for event in told}
    assert not [event for event in link.events if event["event"] == "broken"]
    assert secret_of(link.one).hex() not in json.dumps(link.events)


def test_joins_that_nobody_told_of_are_found_by_the_seal(link):
    for _ in range(200):
        link.step()
    link.session += 3  # the device joined three times while nobody listened; its counter goes on beyond the last
    for _ in range(100):
        link.step()
    restarted = [event["session"] for event in link.events if event["event"] == "restarted"]
    assert restarted == [3]
    assert link.world.register.load([link.one])[link.one].track.session == 3
