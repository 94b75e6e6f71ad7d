"""Carry one request down and one answer up, in pieces that fit, as often as it takes: no timer, no second request.

The network asks, the device answers; requests are numbered modulo 8, and a new one is made only when the last was
answered, or when the run is given up.
A piece says where it begins (the low byte of its offset), and only the piece that is wanted next is taken.
The device goes on by itself, up to `AHEAD` bytes beyond what it knows to be heard, and then begins again there; so the
network speaks only where a piece is missing, and an answer of many frames takes one downlink.
"""

from typing import Self

from samefade.lpwan.refresh.sealing import LAST, PIECE, REFUSED, WANT

AHEAD = 120  # bytes: below 128, so that the low byte of an offset tells it
_LAPS = 6  # so often an answer is told again with nothing heard, then the device waits
_SILENT = 2  # uplinks without a block, after which the network asks again
LONGEST = 2048  # bytes of a request or an answer: ours take 1,026 at most, the spoken share of the widest policy

Said = tuple[int, bytes]


class _Half:
    """What can be kept between two frames, and made again: the fields that its slots name, in their order."""

    __slots__: tuple[str, ...] = ()

    def parts(self) -> list[object]:
        """Return plain values from which `again` makes it; an answer may tell of samples that are still secret."""
        return [getattr(self, name) for name in self.__slots__]

    @classmethod
    def again(cls, parts: list[object]) -> Self:
        """Return the half that the parts were taken from."""
        out = cls()
        for name, part in zip(cls.__slots__, parts, strict=True):
            setattr(out, name, part)
        return out


class Asking(_Half):
    """The network's half.

    Attributes:
        number: Of the request, modulo 8; 0 before the first one.
        request: What is asked, empty when nothing is.
        answer: What was heard of the answer so far.
        waited: Uplinks since the last progress.
        refused: Whether the device refuses; the answer is then its reason, one byte.
    """

    __slots__ = ("number", "request", "answer", "_given", "_silent", "waited", "_say", "refused")  # noqa: RUF023 -- as stored

    def __init__(self) -> None:
        """Begin with no request."""
        self.number, self.request, self.answer = 0, b"", b""
        self._given = self._silent = self.waited = 0
        self._say = self.refused = False

    @property
    def open(self) -> bool:
        """Say whether a request waits for its answer."""
        return bool(self.request)

    def ask(self, request: bytes) -> None:
        """Ask the next thing; what was asked before is no longer waited for."""
        self.number, self.request, self.answer = self.number + 1 & 7, request, b""
        self._given = self._silent = self.waited = 0
        self._say, self.refused = True, False

    def said(self, room: int) -> Said | None:
        """Return kind and body of a block with at most `room` bytes in it, or None where nothing need be said."""
        if not self._say or not self.request or room < 1:
            return None
        if self._given >= len(self.request):
            return WANT, bytes((len(self.answer) & 0xFF,))
        return _piece(self.request, self._given, room - 1)

    def silent(self) -> None:
        """Note an uplink without a block of ours."""
        self._silent += 1
        self.waited += 1
        self._say = self._say or self._silent >= _SILENT

    def hear(self, number: int, kind: int, body: bytes) -> bool:
        """Take a block, and return whether the answer is whole now."""
        self._silent, self.waited = 0, self.waited + 1
        if not self.request or number != self.number or not body:
            self._say = True
            return False
        if kind == WANT:
            more = body[0] - self._given & 0xFF
            self._given, self._say = min(self._given + more, len(self.request)), True
            return False
        if kind == REFUSED:
            self.answer, self.refused = body[1:2], True
            return True
        self._given = len(self.request)
        return self._take(kind, body)

    def close(self) -> bytes:
        """Return the whole answer, and wait for nothing more."""
        answer, self.request, self.answer, self._say = self.answer, b"", b"", False
        return answer

    def _take(self, kind: int, body: bytes) -> bool:
        skip = len(self.answer) - body[0] & 0xFF
        if skip >= 128 or skip > len(body) - 1 or len(self.answer) > LONGEST:  # a piece is missing before this one
            self._say = True
            return False
        new = body[1 + skip :]
        if new:
            self.waited = 0
        self.answer += new
        self._say = not new and kind != LAST
        return kind == LAST


class Answering(_Half):
    """The device's half.

    Attributes:
        number: Of the request, modulo 8; -1 before the first one.
        request: What was heard of it so far.
        whole: Whether all of it was heard.
        answer: The answer, None before there is one.
        refused: Whether the answer is the reason for none, one byte.
    """

    __slots__ = ("number", "request", "whole", "answer", "_wanted", "_cursor", "_laps", "refused")  # noqa: RUF023 -- as stored

    def __init__(self) -> None:
        """Begin with no request."""
        self.number, self.request, self.whole, self.refused = -1, b"", False, False
        self.answer: bytes | None = None
        self._wanted = self._cursor = self._laps = 0

    def hear(self, number: int, kind: int, body: bytes) -> bool:
        """Take a block, and return whether a request is whole now that was not before."""
        if number != self.number:
            self.number, self.request, self.whole, self.answer, self.refused = number, b"", False, None, False
            self._wanted = self._cursor = 0
        self._laps = 0
        if not body:
            return False
        if self.whole:
            if kind == WANT and self.answer is not None:
                wanted = self._wanted + (body[0] - self._wanted & 0xFF)
                self._wanted = self._cursor = min(wanted, len(self.answer))
            return False
        if kind == WANT or body[0] != len(self.request) & 0xFF or len(self.request) > LONGEST:
            return False
        self.request += body[1:]
        self.whole = kind == LAST
        return self.whole

    def reply(self, answer: bytes, *, refused: bool = False) -> None:
        """Answer the request, or refuse it with a reason."""
        self.answer, self.refused = answer, refused
        self._wanted = self._cursor = self._laps = 0

    def said(self, room: int) -> Said | None:
        """Return kind and body of a block with at most `room` bytes in it, or None where there is nothing to say."""
        if self.number < 0 or self._laps >= _LAPS or room < 1:
            return None
        if not self.whole:
            self._laps += 1
            return WANT, bytes((len(self.request) & 0xFF,))
        if self.answer is None or (room < 2 and self._cursor < len(self.answer)):
            return None
        end = min(len(self.answer), self._wanted + AHEAD)
        kind, body = _piece(self.answer, self._cursor, min(room - 1, end - self._cursor))
        kind = REFUSED if self.refused else kind
        self._cursor += len(body) - 1
        if self._cursor >= end:
            self._cursor, self._laps = self._wanted, self._laps + 1
        return kind, body


def _piece(text: bytes, start: int, room: int) -> Said:
    """Return the next piece of a text: the low byte of its offset, and what fits."""
    part = text[start : start + room]
    kind = LAST if start + len(part) == len(text) else PIECE
    return kind, bytes((start & 0xFF,)) + part
