"""Where samples come from: a recording as if it were live, at its own pace or another."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Protocol

import numpy as np

from samefade.errors import OutOfRange
from samefade.session import Sample
from samefade.types import Observation


class Source(Protocol):
    """Something that measures the channel when asked to."""

    def take(self, first: int, last: int) -> Iterator[Sample]:
        """Return what was heard of the frames `first` to `last`, both included, in order; a lost frame is left out."""
        ...


@dataclass(frozen=True)
class RecordedSource:
    """A recording as if live: its grid point i is the frame `start_number + i`.

    Grid points that were filled in were not heard, and frames outside the recording never were.

    Attributes:
        observation: What was heard.
        start_number: Frame counter of the first grid point; the other end's source must have the same.
    """

    observation: Observation
    start_number: int = 0

    def __post_init__(self) -> None:
        """Refuse a negative frame counter."""
        if self.start_number < 0:
            raise OutOfRange("start_number", self.start_number, "at least 0")

    def take(self, first: int, last: int) -> Iterator[Sample]:
        """Return what was heard of the frames `first` to `last`, both included, in order."""
        x, offset = self.observation, self.start_number
        begin, end = max(first - offset, 0), min(last - offset + 1, len(x))
        heard = begin + np.flatnonzero(x.mask[begin : max(begin, end)])
        if heard.size:
            yield from map(Sample, (heard + offset).tolist(), x.values[heard].reshape(heard.size, -1))


@dataclass(frozen=True)
class PacedSource:
    """A source whose frames take their time: frame n of a stretch is heard n + 1 periods after the stretch begins.

    Nothing sleeps here: whoever drives the session asks `period` and listens to the line in between,
    so that the same source works in virtual time, in a loop of its own and under asyncio.

    Attributes:
        source: Where the samples come from.
        rate: Frames per second of the recording, Hz.
        pace: How many times as fast as that; infinite for as fast as can be.
    """

    source: Source
    rate: float
    pace: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a rate or a pace that is not positive."""
        if not 0 < self.rate < inf:
            raise OutOfRange("rate", self.rate, "a positive number of hertz")
        if not self.pace > 0:
            raise OutOfRange("pace", self.pace, "a positive factor")

    @property
    def period(self) -> float:
        """Return the time between two frames, seconds."""
        return 1 / (self.rate * self.pace)

    def take(self, first: int, last: int) -> Iterator[Sample]:
        """Return what was heard of the frames `first` to `last`, both included, in order."""
        return self.source.take(first, last)
