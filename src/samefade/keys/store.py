"""The store of one node: keys, prior secrets, and the frame counters that are burnt; encrypted, and safe from kill −9.

Every method that changes something is one transaction: when it returns, the change is on the disk;
when it raises or the process dies, nothing of it is.
What it cannot see is an old copy of the whole file put back by someone who may write it.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from samefade.errors import OutOfRange
from samefade.keys import entry as rows
from samefade.keys import marks, roots
from samefade.keys.database import VERSION, Database
from samefade.keys.entry import Entry
from samefade.keys.errors import AlreadyEnrolled, NameTaken, NoSuchKey, StoreDamaged, StoreFull, TooFewKeys
from samefade.keys.life import Move, State
from samefade.keys.vault import Lock
from samefade.session.events import Issued, Root

_DAY = 86_400.0
_LIVE = tuple(state.value for state in State if not state.ended and state is not State.GENERATED)


@dataclass(frozen=True)
class Limits:
    """How much a store holds, and for how long.

    Attributes:
        per_peer: Most live keys of one peer.
        total: Most live keys of all.
        pending: Seconds after which a key that was never confirmed is discarded.
        confirmed: Seconds after which a key that nobody fetched is destroyed.
        remembered: Seconds for which the name of a key that has ended is kept, and refused.
    """

    per_peer: int = 1_000
    total: int = 10_000
    pending: float = 7 * _DAY
    confirmed: float = 30 * _DAY
    remembered: float = 90 * _DAY


class Store:
    """Keeps what a session asks to be kept, and hands each key out once."""

    def __init__(self, path: Path, lock: Lock, limits: Limits | None = None, *, create: bool = False) -> None:
        """Open a store, or make a new one.

        Args:
            path: Its file.
            lock: Key file or passphrase.
            limits: Quotas and expiry; they hold for what is kept from now on.
            create: Whether a store, and its key file, are made where there are none.

        Raises:
            StoreAbsent: When there is none and none shall be made.
            StoreLocked: When the lock does not open it.
            StoreDamaged: When it is not a store of ours, or was altered.
            StoreNewer: When a newer version wrote it.
            StoreBusy: When another process holds it for too long.
            OthersMayRead: When others may read the store or its key file.
            CannotWrite: When the system refuses.
        """
        self.limits = limits or Limits()
        self.database = Database(Path(path), lock, create=create)
        self._vault = self.database.vault

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def __repr__(self) -> str:
        """Show where it is."""
        return f"Store({str(self.database.path)!r})"

    def burn(self, peer: bytes, first: int, last: int) -> None:
        """Keep for good that the frame counters up to `last` are used, for whoever is about to use them from `first`.

        Of two who plan the same frames, in two processes perhaps, one alone goes on.

        Raises:
            FramesUsed: When `first` or more was burnt before; nothing has changed then.
            OutOfRange: When a number is negative or has more than 63 bits, or the last comes before the first.
            StoreDamaged: When the mark was altered.
        """
        with self.database.writing() as db:
            marks.burn(db, self._vault, peer, first, last)

    def burnt(self, peer: bytes) -> int:
        """Return the highest frame counter that was burnt, 0 when none was.

        Raises:
            StoreDamaged: When the number was altered.
        """
        return marks.burnt(self.database.read(marks.SELECTED, peer), self._vault)

    def enrol(self, peer: bytes, secret: bytes) -> Root:
        """Keep the prior secret that a peer is known by, as its root of epoch 0.

        Raises:
            AlreadyEnrolled: When the peer has one.
            NameTaken: When another peer has this secret.
            OutOfRange: When the secret is shorter than 16 bytes, or the peer has no name or one of over 255 bytes.
        """
        if not 1 <= len(peer) <= 255:
            raise OutOfRange("bytes of the peer's name", len(peer), "1 to 255")
        root = roots.first(secret)
        with self.database.writing() as db:
            if db.execute(roots.SELECTED, (peer,)).fetchone():
                raise AlreadyEnrolled(named(peer))
            if db.execute("SELECT 1 FROM roots WHERE name = ?", (root.name,)).fetchone():
                raise NameTaken(root.name.hex())  # a secret for two peers lets either pass for the other
            roots.keep(db, self._vault, peer, root, settled=True)
        return root

    def forget(self, peer: bytes, now: float) -> None:
        """Destroy every root and key of a peer; its burnt frame counters stay burnt."""
        with self.database.writing() as db:
            db.execute("DELETE FROM roots WHERE peer = ?", (peer,))
            for (name,) in db.execute("SELECT key_id FROM keys WHERE peer = ?", (peer,)).fetchall():
                self.end(db, rows.find(db, self._vault, name), Move.DESTROY, now)
            for table in ("devices", "runs"):  # secrets are in there, too
                if db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchall():
                    db.execute(f"DELETE FROM {table} WHERE device = ?", (peer,))  # noqa: S608 -- one of these two

    def roots(self, peer: bytes) -> list[Root]:
        """Return the prior secrets that may be offered to a peer, newest first.

        Raises:
            StoreDamaged: When one was altered.
        """
        return roots.opened(self.database.read(roots.SELECTED, peer), self._vault)

    def keep_pending(
        self, peer: bytes, keys: tuple[Issued, ...], root: Root, *, now: float, prior: bytes | None = None
    ) -> None:
        """Keep the keys of a run that is not confirmed, together with the root that it leaves.

        Of the certificates only what may travel is kept.

        Args:
            peer: Whom they are shared with.
            keys: The keys.
            root: The root.
            now: Seconds since 1970.
            prior: Name of the root that the run began with, empty where it began with none: no other one may be held.
                None where nobody else writes and the caller has looked.

        Raises:
            RootsMoved: When the peer's roots are not those that the run began with.
            StoreFull: When there would be too many keys.
            NameTaken: When a key or root of this name is there already.
            OutOfRange: When `now` is not a time, or a certificate claims something else than its key.
        """
        expires = _time(now) + self.limits.pending
        with self.database.writing() as db:
            if prior is not None:
                roots.refuse_moved(db, peer, prior, root)
            self._refuse_more(db, peer, len(keys))
            roots.keep(db, self._vault, peer, root, settled=False)
            for issued in keys:
                secret = issued.key.reveal_secret_bytes()
                entry = Entry(
                    key_id=issued.key_id,
                    peer=peer,
                    state=State.PENDING,
                    claim=issued.key.claim,
                    bits=8 * len(secret),
                    created=float(now),
                    expires=expires,
                    root=root.name,
                    certificate=_travelling(issued),
                )
                rows.keep(db, self._vault, entry, secret)

    def confirm(self, peer: bytes, key_ids: Iterable[UUID], *, now: float) -> None:
        """Take keys as confirmed, and the root that they came with as the one that both ends hold.

        A handshake may have told first: keys that are confirmed already, or were handed out since, stay as they are.

        Raises:
            NoSuchKey: When the peer has no such key.
            WrongMove: When one was discarded.
            OutOfRange: When `now` is not a time.
        """
        with self.database.writing() as db:
            found = [self._of(db, peer, key_id) for key_id in key_ids]
            waiting = [one for one in found if one[0].state in {State.PENDING, State.DISCARDED}]
            for one in waiting:
                rows.move(db, self._vault, one, Move.CONFIRM, expires=_time(now) + self.limits.confirmed)
            held = {name for _, name, *_ in db.execute(roots.SELECTED, (peer,))}
            for name in {one[0].root for one in waiting} & held:
                self._settle(db, peer, name, now)

    def discard(self, peer: bytes, key_ids: Iterable[UUID], *, now: float) -> None:
        """Overwrite keys that were not confirmed, and the root that came with them.

        Raises:
            NoSuchKey: When the peer has no such key.
            WrongMove: When one is confirmed.
            OutOfRange: When `now` is not a time.
        """
        with self.database.writing() as db:
            found = [self._of(db, peer, key_id) for key_id in key_ids]
            for name in {entry.root for entry, _ in found}:
                db.execute("DELETE FROM roots WHERE peer = ? AND name = ? AND settled = 0", (peer, name))
            for one in found:
                self.end(db, one, Move.DISCARD, now)

    def settle(self, peer: bytes, root_name: bytes, *, now: float) -> tuple[UUID, ...]:
        """Take a root as the one that both ends hold, as a handshake has shown; return the keys that this confirmed.

        Keys that wait for this root are confirmed.
        All other roots go, and the keys that wait for them: the other end does not hold them, or holds them no longer.

        Raises:
            NoSuchRoot: When the store has no such root.
            StoreDamaged: When something was altered.
            OutOfRange: When `now` is not a time.
        """
        with self.database.writing() as db:
            return self._settle(db, peer, root_name, now)

    def take(self, peer: bytes, key_id: UUID | None = None, *, now: float, bits: int = 256) -> Issued:
        """Hand one confirmed key to a program on this node, once; its secret leaves the store for good.

        Args:
            peer: Whom it is shared with.
            key_id: Which key, as the other end named it; the oldest where none is named.
            now: Seconds since 1970.
            bits: Length of the key, where none is named.

        Raises:
            TooFewKeys: When there is none.
            NoSuchKey: When the named one was never confirmed, has expired, or was handed out.
        """
        with self.database.writing() as db:
            wanted = key_id or next(iter(self.available(peer, now=now, bits=bits)), None)
            if wanted is None:
                raise TooFewKeys(have=0, need=1)
            entry, secret = self._of(db, peer, wanted)
            if entry.state is not State.CONFIRMED or entry.expires <= now or entry.claim == "none":
                raise NoSuchKey(wanted)
            issued, here = entry.issued(secret), {"master": "this node", "slave": "the other node"}
            reserved = rows.move(db, self._vault, (entry, secret), Move.RESERVE, **here)
            delivered = rows.move(db, self._vault, (reserved, secret), Move.DELIVER, served="master")
            self.end(db, (delivered, secret), Move.DESTROY, now)
            return issued

    def available(self, peer: bytes, *, now: float, bits: int | None = None) -> list[UUID]:
        """Return the names of the confirmed keys of a peer that have not expired, oldest first.

        Raises:
            StoreDamaged: When one is no name.
        """
        found = self.database.read(
            "SELECT key_id FROM keys"
            " WHERE peer = ? AND state = ? AND expires > ? AND bits = ifnull(?, bits) AND claim <> 'none' ORDER BY seq",
            peer, State.CONFIRMED.value, now, bits,
        )  # fmt: skip
        try:
            return [UUID(name) for (name,) in found]
        except (ValueError, AttributeError, TypeError):
            raise StoreDamaged(self.database.path, "a key without a name") from None

    def end(self, db: sqlite3.Connection, found: tuple[Entry, bytes], what: Move, now: float) -> None:
        """Overwrite a key inside a transaction, and keep its name for a while so that it is never taken again."""
        if not found[0].state.ended:
            rows.move(db, self._vault, found, what, expires=_time(now) + self.limits.remembered)

    def sweep(self, now: float) -> int:
        """End every key whose time is over, and forget names that were kept for long enough; return how many ended.

        Raises:
            OutOfRange: When `now` is not a time.
        """
        ended = 0
        with self.database.writing() as db:
            for row in db.execute("SELECT key_id FROM keys WHERE expires <= ?", (_time(now),)).fetchall():
                found = rows.find(db, self._vault, row[0])
                if found[0].state.ended:
                    db.execute("DELETE FROM keys WHERE key_id = ?", row)
                    continue
                self.end(db, found, Move.DISCARD if found[0].state is State.PENDING else Move.DESTROY, now)
                ended += 1
        return ended

    def count(self, peer: bytes, *, now: float = 0.0) -> int:
        """Return how many confirmed keys of a peer can be handed out."""
        return len(self.available(peer, now=now))

    def keys(self) -> list[Entry]:
        """Return what may be said of every key, oldest first, checked and without its secret.

        Raises:
            StoreDamaged: When one was altered.
        """
        return rows.entries(self.database.read(f"{rows.SELECTED} ORDER BY seq"), self._vault)

    def status(self) -> dict[str, Any]:
        """Return how many keys of each peer are in which state, and what else is kept of it, as JSON takes it."""
        states: dict[bytes, Counter[str]] = {}
        for entry in self.keys():
            states.setdefault(entry.peer, Counter())[entry.state.value] += 1
        known = {peer for (peer,) in self.database.read("SELECT peer FROM roots UNION SELECT peer FROM marks")}
        if not all(isinstance(peer, bytes) for peer in known):
            raise StoreDamaged(self.database.path, "a peer without a name")
        peers = [
            {
                "peer": named(peer),
                "keys": dict(states.get(peer, {})),
                "epochs": [root.epoch for root in self.roots(peer)],
                "burnt": self.burnt(peer),
            }
            for peer in sorted(known | states.keys())
        ]
        live = sum(n for found in states.values() for state, n in found.items() if state in _LIVE)
        return {"version": VERSION, "peers": peers, "live": live, "limit": self.limits.total}

    def _of(self, db: sqlite3.Connection, peer: bytes, key_id: UUID) -> tuple[Entry, bytes]:
        found = rows.find(db, self._vault, str(key_id))
        if found[0].peer != peer:
            raise NoSuchKey(key_id)
        return found

    def _settle(self, db: sqlite3.Connection, peer: bytes, name: bytes, now: float) -> tuple[UUID, ...]:
        roots.settle(db, self._vault, peer, name)
        confirmed = []
        waiting = "SELECT key_id FROM keys WHERE peer = ? AND state = ? ORDER BY seq"
        for row in db.execute(waiting, (peer, State.PENDING.value)).fetchall():
            found = rows.find(db, self._vault, row[0])
            if found[0].root != name:
                self.end(db, found, Move.DISCARD, now)
                continue
            rows.move(db, self._vault, found, Move.CONFIRM, expires=_time(now) + self.limits.confirmed)
            confirmed.append(found[0].key_id)
        return tuple(confirmed)

    def _refuse_more(self, db: sqlite3.Connection, peer: bytes, more: int) -> None:
        marks_ = ", ".join("?" * len(_LIVE))
        live = f"SELECT count(*) FROM keys WHERE state IN ({marks_})"  # noqa: S608 -- question marks
        for query, values, limit in (
            (f"{live} AND peer = ?", (*_LIVE, peer), self.limits.per_peer),
            (live, _LIVE, self.limits.total),
        ):
            (have,) = db.execute(query, values).fetchone()
            if have + more > limit:
                raise StoreFull(have=have, more=more, limit=limit)


def named(peer: bytes) -> str:
    """Return the name of a peer as people read it: text where it is plain text, hexadecimal digits otherwise."""
    text = peer.decode("ascii", "replace")
    plain = peer.isascii() and text and text.isprintable() and text == text.strip() and not text.startswith("0x")
    return text if plain else f"0x{peer.hex()}"


def _time(now: float) -> float:
    if not (isfinite(now) and now >= 0):
        raise OutOfRange("now", now, "seconds since 1970")
    return float(now)


def _travelling(issued: Issued) -> str:
    """Return a certificate without the numbers that are computed from secret samples."""
    told = {name: value for name, value in issued.certificate.items() if name != "private"}
    if told.get("claim", issued.key.claim) != issued.key.claim:
        raise OutOfRange("claim of the certificate", told["claim"], f"that of the key: {issued.key.claim}")
    return json.dumps(told, sort_keys=True)
