"""Frame counters that are burnt: one number for each peer, which only grows."""

import sqlite3
from typing import Any

from samefade.errors import FramesUsed, OutOfRange
from samefade.keys.vault import Vault

SELECTED = "SELECT peer, last, sealed FROM marks WHERE peer = ?"


def burn(db: sqlite3.Connection, vault: Vault, peer: bytes, first: int, last: int) -> None:
    """Raise the mark of a peer from below `first` to `last`, inside a transaction that writes.

    Raises:
        FramesUsed: When the mark has reached `first`.
        OutOfRange: When a number is negative or has more than 63 bits, or the last comes before the first.
        StoreDamaged: When the mark was altered.
    """
    if not 0 <= first < 2**63:
        raise OutOfRange("first frame counter", first, "0 to 2**63 - 1")
    if not first <= last < 2**63:
        raise OutOfRange("last frame counter", last, f"{first} to 2**63 - 1")
    mark = burnt(db.execute(SELECTED, (peer,)).fetchall(), vault)
    if first <= mark:
        raise FramesUsed(first=first, burnt=mark)
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
