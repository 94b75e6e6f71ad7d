"""The hash of all that was said and heard, the same at both ends: the two directions apart, each in its order."""

from hashlib import sha256

from samefade.session.secured import Role
from samefade.wire.kdf import sha256 as digest


class Records:
    """Running hashes of both directions, begun with the handshake's."""

    def __init__(self, role: Role) -> None:
        """Take this end's role, which says which direction is which."""
        self._said, self._heard, self._role = sha256(), sha256(), role
        self._handshake = b""

    def begin(self, handshake: bytes) -> None:
        """Take the hash of the handshake."""
        self._handshake = handshake

    def said(self, message: bytes) -> None:
        """Add a message of this end."""
        self._said.update(len(message).to_bytes(4, "big") + message)

    def heard(self, message: bytes) -> None:
        """Add a message of the other end."""
        self._heard.update(len(message).to_bytes(4, "big") + message)

    def digest(self) -> bytes:
        """Return the hash of everything so far, the initiator's direction first."""
        ours, theirs = self._said.digest(), self._heard.digest()
        both = (ours, theirs) if self._role == "initiator" else (theirs, ours)
        return digest(self._handshake, *both)
