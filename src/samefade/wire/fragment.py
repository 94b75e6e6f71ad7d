"""What one frame carries: a piece of a message, and word of what has arrived.

```
 flags   1 byte    0x80 a piece follows, 0x40 it begins a message, 0x20 it ends one, 0x07 bytes of bitmap
 next    2 bytes   the lowest number that has not arrived yet, modulo 2^16
 bitmap  0 to 4    bit i: number next + 1 + i has arrived; its last byte is not 0
 number  2 bytes   of the piece, modulo 2^16; only with 0x80
 piece   the rest
```

Sixteen bits are enough: the seal drops what is 256 frames late, so no number is met again one lap later.
"""

import struct

from .errors import Malformed

OVERHEAD = 5
BITMAP = 4
_PIECE, _BEGIN, _END, _SIZE = 0x80, 0x40, 0x20, 0x07


class Piece:
    """A part of a message, as it travels."""

    def __init__(self, number: int, data: bytes, *, begin: bool, end: bool) -> None:
        """Take a number (16 bits), the bytes, and whether they begin and end a message."""
        self.number = number
        self.data = data
        self.begin = begin
        self.end = end


class Payload:
    """What one frame says."""

    def __init__(self, next_number: int, bitmap: int, piece: Piece | None) -> None:
        """Take the acknowledgement (16 bits, and the bitmap as a number), and a piece or None."""
        self.next = next_number
        self.bitmap = bitmap
        self.piece = piece


def pack(payload: Payload) -> bytes:
    """Write what one frame says."""
    bitmap = b""
    if payload.bitmap:
        bitmap = payload.bitmap.to_bytes(BITMAP, "little").rstrip(b"\x00")
    flags, tail, piece = len(bitmap), b"", payload.piece
    if piece is not None:
        flags |= _PIECE | (_BEGIN if piece.begin else 0) | (_END if piece.end else 0)
        tail = struct.pack(">H", piece.number) + piece.data
    return struct.pack(">BH", flags, payload.next) + bitmap + tail


def unpack(data: bytes) -> Payload:
    """Read what one frame says.

    Raises:
        Malformed: When `pack` cannot have written it.
    """
    if len(data) < 3:
        raise Malformed("a payload shorter than its head")
    flags, next_number = struct.unpack(">BH", data[:3])
    size = flags & _SIZE
    at = 3 + size
    if size > BITMAP or flags & 0x18 or len(data) < at or (size and not data[at - 1]):
        raise Malformed("a head that nobody writes")
    bitmap = int.from_bytes(data[3:at], "little")
    if not flags & _PIECE:
        if flags & (_BEGIN | _END) or len(data) > at:
            raise Malformed("an acknowledgement with more than that")
        return Payload(next_number, bitmap, None)
    if len(data) < at + 2:
        raise Malformed("a piece without a number")
    begin, end = bool(flags & _BEGIN), bool(flags & _END)
    (number,) = struct.unpack(">H", data[at : at + 2])
    piece = Piece(number, bytes(data[at + 2 :]), begin=begin, end=end)
    if not piece.data and not (begin and end):
        raise Malformed("an empty piece of a message that is not empty")
    return Payload(next_number, bitmap, piece)
