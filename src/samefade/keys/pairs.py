"""Which two applications share keys, out of whose pool, and which of them this store serves."""

import sqlite3
from dataclasses import astuple, dataclass
from math import gcd
from typing import Any, Literal

from samefade.errors import OutOfRange
from samefade.keys.errors import NoSuchPair, PairsOverlap
from samefade.keys.vault import Vault

Side = Literal["master", "slave", "both"]
SELECTED = "SELECT master, slave, peer, side, part, parts, sealed FROM pairs"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two applications (SAEs) that are given the same keys.

    Each end of a link has its own store and sees only its own deliveries.
    So it is fixed beforehand which keys a pair may be given: those whose number leaves `part` when divided by `parts`.

    Attributes:
        master: The one that asks for new keys.
        slave: The one that asks for them by name.
        peer: The node at the other end of the link; its pool is used.
        side: Which of the two this store serves: one where each node serves its own, or both.
        part: Which part of the pool.
        parts: How many parts there are.
    """

    master: str
    slave: str
    peer: bytes
    side: Side = "master"
    part: int = 0
    parts: int = 1

    def __post_init__(self) -> None:
        """Check what was given.

        Raises:
            OutOfRange: When a name is empty or long, both are the same, or there is no such part.
        """
        for name in (self.master, self.slave):
            if not (1 <= len(name) <= 255 and name.isprintable()):
                raise OutOfRange("name of an application", repr(name), "1 to 255 printable characters")
        if self.master == self.slave:
            raise OutOfRange("slave", self.slave, "another application than the master")
        if self.side not in {"master", "slave", "both"}:
            raise OutOfRange("side", self.side, "master, slave or both")
        if not 0 <= self.part < self.parts <= 1024:
            raise OutOfRange("share", f"{self.part}/{self.parts}", "0/1, or a part of at most 1024")

    def serves(self, side: Side) -> bool:
        """Say whether this store hands keys to that side."""
        return self.side in {side, "both"}

    def has(self, key_id: int) -> bool:
        """Say whether a key is in the part of the pool that this pair is given."""
        return key_id % self.parts == self.part

    def overlaps(self, other: "Pair") -> bool:
        """Say whether two stores that do not see each other could give one key to both pairs."""
        if self.peer != other.peer or self.side == other.side == "both":
            return False
        common = gcd(self.parts, other.parts)
        return self.part % common == other.part % common

    def __str__(self) -> str:
        """Name the two."""
        return f"{self.master} → {self.slave}"


def keep(db: sqlite3.Connection, vault: Vault, pair: Pair) -> None:
    """Add a pair, or change one.

    Raises:
        PairsOverlap: When another pair could be given the same keys.
        StoreDamaged: When a pair was altered.
    """
    for other in opened(db.execute(SELECTED).fetchall(), vault):
        if (other.master, other.slave) != (pair.master, pair.slave) and pair.overlaps(other):
            raise PairsOverlap(pair.peer.decode("utf-8", "backslashreplace"), str(pair), str(other))
    row = astuple(pair)
    sealed = vault.seal(b"", ("pair", *row))
    db.execute("INSERT OR REPLACE INTO pairs VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, sealed))


def find(db: sqlite3.Connection, vault: Vault, master: str, slave: str) -> Pair:
    """Return a pair.

    Raises:
        NoSuchPair: When it is not known.
        StoreDamaged: When it was altered.
    """
    rows = db.execute(f"{SELECTED} WHERE master = ? AND slave = ?", (master, slave)).fetchall()
    if not rows:
        raise NoSuchPair(master, slave)
    return opened(rows, vault)[0]


def opened(rows: list[tuple[Any, ...]], vault: Vault) -> list[Pair]:
    """Return rows of `SELECTED` as pairs.

    Raises:
        StoreDamaged: When one was altered.
    """
    for *said, sealed in rows:
        vault.open(sealed, ("pair", *said))
    return [Pair(master=m, slave=s, peer=p, side=x, part=i, parts=n) for m, s, p, x, i, n, _ in rows]
