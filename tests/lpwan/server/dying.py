"""Fixed sequences of every kind of change that a desk and a join server make, and what is seen after each.

Run as a program it is the process that dies: it forks one child for each line that it reads,
`KIND FOLDER` to make all changes, or `KIND FOLDER NUMBER statement K` (or `tick K`) to make one and die on the way.
The child prints a number after each change, which is when a service would speak.
"""

import json
import os
import sys
from dataclasses import asdict
from hashlib import shake_256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import server_messages as messages
from server_world import NOW, desk_of, eui, open_store, secret_of
from standin import CONFIRM, NEED, StandInNetwork

from samefade.keys.vault import KeyFile
from samefade.lpwan.lorawan import JoinRequest, RejoinRequest, derivation, root_keys
from samefade.lpwan.lorawan.activations import Activations
from samefade.lpwan.lorawan.backend import Partner
from samefade.lpwan.lorawan.epochs import Epoch
from samefade.lpwan.lorawan.join_server import JoinServer
from samefade.lpwan.refresh import joined
from samefade.lpwan.server.register import first_root
from samefade.types import Key

ONE, TWO = eui(1), eui(2)
DEV, JOIN, NET = bytes.fromhex("0102030405060708"), bytes.fromhex("0807060504030201"), "010203"


class DeskScene:
    """One device from its enrolment to its end, through a refresh and a join."""

    def __init__(self, folder):
        self.store = open_store(folder, create=True)
        self.desk, _ = desk_of(self.store, StandInNetwork)
        self.register, self.connection = self.desk._register, self.store.database._db

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.store.close()

    def changes(self):
        name, confirms = ONE.hex(), joined(b"", CONFIRM + (1).to_bytes(2, "big"))
        return [
            lambda: self._enrol(ONE, TWO),
            *(lambda n=n: self.desk.take([messages.chirpstack_up(name, n)]) for n in range(NEED)),
            lambda: self.desk.work(name),
            lambda: self.desk.take([messages.chirpstack_up(one.hex(), NEED) for one in (ONE, TWO)]),
            lambda: self.desk.take([messages.chirpstack_txack(name)]),
            lambda: self.desk.take([messages.chirpstack_up(name, NEED + 1, confirms)]),
            lambda: self.desk.take([messages.chirpstack_join(name)]),
            lambda: self.desk.take([messages.chirpstack_up(name, 0, address="01189440")]),
            lambda: self.register.forget(ONE, NOW),
        ]

    def seen(self):
        database = self.store.database
        devices = [(d.eui, d.state, d.track, d.address, d.work, d.pooled) for d, _ in self.register.devices()]
        roots = [(r.name, r.epoch, r.reveal_secret_bytes()) for one in (ONE, TWO) for r in self.store.roots(one)]
        keys = [(k.key_id, k.state, k.root) for k in self.store.keys()]  # noqa: SIM118 -- a store is no dictionary
        runs = [self.register.earlier(d) for d, _ in self.register.devices()]
        return devices, runs, roots, keys, database.read("SELECT name FROM spent ORDER BY name")

    def write(self):
        """Write anything else: what a dead process left beside the file goes then."""
        self.store.burn(b"after", 1, 1)

    def _enrol(self, *euis):
        secrets = {one: secret_of(one) for one in euis}
        ends = {one: StandInNetwork(one, first_root(one, secret)) for one, secret in secrets.items()}
        self.register.enrol(secrets, {one: end.reveal_secret_state_bytes() for one, end in ends.items()})


class JoinScene:
    """A device that joins and rejoins under one root and the next, and is forgotten."""

    def __init__(self, folder):
        self.held = Activations(folder / "join.state", KeyFile(folder / "join.key"))
        self.connection, self.epoch = self.held._db, 0
        partners = {"ns": Partner(NET)}
        self.server = JoinServer(JOIN, partners, {}, self, self.held, lambda n: shake_256(self._ask).digest(n))
        self._ask = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.held.close()

    def newest(self, dev_eui):
        return None if self.epoch is None or dev_eui != DEV else Epoch(bytes([self.epoch] * 8), self.epoch, self._key())

    def changes(self):
        return [
            lambda: self.join(0, 0, 1),
            lambda: self.join(0, 0, 2, version="1.0.2"),
            lambda: self.join(1, 0, 3),
            lambda: self.join(1, 1, 0, newer=True),
            lambda: self.rejoin(1, 0),
            lambda: self.rejoin(1, 1),
            lambda: self.join(None, 1, 7, newer=True),
            lambda: self.join(1, 1, 8, newer=True),
        ]

    def seen(self):
        rows = self.connection.execute("SELECT name, dev_eui FROM sessions ORDER BY seq").fetchall()
        return asdict(self.held.record(DEV)), [(row, self.held.session(row[1], row[0])) for row in rows]

    def write(self):
        """Write anything else: what a dead process left beside the file goes then."""
        with self.held.changing(b"after..."):
            pass

    def join(self, newest, root, nonce, *, newer=False, version="1.0.4"):
        keys = root_keys(self._key(root), DEV, JOIN)
        frame = JoinRequest(JOIN, DEV, nonce).packed(keys.network if newer else keys.legacy)
        version, settings = ("1.1.0", "80") if newer else (version, "00")
        return self._answer(newest, frame, MessageType="JoinReq", MACVersion=version, DLSettings=settings)

    def rejoin(self, newest, count):
        own = derivation.join_keys(root_keys(self._key(newest), DEV, JOIN).network, DEV)
        frame = RejoinRequest(1, JOIN, DEV, count).packed(own.integrity)
        return self._answer(newest, frame, MessageType="RejoinReq", MACVersion="1.1.0", DLSettings="80")

    def _answer(self, newest, frame, **more):
        self.epoch, told = newest, {
            "ProtocolVersion": "1.0", "SenderID": NET, "ReceiverID": JOIN.hex(), "TransactionID": 7,
            "PHYPayload": frame.hex(), "DevEUI": DEV.hex(), "DevAddr": "01020304", "RxDelay": 1,
        }  # fmt: skip
        self._ask = json.dumps(told | more).encode()
        return self.server.answer("ns", self._ask)

    def _key(self, epoch=None):
        return Key(bytes([self.epoch if epoch is None else epoch] * 32), "bounded")


SCENES = {"desk": DeskScene, "join": JoinScene}


def die_at(connection, what, k):
    """End the process, as a kill would, when it comes to the k-th statement or the k-th few steps of SQLite."""
    left = k

    def count(*_):
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(9)

    if what == "statement":
        connection.set_trace_callback(count)
    else:
        connection.set_progress_handler(count, 7)


def _child(scene, how):
    changes = scene.changes()
    numbers = range(len(changes))
    if how:
        numbers = [int(how[0])]
        die_at(scene.connection, how[1], int(how[2]))
    for i in numbers:
        changes[i]()
        os.write(1, f"{i + 1}\n".encode())


def main():
    """Fork a child for each line; tell its number first, and `end` when it is over."""
    for line in sys.stdin:
        kind, folder, *how = line.split()
        child = os.fork()
        if not child:
            os.write(1, f"pid {os.getpid()}\n".encode())
            try:
                _child(SCENES[kind](Path(folder)), how)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        os.write(1, f"end {status}\n".encode())


if __name__ == "__main__":
    main()
