"""Dynamic time warping: a comparator that no two devices can use.

Sakoe and Chiba 1978. It needs the other side's whole CSI in clear, so it belongs to offline studies alone:
what it aligns was sent over the air and can be no key (the 2025 paper, Sec. IV-A, says so too).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ConstantSignal, EndsDisagree, OutOfRange, TooFewSamples
from samefade.types import Feature, Half

Real = NDArray[np.float64]


class Path(NamedTuple):
    """A warping path: sample a[t] of one end belongs to sample b[t] of the other.

    Attributes:
        a: (m,) indices into a, never falling, from the first to the last.
        b: (m,) indices into b, likewise.
        cost: Sum of squared differences of the standardised values along the path.
    """

    a: NDArray[np.int_]
    b: NDArray[np.int_]
    cost: float

    def warped(self, b: Real) -> Real:
        """Return b on a's axis: the mean of the samples that belong to each a[t]."""
        total = np.bincount(self.a, weights=b[self.b])
        return np.asarray(total / np.bincount(self.a))


@dataclass(frozen=True)
class Warp:
    """Dynamic time warping within a Sakoe–Chiba band; needs the other side's CSI in clear.

    Attributes:
        seconds: How far the two axes may be bent apart. Time and memory grow with n × seconds × rate.
    """

    seconds: float = 5.0

    def align(self, a: Feature[Half], b: Feature[Half]) -> Path:
        """Return the cheapest path between the standardised values of both ends.

        Gaps count as values: what was filled in is warped as well.

        Raises:
            ConstantSignal: When an end does not vary.
            EndsDisagree: When lengths or rates differ.
            OutOfRange: When `seconds` is negative or not finite, or there is more than one tone.
            TooFewSamples: With fewer than 2 samples.
        """
        if not (np.isfinite(self.seconds) and self.seconds >= 0):
            raise OutOfRange("seconds", self.seconds, "a finite number of at least 0")
        if a.values.shape != b.values.shape:
            raise EndsDisagree("shape", a.values.shape, b.values.shape)
        if a.rate != b.rate:
            raise EndsDisagree("rate in Hz", a.rate, b.rate)
        radius = min(round(self.seconds * a.rate), len(a) - 1)
        total = _costs(_standard(a), _standard(b), radius)
        rows, columns = _backtrack(total, radius)
        return Path(rows, columns, float(total[-1, radius]))


def _standard(x: Feature[Half]) -> Real:
    if x.values.ndim != 1:
        raise OutOfRange("dimensions", x.values.ndim, "1: choose one tone")
    if len(x) < 2:
        raise TooFewSamples(have=len(x), need=2)
    values = x.values.astype(np.float64)
    if values.max() == values.min():
        raise ConstantSignal(x.source.end, float(values[0]))
    values -= values.mean()
    return np.asarray(values / values.std())


def _costs(x: Real, y: Real, radius: int) -> Real:
    """Return D (n, 2·radius + 1): the cost of the cheapest path to (i, i + c − radius), infinite outside."""
    n, width = len(x), 2 * radius + 1
    D = np.full((n, width + 1), np.inf)  # one column of infinity on the right spares the border
    offset = np.arange(width) - radius
    for i in range(n):
        j = i + offset
        inside = (j >= 0) & (j < n)
        step = np.where(inside, (x[i] - y[np.clip(j, 0, n - 1)]) ** 2, 0.0)
        if i == 0:
            enter = np.where(offset == 0, 0.0, np.inf)
        else:
            enter = np.where(inside, np.minimum(D[i - 1, :-1], D[i - 1, 1:]), np.inf)
        # along a row D_j = step_j + min(enter_j, D_{j−1}), which a running minimum solves at once
        run = np.cumsum(step)
        D[i, :-1] = np.where(inside, run + np.minimum.accumulate(enter - (run - step)), np.inf)
    return D[:, :-1]


def _backtrack(D: Real, radius: int) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    i, c = len(D) - 1, radius
    path = [(i, c)]
    while i > 0 or c > radius:
        left = D[i, c - 1] if c > 0 else np.inf
        down = D[i - 1, c + 1] if i > 0 and c + 1 < D.shape[1] else np.inf
        both = D[i - 1, c] if i > 0 else np.inf
        if both <= min(left, down):
            i -= 1
        elif left <= down:
            c -= 1
        else:
            i, c = i - 1, c + 1
        path.append((i, c))
    steps = np.array(path[::-1])
    return steps[:, 0], steps[:, 0] + steps[:, 1] - radius
