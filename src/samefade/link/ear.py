"""What was asked to be measured and is not heard yet."""

from collections import deque
from collections.abc import Iterator

from samefade.link.source import PacedSource, Source
from samefade.session import Probe, Sample

BATCH = 1024  # samples in one go: a line must not be deaf while a long recording is heard


class Ear:
    """Give the samples of each stretch when they are due.

    Without a source nothing is ever heard, and the session's own deadlines end its wait.
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
        if self._source is None:
            return
        begun = max(now, self._free)
        self._free = begun + (probe.last - probe.first + 1) * self._period
        self._stretches.append(self._timed(self._source.take(probe.first, probe.last), probe.first, begun))
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

    def _timed(self, samples: Iterator[Sample], first: int, begun: float) -> Iterator[tuple[float, Sample]]:
        for sample in samples:
            yield begun + (sample.number - first + 1) * self._period, sample

    def _following(self) -> tuple[float, Sample] | None:
        while self._stretches:
            found = next(self._stretches[0], None)
            if found is not None:
                return found
            self._stretches.popleft()
        return None
