"""The frames that activate a device: join-request, rejoin-request, join-accept.

Sources: LoRaWAN 1.0.x specification, section 6.2; LoRaWAN 1.1, section 6.2.
Identifiers are bytes in the order in which they are written; over the air they go the other way round.
What comes from the air and does not fit raises `BadFrame`.
"""

from dataclasses import dataclass, replace
from typing import Self

from samefade.errors import InputError, OutOfRange
from samefade.lpwan.lorawan import block

JOIN_REQUEST, JOIN_ACCEPT, REJOIN_REQUEST = 0x00, 0x20, 0xC0  # MHDR with major version 0
ANSWERS_JOIN = 0xFF  # JoinReqType of a join-request (LoRaWAN 1.1, section 6.2.3)
_OPT_NEG = 0x80


class BadFrame(InputError):
    """A frame is none that activates a device, or was altered on its way."""

    advice = "Nothing of it was used; a device sends another one."

    def __init__(self, why: str) -> None:
        """Say what does not fit."""
        super().__init__(why=why)


@dataclass(frozen=True)
class JoinRequest:
    """A device asks to be activated.

    Attributes:
        join_eui: 8 bytes; AppEUI in LoRaWAN 1.0.x.
        dev_eui: 8 bytes.
        dev_nonce: 16 bits.
        said: The frame without its integrity code.
        code: The integrity code.
    """

    join_eui: bytes
    dev_eui: bytes
    dev_nonce: int
    said: bytes = b""
    code: bytes = b""

    @classmethod
    def read(cls, frame: bytes) -> Self:
        """Read a frame; nothing is checked yet but its form.

        Raises:
            BadFrame: When it has not the form.
        """
        if len(frame) != 23 or frame[0] != JOIN_REQUEST:
            raise BadFrame("a join-request has 23 bytes and begins with 00")
        nonce = int.from_bytes(frame[17:19], "little")
        return cls(frame[8:0:-1], frame[16:8:-1], nonce, frame[:19], frame[19:])

    def under(self, root: bytes) -> bool:
        """Say whether the device holds this root: AppKey in LoRaWAN 1.0.x, NwkKey in 1.1."""
        return block.fits(root, self.said, self.code)

    def packed(self, root: bytes) -> bytes:
        """Return the frame, as a device that holds the root sends it."""
        said = bytes([JOIN_REQUEST]) + self.join_eui[::-1] + self.dev_eui[::-1] + self.dev_nonce.to_bytes(2, "little")
        return said + block.mic(root, said)


@dataclass(frozen=True)
class RejoinRequest:
    """A device that is activated asks for new session keys (LoRaWAN 1.1, section 6.2.4).

    Attributes:
        kind: 0 (reset everything), 1 (restore a lost session) or 2 (new keys only).
        scope: NetID, 3 bytes, for types 0 and 2; JoinEUI, 8 bytes, for type 1.
        dev_eui: 8 bytes.
        count: RJcount0 or RJcount1, 16 bits.
        said: The frame without its integrity code.
        code: The integrity code.
    """

    kind: int
    scope: bytes
    dev_eui: bytes
    count: int
    said: bytes = b""
    code: bytes = b""

    @classmethod
    def read(cls, frame: bytes) -> Self:
        """Read a frame; nothing is checked yet but its form.

        Raises:
            BadFrame: When it has not the form.
        """
        if len(frame) < 2 or frame[0] != REJOIN_REQUEST or frame[1] > 2:
            raise BadFrame("a rejoin-request begins with c0 and has type 0, 1 or 2")
        width = 8 if frame[1] == 1 else 3
        if len(frame) != 16 + width:
            raise BadFrame(f"a rejoin-request of type {frame[1]} has {16 + width} bytes")
        said, code = frame[:-4], frame[-4:]
        scope, device = said[2 : 2 + width], said[2 + width : 10 + width]
        return cls(frame[1], scope[::-1], device[::-1], int.from_bytes(said[-2:], "little"), said, code)

    def under(self, key: bytes) -> bool:
        """Say whether the code fits: JSIntKey for type 1, SNwkSIntKey for types 0 and 2."""
        return block.fits(key, self.said, self.code)

    def packed(self, key: bytes) -> bytes:
        """Return the frame, as a device sends it."""
        head = bytes([REJOIN_REQUEST, self.kind])
        said = head + self.scope[::-1] + self.dev_eui[::-1] + self.count.to_bytes(2, "little")
        return said + block.mic(key, said)


@dataclass(frozen=True)
class JoinAccept:
    """The join server's answer.

    Attributes:
        join_nonce: 24 bits, never the same twice for a device.
        net_id: 3 bytes.
        dev_addr: 4 bytes.
        settings: DLSettings, one byte; its highest bit (OptNeg) says that the network speaks LoRaWAN 1.1.
        delay: RxDelay, seconds, 0 to 15.
        channels: CFList, 16 bytes or none.
    """

    join_nonce: int
    net_id: bytes
    dev_addr: bytes
    settings: int = 0
    delay: int = 1
    channels: bytes = b""

    def __post_init__(self) -> None:
        """Check the sizes."""
        sizes = len(self.net_id), len(self.dev_addr), len(self.channels)
        if sizes not in {(3, 4, 0), (3, 4, 16)}:
            raise OutOfRange("bytes of NetID, DevAddr, CFList", sizes, "3, 4 and 0 or 16")
        if not (0 <= self.join_nonce < 1 << 24 and 0 <= self.settings < 256 and 0 <= self.delay < 16):
            raise OutOfRange("JoinNonce, DLSettings, RxDelay", (self.join_nonce, self.settings, self.delay), "in range")

    @property
    def newer(self) -> bool:
        """Say whether the network speaks LoRaWAN 1.1 (OptNeg)."""
        return bool(self.settings & _OPT_NEG)

    @property
    def body(self) -> bytes:
        """Return the plain content, without header and code."""
        head = self.join_nonce.to_bytes(3, "little") + self.net_id[::-1] + self.dev_addr[::-1]
        return head + bytes([self.settings, self.delay]) + self.channels

    def code_10(self, root: bytes) -> bytes:
        """Return the code of LoRaWAN 1.0.x, and of 1.1 where OptNeg is 0."""
        return block.mic(root, bytes([JOIN_ACCEPT]) + self.body)

    def code_11(self, integrity: bytes, answers: int, join_eui: bytes, dev_nonce: int) -> bytes:
        """Return the code of LoRaWAN 1.1, which binds the request (section 6.2.3).

        Args:
            integrity: JSIntKey.
            answers: `ANSWERS_JOIN`, or the type of the rejoin-request.
            join_eui: 8 bytes.
            dev_nonce: DevNonce, or RJcount.
        """
        request = bytes([answers]) + join_eui[::-1] + dev_nonce.to_bytes(2, "little")
        return block.mic(integrity, request + bytes([JOIN_ACCEPT]) + self.body)

    def closed(self, key: bytes, code: bytes) -> bytes:
        """Return the frame with its code, encrypted under AppKey, NwkKey or, for a rejoin, JSEncKey."""
        return bytes([JOIN_ACCEPT]) + block.decrypted(key, self.body + code)

    @classmethod
    def opened(cls, frame: bytes, key: bytes) -> tuple[Self, bytes]:
        """Return what a device reads, and the code that it still has to check.

        Raises:
            BadFrame: When it has not the form.
        """
        if len(frame) not in {17, 33} or frame[0] != JOIN_ACCEPT:
            raise BadFrame("a join-accept has 17 or 33 bytes and begins with 20")
        plain = block.encrypted(key, frame[1:])
        body, code = plain[:-4], plain[-4:]
        made = cls(int.from_bytes(body[:3], "little"), body[5:2:-1], body[9:5:-1])
        try:
            return replace(made, settings=body[10], delay=body[11], channels=body[12:]), code
        except OutOfRange:
            raise BadFrame("what it says makes no sense under this key") from None
