"""What was asked to be measured and is not heard yet."""

from collections import deque
from collections.abc import Iterator

import numpy as np

from samefade.link.source import PacedSource, Source
from samefade.session import Probe, Sample

BATCH = 1024  # samples in one go: a line must not be deaf while a long recording is heard


class Ear:
    """Give the samples of each stretch when they are due, and its last frame in any case: without values when lost.

    So a session knows when a stretch is over. Without a source everything is lost at once.
    """

    __slots__ = ("_free", "_next", "_period", "_source", "_stretches")

    def __init__(self, source: Source | None) -> None:
        """Take the source."""
        self._source = source
        self._period = source.period if isinstance(source, PacedSource) else 0.0
        self._stretches: deque[Iterator[tuple[float, Sample]]] = deque()
        self._next: tuple[float, Sample] | None = None
        self._free = 0.0

    @property
    def deadline(self) -> float | None:
        """Return when the next sample is due, or None when nothing is waited for."""
        return None if self._next is None else self._next[0]

    def ask(self, probe: Probe, now: float) -> None:
        """Measure a stretch, after those that were asked for before."""
        begun = max(now, self._free)
        self._free = begun + (probe.last - probe.first + 1) * self._period
        self._stretches.append(self._timed(probe, begun))
        if self._next is None:
            self._next = self._following()

    def due(self, now: float) -> Iterator[Sample]:
        """Give the samples that are due, a batch at the most."""
        for _ in range(BATCH):
            if self._next is None or self._next[0] > now:
                return
            sample = self._next[1]
            self._next = self._following()
            yield sample

    def _timed(self, probe: Probe, begun: float) -> Iterator[tuple[float, Sample]]:
        heard = probe.first - 1
        for sample in () if self._source is None else self._source.take(probe.first, probe.last):
            heard = sample.number
            yield begun + (heard - probe.first + 1) * self._period, sample
        if heard < probe.last:
            yield begun + (probe.last - probe.first + 1) * self._period, Sample(probe.last, np.empty(0))

    def _following(self) -> tuple[float, Sample] | None:
        while self._stretches:
            found = next(self._stretches[0], None)
            if found is not None:
                return found
            self._stretches.popleft()
        return None
