"""Prior secrets: what two ends share before a run, and what a run leaves for the next one.

While a run is not confirmed an end holds two: the one that the run began with, and the one that it will leave.
A handshake may offer both; it settles on one that the other end holds too, and the others go.
"""

import sqlite3
from typing import Any

from samefade.amplify.hkdf import hkdf
from samefade.errors import OutOfRange
from samefade.keys.errors import NameTaken, NoSuchRoot, RootsMoved, StoreFull
from samefade.keys.vault import Vault
from samefade.session.events import Root

MOST = 8  # roots of one peer; a run that begins with `settle` never needs more than two
SELECTED = "SELECT peer, name, epoch, settled, sealed FROM roots WHERE peer = ? ORDER BY epoch DESC, seq DESC"


def first(secret: bytes) -> Root:
    """Return the root of epoch 0 that a shared secret gives, with a name that both ends find alike.

    Args:
        secret: At least 16 bytes that nobody can guess: its name is public, and a guess can be tried against it.

    Raises:
        OutOfRange: When it is shorter.
    """
    if len(secret) < 16:
        raise OutOfRange("bytes of the secret", len(secret), "at least 16")
    return Root(hkdf(b"", secret, b"samefade name of a prior secret", 8), 0, secret)


def opened(rows: list[tuple[Any, ...]], vault: Vault) -> list[Root]:
    """Return rows of `SELECTED` as roots.

    Raises:
        StoreDamaged: When one was altered.
    """
    return [
        Root(name, epoch, vault.open(sealed, ("root", peer, name, epoch, settled)))
        for peer, name, epoch, settled, sealed in rows
    ]


def keep(db: sqlite3.Connection, vault: Vault, peer: bytes, root: Root, *, settled: bool) -> None:
    """Add a root.

    Raises:
        NameTaken: When the peer has one of this name.
        StoreFull: When it has too many that no handshake settled.
    """
    names = [name for (name,) in db.execute("SELECT name FROM roots WHERE peer = ?", (peer,))]
    if root.name in names:
        raise NameTaken(root.name.hex())
    if len(names) >= MOST:
        raise StoreFull(have=len(names), more=1, limit=MOST)
    said = (peer, root.name, root.epoch, int(settled))
    sealed = vault.seal(root.reveal_secret_bytes(), ("root", *said))
    db.execute("INSERT INTO roots (peer, name, epoch, settled, sealed) VALUES (?, ?, ?, ?, ?)", (*said, sealed))


def refuse_moved(db: sqlite3.Connection, peer: bytes, prior: bytes, root: Root) -> None:
    """Refuse the root of a run where the peer's roots are not what the run began with.

    A root of a run that was overtaken would lie beside, and before, the one that the other end holds.

    Args:
        db: A transaction that writes.
        peer: Whose roots.
        prior: Name of the only one that there may be, or nothing where there may be none.
        root: The root that the run leaves.

    Raises:
        RootsMoved: When there are others, or that one is gone.
    """
    held = {name: epoch for _, name, epoch, *_ in db.execute(SELECTED, (peer,))}
    if set(held) != ({prior} if prior else set()):
        raise RootsMoved(peer.hex(), epoch=root.epoch, held=sorted(held.values()))


def settle(db: sqlite3.Connection, vault: Vault, peer: bytes, name: bytes) -> list[bytes]:
    """Keep one root of a peer and drop the others; return the names of those.

    Raises:
        NoSuchRoot: When the peer has none of this name.
        StoreDamaged: When one was altered.
    """
    roots = opened(db.execute(SELECTED, (peer,)).fetchall(), vault)
    kept = next((root for root in roots if root.name == name), None)
    if kept is None:
        raise NoSuchRoot(peer.hex(), name.hex())
    db.execute("DELETE FROM roots WHERE peer = ?", (peer,))  # secure_delete overwrites them
    keep(db, vault, peer, kept, settled=True)
    return [root.name for root in roots if root.name != name]
