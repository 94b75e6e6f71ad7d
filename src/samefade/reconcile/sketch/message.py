"""Pack what the two ends of a one-way discussion say, and read it with suspicion.

Headers and bit strings are those of `reconcile.message`; only the request for some frames' sketches is its own.
"""

import struct
from typing import NamedTuple

from samefade.errors import ProtocolError
from samefade.reconcile.framed import CHECKS, CLOSE, TAG, TELL

__all__ = ["CHECKS", "CLOSE", "TAG", "TELL", "Wanted", "pack_wanted", "unpack_wanted"]

_FRAMES = struct.Struct("<II")


class Wanted(NamedTuple):
    """A request for the sketches of frames `first` to `last` − 1 by the code with these settings."""

    first: int
    last: int
    settings: bytes


def pack_wanted(wanted: Wanted) -> bytes:
    """Pack which frames are asked for, and the code's settings."""
    return _FRAMES.pack(wanted.first, wanted.last) + wanted.settings


def unpack_wanted(body: bytes, rows: int) -> Wanted:
    """Read which frames are asked for.

    Raises:
        ProtocolError: When the body is too short, or there are no such frames.
    """
    if len(body) < _FRAMES.size:
        raise ProtocolError(body_bytes=len(body))
    first, last = _FRAMES.unpack_from(body)
    if not first < last <= rows:
        raise ProtocolError(first_frame=first, last_frame=last, frames=rows)
    return Wanted(first, last, body[_FRAMES.size :])
