"""The folder of a rehearsal: the secrets of its virtual devices, for `samefade lpwan enrol`, and a state of each.

A state is written before the frame that it made is sent, as firmware must: see docs/howto/lpwan.md.
It is not forced to the disk: after a cut of power a rehearsal is begun anew, a real device must not lose a state so.
"""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samefade.errors import CannotWrite, InputError, OutOfRange
from samefade.keys.private import refuse_open
from samefade.lpwan.refresh import DeviceEnd, Policy
from samefade.lpwan.server.register import first_root
from samefade.lpwan.server.roll import read_roll
from samefade.wire.cbor import decode, encode
from samefade.wire.errors import Malformed

MOST = 256
ROLL = "secrets.csv"
_FIRST = 0x00005EEF10000000  # RFC 9542, section 2.2.3: EUI-64 for documentation, 256 of them
_FORMAT = "samefade rehearsal device 1"
_HEAD = (
    "# Virtual devices of a rehearsal (samefade lpwan rehearse), with DevEUIs that RFC 9542 keeps for documentation.\n"
    "# Give none of these secrets to a real device.\n"
)


@dataclass(frozen=True)
class Kept:
    """What a virtual device keeps.

    Attributes:
        eui: DevEUI.
        state: Of its end of the protocol.
        session: How often it joined, less one; −1 before the first join.
        counter: Of its last frame in this session; −1 before the first.
    """

    eui: bytes
    state: bytes = field(repr=False)
    session: int = -1
    counter: int = -1

    @property
    def number(self) -> int:
        """Return which device of a rehearsal it is, from 1."""
        return int.from_bytes(self.eui, "big") - _FIRST + 1


class Folder:
    """Where a rehearsal keeps its devices; for its owner alone."""

    def __init__(self, path: Path) -> None:
        """Take the path."""
        self.path, self.roll = path, path / ROLL

    def make(self, devices: int) -> None:
        """Draw the secrets of new devices.

        Raises:
            OutOfRange: When there are more than DevEUIs.
            CannotWrite: When there is such a folder already, or the system refuses.
        """
        if not 1 <= devices <= MOST:
            raise OutOfRange("devices of a rehearsal", devices, f"1 to {MOST}")
        lines = [f"{(_FIRST + number).to_bytes(8, 'big').hex()},{secrets.token_hex(32)}\n" for number in range(devices)]
        try:
            self.path.mkdir(mode=0o700)
        except FileExistsError:
            raise CannotWrite(self.path, "it is there already; take another name, or delete it") from None
        except OSError as refused:
            raise CannotWrite(self.path, refused.strerror or str(refused)) from None
        try:
            self._write(self.roll, (_HEAD + "".join(lines)).encode())
        except CannotWrite:
            self.path.rmdir()  # else it would be there already when there is room again
            raise

    def devices(self, policy: Policy) -> list[Kept]:
        """Return its devices as they were kept last, or as they are before their first frame.

        Raises:
            InputError: When there is no such folder, a file of it is damaged, or it holds devices of another range.
            OthersMayRead: When others may read a secret.
        """
        try:
            refuse_open(self.roll)
            content = self.roll.read_bytes()
        except OSError:
            raise NoRehearsal(self.path) from None
        found = read_roll(self.roll, content)
        for eui in found:
            if not 0 <= int.from_bytes(eui, "big") - _FIRST < MOST:
                raise InputError(file=self.roll, reason=f"{eui.hex()} is no device of a rehearsal: {self._range()}")
        return [self._read(eui, secret, policy) for eui, secret in found.items()]

    def keep(self, kept: Kept) -> None:
        """Keep a device's state in place of the one before.

        Raises:
            CannotWrite: When the system refuses.
        """
        self._write(self._file(kept.eui), encode([_FORMAT, kept.eui, kept.state, kept.session, kept.counter]))

    def _read(self, eui: bytes, secret: bytes, policy: Policy) -> Kept:
        file = self._file(eui)
        if not file.exists():
            return Kept(eui, DeviceEnd(eui, first_root(eui, secret), policy).reveal_secret_state_bytes())
        try:
            refuse_open(file)
            said: Any = decode(file.read_bytes())
            form, named, state, session, counter = said
        except (OSError, Malformed, ValueError, TypeError):
            raise InputError(file=file, reason="it cannot be read, or is no state of a device") from None
        if form != _FORMAT or named != eui:
            raise InputError(file=file, reason="it is the state of another device, or of another format")
        return Kept(eui, state, session, counter)

    def _file(self, eui: bytes) -> Path:
        return self.path / f"{eui.hex()}.state"

    def _write(self, path: Path, content: bytes) -> None:
        part = path.with_suffix(".part")
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(content)
            part.replace(path)
        except OSError as refused:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise CannotWrite(path, refused.strerror or str(refused)) from None

    @staticmethod
    def _range() -> str:
        return f"{_FIRST:016x} to {_FIRST + MOST - 1:016x}"


class NoRehearsal(InputError):
    """There are no devices to rehearse with."""

    advice = "Make some first: `samefade lpwan rehearse FOLDER --new 4`."

    def __init__(self, path: Path) -> None:
        """Name the folder."""
        super().__init__(folder=path)
