"""OSCORE (RFC 8613): a security context in the folder that aiocoap's FilesystemSecurityContext reads."""

import json
from dataclasses import dataclass
from typing import ClassVar

from samefade.errors import OutOfRange
from samefade.keys.handover.bond import Bond
from samefade.keys.handover.handover import SecretFile
from samefade.types import Key

_IDS = {"initiator": b"\x00", "responder": b"\x01"}  # sender ids; one byte each, as they travel in requests


@dataclass(frozen=True)
class Context:
    """The inputs of an OSCORE security context (RFC 8613 section 3.2), as aiocoap's files.

    Attributes:
        sender: Sender id, at most 7 bytes (RFC 8613 section 3.3, with AES-CCM-16-64-128).
        recipient: Recipient id, another one.
        id_context: Tells contexts apart that have the same ids.

    Raises:
        OutOfRange: When the ids are equal or too long.
    """

    sender: bytes
    recipient: bytes
    id_context: bytes | None = None

    def __post_init__(self) -> None:
        """Check the ids."""
        if self.sender == self.recipient or max(len(self.sender), len(self.recipient)) > 7:
            raise OutOfRange("ids", f"{self.sender.hex()} and {self.recipient.hex()}", "two of at most 7 bytes")

    def render(self, folder: str, secret: bytes, salt: bytes, comment: str) -> tuple[SecretFile, ...]:
        """Return the three files of the folder."""
        settings = {
            "comment": comment,
            "algorithm": "AES-CCM-16-64-128",
            "kdf-hashfun": "sha256",
            "sender-id_hex": self.sender.hex(),
            "recipient-id_hex": self.recipient.hex(),
        }
        if self.id_context is not None:
            settings["id-context_hex"] = self.id_context.hex()
        keys = {"comment-secret": comment, "secret_hex": secret.hex(), "salt_hex": salt.hex()}
        # an unknown window makes the first request prove that it is fresh (RFC 8613 appendix B.1.2)
        sequence = {"next-to-send": 0, "received": "unknown"}
        files = {"secret.json": keys, "settings.json": settings, "sequence.json": sequence}
        return tuple(SecretFile(f"{folder}/{name}", _json(values)) for name, values in files.items())


@dataclass(frozen=True)
class Oscore:
    """Write a context folder, the credentials file that names it, and a mark that it was made.

    The initiator is the client in the credentials; either end may send requests.
    One context must exist once: a second would use its sequence numbers, and so its nonces, again.
    The mark stays when the context is moved to where it is used, and refuses to make it again beside the mark.
    """

    recipe: ClassVar[str] = (
        "Start the program in this folder with `--credentials KEY_ID.oscore.json`; move the context, never copy it."
    )

    def context(self, bond: Bond) -> Context:
        """Return the public part of this end's context."""
        other = "responder" if bond.role == "initiator" else "initiator"
        return Context(_IDS[bond.role], _IDS[other], bond.key_id.bytes[:8])

    def master_secret(self, key: Key, bond: Bond) -> bytes:
        """Return the 16 bytes of the master secret (RFC 8613 section 3.2).

        Raises:
            OutOfRange: When the key is too short.
        """
        return bond.derive(key, "oscore master secret", 16)

    def master_salt(self, key: Key, bond: Bond) -> bytes:
        """Return the 8 bytes of the master salt (RFC 8613 section 3.2).

        Raises:
            OutOfRange: When the key is too short.
        """
        return bond.derive(key, "oscore master salt", 8)

    def render(self, key: Key, bond: Bond) -> tuple[SecretFile, ...]:
        """Return the mark, the credentials, and the context folder, which comes last and makes it whole.

        Raises:
            OutOfRange: When the key is too short.
        """
        folder, comment = f"{bond.key_id}.oscore", bond.comment(key)
        entry = "coap://*" if bond.role == "initiator" else f":{bond.name}"
        # aiocoap passes over an entry that is null, which makes it a comment
        credentials = {f"# {comment}": None, entry: {"oscore": {"basedir": folder}}}
        secret, salt = self.master_secret(key, bond), self.master_salt(key, bond)
        return (
            SecretFile(f"{folder}.made", f"# {comment}\n# A second context of this key would repeat nonces.\n"),
            SecretFile(f"{folder}.json", _json(credentials)),
            *self.context(bond).render(folder, secret, salt, comment),
        )


def _json(values: object) -> str:
    return json.dumps(values, indent=1) + "\n"
