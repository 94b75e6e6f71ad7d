"""State what was heard, in one run and no other: what the prover signs and the verifier checks.

The 2025 paper (Sec. VI) signs the samples alone, so that its messages hold in every run, towards every access point.
Here the statement names both nonces, both identities, the epoch, the frames and the digest of the samples: a recorded
statement fits no other run, with or without a channel that moves.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, Protocol, runtime_checkable

from samefade.errors import BadSignature, OutOfRange
from samefade.wire import cbor, kdf

LABEL = "samefade presence 1"
LEAST_NONCE = 16
LEAST_MAC_KEY = 16
LARGEST = 2**62
Role = Literal["initiator", "responder"]


def digest(packed: bytes) -> bytes:
    """Return SHA-256 of packed samples (see `pack_csi`), 32 bytes."""
    return hashlib.sha256(packed).digest()


@dataclass(frozen=True)
class Statement:
    """What one end says of one run.

    Attributes:
        role: Who says it: "initiator" or "responder"; a statement cannot be sent back to who made it.
        initiator_nonce: Fresh and random, at least 16 bytes, of the initiator.
        responder_nonce: Fresh and random, at least 16 bytes, of the responder.
        initiator: Identity, as the prior secret knows it.
        responder: Identity of the other end.
        epoch: Which key of the prior secret this runs under.
        first: First frame counter of the window asked for.
        last: Last frame counter of the window asked for.
        csi: SHA-256 of the packed samples, from `digest`.
    """

    role: Role
    initiator_nonce: bytes
    responder_nonce: bytes
    initiator: bytes
    responder: bytes
    epoch: int
    first: int
    last: int
    csi: bytes

    def __post_init__(self) -> None:
        """Refuse what could mean two things or be guessed.

        Raises:
            OutOfRange: When a role is unknown, a nonce short or used by both, a number beyond its range, or the digest
                no SHA-256.
        """
        if self.role not in {"initiator", "responder"}:
            raise OutOfRange("role", self.role, "initiator or responder")
        for name in ("initiator_nonce", "responder_nonce"):
            if len(getattr(self, name)) < LEAST_NONCE:
                raise OutOfRange(name, f"{len(getattr(self, name))} bytes", f"at least {LEAST_NONCE} bytes")
        if self.initiator_nonce == self.responder_nonce:
            raise OutOfRange("responder_nonce", "the initiator's", "a nonce of its own")
        if not (0 <= self.epoch < LARGEST and 0 <= self.first <= self.last <= LARGEST):
            raise OutOfRange("epoch and frames", (self.epoch, self.first, self.last), "numbers in order from 0 to 2^62")
        if len(self.csi) != 32:
            raise OutOfRange("csi digest", f"{len(self.csi)} bytes", "32 bytes")

    def encode(self) -> bytes:
        """Return the bytes that are signed: one deterministic CBOR array."""
        nonces = [self.initiator_nonce, self.responder_nonce]
        names = [self.initiator, self.responder]
        return cbor.encode([LABEL, self.role, nonces, names, self.epoch, self.first, self.last, self.csi])

    def check_samples(self, packed: bytes) -> None:
        """Compare packed samples with the digest.

        Raises:
            BadSignature: When they are not the samples that were stated.
        """
        if not kdf.equal(digest(packed), self.csi):
            raise BadSignature

    def check_apart(self, own: "Statement") -> None:
        """Refuse a statement of the very samples that this end stated itself.

        Where both ends commit before either shows, whoever commits second can copy the digest and then the samples.
        Two receivers never hear the same noise.

        Raises:
            BadSignature: When both digests are equal.
        """
        if kdf.equal(self.csi, own.csi):
            raise BadSignature


@runtime_checkable
class Signer(Protocol):
    """Whatever signs and verifies statements."""

    def sign(self, statement: Statement) -> bytes:
        """Return the signature or tag of a statement."""

    def verify(self, statement: Statement, signature: bytes) -> None:
        """Raise BadSignature unless the signature belongs to the statement."""


class Ed25519Signer:
    """Ed25519 (RFC 8032), for devices with identities; with the public key alone it only verifies."""

    def __init__(self, *, public: bytes | None = None, private: bytes | None = None) -> None:
        """Take a raw 32-byte private key to sign with, or the raw 32-byte public key of the other end.

        Raises:
            OutOfRange: When neither or both are given, or one is no key.
        """
        from cryptography.hazmat.primitives.asymmetric import ed25519

        if (public is None) == (private is None):
            raise OutOfRange("keys", "both or none", "the own private key or the other end's public one")
        self._private: Any = None
        try:
            if private is not None:
                self._private = ed25519.Ed25519PrivateKey.from_private_bytes(private)
                self._public = self._private.public_key()
            else:
                self._public = ed25519.Ed25519PublicKey.from_public_bytes(public or b"")
        except ValueError:
            raise OutOfRange("key", "not of this length", "32 bytes") from None

    @property
    def public(self) -> bytes:
        """Return the public key, 32 bytes."""
        return bytes(self._public.public_bytes_raw())

    def __repr__(self) -> str:
        """Name the public key and what it can do."""
        return f"Ed25519Signer({self.public.hex()[:16]}…, {'signs' if self._private else 'verifies'})"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: it may hold a private key."""
        raise TypeError("a signer has no serialiser: its key is secret")

    def sign(self, statement: Statement) -> bytes:
        """Return the signature, 64 bytes.

        Raises:
            OutOfRange: When there is no private key.
        """
        if self._private is None:
            raise OutOfRange("signer", "without a private key", "one that can sign")
        return bytes(self._private.sign(statement.encode()))

    def verify(self, statement: Statement, signature: bytes) -> None:
        """Check a signature.

        Raises:
            BadSignature: When it does not belong to this statement and key.
        """
        from cryptography.exceptions import InvalidSignature

        try:
            self._public.verify(signature, statement.encode())
        except InvalidSignature:
            raise BadSignature from None


class MacSigner:
    """HMAC-SHA256 under a shared key, for boards without identities; either holder can make every tag."""

    def __init__(self, key: bytes) -> None:
        """Take the shared key, at least 16 bytes, best derived from the prior secret for this purpose alone.

        Raises:
            OutOfRange: When it is shorter.
        """
        if len(key) < LEAST_MAC_KEY:
            raise OutOfRange("key", f"{len(key)} bytes", f"at least {LEAST_MAC_KEY} bytes")
        self._key = kdf.expand_label(kdf.extract(b"", bytes(key)), "presence mac", b"", kdf.SIZE)

    def __repr__(self) -> str:
        """Say what it is, and nothing of the key."""
        return "MacSigner(HMAC-SHA256)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: it holds a key."""
        raise TypeError("a signer has no serialiser: its key is secret")

    def sign(self, statement: Statement) -> bytes:
        """Return the tag, 32 bytes."""
        return kdf.hmac(self._key, statement.encode())

    def verify(self, statement: Statement, signature: bytes) -> None:
        """Check a tag, in a time that does not tell where it differs.

        Raises:
            BadSignature: When it does not belong to this statement and key.
        """
        if not kdf.equal(kdf.hmac(self._key, statement.encode()), signature):
            raise BadSignature
