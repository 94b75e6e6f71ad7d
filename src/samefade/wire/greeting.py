"""The two messages of a handshake with a pre-shared key, as they are read and written."""

from .cbor import decode, encode
from .codes import PSK_1, PSK_2
from .errors import Malformed, WireError
from .kdf import SIZE, expand_label, extract, hmac, sha256
from .profile import Profile, number_of

VERSION = 1
SHORTEST_SECRET = 16
OFFERED = 2
NAME = "samefade/1 psk"
_CONNECTION, _IDENTITY, _KEY_NAME, _NONCE = (1, 4), (1, 32), (1, 16), (8, 16)


class Refused(WireError):
    """The handshake is refused: one error for everything, so that a stranger learns nothing from it."""


class First:
    """Message 1.

    Attributes:
        head: Its fields without the tags, as they are authenticated.
        c_i: What the initiator calls the connection.
        names: Names of the keys that it offers, the newest first.
        id_i: Its identity.
        nonce: Its nonce.
        parameters: What it says about itself.
        tags: One for each name.
    """

    def __init__(self, datagram: bytes, profile: Profile) -> None:
        """Read a datagram.

        Raises:
            Refused: When it is no message 1 for this profile.
        """
        fields = _fields(datagram, 10, profile)
        kind, version, number, c_i, names, id_i, nonce, parameters, padding, tags = fields
        if [type(kind), type(version), type(number)] != [int, int, int]:
            raise Refused
        if (kind, version, number) != (PSK_1, VERSION, number_of(profile)):
            raise Refused
        self.head = fields[:-1]
        self.c_i, self.id_i = sized(c_i, _CONNECTION), sized(id_i, _IDENTITY)
        self.nonce, self.parameters = sized(nonce, _NONCE), sized(parameters)
        self.names = [sized(name, _KEY_NAME) for name in _list(names)]
        self.tags = [sized(tag, (profile.tag, profile.tag)) for tag in _list(tags)]
        blank = sized(padding)
        if blank != bytes(len(blank)) or len(self.tags) != len(self.names) or self.names[1:] == self.names[:1]:
            raise Refused


class Second:
    """Message 2.

    Attributes:
        head: Its fields without the tag, as they are authenticated.
        c_i: What the initiator calls the connection.
        c_r: What the responder calls it.
        name: The key that it chose.
        id_r: Its identity.
        nonce: Its nonce.
        parameters: What it says about itself.
        tag: Its proof.
    """

    def __init__(self, datagram: bytes, profile: Profile) -> None:
        """Read a datagram.

        Raises:
            Refused: When it is no message 2.
        """
        fields = _fields(datagram, 8, profile)
        kind, c_i, c_r, name, id_r, nonce, parameters, tag = fields
        if type(kind) is not int or kind != PSK_2:
            raise Refused
        self.head = fields[:-1]
        self.c_i, self.c_r = sized(c_i, _CONNECTION), sized(c_r, _CONNECTION)
        self.name, self.id_r = sized(name, _KEY_NAME), sized(id_r, _IDENTITY)
        self.nonce, self.parameters = sized(nonce, _NONCE), sized(parameters)
        self.tag = sized(tag, (profile.tag, profile.tag))


def write_first(head: list[object], secrets: list[bytes], profile: Profile) -> bytes:
    """Write message 1: fill it up to the length of a frame, and tag it under every key offered.

    Raises:
        WireError: When it does not fit into a frame.
    """
    missing = profile.mtu - len(encode(longer(head, b"", [bytes(profile.tag) for _ in secrets])))
    if missing < 0:
        raise WireError("message 1 does not fit into a frame")
    head = longer(head, _padding(missing))
    return encode(longer(head, [tag_first(secret, head, profile) for secret in secrets]))


def tag_first(secret: bytes, head: list[object], profile: Profile) -> bytes:
    """Return the initiator's proof that it holds a key."""
    text = encode(head)
    prk = extract(sha256(encode([NAME, text])), secret)
    return hmac(expand_label(prk, "psk initiator proof", b"", SIZE), text)[: profile.tag]


def longer(fields: list[object], *more: object) -> list[object]:
    """Return the fields and some more; MicroPython has no `[*fields, more]`."""
    return fields + list(more)


def check_own(identity: bytes, nonce: bytes, connection: bytes) -> None:
    """Refuse what would not be understood.

    Raises:
        WireError: When a length is wrong.
    """
    try:
        sized(identity, _IDENTITY)
        sized(connection, _CONNECTION)
    except Refused:
        raise WireError("an identity has 1 to 32 bytes, a connection 1 to 4") from None
    if len(nonce) not in _NONCE:
        raise WireError("a nonce has 8 or 16 bytes")


def check_secret(name: bytes, secret: bytes) -> None:
    """Refuse a key that is too short or has no name.

    Raises:
        WireError: When a length is wrong.
    """
    if len(secret) < SHORTEST_SECRET or not _KEY_NAME[0] <= len(name) <= _KEY_NAME[1]:
        raise WireError("a key has at least 16 bytes, and a name of 1 to 16")


def sized(value: object, sizes: tuple[int, int] = (0, 255)) -> bytes:
    """Return bytes of the right length.

    Raises:
        Refused: When it is something else.
    """
    if not isinstance(value, bytes) or not sizes[0] <= len(value) <= sizes[1]:
        raise Refused
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list) or not 1 <= len(value) <= OFFERED:
        raise Refused
    return value


def _fields(datagram: bytes, count: int, profile: Profile) -> list[object]:
    try:
        fields = decode(datagram) if len(datagram) <= profile.mtu else None
    except Malformed:
        fields = None
    if not isinstance(fields, list) or len(fields) != count:
        raise Refused
    return fields


def _padding(missing: int) -> bytes:
    """Return as many zeros as fill the message, or a byte fewer where their length takes another byte."""
    size = missing
    while len(encode(bytes(size))) > missing + 1:
        size -= 1
    return bytes(size)
