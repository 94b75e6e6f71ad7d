"""A store with devices in it, and the devices themselves."""

import server_messages as messages
from standin import StandInDevice, StandInNetwork

from samefade.keys.store import Store
from samefade.keys.vault import KeyFile
from samefade.lpwan.refresh import Policy
from samefade.lpwan.server.chirpstack import ChirpStack
from samefade.lpwan.server.desk import Desk
from samefade.lpwan.server.register import Register, first_root

NOW = 1_800_000_000.0


def eui(number):
    return (0x70B3D57ED0000000 + number).to_bytes(8, "big")


def secret_of(device):
    return b"a secret " + device.hex().encode()


def open_store(folder, *, create=False):
    return Store(folder / "lpwan.store", KeyFile(folder / "lpwan.key"), create=create)


def desk_of(store, network, policy=None):
    """Return a desk as another process would make it, and its adapter."""
    adapter = ChirpStack(messages.APPLICATION)
    return Desk(Register(store), adapter, lambda: NOW, policy or Policy(), end=network), adapter


class World:
    def __init__(self, folder, devices=2, network=StandInNetwork, policy=None):
        self.folder, self.network, self.policy = folder, network, policy or Policy()
        self.euis = [eui(number) for number in range(devices)]
        self.devices = {one: StandInDevice(one, first_root(one, secret_of(one))) for one in self.euis}
        self.store = open_store(folder, create=True)
        self.register = Register(self.store)
        roots = {one: first_root(one, secret_of(one)) for one in self.euis}
        states = {one: network(one, roots[one], self.policy).reveal_secret_state_bytes() for one in self.euis}
        self.register.enrol({one: secret_of(one) for one in self.euis}, states)
        self.desk, self.adapter = desk_of(self.store, network, self.policy)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.store.close()

    def fresh_desk(self):
        return desk_of(self.store, self.network, self.policy)[0]

    def epochs(self, one):
        return [root.epoch for root in self.store.roots(one)]
