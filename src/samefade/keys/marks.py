"""Frame counters that are burnt: one number for each peer, which only grows."""

import sqlite3
from typing import Any

from samefade.errors import OutOfRange
from samefade.keys.vault import Vault

SELECTED = "SELECT peer, last, sealed FROM marks WHERE peer = ?"


def burn(db: sqlite3.Connection, vault: Vault, peer: bytes, last: int) -> None:
    """Raise the mark of a peer; a lower number changes nothing.

    Raises:
        OutOfRange: When it is negative or has more than 63 bits.
        StoreDamaged: When the mark was altered.
    """
    if not 0 <= last < 2**63:
        raise OutOfRange("last frame counter", last, "0 to 2**63 - 1")
    if last > burnt(db.execute(SELECTED, (peer,)).fetchall(), vault):
        db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", (peer, last, vault.seal(b"", ("mark", peer, last))))


def burnt(rows: list[tuple[Any, ...]], vault: Vault) -> int:
    """Return the mark in a row of `SELECTED`, 0 where there is none.

    Raises:
        StoreDamaged: When it was altered.
    """
    for peer, last, sealed in rows:
        vault.open(sealed, ("mark", peer, last))
        return int(last)
    return 0
