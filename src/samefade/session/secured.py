"""What a handshake leaves: keys for the discussion, who is there, and a prior secret that a channel key adds to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NoReturn, Protocol

from samefade.wire.kdf import expand_label, extract

Role = Literal["initiator", "responder"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Secured:
    """A conversation whose other end proved that it holds the prior secret.

    Attributes:
        role: This end's role.
        key_out: AES key of what this end sends, 16 bytes.
        key_in: AES key of what it hears.
        connection_out: What the other end calls this conversation.
        connection_in: What this end calls it.
        exporter: Secret of 32 bytes from which everything else of the conversation comes.
        transcript: Hash of the handshake.
        me: This end's identity.
        peer: The other end's.
        parameters: What the other end said about itself in the handshake.
        prior: Public name of the prior secret.
        epoch: How many runs went into the prior secret.
        update: Mixes a secret into the handshake's own key schedule (EDHOC_KeyUpdate) and returns a new exporter.
    """

    role: Role
    key_out: bytes = field(repr=False)
    key_in: bytes = field(repr=False)
    connection_out: bytes
    connection_in: bytes
    exporter: bytes = field(repr=False)
    transcript: bytes
    me: bytes
    peer: bytes
    parameters: bytes
    prior: bytes
    epoch: int = 0
    update: Callable[[bytes], bytes] | None = field(default=None, repr=False)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("Secured has no serialiser: it holds secrets")

    @property
    def ends(self) -> tuple[bytes, bytes]:
        """Return both identities, the initiator's first."""
        return (self.me, self.peer) if self.role == "initiator" else (self.peer, self.me)

    def derive(self, purpose: str, context: bytes, n: int = 32) -> bytes:
        """Return n bytes for one purpose of this conversation."""
        return expand_label(self.exporter, purpose, context, n)

    def add(self, channel: bytes) -> bytes:
        """Return the salt for keys of this channel secret: the prior secret with the channel mixed in, not replaced."""
        return self.exporter if self.update is None else self.update(channel)

    def combine(self, salt: bytes, channel: bytes) -> bytes:
        """Return a key that holds if either the prior secret or the channel's does (RFC 5869, section 2.2)."""
        return extract(salt, channel)


class Handshake(Protocol):
    """How two ends begin: with a pre-shared key, or with identities."""

    @property
    def role(self) -> Role:
        """Say which end this is."""
        ...

    def begin(self) -> bytes:
        """Return the first message; the initiator's only."""
        ...

    def hear(self, datagram: bytes) -> tuple[bytes, ...]:
        """Take a message of the handshake and return what to answer.

        A message that was heard before is answered as it was before.

        Raises:
            RemoteProtocolError: When it is not a correct next message; nothing has changed then.
        """
        ...

    @property
    def secured(self) -> Secured | None:
        """Return what was established, once it is."""
        ...
