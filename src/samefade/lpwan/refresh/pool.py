"""Keep samples of days in a few bytes: a place on the grid of frame counters, and a strength in half dB, one byte.

The pool is bounded: what does not fit is dropped and counted.
Samples below the burned mark were taken by a run once, and never come back.
"""

from array import array
from collections.abc import Iterable
from itertools import accumulate
from math import isfinite
from typing import Any, NoReturn

from samefade.errors import OutOfRange

FLOOR, STEPS = -160.0, 2  # a byte counts half dB from -160 dBm, so it reaches to -32.5 dBm
MOST_JUMPS = 32  # steps of more than 254 places: a pool of joins and silences alone would outgrow its bytes
JUMP = 255  # places between two samples from which on a step is a jump
_WIDE = "Q"  # 64 bits, as counters have


def byte_of(rssi: float) -> int:
    """Return the strength as a byte, at an end of the range where it lies beyond.

    Raises:
        OutOfRange: When it is no finite number.
    """
    if not isfinite(rssi):
        raise OutOfRange("rssi", rssi, "a finite number of dBm")
    return min(255, max(0, round(STEPS * (rssi - FLOOR))))


class Pool:
    """Samples in the order of their places.

    A step from one place to the next takes a byte; a longer one, a jump, takes nine, and there are few of them.

    Attributes:
        most: How many it holds.
        burned: Places below it were taken by a run, or cannot be taken any more.
    """

    __slots__ = ("_first", "_jumps", "_last", "_steps", "_values", "burned", "most")

    def __init__(self, most: int, burned: int = 0) -> None:
        """Begin with nothing."""
        self.most, self.burned = most, burned
        self._empty()

    def _empty(self) -> None:
        self._first = self._last = 0
        self._jumps = array(_WIDE)
        self._steps, self._values = bytearray(), bytearray()  # the first step is 0

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self._values)

    def __repr__(self) -> str:
        """Give counts; never the samples."""
        return f"Pool({len(self)} of {self.most}, burned below {self.burned})"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a Pool has no serialiser: it is secret")

    @property
    def full(self) -> bool:
        """Say whether no more fit, or no more jumps."""
        return len(self) >= self.most or len(self._jumps) >= MOST_JUMPS

    def add(self, place: int, value: int) -> bool:
        """Take a sample; return whether its place is new, later than all others and not burned."""
        if place < self.burned or (self._values and place <= self._last):
            return False
        self._append(place, value)
        return True

    def places(self) -> list[int]:
        """Return all places."""
        if not self._steps:
            return []
        out: list[int] = []
        at = self._first
        for jump, piece in zip([0, *self._jumps], bytes(self._steps).split(bytes((JUMP,))), strict=True):
            at += jump
            walked = list(accumulate(piece, initial=at))
            out += walked if jump else walked[1:]
            at = walked[-1]
        return out

    def samples(self) -> list[tuple[int, int]]:
        """Return all places with their values."""
        return list(zip(self.places(), self._values, strict=True))

    def within(self, first: int, end: int) -> list[tuple[int, int]]:
        """Return the samples at places `first` to `end` - 1."""
        return [sample for sample in self.samples() if first <= sample[0] < end]

    def keep(self, samples: Iterable[tuple[int, int]]) -> None:
        """Hold these samples and no others."""
        self._empty()
        for place, value in samples:
            self._append(place, value)

    def make_room(self) -> None:
        """Drop the oldest sample; where there is no room for a jump, all that lie before the first one."""
        gone = 1
        if len(self) < self.most and self._jumps:
            gone = self._steps.index(JUMP)
        for _ in range(min(gone, len(self))):
            self._drop_first()

    def take(self, place: int, value: int, *, held: bool) -> bool:
        """Take a sample; the oldest goes where there is no room, but never one that a run holds."""
        if self.full:
            if held:
                return False
            self.make_room()
        return self.add(place, value)

    def drop(self, place: int) -> bool:
        """Forget one sample; return whether it was there."""
        held = self.samples()
        kept = [sample for sample in held if sample[0] != place]
        if len(kept) == len(held):
            return False
        self.keep(kept)
        return True

    def burn(self, end: int) -> None:
        """Let nothing below `end` be taken by a later run; what the present run holds stays until it is dropped."""
        self.burned = max(self.burned, end)

    def drop_burned(self) -> None:
        """Forget every sample that is burned."""
        self.keep([sample for sample in self.samples() if sample[0] >= self.burned])

    def _append(self, place: int, value: int) -> None:
        if not self._values:
            self._first = self._last = place
        step = place - self._last
        if step >= JUMP:
            self._jumps.append(step)
        self._steps.append(min(step, JUMP))
        self._values.append(value)
        self._last = place

    def _drop_first(self) -> None:
        del self._steps[0], self._values[0]  # Python moves the beginning, not the bytes
        if not self._steps:
            return
        step = self._steps[0]
        self._first += self._jumps.pop(0) if step == JUMP else step
        self._steps[0] = 0

    def reveal_secret_parts(self) -> list[object]:
        """Return plain values from which `again` makes the pool; whoever calls this is responsible for them."""
        return [self.burned, self._first, list(self._jumps), bytes(self._steps), bytes(self._values)]

    @classmethod
    def again(cls, most: int, parts: list[Any]) -> "Pool":
        """Return the pool that the parts were taken from."""
        burned, first, jumps, steps, values = parts
        pool = cls(most, burned)
        pool._first, pool._jumps = first, array(_WIDE, jumps)
        pool._steps, pool._values = bytearray(steps), bytearray(values)
        pool._last = first + sum(steps) - JUMP * len(jumps) + sum(jumps)
        return pool


def closed_up(places: Iterable[int]) -> list[int]:
    """Return the places with each jump made one step, counted from the first.

    No time need have passed in a jump: after a join counters go on 2^32 higher.
    Samples around it are then neighbours, which is never more than they are worth, and a grid of them stays small.
    So are those of two runs between which counters began anew, because the device was enrolled again.
    """
    out: list[int] = []
    before = 0
    for place in places:
        step = place - before
        out.append(out[-1] + (step if 0 < step < JUMP else 1) if out else 0)
        before = place
    return out
