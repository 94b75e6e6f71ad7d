"""Spell what the network asks and what the device answers, and read it with suspicion.

| request | says | answer |
|---|---|---|
| BEGIN | first place, how many | one bit for each place: whether the device has a sample there |
| MORE | which named places the network lacks; how many to skip; how many further places | one bit for each |
| SPEAK | which named places the network lacks | the values of the run's first samples, and no others |
| TERMS | which places it lacks, first kept place, thresholds, first question about the string | the bits asked for |
| ASK | another question | the bits asked for |
| COMMIT | claim, digest of the account, tag under the new secret | nothing, sealed under the new secret |
| FAIL | reason | nothing |
| DONE | nothing, sealed under the new secret | nothing |
| CARRY | bytes of another protocol | its answer |
"""

from collections.abc import Sequence
from typing import NamedTuple

from samefade.errors import RemoteProtocolError
from samefade.lpwan.refresh.numbers import read_number, signed, unsigned, write_numbers

BEGIN, MORE, SPEAK, TERMS, ASK, COMMIT, FAIL, DONE, CARRY = range(1, 10)
MOST_PLACES = 1024  # that one request names
_MOST_BITS = 8
DIGEST, TAG = 8, 8


class Reader:
    """Takes a message apart from the front."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        """Begin at a byte."""
        self.data, self.at = data, at

    def number(self, most: int = 2**63) -> int:
        """Return the next number.

        Raises:
            RemoteProtocolError: When there is none, or it is above `most`.
        """
        number, self.at = read_number(self.data, self.at)
        if number > most:
            raise RemoteProtocolError(number=number, most=most)
        return number

    def take(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            RemoteProtocolError: When there are fewer.
        """
        out = self.data[self.at : self.at + size]
        if len(out) != size:
            raise RemoteProtocolError(bytes=len(out), expected=size)
        self.at += size
        return out

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(len(self.data) - self.at)

    def end(self) -> None:
        """Refuse bytes that nothing asked for.

        Raises:
            RemoteProtocolError: When some are left.
        """
        if self.at != len(self.data):
            raise RemoteProtocolError(bytes_left=len(self.data) - self.at)


def pack_lacking(lacking: Sequence[int]) -> bytes:
    """Spell which of the places named last the other end lacks, as positions among them, increasing."""
    steps = [position - before for position, before in zip(lacking, [0, *lacking], strict=False)]
    return write_numbers([len(lacking), *steps])


def read_lacking(said: Reader, named: int) -> list[int]:
    """Read which of `named` places the network lacks.

    Raises:
        RemoteProtocolError: When these are no increasing positions among them.
    """
    out: list[int] = []
    for _ in range(said.number(named)):
        step = said.number(MOST_PLACES)
        if out and not step:
            raise RemoteProtocolError(positions="not increasing")
        out.append(step + (out[-1] if out else 0))
    if out and out[-1] >= named:
        raise RemoteProtocolError(position=out[-1], named=named)
    return out


def pack_bitmap(places: Sequence[int], first: int, count: int) -> bytes:
    """Spell which of `count` places from `first` on are among these, eight a byte, the first in the highest bit."""
    out = bytearray(-(-count // 8))
    for place in places:
        at = place - first
        if 0 <= at < count:
            out[at >> 3] |= 0x80 >> (at & 7)
    return bytes(out)


def unpack_bitmap(said: bytes, first: int, count: int) -> list[int]:
    """Return the places that a bitmap names.

    Raises:
        RemoteProtocolError: When it has another length.
    """
    if len(said) != -(-count // 8):
        raise RemoteProtocolError(bitmap_bytes=len(said), expected=-(-count // 8))
    return [first + i for i in range(count) if said[i >> 3] & 0x80 >> (i & 7)]


def pack_values(values: Sequence[int]) -> bytes:
    """Spell spoken values: the least, whether all steps are whole dB, how many bits each takes, and the bits."""
    low = min(values)
    halves = any((value - low) & 1 for value in values)
    steps = [value - low if halves else (value - low) >> 1 for value in values]
    width = max(steps).bit_length()
    whole = 0
    for step in steps:
        whole = whole << width | step
    size = -(-width * len(steps) // 8)
    return bytes((low, halves << 4 | width)) + (whole << 8 * size - width * len(steps)).to_bytes(size, "big")


def unpack_values(said: bytes, count: int) -> list[int]:
    """Read spoken values.

    Raises:
        RemoteProtocolError: When they are malformed.
    """
    if len(said) < 2 or said[1] >> 5 or said[1] & 15 > 8:
        raise RemoteProtocolError(spoken_bytes=len(said))
    low, width, scale = said[0], said[1] & 15, 1 if said[1] & 16 else 2
    size = -(-width * count // 8)
    if len(said) != 2 + size:
        raise RemoteProtocolError(spoken_bytes=len(said), expected=2 + size)
    whole = int.from_bytes(said[2:], "big") >> 8 * size - width * count
    mask = (1 << width) - 1
    values = [low + scale * (whole >> width * (count - 1 - i) & mask) for i in range(count)]
    if max(values) > 255:
        raise RemoteProtocolError(value=max(values))
    return values


class Told(NamedTuple):
    """The device's part of the terms.

    Attributes:
        first: First kept place.
        thresholds: In steps of the pool's bytes, increasing; a value on one belongs to the cell above.
    """

    first: int
    thresholds: tuple[int, ...]

    @property
    def width(self) -> int:
        """Return how many bits a cell has."""
        return (len(self.thresholds) + 1).bit_length() - 1

    def cell(self, value: int) -> int:
        """Return the cell of a value."""
        return sum(threshold <= value for threshold in self.thresholds)

    def pack(self) -> bytes:
        """Spell it: equal steps, as they are on a lattice, take four bytes whatever their number."""
        steps = [y - x for x, y in zip(self.thresholds, self.thresholds[1:], strict=False)]
        even = steps[:1] if len(set(steps)) == 1 else [0, *steps]
        return write_numbers([self.first, self.width, signed(self.thresholds[0]), *even])

    @classmethod
    def read(cls, said: Reader) -> "Told":
        """Read it.

        Raises:
            RemoteProtocolError: When it is malformed.
        """
        first, width = said.number(), said.number(_MOST_BITS)
        if not width:
            raise RemoteProtocolError(width=width)
        at = unsigned(said.number(1 << 16))
        thresholds, count = [at], (1 << width) - 1
        even = said.number(1 << 12) if count > 1 else 0
        for _ in range(count - 1):
            thresholds.append(thresholds[-1] + (even or said.number(1 << 12)))
        return cls(first, tuple(thresholds))
