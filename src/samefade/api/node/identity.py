"""Keep an identity in two files: the private one for its owner alone, and the credential that its peers are given."""

import json
import os
from pathlib import Path

from samefade.errors import CannotWrite, InputError, OutOfRange
from samefade.keys.private import refuse_open, write_private
from samefade.session.edhoc import Credential, Identity

FORMAT, SUFFIX = "samefade identity 1", ".credential"


def make(name: str, path: Path) -> tuple[Path, Path]:
    """Draw a key pair, and write it.

    Args:
        name: Name of the device, 1 to 64 characters.
        path: File of the identity; the credential goes beside it, with `.credential` behind its name.

    Returns:
        Both files.

    Raises:
        OutOfRange: When the name is empty or too long.
        CannotWrite: When a file is there already, or the system refuses.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

    _check_name(name)
    drawn = generate_private_key(SECP256R1())
    public = drawn.public_key().public_numbers().x.to_bytes(32, "big")
    private = drawn.private_numbers().private_value.to_bytes(32, "big")
    told = {"format": FORMAT, "name": name, "public": public.hex()}
    beside = path.with_name(path.name + SUFFIX)
    write_private(path, _lines({**told, "private": private.hex()}))
    try:
        _write_public(beside, _lines(told))
    except CannotWrite:
        path.unlink()  # nobody could be told of it
        raise
    return path, beside


def read_identity(path: Path) -> Identity:
    """Read an identity.

    Raises:
        InputError: When the file is none, its keys do not belong together, or others may read it.
    """
    refuse_open(path)
    told = _read(path)
    try:
        mine = Identity(_credential(told), bytes.fromhex(told["private"]))
        public = _public(mine.private)
    except (KeyError, ValueError, TypeError):
        raise InputError(file=path, reason="it is no identity; a credential has no private key") from None
    if public != mine.credential.public:
        raise InputError(file=path, reason="its private key does not belong to its public key")
    return mine


def read_credential(path: Path) -> Credential:
    """Read what is known of a peer.

    Raises:
        InputError: When the file is none.
    """
    try:
        return _credential(_read(path))
    except (KeyError, ValueError, TypeError):
        raise InputError(file=path, reason="it is no credential") from None


def _credential(told: dict[str, str]) -> Credential:
    _check_name(told["name"])
    return Credential(told["name"], bytes.fromhex(told["public"]))


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not 1 <= len(name) <= 64:
        raise OutOfRange("name", name, "1 to 64 characters")


def _public(private: bytes) -> bytes:
    """Return the public key of a private one."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

    if len(private) != 32:
        raise OutOfRange("bytes of the private key", len(private), "32")
    numbers = derive_private_key(int.from_bytes(private, "big"), SECP256R1()).public_key().public_numbers()
    return numbers.x.to_bytes(32, "big")


def _read(path: Path) -> dict[str, str]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as why:
        raise InputError(file=path, reason=str(why)) from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise InputError(file=path, reason=f"it does not say {FORMAT!r}")
    return told


def _lines(told: dict[str, str]) -> bytes:
    return (json.dumps(told, indent=2) + "\n").encode()


def _write_public(path: Path, content: bytes) -> None:
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)  # its owner alone may change it
        with os.fdopen(opened, "wb") as file:
            file.write(content)
    except OSError as why:
        raise CannotWrite(path, why.strerror or str(why)) from None
