"""What a derived secret is bound to: one program, one key, and the names of its two ends."""

from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from samefade.errors import OutOfRange
from samefade.types import Key

Role = Literal["initiator", "responder"]

BYTES = 32  # no program of these gets less than 256 bits to start from
LONGEST = 1020  # bytes of a name: 255 characters in UTF-8


class Ends(NamedTuple):
    """The names of the two ends: the same value at both.

    Attributes:
        initiator: Name of the end that spoke first.
        responder: Name of the end that answered.
    """

    initiator: bytes
    responder: bytes


@dataclass(frozen=True)
class Bond:
    """The public facts that a secret is bound to.

    Attributes:
        key_id: Public name of the key.
        role: Which end this is; it chooses between the two files of a program, never the bytes.
        ends: The names of both ends.

    Raises:
        OutOfRange: When the role is none of the two, or a name is empty, too long, or the same twice.
    """

    key_id: UUID
    role: Role
    ends: Ends

    def __post_init__(self) -> None:
        """Check the role and the names."""
        if self.role not in ("initiator", "responder"):
            raise OutOfRange("role", self.role, "initiator or responder")
        if not all(1 <= len(name) <= LONGEST for name in self.ends):
            raise OutOfRange("ends", [len(name) for name in self.ends], f"names of 1 to {LONGEST} bytes")
        if self.ends.initiator == self.ends.responder:
            # one name for both ends lets a message be sent back to its sender (RFC 9257 section 4.1)
            raise OutOfRange("ends", "the same name twice", "two names")

    @property
    def name(self) -> str:
        """Return the name by which a program knows this secret; public, and the same at both ends."""
        return f"samefade-{self.key_id}"

    def purpose(self, program: str) -> str:
        """Return the label that the bytes for this program are derived with, the same at both ends."""
        # hex and a fixed order: no two tuples of names give one label
        names = f"{self.ends.initiator.hex()}/{self.ends.responder.hex()}"
        return f"samefade handover 1/{program}/{self.key_id}/{names}"

    def derive(self, key: Key, program: str, n: int) -> bytes:
        """Return n secret bytes for one program.

        Raises:
            OutOfRange: When the key has less than 256 bits.
        """
        bits = 8 * len(key.reveal_secret_bytes())
        if bits < 8 * BYTES:
            raise OutOfRange("key", f"{bits} bits", f"at least {8 * BYTES} bits")
        return key.derive(self.purpose(program), n)

    def comment(self, key: Key) -> str:
        """Return what a file says of the key that it comes from, on one line."""
        return f"samefade key {self.key_id}, claim: {key.claim}, this end: {self.role}"
