"""What the LPWAN recordings hold before any scheme sees them: correlation, disagreement, information, Eve's part.

The columns are those of the field's own tables, each with its window and lag; none of them is a key.
Information of single samples takes the two ends for Gaussian pairs without a memory, as the field does; information of
the record counts what neighbours tell each other, and is the lower one wherever the fade is slow.
"""

from dataclasses import asdict, dataclass
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from samefade import entropy
from samefade.entropy import sp80090b
from samefade.errors import NotEnough, SamefadeError
from samefade.types import Observation, Pair

Real = NDArray[np.float64]
WINDOW, LONGER = 11, 21  # samples of the moving averages that count as large scale
GUARDS = (0.2, 0.3)  # of the deviation, half the width of the guard band
STEPS = (0.0, 4.0)  # dB below which a change counts as none


@dataclass(frozen=True)
class Channel:
    """What one pair of recordings holds, at lag 0.

    Attributes:
        name: The set, and how it was paired.
        pairs: Exchanges that both ends heard.
        raw: Correlation as heard.
        late, early: The same with b one sample late, and early.
        small: Correlation of what a moving average over `WINDOW` samples leaves.
        smaller: The same over `LONGER` samples.
        change: Correlation of first differences.
        sign_errors: Disagreement of their signs, where both changed.
        median_errors: Disagreement of bits cut at each end's own median.
        median_entropy: Markov min-entropy of such a bit, bits.
        guard: Guard → share kept, disagreement, Markov min-entropy a bit.
        steps: Least change in dB → disagreement of signs of changes that do not overlap, Markov min-entropy a bit.
        single: −½ log2(1 − r²), bits a sample without memory.
        single_given: Eve → the same given her.
        record: Bits a sample of the record, by coherence, with its 95 % interval.
        record_given: Eve → the same given her.
    """

    name: str
    pairs: int
    raw: float
    late: float
    early: float
    small: float
    smaller: float
    change: float
    sign_errors: float
    median_errors: float
    median_entropy: float
    guard: dict[str, tuple[float, float, float]]
    steps: dict[str, tuple[float, float]]
    single: float
    single_given: dict[str, float]
    record: tuple[float, float, float]
    record_given: dict[str, float]

    def to_json(self) -> dict[str, object]:
        """Return a plain dictionary; what could not be computed is null."""
        return {k: None if isinstance(v, float) and isnan(v) else v for k, v in asdict(self).items()}


def channel_of(name: str, pair: Pair[Observation], eves: dict[str, Observation]) -> Channel:
    """Return what a pair of single-tone recordings holds, given each Eve."""
    both = pair.a.mask & pair.b.mask
    a, b = (np.asarray(end.values, np.float64).ravel() for end in (pair.a, pair.b))
    x, y = a[both], b[both]
    bits, theirs = (v > np.median(v) for v in (x, y))
    return Channel(
        name,
        int(both.sum()),
        _pearson(x, y),
        _pearson(x[:-1], y[1:]),
        _pearson(x[1:], y[:-1]),
        *(_pearson(x - _average(x, w), y - _average(y, w)) for w in (WINDOW, LONGER)),
        _pearson(np.diff(x), np.diff(y)),
        _signs(np.diff(x), np.diff(y), 0.0)[0],
        float(np.mean(bits != theirs)),
        _markov(bits),
        {f"{guard:g}": _guarded(x, y, guard) for guard in GUARDS},
        {f"{step:g}": _signs(*(v[1::2] - v[: len(v) // 2 * 2 : 2] for v in (x, y)), step) for step in STEPS},
        _single(x, y, None),
        {who: _single(x, y, np.asarray(e.values, np.float64)[both]) for who, e in eves.items()},
        _record(a, b),
        {who: _given(a, b, np.asarray(e.values, np.float64)) for who, e in eves.items()},
    )


def _pearson(x: Real, y: Real) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else nan


def _average(x: Real, window: int) -> Real:
    """Return the centred moving average, shorter towards the ends of the record."""
    kernel = np.ones(window)
    return np.asarray(np.convolve(x, kernel, "same") / np.convolve(np.ones(len(x)), kernel, "same"))


def _markov(bits: NDArray[np.bool_]) -> float:
    return sp80090b.markov(bits.astype(np.uint8)) if len(bits) > 1 else nan


def _guarded(x: Real, y: Real, guard: float) -> tuple[float, float, float]:
    """Return share kept, disagreement and min-entropy of bits above and below mean ± guard deviations at both ends."""
    high, low = ((x > x.mean() + guard * x.std()), (x < x.mean() - guard * x.std()))
    above, below = ((y > y.mean() + guard * y.std()), (y < y.mean() - guard * y.std()))
    kept = (high | low) & (above | below)
    return float(kept.mean()), float(np.mean(high[kept] != above[kept])), _markov(high[kept])


def _signs(x: Real, y: Real, least: float) -> tuple[float, float]:
    """Return disagreement and min-entropy of the signs of changes that are larger than the least at both ends."""
    kept = (np.abs(x) > least) & (np.abs(y) > least)
    return float(np.mean((x > 0)[kept] != (y > 0)[kept])), _markov((x > 0)[kept])


def _single(x: Real, y: Real, eve: Real | None) -> float:
    """Return I(X;Y|E) of Gaussian samples without memory, from their covariance, bits a sample."""
    heard = np.empty((len(x), 0)) if eve is None else eve.reshape(len(x), -1)
    covariance = np.cov(np.column_stack([x, y, heard]).T)
    return entropy.information_given(covariance, 1, 1, circular=False)


def _record(a: Real, b: Real) -> tuple[float, float, float]:
    try:
        found = entropy.mutual_information(a, b)
    except NotEnough:
        return nan, nan, nan
    return found.per_sample, found.low, found.high


def _given(a: Real, b: Real, eve: Real) -> float:
    try:
        return min(_record(a, b)[0], entropy.mutual_information(a, b, eve=eve).per_sample)
    except SamefadeError:
        return nan
