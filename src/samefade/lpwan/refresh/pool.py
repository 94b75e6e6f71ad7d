"""Keep samples of days in a few bytes: a place on the grid of frame counters, and a strength in half dB, one byte.

The pool is bounded: what does not fit is dropped and counted.
Samples below the burned mark were taken by a run once, and never come back.
"""

from collections.abc import Iterable
from math import isfinite
from typing import NoReturn

from samefade.errors import OutOfRange
from samefade.lpwan.refresh.numbers import read_number, write_number

FLOOR, STEPS = -160.0, 2  # a byte counts half dB from -160 dBm, so it reaches to -32.5 dBm


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

    Attributes:
        most: How many it holds.
        burned: Places below it were taken by a run, or cannot be taken any more.
    """

    __slots__ = ("_last", "_steps", "_values", "burned", "most")

    def __init__(self, most: int, burned: int = 0) -> None:
        """Begin with nothing."""
        self.most, self.burned = most, burned
        self._last = 0  # the last place, from which the next step is counted
        self._steps, self._values = bytearray(), bytearray()

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
        """Say whether no more fit."""
        return len(self) >= self.most

    def add(self, place: int, value: int) -> bool:
        """Take a sample; return whether its place is new, later than all others and not burned."""
        if place < self.burned or (self._values and place <= self._last):
            return False
        self._append(place, value)
        return True

    def samples(self) -> list[tuple[int, int]]:
        """Return all places with their values."""
        at = place = 0
        out = []
        for value in self._values:
            step, at = read_number(self._steps, at)
            place += step
            out.append((place, value))
        return out

    def within(self, first: int, end: int) -> list[tuple[int, int]]:
        """Return the samples at places `first` to `end` - 1."""
        return [sample for sample in self.samples() if first <= sample[0] < end]

    def keep(self, samples: Iterable[tuple[int, int]]) -> None:
        """Hold these samples and no others."""
        self._steps, self._values, self._last = bytearray(), bytearray(), 0
        for place, value in samples:
            self._append(place, value)

    def drop_oldest(self) -> None:
        """Make room for one more."""
        self.keep(self.samples()[1:])

    def burn(self, end: int) -> None:
        """Let nothing below `end` be taken by a later run; what the present run holds stays until it is dropped."""
        self.burned = max(self.burned, end)

    def drop_burned(self) -> None:
        """Forget every sample that is burned."""
        self.keep([sample for sample in self.samples() if sample[0] >= self.burned])

    def _append(self, place: int, value: int) -> None:
        write_number(self._steps, place - self._last)  # the first step begins at 0
        self._values.append(value)
        self._last = place

    def reveal_secret_parts(self) -> list[object]:
        """Return plain values from which `again` makes the pool; whoever calls this is responsible for them."""
        return [self.burned, bytes(self._steps), bytes(self._values)]

    @classmethod
    def again(cls, most: int, parts: list[object]) -> "Pool":
        """Return the pool that the parts were taken from."""
        burned, steps, values = parts
        pool = cls(most, burned)  # type: ignore[arg-type]  # our own state, sealed by whoever stores it
        at = place = 0
        pool._steps, pool._values = bytearray(steps), bytearray(values)  # type: ignore[call-overload]
        for _ in pool._values:
            step, at = read_number(pool._steps, at)
            place += step
        pool._last = place
        return pool
