"""Seal every frame: what was changed, replayed or meant for another is dropped here, and looks like loss above.

A frame is CBOR `[connection, number, sealed]`; the nonce is the number, and the tag covers the bytes before it.
Each direction has a key of its own, so a number may occur in both.
"""

from .cbor import decode, encode
from .ccm import NONCE, Ccm
from .errors import BadTag, Malformed, WireError
from .profile import Profile

KEY = 16
LONGEST_CONNECTION = 4
WINDOW = 256
FORGERIES = 1 << 23  # RFC 9147, section 4.5.3, so a forger of 8-byte tags succeeds with 2^-41 at most

REASONS = ("malformed", "foreign", "old", "replayed", "tampered", "worn out")


class Seal:
    """Both directions of one connection.

    Attributes:
        dropped: Number of datagrams dropped, by reason.
        room: Bytes of payload that fit into a frame.
    """

    def __init__(
        self, key_out: bytes, key_in: bytes, connection_out: bytes, connection_in: bytes, profile: Profile
    ) -> None:
        """Take the keys, 16 bytes each, and the connection identifiers, at most 4 bytes each.

        Raises:
            WireError: When a length is wrong or the keys are equal.
        """
        if len(key_out) != KEY or len(key_in) != KEY or key_out == key_in:
            raise WireError("each direction has a key of 16 bytes of its own")
        if max(len(connection_out), len(connection_in)) > LONGEST_CONNECTION:
            raise WireError("a connection identifier has at most 4 bytes")
        self._out, self._in = Ccm(key_out, profile.tag), Ccm(key_in, profile.tag)
        self._connection_out, self._connection_in = bytes(connection_out), bytes(connection_in)
        self._mtu, self._frames = profile.mtu, profile.frames
        self._next = 0
        self._top, self._seen = -1, 0
        self.dropped = dict.fromkeys(REASONS, 0)
        head = len(_header(self._connection_out, self._frames - 1))
        self.room = profile.mtu - head - 2 - profile.tag  # two bytes say how long the sealed string is

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be written out: keys stay in memory, and a copy would use a nonce twice.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a seal holds keys and cannot be copied")

    def frame(self, payload: bytes) -> bytes:
        """Seal a payload under the next number.

        Raises:
            WireError: When it does not fit into a frame, or the numbers have run out.
        """
        if len(payload) > self.room:
            raise WireError("the payload does not fit into a frame")
        if self._next >= self._frames:
            raise WireError("the numbers of this key have run out")
        number = self._next
        self._next += 1  # before it is used: a number is never used twice, whatever fails
        header = _header(self._connection_out, number)
        return header + encode(self._out.seal(_nonce(number), payload, header))

    def open(self, datagram: bytes) -> bytes | None:
        """Return the payload of a frame, or None for what is not ours, not whole, or not new."""
        try:
            payload = self._opened(datagram)
        except _Drop as drop:
            self.dropped[drop.args[0]] += 1
            return None
        return payload

    def _opened(self, datagram: bytes) -> bytes:
        number, sealed = self._parsed(datagram)
        self._check_new(number)
        header = datagram[: len(_header(self._connection_in, number))]
        try:
            payload = self._in.open(_nonce(number), sealed, header)
        except BadTag:
            raise _Drop("tampered") from None
        self._mark(number)  # only now: a forged number must not move the window
        return payload

    def _parsed(self, datagram: bytes) -> tuple[int, bytes]:
        if self.dropped["tampered"] >= FORGERIES:
            raise _Drop("worn out")
        if len(datagram) > self._mtu:
            raise _Drop("malformed")
        try:
            frame = decode(datagram)
        except Malformed:
            raise _Drop("malformed") from None
        if not isinstance(frame, list) or len(frame) != 3:
            raise _Drop("malformed")
        connection, number, sealed = frame
        if not isinstance(connection, bytes) or type(number) is not int or not isinstance(sealed, bytes):
            raise _Drop("malformed")
        if connection != self._connection_in:
            raise _Drop("foreign")
        if not 0 <= number < self._frames:
            raise _Drop("malformed")
        return number, sealed

    def _check_new(self, number: int) -> None:
        behind = self._top - number
        if behind >= WINDOW:
            raise _Drop("old")
        if behind >= 0 and self._seen >> behind & 1:
            raise _Drop("replayed")

    def _mark(self, number: int) -> None:
        """Remember a number; bit i of what was seen stands for the highest number minus i."""
        ahead = number - self._top
        if ahead > 0:
            self._seen = (self._seen << ahead | 1) & ((1 << WINDOW) - 1) if ahead < WINDOW else 1
            self._top = number
        else:
            self._seen |= 1 << -ahead


class _Drop(Exception):
    """Why a datagram is dropped."""


def _nonce(number: int) -> bytes:
    return number.to_bytes(NONCE, "big")


def _header(connection: bytes, number: int) -> bytes:
    return b"\x83" + encode(connection) + encode(number)
