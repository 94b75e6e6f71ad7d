"""Pack what the two ends of Cascade say, and read it with suspicion.

A request is a header (kind, length of the string) and a body; an answer is bare bytes.
"""

import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree, ProtocolError
from samefade.reconcile.sheet import Sheet
from samefade.types import BitArray, Mask

PARITIES, TAG, CHECKS, CLOSE = range(4)
MOST_TURNS = 4096  # bounds the memory that a stranger's requests can take
_HEADER = struct.Struct("<BI")
_BLOCK = np.dtype([("turn", "<u2"), ("row", "<u4"), ("low", "<u4"), ("high", "<u4")])

Index = NDArray[np.int64]


class Blocks(NamedTuple):
    """Blocks of shuffled frames, each [low, high) of frame `row` in the order of pass `turn`; all (m,)."""

    turn: Index
    row: Index
    low: Index
    high: Index

    def where(self, mask: Mask) -> "Blocks":
        """Return the blocks where the mask is True."""
        return Blocks(*(column[mask] for column in self))

    @staticmethod
    def join(parts: "list[Blocks]") -> "Blocks":
        """Put lists of blocks one behind the other."""
        if not parts:
            return Blocks(*(np.zeros(0, np.int64) for _ in range(4)))
        return Blocks(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def pack(kind: int, length: int, body: bytes = b"") -> bytes:
    """Pack a request."""
    return _HEADER.pack(kind, length) + body


def unpack(request: bytes, length: int) -> tuple[int, bytes]:
    """Return kind and body of a request.

    Raises:
        EndsDisagree: When the other string has another length.
        ProtocolError: When the request is too short or of no known kind.
    """
    if len(request) < _HEADER.size or request[0] > CLOSE:
        raise ProtocolError(request_bytes=len(request))
    kind, theirs = _HEADER.unpack_from(request)
    if theirs != length:
        raise EndsDisagree("length of the bit strings", length, theirs)
    return kind, request[_HEADER.size :]


def pack_blocks(blocks: Blocks) -> bytes:
    """Pack blocks, 14 bytes each."""
    out = np.empty(len(blocks.row), _BLOCK)
    for name, column in zip(_BLOCK.names or (), blocks, strict=True):
        out[name] = column
    return out.tobytes()


def unpack_blocks(body: bytes, sheet: Sheet) -> Blocks:
    """Read blocks.

    Raises:
        ProtocolError: When a block is empty, outside its frame, or the body is cut off.
    """
    if not body or len(body) % _BLOCK.itemsize:
        raise ProtocolError(body_bytes=len(body))
    raw = np.frombuffer(body, _BLOCK)
    out = Blocks(*(raw[name].astype(np.int64) for name in _BLOCK.names or ()))
    inside = (out.turn < MOST_TURNS) & (out.row < sheet.rows) & (out.low < out.high)
    inside &= out.high <= sheet.sizes[np.minimum(out.row, sheet.rows - 1)]
    if not inside.all():
        raise ProtocolError(blocks_outside=int(np.count_nonzero(~inside)))
    return out


def pack_bits(bits: BitArray) -> bytes:
    """Pack bits, eight a byte."""
    return np.packbits(bits).tobytes()


def unpack_bits(body: bytes, count: int) -> BitArray:
    """Read `count` bits.

    Raises:
        ProtocolError: When there are fewer or more.
    """
    if len(body) != -(-count // 8):
        raise ProtocolError(bytes=len(body), expected=-(-count // 8))
    return np.unpackbits(np.frombuffer(body, np.uint8), count=count)


def pack_counts(counts: Index) -> bytes:
    """Pack one count for each frame."""
    return counts.astype("<u4").tobytes()


def unpack_counts(body: bytes, sheet: Sheet) -> Index:
    """Read one count for each frame.

    Raises:
        ProtocolError: When there are fewer or more, or a count exceeds its frame.
    """
    if len(body) != 4 * sheet.rows:
        raise ProtocolError(bytes=len(body), expected=4 * sheet.rows)
    counts = np.frombuffer(body, "<u4").astype(np.int64)
    if (counts > sheet.sizes).any():
        raise ProtocolError(errors_claimed=int(counts.max()))
    return counts
