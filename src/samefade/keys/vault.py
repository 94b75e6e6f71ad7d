"""Seal secrets under the key of a store: AES-256-GCM (NIST SP 800-38D), whatever names a secret as associated data."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from samefade.amplify.hkdf import hkdf
from samefade.errors import CannotWrite
from samefade.keys.errors import StoreDamaged, StoreLocked
from samefade.keys.private import refuse_open, write_private

_NONCE = 12  # bytes; random, so that a store may be sealed to 2³² times (SP 800-38D, section 8.3)
_COST_LIMIT = 2**20, 16, 4  # of scrypt in a store that someone may have altered: 2 GiB and no more


class Lock(Protocol):
    """What opens a store: a key file, or a passphrase."""

    def make(self) -> dict[str, Any]:
        """Make what is needed for a new store; return what it must keep about its lock, nothing of it secret."""
        ...

    def secret(self, store: Path, about: dict[str, Any]) -> bytes:
        """Return the 32 secret bytes, from what the store keeps about its lock."""
        ...


@dataclass(frozen=True)
class KeyFile:
    """A file of 32 random bytes that only its owner may read.

    Attributes:
        path: Where it lies, or shall lie.
    """

    path: Path

    def make(self) -> dict[str, Any]:
        """Make the file unless it is there.

        Raises:
            CannotWrite: When the system refuses.
        """
        try:
            write_private(self.path, os.urandom(32))
        except CannotWrite:
            if not self.path.exists():  # it may be there for another store
                raise
        return {"kind": "file"}

    def secret(self, store: Path, about: dict[str, Any]) -> bytes:
        """Read the file.

        Raises:
            StoreLocked: When it cannot be read, has another size, or the store was made with a passphrase.
            OthersMayRead: When others may read or write it.
        """
        if about.get("kind") != "file":
            raise StoreLocked(store, "it was made with a passphrase, not with a key file")
        try:
            refuse_open(self.path)
            found = self.path.read_bytes()
        except OSError as error:
            raise StoreLocked(store, f"the key file {self.path}: {error.strerror}") from None
        if len(found) != 32:
            raise StoreLocked(store, f"the key file {self.path} has {len(found)} bytes, not 32")
        return found


@dataclass(frozen=True)
class Passphrase:
    """Words that a person knows, stretched by scrypt (RFC 7914).

    Attributes:
        words: The passphrase.
        n: Cost of one guess: the memory that it takes is 1 KiB times this.
    """

    words: str = field(repr=False)
    n: int = 2**15

    def make(self) -> dict[str, Any]:
        """Choose a salt and keep the parameters."""
        return {"kind": "scrypt", "n": self.n, "r": 8, "p": 1, "salt": os.urandom(16).hex()}

    def secret(self, store: Path, about: dict[str, Any]) -> bytes:
        """Stretch the passphrase.

        Raises:
            StoreLocked: When the store was made with a key file.
            StoreDamaged: When its parameters are not those that this class makes.
        """
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        if about.get("kind") != "scrypt":
            raise StoreLocked(store, "it was made with a key file, not with a passphrase")
        try:
            salt, cost = bytes.fromhex(about["salt"]), (int(about["n"]), int(about["r"]), int(about["p"]))
            if not salt or any(not 1 <= mine <= most for mine, most in zip(cost, _COST_LIMIT, strict=True)):
                raise StoreDamaged(store, "parameters of its passphrase that were never made")
            n, r, p = cost
            return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(self.words.encode("utf-8", "surrogateescape"))
        except (KeyError, TypeError, ValueError):
            raise StoreDamaged(store, "parameters of its passphrase that were never made") from None


class Vault:
    """Seals and opens the secrets of one store."""

    def __init__(self, store: Path, secret: bytes, salt: bytes) -> None:
        """Take the path for its errors, the secret of the lock, and the salt that is this store's own."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.store = store
        # one key file may open several stores: a row of one must not open in another
        self._aead = AESGCM(hkdf(salt, secret, b"samefade store", 32))

    def seal(self, secret: bytes, about: tuple[Any, ...]) -> bytes:
        """Return nonce, ciphertext and tag.

        Args:
            secret: What nobody may read; empty where only `about` is to be protected.
            about: What the secret is, and every fact that must not be altered beside it.
        """
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, secret, _packed(about))

    def open(self, sealed: bytes, about: tuple[Any, ...]) -> bytes:
        """Return the secret.

        Raises:
            StoreDamaged: When it was sealed under another key or for anything else.
        """
        from cryptography.exceptions import InvalidTag

        try:
            return self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], _packed(about))
        except (InvalidTag, ValueError, TypeError):
            raise StoreDamaged(self.store, f"the {about[0]} does not belong here as it stands") from None

    def __repr__(self) -> str:
        """Show nothing."""
        return "Vault(…)"


def _packed(about: tuple[Any, ...]) -> bytes:
    plain = [part.hex() if isinstance(part, bytes) else part for part in about]
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode()
