"""The file of a key store: SQLite with a rollback journal, synchronous to the directory entry, zeroing what it frees.

A transaction is on the disk when it returns, and after a crash at any point it is there whole or not at all.
A rollback journal is taken, not a write-ahead log: it leaves no second file in which overwritten rows live on.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from samefade.errors import CannotWrite
from samefade.keys.errors import StoreAbsent, StoreBusy, StoreDamaged, StoreLocked, StoreNewer
from samefade.keys.private import refuse_open
from samefade.keys.vault import Lock, Vault

VERSION = 1
_APPLICATION = 0x53464B53  # "SFKS", so that `file` and we know it
_MAGIC = b"SQLite format 3\0"
_BUSY = 5.0  # seconds
_TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB)",
    "CREATE TABLE keys (seq INTEGER PRIMARY KEY AUTOINCREMENT, key_id TEXT UNIQUE, peer BLOB, state TEXT, claim TEXT,"
    " bits INTEGER, created REAL, expires REAL, root BLOB, certificate TEXT, master TEXT, slave TEXT, served TEXT,"
    " sealed BLOB)",
    "CREATE INDEX of_peer ON keys (peer, state)",
    "CREATE TABLE roots (seq INTEGER PRIMARY KEY AUTOINCREMENT, peer BLOB, name BLOB, epoch INTEGER, settled INTEGER,"
    " sealed BLOB, UNIQUE (peer, name))",
    "CREATE TABLE marks (peer BLOB PRIMARY KEY, last INTEGER, sealed BLOB)",
    "CREATE TABLE pairs (master TEXT, slave TEXT, peer BLOB, side TEXT, part INTEGER, parts INTEGER, sealed BLOB,"
    " PRIMARY KEY (master, slave))",
)
# kept in the same file by `samefade lpwan serve`, where it is used; without it a store is whole, too
DEVICES = "CREATE TABLE devices (device BLOB PRIMARY KEY, address TEXT, said TEXT, work INTEGER, sealed BLOB)"
SPENT = "CREATE TABLE spent (name BLOB PRIMARY KEY)"  # public names of the secrets that devices were enrolled with
RUNS = "CREATE TABLE runs (device BLOB, seq INTEGER, places INTEGER, sealed BLOB, PRIMARY KEY (device, seq))"
_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class Database:
    """An open file, with the vault that opens its secrets.

    Several processes may have it open; in one process, threads take turns.
    """

    def __init__(self, path: Path, lock: Lock, *, create: bool) -> None:
        """Open the file, or make it.

        Raises:
            StoreAbsent: When there is none and none shall be made.
            StoreLocked: When the lock does not open it.
            StoreDamaged: When it is not a store of ours, or was altered.
            StoreNewer: When a newer version wrote it.
            StoreBusy: When another process holds it for too long.
            OthersMayRead: When others may read the store or its key file.
            CannotWrite: When the system refuses.
        """
        self.path, self._turn = path, threading.RLock()
        _touch(path, create=create)
        with _translated(path):
            self._db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        try:
            with _translated(path):
                self._prepare()
            self.vault = self._vault(lock, create=create)
        except BaseException:
            self._db.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one transaction that is on the disk when the block is left, or never was."""
        with self._turn, _translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled back already, and told why
                    self._db.execute("ROLLBACK")
                raise

    def read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of one query, all as they were at one moment."""
        with self._turn, _translated(self.path):
            return self._db.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._db.close()

    def _prepare(self) -> None:
        for pragma in (
            "journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON", "temp_store = MEMORY",
            "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0",
        ):  # fmt: skip
            self._db.execute(f"PRAGMA {pragma}").fetchall()

    def _vault(self, lock: Lock, *, create: bool) -> Vault:
        if create and not self.read("SELECT 1 FROM sqlite_schema LIMIT 1"):
            with self.writing() as db:
                if not db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall():  # another process may be first
                    self._make(db, lock, lock.make())
        self._check_schema()
        salt, plain, check = self._meta()
        try:
            about = json.loads(plain)
        except ValueError:
            raise StoreDamaged(self.path, "what it says about its lock") from None
        if not isinstance(about, dict):
            raise StoreDamaged(self.path, "what it says about its lock")
        vault = Vault(self.path, lock.secret(self.path, about), salt)
        try:
            vault.open(check, ("store", VERSION, plain))
        except StoreDamaged:
            raise StoreLocked(self.path, "wrong key or passphrase") from None
        return vault

    def _make(self, db: sqlite3.Connection, lock: Lock, about: dict[str, Any]) -> None:
        salt, plain = os.urandom(16), json.dumps(about, sort_keys=True)
        vault = Vault(self.path, lock.secret(self.path, about), salt)
        for table in _TABLES:
            db.execute(table)
        meta = {"salt": salt, "lock": plain, "check": vault.seal(b"", ("store", VERSION, plain))}
        db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        db.execute(f"PRAGMA application_id = {_APPLICATION}")
        db.execute(f"PRAGMA user_version = {VERSION}")

    def _check_schema(self) -> None:
        (version,), (mark,) = self.read("PRAGMA user_version")[0], self.read("PRAGMA application_id")[0]
        if mark != _APPLICATION:
            raise StoreDamaged(self.path, "it is not a key store")
        if version > VERSION:
            raise StoreNewer(self.path, version, VERSION)
        found = {sql for (sql,) in self.read("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")}
        # a trigger or a view would be someone else's code
        if version < 1 or found - {DEVICES, SPENT, RUNS} != set(_TABLES):
            raise StoreDamaged(self.path, "its tables are not ours")

    def _meta(self) -> tuple[bytes, str, bytes]:
        meta = dict(self.read("SELECT name, value FROM meta"))
        salt, plain, check = (meta.get(name) for name in ("salt", "lock", "check"))
        if not (isinstance(salt, bytes) and isinstance(plain, str) and isinstance(check, bytes)):
            raise StoreDamaged(self.path, "its header is incomplete")
        return salt, plain, check


def _touch(path: Path, *, create: bool) -> None:
    """Make the file empty and private, or check that it is there and private."""
    try:
        if create:
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        if not path.is_file() or not (create or path.stat().st_size):
            raise StoreAbsent(path)
        refuse_open(path)
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
        # SQLite takes a few bytes of anything for an empty file; what a crash left half-made has a journal
        if head not in {b"", _MAGIC} and not path.with_name(f"{path.name}-journal").exists():
            raise StoreDamaged(path, "it is not a key store")
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from None


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.ProgrammingError:  # a bug of ours, such as a closed store
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in _HELD:
            raise StoreBusy(path) from None
        if code in _FULL:
            raise CannotWrite(path, str(error)) from None
        raise StoreDamaged(path, str(error)) from None
    except UnicodeDecodeError:  # of a message that quotes an altered table
        raise StoreDamaged(path, "its text is not text") from None
