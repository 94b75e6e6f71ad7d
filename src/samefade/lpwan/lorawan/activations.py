"""What a join server must never forget: roots that wait for a join, nonces that were used, sessions whose key is asked.

One SQLite file, encrypted row by row under a key file; each request is one transaction, on the disk before the answer
leaves, so that a kill between the two burns a nonce and never uses one twice.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NoReturn, Self

from samefade.errors import CannotWrite
from samefade.keys.errors import StoreDamaged, StoreLocked
from samefade.keys.private import refuse_open
from samefade.keys.vault import KeyFile, Vault

SESSIONS = 2  # of a device, whose AppSKey may still be asked for: the one in use and the one before
NO_KEYS = "", "", ""
_TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB)",
    "CREATE TABLE IF NOT EXISTS devices (dev_eui BLOB PRIMARY KEY, sealed BLOB)",
    "CREATE TABLE IF NOT EXISTS sessions (seq INTEGER PRIMARY KEY AUTOINCREMENT, name BLOB UNIQUE, dev_eui BLOB,"
    " sealed BLOB)",
)


@dataclass
class HeldRoot:
    """The root keys of one epoch, and which nonces a device has used under them.

    Attributes:
        name: Public name of the epoch key.
        epoch: Its number.
        keys: Legacy AppKey, NwkKey and AppKey, in hexadecimal digits; empty where they were destroyed.
        counted: Highest DevNonce of a device that counts, −1 before the first.
        drawn: DevNonces of a device that draws them.
        rejoined: Highest RJcount1, −1 before the first.
        joined: Whether a device has joined under it.
    """

    name: str
    epoch: int
    keys: tuple[str, str, str] = field(repr=False)
    counted: int = -1
    drawn: list[int] = field(default_factory=list)
    rejoined: int = -1
    joined: bool = False

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a HeldRoot has no serialiser: its keys are secret")


@dataclass
class Record:
    """What is kept of one device.

    Attributes:
        roots: Newest first; one older than that of the last join is dropped.
        join_nonce: The last one that was given; it never repeats, whatever the root.
        rejoined: Highest RJcount0 of the session in use, −1 before the first.
    """

    roots: list[HeldRoot] = field(default_factory=list)
    join_nonce: int = 0
    rejoined: int = -1

    def end_keys(self) -> None:
        """Destroy every key; which nonces were used stays known, in case the same secret comes back."""
        for root in self.roots:
            root.keys, root.joined = NO_KEYS, False


class Activations:
    """The open file; threads take turns."""

    def __init__(self, path: Path, lock: KeyFile) -> None:
        """Open it, or make it and its key file.

        Raises:
            StoreLocked: When the key file does not open it.
            StoreDamaged: When it was altered.
            OthersMayRead: When others may read it or its key file.
            CannotWrite: When the system refuses.
        """
        self.path, self._turn = path, threading.RLock()
        with suppress(FileExistsError), _translated(path):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        refuse_open(path)
        with _translated(path):
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=60)
        try:
            with _translated(path):
                for pragma in ("journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON"):
                    self._db.execute(f"PRAGMA {pragma}").fetchall()
            self._vault = self._opened(lock)
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._db.close()

    @contextmanager
    def changing(self, dev_eui: bytes) -> Iterator[Record]:
        """Lend the record of a device; when the block is left it is on the disk, and when the block raises it is not.

        Raises:
            StoreDamaged: When it was altered.
            CannotWrite: When the system refuses.
        """
        with self._writing() as db:
            record = self._record(db, dev_eui)
            yield record
            sealed = self._vault.seal(json.dumps(asdict(record)).encode(), ("device", dev_eui))
            db.execute("INSERT OR REPLACE INTO devices VALUES (?, ?)", (dev_eui, sealed))

    def record(self, dev_eui: bytes) -> Record:
        """Return a copy of the record of a device, empty where there is none.

        Raises:
            StoreDamaged: When it was altered.
        """
        with self._turn, _translated(self.path):
            return self._record(self._db, dev_eui)

    def forget(self, dev_eui: bytes) -> None:
        """Destroy the keys of a device; the nonces that it used stay used, in case the same secret comes back."""
        if not self.record(dev_eui).roots:
            return
        with self.changing(dev_eui) as record:
            record.end_keys()
            self.end_sessions(dev_eui)

    def end_sessions(self, dev_eui: bytes) -> None:
        """Destroy the AppSKeys of a device."""
        with self._writing() as db:
            db.execute("DELETE FROM sessions WHERE dev_eui = ?", (dev_eui,))

    def keep_session(self, dev_eui: bytes, name: bytes, app_s_key: bytes) -> None:
        """Keep the AppSKey of a session; of earlier ones the last is kept too."""
        with self._writing() as db:
            sealed = self._vault.seal(app_s_key, ("session", name, dev_eui))
            db.execute("INSERT INTO sessions (name, dev_eui, sealed) VALUES (?, ?, ?)", (name, dev_eui, sealed))
            db.execute(
                "DELETE FROM sessions WHERE dev_eui = ? AND seq NOT IN"
                " (SELECT seq FROM sessions WHERE dev_eui = ? ORDER BY seq DESC LIMIT ?)",
                (dev_eui, dev_eui, SESSIONS),
            )

    def session(self, dev_eui: bytes, name: bytes) -> bytes | None:
        """Return the AppSKey of a session, or None where there is none such.

        Raises:
            StoreDamaged: When it was altered.
        """
        query = "SELECT sealed FROM sessions WHERE dev_eui = ? AND name = ?"
        with self._turn, _translated(self.path):
            row = self._db.execute(query, (dev_eui, name)).fetchone()
        return None if row is None else self._vault.open(row[0], ("session", name, dev_eui))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._turn, _translated(self.path):
            if self._db.in_transaction:  # inside `changing`: one answer, one transaction
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    def _record(self, db: sqlite3.Connection, dev_eui: bytes) -> Record:
        row = db.execute("SELECT sealed FROM devices WHERE dev_eui = ?", (dev_eui,)).fetchone()
        if row is None:
            return Record()
        plain = json.loads(self._vault.open(row[0], ("device", dev_eui)))
        return Record(**plain | {"roots": [HeldRoot(**one | {"keys": tuple(one["keys"])}) for one in plain["roots"]]})

    def _opened(self, lock: KeyFile) -> Vault:
        with self._writing() as db:
            for table in _TABLES:
                db.execute(table)
            meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
            about = {"kind": "file"} if meta else lock.make()  # no new key file beside a file that needs the old one
            salt = meta.get("salt") or os.urandom(16)
            vault = Vault(self.path, lock.secret(self.path, about), salt)
            if not meta:
                values = [("salt", salt), ("check", vault.seal(b"", ("activations", 1)))]
                db.executemany("INSERT INTO meta VALUES (?, ?)", values)
                return vault
        try:
            vault.open(meta.get("check", b""), ("activations", 1))
        except StoreDamaged:
            raise StoreLocked(self.path, "wrong key file") from None
        return vault


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.ProgrammingError:  # a closed file: a bug of ours
        raise
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise CannotWrite(path, str(error)) from None
        raise StoreDamaged(path, str(error)) from None
    except FileExistsError:
        raise
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from None
