"""Pack what the two ends of a polar discussion say, and read it with suspicion.

A request is a header (kind, length of the string, fingerprint of how it is cut) and a body; an answer is bare bytes.
"""

import struct
from typing import NamedTuple

import numpy as np

from samefade.errors import EndsDisagree, ProtocolError
from samefade.reconcile.message import pack_bits, unpack_bits
from samefade.reconcile.polar.layout import Layout
from samefade.types import Mask

TELL, TAG, CHECKS = range(3)
_HEADER = struct.Struct("<BII")
_SOFT = 0x80


class Tell(NamedTuple):
    """A request for the next amount of some frames of a layer.

    Attributes:
        layer: Which layer.
        design: For which entropy the amounts are made, see `order`.
        soft: Whether the corrector has soft information, and so chose the design by what it believes.
        frames: (frames,) which frames need more.
    """

    layer: int
    design: int
    soft: bool
    frames: Mask


def pack(kind: int, layout: Layout, body: bytes = b"") -> bytes:
    """Pack a request."""
    return _HEADER.pack(kind, layout.length, layout.fingerprint) + body


def unpack(request: bytes, layout: Layout) -> tuple[int, bytes]:
    """Return kind and body of a request.

    Raises:
        EndsDisagree: When the other string has another length, or is cut in another way.
        ProtocolError: When the request is too short or of no known kind.
    """
    if len(request) < _HEADER.size or request[0] > CHECKS:
        raise ProtocolError(request_bytes=len(request))
    kind, length, fingerprint = _HEADER.unpack_from(request)
    if length != layout.length:
        raise EndsDisagree("length of the bit strings", layout.length, length)
    if fingerprint != layout.fingerprint:
        raise EndsDisagree("layers, frames or checks", f"{layout.fingerprint:08x}", f"{fingerprint:08x}")
    return kind, request[_HEADER.size :]


def pack_tell(tell: Tell) -> bytes:
    """Pack the body of a request for more: layer, design, one bit for each frame."""
    return bytes([tell.layer, tell.design | _SOFT * tell.soft]) + pack_bits(tell.frames.astype(np.uint8))


def unpack_tell(body: bytes, layout: Layout) -> Tell:
    """Read the body of a request for more.

    Raises:
        ProtocolError: When there is no such layer, the size is wrong, or no frame is named.
    """
    if len(body) < 2 or body[0] >= len(layout.layers):
        raise ProtocolError(body_bytes=len(body))
    count = len(layout.sizes(body[0]))
    frames = unpack_bits(body[2:], count)
    if not frames.any() or pack_bits(frames) != body[2:]:
        raise ProtocolError(frames_named=int(frames.sum()), frames=count)
    return Tell(body[0], body[1] & ~_SOFT, bool(body[1] & _SOFT), frames.astype(np.bool_))
