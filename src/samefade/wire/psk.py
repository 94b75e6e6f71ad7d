"""Begin with a pre-shared key: two messages, no round trip more, and nothing but SHA-256.

```
 message 1   [PSK_1, version, profile, c_i, [key names, newest first], id_i, N_i, parameters_i, padding, [tags]]
 message 2   [PSK_2, c_i, c_r, key name, id_r, N_r, parameters_r, tag]
```

As RFC 9257, section 6 asks, a key is used under the name of this protocol, for two roles with a label each,
and with both identities in what is derived, so that a message that comes back to its sender is refused.
Message 1 has a tag for every key that it offers, since the responder may know only the older one.
It is as long as the link allows, and no answer is longer: nobody can make the responder send more than was sent to it.
There is no ephemeral Diffie-Hellman: whoever learns the key later can read what was said before.
"""

from .cbor import encode
from .codes import PSK_1, PSK_2
from .errors import WireError
from .greeting import (
    NAME,
    OFFERED,
    SHORTEST_SECRET,
    VERSION,
    First,
    Refused,
    Second,
    check_own,
    check_secret,
    longer,
    tag_first,
    write_first,
)
from .kdf import SIZE, equal, expand_label, extract, hmac, sha256
from .profile import WIFI, Profile, number_of


class Keys:
    """What a handshake leaves.

    Attributes:
        key_i2r: AES key of what the initiator sends, 16 bytes.
        key_r2i: AES key of what the responder sends, 16 bytes.
        exporter: Secret of 32 bytes from which a session derives more.
        transcript: Hash of both messages, 32 bytes.
        c_i: What the initiator calls the connection.
        c_r: What the responder calls it.
        id_i: Identity of the initiator.
        id_r: Identity of the responder.
        parameters_i: What the initiator said about itself.
        parameters_r: What the responder said about itself.
        psk_id: Name of the pre-shared key.
    """

    def __init__(self, secret: bytes, message_1: bytes, profile: Profile, head_2: list[object]) -> None:
        """Derive everything from the pre-shared key and both messages, the second without its tag."""
        first, second = First(message_1, profile), Second(encode(longer(head_2, bytes(profile.tag))), profile)
        self.transcript = sha256(encode([NAME, message_1, encode(head_2)]))
        self._prk = extract(self.transcript, secret)
        self.key_i2r = expand_label(self._prk, "psk initiator to responder", self.transcript, 16)
        self.key_r2i = expand_label(self._prk, "psk responder to initiator", self.transcript, 16)
        self.exporter = expand_label(self._prk, "psk exporter", self.transcript, SIZE)
        self.c_i, self.id_i, self.parameters_i = first.c_i, first.id_i, first.parameters
        self.c_r, self.id_r, self.parameters_r = second.c_r, second.id_r, second.parameters
        self.psk_id = second.name

    def __repr__(self) -> str:
        """Name both ends and the key; show no secret."""
        return f"Keys(id_i={self.id_i!r}, id_r={self.id_r!r}, psk_id={self.psk_id!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be written out.

        Raises:
            TypeError: Always.
        """
        raise TypeError("keys of a handshake are not written out")

    def tag(self, size: int) -> bytes:
        """Return the responder's proof that it holds the key and heard message 1."""
        return hmac(expand_label(self._prk, "psk responder proof", self.transcript, SIZE), self.transcript)[:size]


class PskInitiator:
    """The end that begins.

    Attributes:
        message_1: What to send until it is answered.
    """

    def __init__(
        self,
        psks: list[tuple[bytes, bytes]],
        identity: bytes,
        nonce: bytes,
        connection: bytes,
        parameters: bytes,
        profile: Profile = WIFI,
    ) -> None:
        """Offer one or two keys.

        Args:
            psks: Name and secret of each, the newest first; a secret has at least 16 bytes.
            identity: Who this end is, 1 to 32 bytes.
            nonce: 16 unpredictable bytes, or 8 where frames are short.
            connection: What this end calls the connection, 1 to 4 bytes.
            parameters: What this end says about itself, authenticated and not secret.
            profile: The limits of the link.

        Raises:
            WireError: When something has a wrong length, or message 1 does not fit into a frame.
        """
        check_own(identity, nonce, connection)
        names = [name for name, _ in psks]
        if not 1 <= len(names) <= OFFERED or names[1:] == names[:1]:
            raise WireError("one or two different keys are offered")
        for name, secret in psks:
            check_secret(name, secret)
        self._psks, self._identity, self._nonce = dict(psks), identity, nonce
        self._connection, self._profile = connection, profile
        head = [PSK_1, VERSION, number_of(profile), connection, names, identity, nonce, parameters]
        self.message_1 = write_first(head, [secret for _, secret in psks], profile)

    def hear_2(self, datagram: bytes) -> Keys:
        """Take message 2.

        Raises:
            Refused: When it is not the answer to message 1 by an end that holds the key; always the same error.
        """
        heard = Second(datagram, self._profile)
        secret = self._psks.get(heard.name)
        if secret is None or heard.c_i != self._connection:
            raise Refused
        if heard.id_r == self._identity or heard.nonce == self._nonce or len(heard.nonce) != len(self._nonce):
            raise Refused
        keys = Keys(secret, self.message_1, self._profile, heard.head)
        if not equal(keys.tag(self._profile.tag), heard.tag):
            raise Refused
        return keys


class PskResponder:
    """The end that answers; one object answers one initiator.

    Attributes:
        keys: What the handshake left, or None; the other end has proved itself only when a sealed frame opens.
    """

    def __init__(
        self,
        lookup: object,
        identity: bytes,
        nonce: bytes,
        connection: bytes,
        parameters: bytes = b"",
        profile: Profile = WIFI,
    ) -> None:
        """Be ready to answer.

        Args:
            lookup: Called with the name of a key; returns its secret, or None.
            identity: Who this end is, 1 to 32 bytes.
            nonce: As many unpredictable bytes as the initiator's: 16, or 8 where frames are short.
            connection: What this end calls the connection, 1 to 4 bytes.
            parameters: What this end says about itself, authenticated and not secret.
            profile: The limits of the link.

        Raises:
            WireError: When something has a wrong length, or lookup cannot be called.
        """
        check_own(identity, nonce, connection)
        if not callable(lookup):
            raise WireError("a key is looked up by calling something")
        self._lookup, self._identity, self._nonce = lookup, identity, nonce
        self._connection, self._parameters, self._profile = connection, parameters, profile
        self._heard = self._answer = b""
        self.keys: Keys | None = None

    def hear_1(self, datagram: bytes) -> bytes:
        """Take message 1 and return message 2; the same message gets the same answer.

        Raises:
            Refused: When it is not a message 1 by another end that holds one of the keys; always the same error.
        """
        if self._heard:
            if datagram != self._heard:
                raise Refused  # a nonce answers once
            return self._answer
        heard = First(datagram, self._profile)
        # our own message that came back (RFC 9257, section 4.1), or a nonce that is not fresh
        if heard.id_i == self._identity or heard.nonce == self._nonce or len(heard.nonce) != len(self._nonce):
            raise Refused
        name, secret = self._verified(heard)
        head: list[object] = [PSK_2, heard.c_i, self._connection, name]
        head += [self._identity, self._nonce, self._parameters]
        if len(encode(head)) + 1 + self._profile.tag > len(datagram):
            raise Refused
        keys = Keys(secret, datagram, self._profile, head)
        self._heard, self.keys = datagram, keys
        self._answer = encode(longer(head, keys.tag(self._profile.tag)))
        return self._answer

    def _verified(self, heard: First) -> tuple[bytes, bytes]:
        """Return the first key offered that is known here, if its tag is right."""
        for name, tag in zip(heard.names, heard.tags):  # noqa: B905  # MicroPython has no strict=
            secret = self._lookup(name)
            if not isinstance(secret, bytes):
                continue
            if len(secret) < SHORTEST_SECRET or not equal(tag_first(secret, heard.head, self._profile), tag):
                break
            return name, secret
        raise Refused
