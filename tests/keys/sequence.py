"""A fixed sequence of every kind of change to a store, and what is seen of the store after each.

Run as a program it is the process that is killed: it forks one child for each line that it reads,
`FOLDER` alone, or `FOLDER NUMBER statement K` or `FOLDER NUMBER tick K` to make one change and die on the way.
The child prints a number after each change.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from uuid import UUID

from samefade.keys.delivery import Delivery
from samefade.keys.pairs import Pair
from samefade.keys.store import Limits, Store
from samefade.keys.vault import KeyFile
from samefade.session.events import Issued, Root
from samefade.types import Key

NOW = 1_800_000_000.0
PEER = b"sta"


def run(number):
    """Return the keys and the root of one run."""

    def secret(what, n=32):
        return hashlib.shake_256(f"{what} {number}".encode()).digest(n)

    keys = tuple(
        Issued(
            key_id=UUID(bytes=secret(f"id {i}", 16), version=4), key=Key(secret(f"key {i}"), "bounded"), certificate={}
        )
        for i in range(2)
    )
    return keys, Root(secret("name", 8), number, secret("root"))


def changes(store):
    """Return the changes, as calls that do one each."""
    (k1, r1), (k2, r2), (k3, r3) = run(1), run(2), run(3)
    ids = [[one.key_id for one in keys] for keys in (k1, k2, k3)]
    delivery = Delivery(store)
    return [
        lambda: store.enrol(PEER, bytes(32)),
        lambda: store.burn(PEER, 1, 100),
        lambda: store.keep_pending(PEER, k1, r1, now=NOW),
        lambda: store.confirm(PEER, ids[0], now=NOW),
        lambda: store.burn(PEER, 110, 200),
        lambda: store.keep_pending(PEER, k2, r2, now=NOW),
        lambda: store.settle(PEER, r2.name, now=NOW),
        lambda: store.keep_pending(PEER, k3, r3, now=NOW),
        lambda: store.discard(PEER, ids[2], now=NOW),
        lambda: delivery.add(Pair(master="alice", slave="bob", peer=PEER, side="both")),
        lambda: delivery.give("alice", "bob", 2, now=NOW),
        lambda: delivery.give_named("alice", "bob", ids[0], now=NOW),
        lambda: store.take(PEER, now=NOW),
        lambda: store.sweep(NOW + 31 * 86400),
        lambda: store.burn(PEER, 201, 300),
        lambda: store.forget(PEER, NOW),
    ]


def opened(folder):
    """Open the store of a folder, or make it."""
    return Store(folder / "s", KeyFile(folder / "k"), Limits(), create=True)


def seen(store):
    """Return all that is kept, secrets included where they are there."""
    listed = store.keys()
    keys = [(e.key_id, e.state, e.served, e.expires) for e in listed]
    secrets = [
        store.database.vault.open(sealed, ("key", *said))
        for *said, sealed in store.database.read(
            "SELECT key_id, peer, state, claim, bits, created, expires, root, certificate, master, slave, served,"
            " sealed FROM keys ORDER BY seq"
        )
    ]
    roots = [(r.name, r.epoch, r.reveal_secret_bytes()) for r in store.roots(PEER)]
    return keys, secrets, roots, store.burnt(PEER), Delivery(store).pairs()


def _die_at(store, what, k):
    """End the process, as a kill would, when it comes to the k-th statement or the k-th few steps of SQLite."""
    left = k

    def count(*_):
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(9)

    if what == "statement":
        store.database._db.set_trace_callback(count)
    else:
        store.database._db.set_progress_handler(count, 7)


def _child(folder, how):
    store = opened(Path(folder))
    numbers = range(len(changes(store)))
    if how:
        numbers = [int(how[0])]
        _die_at(store, how[1], int(how[2]))
    for i in numbers:
        changes(store)[i]()
        os.write(1, f"{i + 1}\n".encode())


def main():
    """Fork a child for each line; tell its number first, and `end` when it is over."""
    with tempfile.TemporaryDirectory() as folder:
        opened(Path(folder)).close()  # loads what is loaded late, so that no child has to
    for line in sys.stdin:
        folder, *how = line.split()
        child = os.fork()
        if not child:
            os.write(1, f"pid {os.getpid()}\n".encode())
            try:
                _child(folder, how)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        os.write(1, f"end {status}\n".encode())


if __name__ == "__main__":
    main()
