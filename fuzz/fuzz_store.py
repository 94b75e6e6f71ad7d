"""Invariant: a store file that was altered anywhere gives a clear error or the right content, and never a wrong key.

`python fuzz/fuzz_store.py --runs N` alters at random; with atheris installed, `python fuzz/fuzz_store.py` is guided.
"""

import os
import random
import tempfile
from pathlib import Path
from uuid import UUID

from samefade.errors import SamefadeError
from samefade.keys.delivery import Delivery
from samefade.keys.pairs import Pair
from samefade.keys.store import Limits, Store
from samefade.keys.vault import KeyFile
from samefade.session.events import Issued, Root
from samefade.types import Key

NOW = 1_800_000_000.0
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- many small writes
PEER = b"sta"
SECRETS = {UUID(int=i + 1): bytes([i + 1]) * 32 for i in range(4)}
ROOTS = {b"settled": bytes(range(32)), b"waiting": bytes(range(32, 64))}


class Target:
    """A store, and what happens to altered copies of it."""

    def __init__(self, folder: Path) -> None:
        """Make the store that is altered: keys in every state, roots, a mark and a pair."""
        self.folder, self.lock = folder, KeyFile(folder / "key")
        with Store(folder / "whole", self.lock, Limits(), create=True) as store:
            keys = [Issued(key_id=n, key=Key(s, "bounded"), certificate={}) for n, s in SECRETS.items()]
            store.keep_pending(PEER, tuple(keys[:3]), Root(b"settled", 1, ROOTS[b"settled"]), now=NOW)
            store.confirm(PEER, [key.key_id for key in keys[:3]], now=NOW)
            store.take(PEER, keys[0].key_id, now=NOW)
            store.keep_pending(PEER, (keys[3],), Root(b"waiting", 2, ROOTS[b"waiting"]), now=NOW)
            store.burn(PEER, 1, 1000)
            Delivery(store).add(Pair(master="alice", slave="bob", peer=PEER))
        self.whole = (folder / "whole").read_bytes()
        (folder / "altered").touch(0o600)

    def try_one(self, altered: bytes) -> bool:
        """Use an altered file in every way; return whether all of it could be read.

        Raises:
            AssertionError: When the invariant is broken.
        """
        (self.folder / "altered").write_bytes(altered)
        (self.folder / "altered-journal").unlink(missing_ok=True)
        try:
            store = Store(self.folder / "altered", self.lock)
        except SamefadeError:
            return False
        with store:
            read = [self._reads(store, call) for call in (_listed, _roots, _mark, _status, _taken, _given)]
        return all(read)

    def _reads(self, store: Store, call) -> bool:  # noqa: ANN001 -- one of the functions below
        try:
            call(store)
        except SamefadeError:
            return False
        return True


def _listed(store: Store) -> None:
    for entry in store.keys():  # noqa: SIM118 -- a store is no dictionary
        expected = "destroyed" if entry.key_id.int == 1 else "pending" if entry.key_id.int == 4 else "confirmed"
        assert (entry.peer, entry.state, entry.bits) == (PEER, expected, 256)
    assert all(pair == Pair(master="alice", slave="bob", peer=PEER) for pair in Delivery(store).pairs())


def _roots(store: Store) -> None:
    for root in store.roots(PEER):
        assert ROOTS[root.name] == root.reveal_secret_bytes()


def _mark(store: Store) -> None:
    assert store.burnt(PEER) in {1000, 0}  # a row may be lost; a lower number is never made up


def _status(store: Store) -> None:
    assert isinstance(store.status()["live"], int)


def _taken(store: Store) -> None:
    issued = store.take(PEER, now=NOW)
    assert issued.key_id.int in {2, 3}
    assert SECRETS[issued.key_id] == issued.key.reveal_secret_bytes()


def _given(store: Store) -> None:
    for issued in Delivery(store).give("alice", "bob", now=NOW):
        assert issued.key_id.int in {2, 3}
        assert SECRETS[issued.key_id] == issued.key.reveal_secret_bytes()


def altered(whole: bytes, data: bytes) -> bytes:
    """Return the file with some bytes changed, moved or cut, as `data` says."""
    out = bytearray(whole)
    for i in range(0, len(data) - 5, 6):
        what, where, value = data[i] % 8, int.from_bytes(data[i + 1 : i + 4], "big") % len(whole), data[i + 4]
        if what < 5:
            out[where % len(out)] ^= value or 1
        elif what == 5:
            out[where : where + data[i + 5]] = out[: data[i + 5]][: len(out) - where]
        elif what == 6:
            out[where : where + 16] = bytes(16)
        else:
            del out[max(512, where) :]
    return bytes(out)


def main(runs: int, seed: int | None = None) -> int:
    """Alter at random; return how many files could still be read whole."""
    rng = random.Random(os.urandom(8) if seed is None else seed)  # noqa: S311 -- not for secrets
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        target = Target(Path(folder))
        assert target.try_one(target.whole)
        return sum(target.try_one(altered(target.whole, rng.randbytes(6 * rng.randint(1, 4)))) for _ in range(runs))


if __name__ == "__main__":
    import argparse
    import sys

    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int)
    parser.add_argument("--seed", type=int)
    given, rest = parser.parse_known_args()
    if given.runs is not None:
        print(f"{given.runs} altered files, {main(given.runs, given.seed)} of them read whole")  # noqa: T201
    else:
        import atheris

        with tempfile.TemporaryDirectory(dir=MEMORY) as made:
            place = Target(Path(made))
            atheris.Setup([sys.argv[0], *rest], lambda data: place.try_one(altered(place.whole, data)))
            atheris.Fuzz()
