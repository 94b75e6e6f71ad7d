"""The devices that a process serves: what it knows of each, in a key store, encrypted and safe from kill −9.

A device lies in the same file as its keys, so that what a frame changes and the key that it completes are kept in one
transaction: both are there, or neither is.
Nothing of a device is kept in memory between its frames.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

from samefade.errors import CannotWrite, OutOfRange
from samefade.keys import entry as keys
from samefade.keys import roots
from samefade.keys.database import DEVICES, RUNS, SPENT, Database
from samefade.keys.entry import Entry
from samefade.keys.errors import NameTaken, StoreDamaged
from samefade.keys.life import Move, State
from samefade.keys.store import Store
from samefade.lpwan.refresh.events import Refreshed
from samefade.lpwan.refresh.past import length, newest
from samefade.lpwan.server.errors import DeviceEnrolled, NoSuchDevice, SecretSpent, ServedAlready
from samefade.lpwan.server.track import Track
from samefade.session.events import Root
from samefade.types import Key

_SELECTED = "SELECT device, address, said, work, sealed FROM devices"
_KEY_BYTES = 32
_VERSION = 12  # bytes: the nonce of a sealed state, another one each time
_AT_ONCE = 500  # variables of one query; SQLite allows 999 and more


@dataclass(frozen=True)
class Device:
    """What is kept of one device.

    Attributes:
        eui: DevEUI, 8 bytes.
        state: What the protocol's end keeps; empty where it was not asked for.
        track: Which frames came.
        address: Name of the device in the topics of its server; empty before the first frame.
        work: Whether something is to be computed for it.
        pooled: How many samples its end holds.
        runs: How many runs are remembered of it, see `Register.earlier`.
        places: How many frames that could give samples these took.
        ended: What runs that have ended since measured, to be remembered with it.
        version: Which writing of it this is; a later one is never overwritten. Empty where it was never kept.
    """

    eui: bytes
    state: bytes = field(repr=False)
    track: Track = Track()
    address: str = ""
    work: bool = False
    pooled: int = 0
    runs: int = 0
    places: int = 0
    ended: tuple[bytes, ...] = field(default=(), repr=False)
    version: bytes = b""

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a Device has no serialiser: its state is secret")


@dataclass(frozen=True)
class Kept:
    """What a transaction put on the disk.

    Attributes:
        devices: DevEUIs of those that were kept.
        names: Names of the keys for applications, by the name of the secret that each came of.
    """

    devices: frozenset[bytes] = frozenset()
    names: Mapping[bytes, UUID] = field(default_factory=dict)


class Register:
    """The devices in a key store."""

    def __init__(self, store: Store) -> None:
        """Take the store; its file gets a table for devices where it has none.

        Raises:
            StoreBusy: When another process holds it for too long.
            CannotWrite: When the system refuses.
        """
        self.store, self._vault = store, store.database.vault
        tables = {"devices": DEVICES, "spent": SPENT, "runs": RUNS}
        if tables.keys() - self._tables(self._database.read):
            with self._database.writing() as db:
                for name in tables.keys() - self._tables(db.execute):
                    db.execute(tables[name])

    def enrol(self, secrets: Mapping[bytes, bytes], states: Mapping[bytes, bytes]) -> list[Root]:
        """Keep new devices, all or none, each with the prior secret that it is known by as its root of epoch 0.

        Args:
            secrets: By DevEUI.
            states: What the protocol's end of each begins with.

        Raises:
            DeviceEnrolled: When one is here already.
            NameTaken: When two devices, or one and another peer of the store, have the same secret.
            SecretSpent: When a device that was forgotten had this secret.
            OutOfRange: When a secret is shorter than 16 bytes, or a DevEUI has not 8.
        """
        with self._database.writing() as db:
            held = {eui for (eui,) in db.execute("SELECT peer FROM roots UNION SELECT device FROM devices")}
            names = {name for (name,) in db.execute("SELECT name FROM roots")}
            spent = {name for (name,) in db.execute("SELECT name FROM spent")}
            made = []
            for eui, secret in secrets.items():
                root = first_root(eui, secret)
                if eui in held:
                    raise DeviceEnrolled(eui.hex())
                if root.name in names:  # a secret for two devices lets either pass for the other
                    raise NameTaken(root.name.hex())
                if root.name in spent:  # its device may have answered, and counters begin anew with a join
                    raise SecretSpent(eui.hex(), root.name.hex())
                names.add(root.name)
                db.execute("INSERT INTO spent VALUES (?)", (root.name,))
                roots.keep(db, self._vault, eui, root, settled=True)
                lengths = self._lengths(db, eui).values()
                self._write(db, Device(eui, states[eui], runs=len(lengths), places=sum(lengths)), new=True)
                made.append(root)
            return made

    def forget(self, eui: bytes, now: float, *, runs: bool = True) -> None:
        """Destroy all that is kept of a device, its keys included.

        Args:
            eui: DevEUI.
            now: Seconds since 1970.
            runs: Whether what its runs measured is destroyed, too; else it waits for the device to be enrolled again.

        Raises:
            NoSuchDevice: When it is not here.
        """
        with self._database.writing() as db:
            if not db.execute("DELETE FROM devices WHERE device = ?", (eui,)).rowcount:
                raise NoSuchDevice(eui.hex())
            db.execute("DELETE FROM roots WHERE peer = ?", (eui,))
            if runs:
                db.execute("DELETE FROM runs WHERE device = ?", (eui,))
            for (name,) in db.execute("SELECT key_id FROM keys WHERE peer = ?", (eui,)).fetchall():
                self.store.end(db, keys.find(db, self._vault, name), Move.DESTROY, now)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one process that serves these devices: two would each answer a frame, under one nonce.

        Raises:
            ServedAlready: When another process serves them.
            CannotWrite: When the system refuses a file beside the store.
        """
        path = self.store.database.path
        path = path.with_name(f"{path.name}.serving")
        try:
            import fcntl
        except ImportError:  # Windows; there the user must see to it
            yield
            return
        try:
            held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CannotWrite(path, error.strerror or str(error)) from None
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # goes with the process, however that ends
            yield
        except BlockingIOError:
            raise ServedAlready(self.store.database.path) from None
        finally:
            os.close(held)

    def load(self, euis: Iterable[bytes]) -> dict[bytes, Device]:
        """Return those of some devices that are enrolled.

        Raises:
            StoreDamaged: When one was altered.
        """
        wanted = list(euis)
        found: dict[bytes, Device] = {}
        for at in range(0, len(wanted), _AT_ONCE):
            some = wanted[at : at + _AT_ONCE]
            query = f"{_SELECTED} WHERE device IN ({', '.join('?' * len(some))})"
            found |= {row[0]: self._opened(row) for row in self._database.read(query, *some)}
        return found

    def keep(self, devices: Iterable[Device], refreshed: Iterable[Refreshed], *, now: float) -> Kept:
        """Keep what frames have changed, and the secrets that they completed, in one transaction.

        Of a device that was forgotten, enrolled anew, or changed by another process since it was loaded nothing is
        kept, and nothing of it may be said.
        """
        with self._database.writing() as db:
            kept = frozenset(device.eui for device in devices if self._write(db, device, new=False))
            names = {event.root.name: self._confirm(db, event, now) for event in refreshed if event.device in kept}
        return Kept(kept, names)

    def earlier(self, device: Device) -> list[bytes]:
        """Return what the runs measured that are remembered of a device, oldest first.

        They are gone where somebody forgot it or enrolled it anew since; then nothing of it will be kept either.

        Raises:
            StoreDamaged: When one was altered, or is not there.
        """
        rows = self._database.read("SELECT seq, places, sealed FROM runs WHERE device = ? ORDER BY seq", device.eui)
        if (len(rows), sum(places for _, places, _ in rows)) != (device.runs, device.places):
            if self.load([device.eui]).get(device.eui, Device(b"", b"")).version != device.version:
                return []
            raise StoreDamaged(self._database.path, "what earlier runs measured")
        return [self._vault.open(sealed, ("run", device.eui, seq, places)) for seq, places, sealed in rows]

    def at_work(self) -> list[bytes]:
        """Return the devices for which something is to be computed."""
        return [eui for (eui,) in self._database.read("SELECT device FROM devices WHERE work = 1 ORDER BY device")]

    def devices(self) -> Iterator[tuple[Device, list[Root]]]:
        """Yield every device with its roots, newest first.

        Raises:
            StoreDamaged: When one was altered.
        """
        for row in self._database.read(f"{_SELECTED} ORDER BY device"):
            yield self._opened(row), self.store.roots(row[0])

    def sweep(self, now: float) -> int:
        """End every key whose time is over; return how many there were."""
        return self.store.sweep(now)

    @property
    def _database(self) -> Database:
        return self.store.database

    def _write(self, db: sqlite3.Connection, device: Device, *, new: bool) -> bool:
        held = self._held(db, device) if device.ended else {}
        runs = [len(held), sum(held.values())] if device.ended else [device.runs, device.places]
        told = json.dumps({"pooled": device.pooled, "runs": runs, "track": device.track.packed()})
        said = (device.eui, device.address, told, int(device.work))
        row = (*said, self._vault.seal(device.state, ("device", *said)))
        if new:
            return db.execute("INSERT INTO devices VALUES (?, ?, ?, ?, ?)", row).rowcount == 1
        changed = "UPDATE devices SET (device, address, said, work, sealed) = (?, ?, ?, ?, ?)"
        same = f"WHERE device = ? AND substr(sealed, 1, {_VERSION}) = ?"
        done = db.execute(f"{changed} {same}", (*row, device.eui, device.version)).rowcount == 1
        if done and device.ended:
            self._remember(db, device, held)
        return done

    def _held(self, db: sqlite3.Connection, device: Device) -> dict[int, int]:
        """Return which runs are remembered of a device once those that have ended are added, with their places."""
        places = self._lengths(db, device.eui)
        places |= dict(enumerate(map(length, device.ended), max(places, default=0) + 1))
        return dict(list(places.items())[-newest(list(places.values())) :])

    def _remember(self, db: sqlite3.Connection, device: Device, held: dict[int, int]) -> None:
        """Add the runs that have ended, and forget the oldest for which there is no room."""
        db.execute("DELETE FROM runs WHERE device = ? AND seq < ?", (device.eui, min(held)))
        for seq, run in enumerate(device.ended, max(held) + 1 - len(device.ended)):
            if seq in held:
                row = device.eui, seq, held[seq]
                db.execute("INSERT INTO runs VALUES (?, ?, ?, ?)", (*row, self._vault.seal(run, ("run", *row))))

    @staticmethod
    def _lengths(db: sqlite3.Connection, eui: bytes) -> dict[int, int]:
        return dict(db.execute("SELECT seq, places FROM runs WHERE device = ? ORDER BY seq", (eui,)).fetchall())

    def _opened(self, row: tuple[bytes, str, str, int, bytes]) -> Device:
        *said, sealed = row
        state = self._vault.open(sealed, ("device", *said))
        # what follows holds for every row that we sealed ourselves
        told = json.loads(row[2])
        track, (runs, places) = Track.unpacked(told["track"]), told.get("runs", (0, 0))
        return Device(
            row[0], state, track, row[1], bool(row[3]), told["pooled"], runs, places, version=sealed[:_VERSION]
        )

    @staticmethod
    def _tables(ask: Callable[[str], Iterable[tuple[Any, ...]]]) -> set[str]:
        return {name for (name,) in ask("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    def _confirm(self, db: sqlite3.Connection, event: Refreshed, now: float) -> UUID:
        """Keep a new secret as the only root of its device, and a key of it for applications."""
        held = roots.opened(db.execute(roots.SELECTED, (event.device,)).fetchall(), self._vault)
        if event.root.name not in {root.name for root in held}:
            roots.keep(db, self._vault, event.device, event.root, settled=False)
        roots.settle(db, self._vault, event.device, event.root.name)
        name, secret = _application_key(event)
        if not db.execute("SELECT 1 FROM keys WHERE key_id = ?", (str(name),)).fetchall():
            entry = Entry(
                key_id=name, peer=event.device, state=State.CONFIRMED, claim=event.claim, bits=8 * _KEY_BYTES,
                created=float(now), expires=now + self.store.limits.confirmed, root=event.root.name,
                certificate=_certificate(event),
            )  # fmt: skip
            keys.keep(db, self._vault, entry, secret)
        return name


def first_root(eui: bytes, secret: bytes) -> Root:
    """Return the root of epoch 0 of a device, with a name that the device finds alike.

    Raises:
        OutOfRange: When the secret is shorter than 16 bytes, or the DevEUI has not 8.
    """
    if len(eui) != 8:
        raise OutOfRange("bytes of the DevEUI", len(eui), "8")
    return roots.first(secret)


def _application_key(event: Refreshed) -> tuple[UUID, bytes]:
    """Return the name and the bytes of the key for applications; the device finds them alike.

    The root itself is never handed out: it goes into the next refresh, and into root keys of LoRaWAN.
    """
    root = Key(event.root.reveal_secret_bytes(), "estimate" if event.claim == "estimate" else "bounded")
    name = UUID(bytes=root.derive("samefade lpwan application key name", 16), version=4)
    return name, root.derive("samefade lpwan application key", _KEY_BYTES)


def _certificate(event: Refreshed) -> str:
    told = {**event.public(), "assumptions": list(event.ledger.assumptions)}
    return json.dumps({name: value for name, value in told.items() if name != "event"}, sort_keys=True)
