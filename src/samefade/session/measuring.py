"""Gather what is heard while frames are measured."""

import numpy as np

from samefade.errors import OutOfRange
from samefade.presence import Heard
from samefade.session.machine import Sample
from samefade.session.script import Measure

MOST_NUMBERS = 4_000_000
_LARGEST = float(np.finfo(np.float32).max)


class Measuring:
    """Samples of the frames `first` to `last`.

    Attributes:
        dropped: What was not taken, by reason.
    """

    def __init__(self, want: Measure) -> None:
        """Make room.

        Raises:
            OutOfRange: When that would be too much.
        """
        count = want.last - want.first + 1
        if not 0 <= count * want.tones <= MOST_NUMBERS:
            raise OutOfRange("numbers to measure", count * want.tones, f"at most {MOST_NUMBERS}")
        self._first, self._count, self._tones = want.first, count, want.tones
        self._values = np.zeros((count, want.tones), np.float32)
        self._heard = np.zeros(count, np.bool_)
        self._next = 0
        self.dropped = dict.fromkeys(("not asked for", "out of order", "wrong number of tones", "not finite"), 0)

    def take(self, sample: Sample) -> None:
        """Take a sample; one without values says that the frame was lost."""
        place = sample.number - self._first
        if not 0 <= place < self._count:
            self._drop("not asked for")
            return
        if place < self._next:
            self._drop("out of order")
            return
        self._next = place + 1
        values = np.ravel(sample.values)
        if not values.size:
            return
        if values.size != self._tones:
            self._drop("wrong number of tones")
        elif not (np.abs(values) <= _LARGEST).all():  # nor is NaN
            self._drop("not finite")
        else:
            self._values[place], self._heard[place] = values, True

    @property
    def done(self) -> bool:
        """Say whether the last frame has passed."""
        return self._next >= self._count

    @property
    def so_far(self) -> tuple[int, int]:
        """Return how many frames have passed, and how many there are."""
        return self._next, self._count

    def heard(self) -> Heard:
        """Return what was heard."""
        return Heard(self._first + np.flatnonzero(self._heard), self._values[self._heard].astype(np.float64))

    def _drop(self, reason: str) -> None:
        self.dropped[reason] += 1
