"""Frames on a stream of bytes: consistent overhead byte stuffing, with a zero between frames.

Source: S. Cheshire, M. Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Trans. Networking 7(2), 1999.
"""

from samefade.link.errors import BrokenFrame

_RUN = 254  # the longest run without a zero that one code byte can announce


def encode(data: bytes) -> bytes:
    """Write bytes without a zero among them; one byte more for every 254, and one."""
    out = bytearray()
    blocks = data.split(b"\0")
    for i, block in enumerate(blocks):
        whole = len(block) - len(block) % _RUN
        for at in range(0, whole, _RUN):
            out.append(_RUN + 1)
            out += block[at : at + _RUN]
        if whole and whole == len(block) and i == len(blocks) - 1:
            break  # a full run at the very end needs no code after it
        out.append(len(block) - whole + 1)
        out += block[whole:]
    return bytes(out)


def decode(frame: bytes) -> bytes:
    """Read what `encode` wrote.

    Raises:
        BrokenFrame: When this was never written by `encode`.
    """
    out = bytearray()
    at = 0
    while at < len(frame):
        code = frame[at]
        run = frame[at + 1 : at + code]
        if code == 0 or 0 in run:
            raise BrokenFrame("a zero inside", len(frame))
        if len(run) != code - 1:
            raise BrokenFrame("it ends too early", len(frame))
        out += run
        at += code
        if code <= _RUN and at < len(frame):
            out.append(0)
    if not frame:
        raise BrokenFrame("it is empty", 0)
    return bytes(out)


def frame(data: bytes) -> bytes:
    """Write one frame with a zero on both sides, so that noise before it costs nothing but itself."""
    return b"\0" + encode(data) + b"\0"


class Unframer:
    """Find frames in a stream, from the next zero on after anything that is none.

    Attributes:
        broken: How many pieces were no frame, or too long for one.
    """

    __slots__ = ("_held", "_limit", "_skipping", "broken")

    def __init__(self, limit: int = 1500) -> None:
        """Take the longest frame that is kept, bytes before stuffing."""
        self._limit = limit + limit // _RUN + 1
        self._held = bytearray()
        self._skipping = False
        self.broken = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the frames that these bytes complete."""
        found: list[bytes] = []
        *ended, rest = data.split(b"\0")
        for piece in ended:
            self._hold(piece)
            if self._held and not self._skipping:
                self._close(found)
            self._held.clear()
            self._skipping = False
        self._hold(rest)
        return found

    def _hold(self, piece: bytes) -> None:
        if self._skipping:
            return
        if len(self._held) + len(piece) > self._limit:
            self.broken += 1
            self._skipping = True
            self._held.clear()
        else:
            self._held += piece

    def _close(self, found: list[bytes]) -> None:
        try:
            found.append(decode(bytes(self._held)))
        except BrokenFrame:
            self.broken += 1
