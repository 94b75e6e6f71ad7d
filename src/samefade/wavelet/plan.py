"""Plan where each row of a transform is computed: at which rate, in which segments, on which grid.

At scale s the Morlet spectrum is a Gaussian of width 1/s, so a row needs about WIDTH/2π samples a scale, not more.

* Stages: every few octaves the signal is low-passed and thinned, so that long scales see short signals.
* Segments: a stage cuts a long signal into pieces that fit the processor's cache; neighbours overlap by a margin.
* Levels: inside a segment the rows of one octave share one length, a power of two below the segment's.

Margins and paddings are REACH times the longest scale that they serve, so that nothing wraps around and no seam shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from samefade.types import Float

WIDTH = 12.8  # rad: a level's grid is WIDTH/s wide or wider; power then aliases by exp(−WIDTH²/6) = 1.4e-12
REACH = 8.6  # scales: what lies farther changes a smoothed product by less than exp(−REACH²/3) = 2e-11
MARGIN = 1024  # samples: the padding of a stage that is not the last
SEGMENT = 49152  # samples: longer signals are cut
ALONE = 2048  # samples: so short a padded signal needs one stage
LAST = 8192  # samples: so short a padded, thinned signal needs no further stage
TAIL = 41  # thinned samples by which the low-pass (lowpass.py) reaches beyond the record
APRON = 64  # samples on either side over which `stretch` fades


@dataclass(frozen=True)
class Level:
    """Rows that share a grid.

    Attributes:
        first, stop: The rows, as indices into the family.
        thin: How many samples of the stage lie between two of the level.
    """

    first: int
    stop: int
    thin: int


@dataclass(frozen=True, eq=False)
class Stage:
    """One rate at which a stretch of rows is computed.

    Attributes:
        factor: Samples of the signal for each sample of the stage.
        record: Samples of the signal.
        scales: Scales of the whole family in samples of the stage.
        first, stop: Rows that it delivers.
        levels: Rows that it computes (those it delivers, and neighbours for smoothing), fine to coarse.
        tail: Samples of the stage's input before and after the record.
        offset: Where the delivered part of a segment begins.
        hop: How long it is.
        length: Length of a segment with its margins or padding.
        shrink: How much further the next stage thins; 1 for the last stage.
    """

    factor: int
    record: int
    scales: Float
    first: int
    stop: int
    levels: tuple[Level, ...]
    tail: int
    offset: int
    hop: int
    length: int
    shrink: int

    @property
    def size(self) -> int:
        """Return how many samples the record has at this rate."""
        return -(-self.record // self.factor)

    @property
    def starts(self) -> range:
        """Return where the delivered part of each segment begins in the record."""
        return range(0, self.size, self.hop)


def plan(n: int, scales: Float, rows: tuple[int, int], span: tuple[int, int], *, full: bool) -> Iterator[Stage]:
    """Yield the stages, from the signal's own rate to the coarsest.

    Args:
        n: Samples of the signal.
        scales: (S,) the whole family, samples, ascending.
        rows: First row to deliver and the row after the last.
        span: How many rows before and after a row its smoothing needs.
        full: Whether the rows are wanted on the full grid.
    """
    factor, first = 1, rows[0]
    while True:
        local, size = scales / factor, -(-n // factor)
        stop, margin = _share(local, size, (first, rows[1]), span[1], last=LAST if factor > 1 else ALONE)
        done = stop == rows[1]
        shrink = 1 if done else _power(local[max(0, stop - span[0])] * np.pi / 2 / WIDTH, most=16)
        begin, end = max(0, first - span[0]), min(len(scales), stop + span[1])
        levels = _levels(local, begin if stop > first else end, end)
        tail = TAIL if factor > 1 else 0
        unit = max(shrink, *(level.thin for level in levels), 1) if levels else shrink
        yield Stage(
            factor, n, local, first, stop, levels, tail,
            *_segments(size, margin, tail, shrink, unit, full=full), shrink,
        )  # fmt: skip
        if done:
            return
        factor, first = factor * shrink, stop


def _share(scales: Float, size: int, rows: tuple[int, int], after: int, *, last: int) -> tuple[int, int]:
    """Return the row after the last of a stage, and the stage's margin in samples."""
    everything = int(np.ceil(REACH * scales[min(len(scales), rows[1] + after) - 1]))
    if size + everything <= last:
        return rows[1], everything
    reachable = int(np.searchsorted(scales, MARGIN / REACH, side="right")) - after
    return min(max(reachable, rows[0]), rows[1]), MARGIN


def _levels(scales: Float, begin: int, end: int) -> tuple[Level, ...]:
    thin = [_power(s * 2 * np.pi / WIDTH) for s in scales[begin:end]]
    cuts = [0, *(np.flatnonzero(np.diff(thin)) + 1).tolist(), len(thin)]
    return tuple(Level(begin + i, begin + j, thin[i]) for i, j in pairwise(cuts) if j > i)


def _segments(size: int, margin: int, tail: int, shrink: int, unit: int, *, full: bool) -> tuple[int, int, int]:
    """Return offset, hop and length, all multiples of `unit`."""
    from scipy.fft import next_fast_len

    spill = max(tail, TAIL * shrink if shrink > 1 else 0, APRON if full else 0)
    pieces = -(-size // SEGMENT)
    offset = _up(spill if pieces == 1 else max(margin, spill), unit)
    hop = _up(-(-size // pieces), unit)
    least = size + 2 * tail + margin if pieces == 1 else 0
    length = max(least, offset + hop + (spill if pieces == 1 else offset) + unit)
    return offset, hop, int(next_fast_len(-(-length // unit), real=True)) * unit


def _power(x: float, most: float = np.inf) -> int:
    return int(2 ** np.floor(np.log2(max(1.0, min(x, most)))))


def _up(x: int, unit: int) -> int:
    return -(-x // unit) * unit
