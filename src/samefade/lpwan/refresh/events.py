"""What an end of a refresh tells its shell."""

from dataclasses import dataclass, field
from typing import Any

from samefade.session.events import Event, Root
from samefade.types import Ledger


@dataclass(frozen=True, kw_only=True)
class Refreshed(Event):
    """Both ends hold a new secret.

    Attributes:
        device: DevEUI, 8 bytes.
        epoch: How many refreshes went into it.
        root: The secret; it has no serialiser.
        claim: What the entropy of the channel's part rests on.
        ledger: The account, the same at both ends.
    """

    device: bytes
    epoch: int
    root: Root = field(repr=False)
    claim: str
    ledger: Ledger = field(repr=False)

    def public(self) -> dict[str, Any]:
        """Return the name of the secret, its claim and the account."""
        told = {"event": "refreshed", "device": self.device.hex(), "epoch": self.epoch, "root": self.root.name.hex()}
        return told | {"claim": self.claim, "account": _lines(self.ledger)}


@dataclass(frozen=True, kw_only=True)
class NoKey(Event):
    """A run gave no key: its samples are burned, the secret stays, and pooling goes on.

    Attributes:
        device: DevEUI, 8 bytes.
        epoch: Of the secret that stays.
        reason: Why, in a word: one of `REASONS`.
        why: Why, in a sentence with its numbers; empty at the device, which is told the word alone.
        ledger: The account as far as it went.
    """

    device: bytes
    epoch: int
    reason: str
    why: str = ""
    ledger: Ledger = field(default_factory=Ledger, repr=False)

    def public(self) -> dict[str, Any]:
        """Return all of it; nothing here is secret."""
        told = {"event": "nokey", "device": self.device.hex(), "epoch": self.epoch, "reason": self.reason}
        return told | {"why": self.why, "account": _lines(self.ledger)}


@dataclass(frozen=True, kw_only=True)
class Carried(Event):
    """Bytes of another protocol came for this device, which `reply` answers.

    Attributes:
        device: DevEUI, 8 bytes.
        message: The bytes.
    """

    device: bytes
    message: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Answered(Event):
    """The device answered what was carried to it.

    Attributes:
        device: DevEUI, 8 bytes.
        message: Its answer, b"" where it refused or nobody replied for the policy's patience.
    """

    device: bytes
    message: bytes = field(repr=False)


# in the order of their numbers on the air
REASONS = (
    "unknown",
    "not reciprocal",
    "too little entropy",
    "strings still differ",
    "claim not accepted",
    "samples are gone",
    "tags differ",
    "given up",
    "channel comes again",
)


def _lines(ledger: Ledger) -> list[list[Any]]:
    return [[entry.what, round(entry.bits, 3)] for entry in ledger.entries]
