"""One key in the store, its secret sealed together with everything else that the row says."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from typing import Any
from uuid import UUID

from samefade.keys.errors import NameTaken, NoSuchKey, StoreDamaged
from samefade.keys.life import Move, State, after
from samefade.keys.vault import Vault
from samefade.session.events import Certificate, Issued
from samefade.types import Key

_SAID = "key_id, peer, state, claim, bits, created, expires, root, certificate, master, slave, served"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What may be said of a stored key; nothing of it is secret.

    Attributes:
        key_id: Its name, the same at both ends.
        peer: Whom it is shared with.
        state: Where it is in its life.
        claim: "bounded" or "estimate".
        bits: Its length.
        created: When it was kept, seconds since 1970.
        expires: When `sweep` ends it, or, once it has ended, forgets it.
        root: Name of the prior secret that the same run left.
        certificate: What may travel with it, as JSON text.
        master: Application that it is reserved for; empty before.
        slave: The other one.
        served: Which of the two have had it.
    """

    key_id: UUID
    peer: bytes
    state: State
    claim: str
    bits: int
    created: float
    expires: float
    root: bytes
    certificate: str
    master: str = ""
    slave: str = ""
    served: str = ""

    def issued(self, secret: bytes) -> Issued:
        """Return the key with its certificate."""
        claim: Any = self.claim
        certificate: Certificate = json.loads(self.certificate)
        return Issued(key_id=self.key_id, key=Key(secret, claim), certificate=certificate)

    def row(self) -> tuple[Any, ...]:
        """Return it as the columns of a row, and as what its secret is sealed with."""
        return tuple(str(part) if isinstance(part, UUID | State) else part for part in astuple(self))


def entries(rows: Iterable[tuple[Any, ...]], vault: Vault) -> list[Entry]:
    """Return rows of `SELECTED` as entries, each opened to see that nobody altered it.

    Raises:
        StoreDamaged: When one was altered.
    """
    return [_opened(row, vault)[0] for row in rows]


SELECTED = f"SELECT {_SAID}, sealed FROM keys"  # noqa: S608 -- nothing of it comes from outside


def find(db: sqlite3.Connection, vault: Vault, key_id: str) -> tuple[Entry, bytes]:
    """Return a key and its secret; the secret is empty when the key has ended.

    Raises:
        NoSuchKey: When it was never kept, or is forgotten.
        StoreDamaged: When it was altered.
    """
    row = db.execute(f"{SELECTED} WHERE key_id = ?", (key_id,)).fetchone()
    if row is None:
        raise NoSuchKey(key_id)
    return _opened(row, vault)


def keep(db: sqlite3.Connection, vault: Vault, entry: Entry, secret: bytes) -> None:
    """Add a key.

    Raises:
        NameTaken: When there is one of this name.
    """
    if db.execute("SELECT 1 FROM keys WHERE key_id = ?", (str(entry.key_id),)).fetchone():
        raise NameTaken(entry.key_id)
    row = entry.row()
    marks = ", ".join("?" * (len(row) + 1))
    db.execute(
        f"INSERT INTO keys ({_SAID}, sealed) VALUES ({marks})",  # noqa: S608 -- as above
        (*row, vault.seal(secret, ("key", *row))),
    )


def move(db: sqlite3.Connection, vault: Vault, found: tuple[Entry, bytes], what: Move, **changed: Any) -> Entry:  # noqa: ANN401 -- fields of Entry
    """Move a key along its life and seal it anew; where its life ends, the secret is overwritten.

    Raises:
        WrongMove: When the table of its life has no such move.
    """
    entry, secret = found
    moved = replace(entry, state=after(entry.state, what), **changed)
    row = moved.row()
    sealed = vault.seal(b"" if moved.state.ended else secret, ("key", *row))
    db.execute(
        f"UPDATE keys SET ({_SAID}, sealed) = ({', '.join('?' * (len(row) + 1))}) WHERE key_id = ?",  # noqa: S608 -- as above
        (*row, sealed, str(entry.key_id)),
    )
    return moved


def _opened(row: tuple[Any, ...], vault: Vault) -> tuple[Entry, bytes]:
    *said, sealed = row
    secret = vault.open(sealed, ("key", *said))
    # what follows holds for every row that we sealed ourselves
    values = dict(zip((f.name for f in fields(Entry)), said, strict=True))
    entry = Entry(**values | {"key_id": UUID(said[0]), "state": State(said[2])})
    if len(secret) * 8 != (0 if entry.state.ended else entry.bits):
        raise StoreDamaged(vault.store, f"the key {entry.key_id} has another length than it says")
    return entry, secret
