"""A device and a desk with the ends of the protocol, and the air and the broker between them."""

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
