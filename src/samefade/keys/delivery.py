"""Hand keys to pairs of applications: a new key to the master, the same one by its name to the slave, once to each.

Where each node serves its own application, the two stores never speak of it:
the master's marks a key as the master's, the slave's as the slave's, and each overwrites it then.
Where one store serves both, it keeps the key until the second has had it.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from samefade.keys import entry as rows
from samefade.keys import pairs
from samefade.keys.entry import Entry
from samefade.keys.errors import NoSuchKey, NoSuchPair, TooFewKeys
from samefade.keys.life import Move, State
from samefade.keys.pairs import Pair, Side
from samefade.keys.store import Store
from samefade.session.events import Issued

SIZE = 256  # bits that are given where no size is asked for
CLAIMS = ("bounded", "estimate")


@dataclass(frozen=True)
class Stock:
    """What a pair can be given now.

    Attributes:
        pair: The pair.
        sizes: Bits of each key, oldest first.
    """

    pair: Pair
    sizes: tuple[int, ...]

    @property
    def size(self) -> int:
        """Return the size that is given where none is asked for: 256 bits, or the longest when there is none such."""
        return SIZE if SIZE in self.sizes or not self.sizes else max(self.sizes)


class Delivery:
    """Hands keys out of a store."""

    def __init__(self, store: Store) -> None:
        """Take the store."""
        self._store = store
        self._vault = store.database.vault

    def add(self, pair: Pair) -> None:
        """Keep a pair, or change it.

        Raises:
            PairsOverlap: When another pair could be given the same keys.
        """
        with self._store.database.writing() as db:
            pairs.keep(db, self._vault, pair)

    def remove(self, master: str, slave: str) -> None:
        """Forget a pair.

        Raises:
            NoSuchPair: When it is not known.
        """
        with self._store.database.writing() as db:
            pairs.find(db, self._vault, master, slave)
            db.execute("DELETE FROM pairs WHERE master = ? AND slave = ?", (master, slave))

    def pairs(self) -> list[Pair]:
        """Return all pairs.

        Raises:
            StoreDamaged: When one was altered.
        """
        return pairs.opened(self._store.database.read(f"{pairs.SELECTED} ORDER BY master, slave"), self._vault)

    def knows(self, application: str) -> bool:
        """Say whether this store serves an application."""
        served = [(p.master, p.serves("master")) for p in self.pairs()]
        served += [(p.slave, p.serves("slave")) for p in self.pairs()]
        return (application, True) in served

    def stock(self, master: str, slave: str, *, now: float) -> Stock:
        """Return what a master can be given.

        Raises:
            NoSuchPair: When this store does not serve the master of such a pair.
        """
        with self._store.database.writing() as db:
            pair = self._pair(db, master, slave, "master")
            return Stock(pair, tuple(entry.bits for entry, _ in self._stock(db, pair, now)))

    def give(
        self, master: str, slave: str, number: int = 1, size: int | None = None, *, now: float,
        claims: Sequence[str] = CLAIMS,
    ) -> list[Issued]:  # fmt: skip
        """Give new keys to a master, all that it asks for or none.

        Args:
            master: The application that asks.
            slave: The one that shall have the same keys.
            number: How many.
            size: Bits of each; keys are never cut or joined, for the other store could not know of it.
            now: Seconds since 1970.
            claims: Claim levels that will do.

        Raises:
            NoSuchPair: When this store does not serve the master of such a pair.
            TooFewKeys: When there are too few of this size and claim.
        """
        with self._store.database.writing() as db:
            pair = self._pair(db, master, slave, "master")
            found = self._stock(db, pair, now)
            wanted = size or Stock(pair, tuple(entry.bits for entry, _ in found)).size
            fit = [one for one in found if one[0].bits == wanted and one[0].claim in claims]
            if len(fit) < number:
                raise TooFewKeys(have=len(fit), need=number)
            return [self._to_master(db, pair, one, now) for one in fit[:number]]

    def give_named(self, master: str, slave: str, key_ids: Sequence[UUID], *, now: float) -> list[Issued]:
        """Give the slave the keys that its master named, all of them or none.

        Raises:
            NoSuchPair: When this store does not serve the slave of such a pair.
            NoSuchKey: When one is not for this pair, has expired, is not confirmed, or was fetched before.
        """
        with self._store.database.writing() as db:
            pair = self._pair(db, master, slave, "slave")
            return [self._to_slave(db, pair, key_id, now) for key_id in key_ids]

    def _pair(self, db: sqlite3.Connection, master: str, slave: str, side: Side) -> Pair:
        pair = pairs.find(db, self._vault, master, slave)
        if not pair.serves(side):
            raise NoSuchPair(master, slave)
        return pair

    def _stock(self, db: sqlite3.Connection, pair: Pair, now: float) -> list[tuple[Entry, bytes]]:
        names = self._store.available(pair.peer, now=now)
        return [rows.find(db, self._vault, str(name)) for name in names if pair.has(name.int)]

    def _to_master(self, db: sqlite3.Connection, pair: Pair, found: tuple[Entry, bytes], now: float) -> Issued:
        entry, secret = found
        reserved = rows.move(db, self._vault, found, Move.RESERVE, master=pair.master, slave=pair.slave)
        delivered = rows.move(db, self._vault, (reserved, secret), Move.DELIVER, served="master")
        if pair.side == "master":  # the slave asks the other store
            self._store.end(db, (delivered, secret), Move.DESTROY, now)
        return entry.issued(secret)

    def _to_slave(self, db: sqlite3.Connection, pair: Pair, key_id: UUID, now: float) -> Issued:
        entry, secret = found = rows.find(db, self._vault, str(key_id))
        if entry.peer != pair.peer or not pair.has(key_id.int) or entry.expires <= now or entry.claim not in CLAIMS:
            raise NoSuchKey(key_id)
        if pair.side == "both":
            if (entry.state, entry.master, entry.slave, entry.served) != (
                State.DELIVERED, pair.master, pair.slave, "master",
            ):  # fmt: skip
                raise NoSuchKey(key_id)
            delivered = rows.move(db, self._vault, found, Move.DELIVER, served="both")
        else:
            if entry.state is not State.CONFIRMED:
                raise NoSuchKey(key_id)
            reserved = rows.move(db, self._vault, found, Move.RESERVE, master=pair.master, slave=pair.slave)
            delivered = rows.move(db, self._vault, (reserved, secret), Move.DELIVER, served="slave")
        self._store.end(db, (delivered, secret), Move.DESTROY, now)
        return entry.issued(secret)
