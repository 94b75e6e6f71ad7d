"""Find where a run walks again what earlier runs measured: stretch by stretch, forwards and backwards.

Whoever keeps twice what came twice has one key follow from another, and whoever speaks what a key came of tells it.
At every lag the samples that were heard both times are compared.
Innovations are compared, given what was heard before each, so neither memory nor losses pass for a repetition.

*Notation.* r is the correlation of n pairs of innovations. Of pairs that have nothing in common (1 − r²)^((n − 2)/2)
is about the chance of one as large (Student's t), so −(n − 2) ln(1 − r²) has to be 2 ln of all that is tried, and more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.errors import NotEnough
from samefade.lpwan.refresh.past import Past
from samefade.lpwan.refresh.pool import closed_up
from samefade.types import Mask

Real = NDArray[np.float64]
_PIECE = 32  # places; stretches are 1, 2, 4 … of them long
_MOST_PIECES = 32
_FEWEST = 16  # pairs
_FEWEST_NOW = 64  # samples that a law can be fitted to
_SURE = 2 * log(1e4)  # beyond what so many tries reach by chance: one run in ten thousand
_RARE = 4.0  # deviations at which an innovation is cut off: one of them shall not decide


class ComesAgain(NotEnough):
    """The channel repeats what an earlier key came of."""

    advice = "Nothing of it was told; the prior secret stays. A route that is always the same gives keys once."


@dataclass(frozen=True)
class Again:
    """A stretch that was measured before.

    Attributes:
        first: Its first place.
        end: One behind its last.
        where: Place of the past at the run's place 0; backwards: of the past in reverse.
        backwards: Whether it was walked the other way round.
    """

    first: int
    end: int
    where: int
    backwards: bool

    def of(self, past: NDArray[Any]) -> NDArray[Any]:
        """Return the past at this stretch, (end − first,); 0 where there is none."""
        series = past[::-1] if self.backwards else past
        at = np.arange(self.first, self.end) + self.where
        inside = (at >= 0) & (at < len(series))
        return series[np.clip(at, 0, len(series) - 1)] * inside


def refuse(past: Past, samples: Sequence[tuple[int, int]], end: int | None = None) -> None:
    """Refuse samples that repeat what an earlier key came of.

    Args:
        past: What earlier runs measured.
        samples: Places and values.
        end: Samples from this place on show a repetition, but are not refused for it; None for none.

    Raises:
        ComesAgain: When they do.
    """
    at = closed_up(place for place, _ in samples)
    values, heard = _laid(at, [value for _, value in samples])
    meant = heard.copy()
    meant[[i for i, (place, _) in zip(at, samples, strict=True) if end is not None and place >= end]] = False
    stretches = found(past, values, heard)
    repeated = sum(int(np.count_nonzero(each.of(past.secret) & meant[each.first : each.end])) for each in stretches)
    if repeated:
        raise ComesAgain(samples=len(samples), repeated=repeated)


def known(past: Past, places: Sequence[int], values: Sequence[int], first: int, end: int) -> Real | None:
    """Return what earlier runs heard at each place, (end − first,), zero where they were elsewhere; None for nowhere.

    Args:
        past: What they measured.
        places: Where this run has samples, from 0 on and increasing, without jumps.
        values: Their values.
        first: First place of the answer.
        end: One behind its last.
    """
    out = np.zeros(max(end, places[-1] + 1))
    for again in found(past, *_laid(places, values)):
        out[again.first : again.end] = again.of(past.values)
    out = out[first:end]
    return out if out.any() else None


def found(past: Past, values: Real, heard: Mask) -> list[Again]:
    """Return the stretches that were measured before, none of them twice, the surest first.

    Args:
        past: What earlier runs measured.
        values: (n,) samples on a grid, lines through their neighbours where nothing was heard.
        heard: (n,) where something was.
    """
    from samefade.entropy.strings.autoregression import completed

    if np.count_nonzero(heard) < _FEWEST_NOW or np.count_nonzero(past.heard) < _FEWEST or np.ptp(values[heard]) == 0:
        return []
    centred = values - values[heard].mean()
    whiten, deviation, _ = completed(centred, heard)
    now = _innovations(centred, heard, whiten, deviation)
    sure: list[tuple[float, Again]] = []
    for backwards in (False, True):
        step = -1 if backwards else 1
        before = _innovations(past.values[::step], past.heard[::step], whiten, deviation)
        for told, first, stop, where in _likest(now, heard, before, past.heard[::step]):
            sure.append((told, Again(first, stop, where, backwards)))
    out: list[Again] = []
    for _, again in sorted(sure, key=lambda each: -each[0]):
        if all(again.end <= other.first or other.end <= again.first for other in out):
            out.append(again)
    return out


def _laid(at: Sequence[int], values: Sequence[int]) -> tuple[Real, Mask]:
    """Return samples on a grid, and where there are any."""
    heard = np.zeros(at[-1] + 1 if len(at) else 0, np.bool_)
    heard[list(at)] = True
    return np.interp(np.arange(len(heard)), at, values) if len(at) else np.zeros(0), heard


def _innovations(x: Real, heard: Mask, whiten: Real, deviation: float) -> Real:
    """Return what is new in each sample given those heard before, in deviations; 0 where nothing was heard."""
    from samefade.entropy.strings.autoregression import predictions

    said = predictions(np.ascontiguousarray(x), np.ascontiguousarray(heard), whiten)
    fresh = (x - said[:, 0]) / (said[:, 1] * deviation)
    return np.where(heard, np.clip(fresh, -_RARE, _RARE), 0.0)


def _likest(now: Real, heard: Mask, before: Real, there: Mask) -> Iterator[tuple[float, int, int, int]]:
    """Yield for each stretch that is surely a repetition how sure that is, its first place, its end, and its lag."""
    n = len(now)
    piece = max(_PIECE, -(-n // _MOST_PIECES))
    sums = _sums(now, heard, before, there, piece)
    lags = sums.shape[2]
    count = sums.shape[0] - 1
    need = _SURE + 2 * log(2 * lags * 2 * count)
    size = 1
    while size <= count:
        for first in range(count - size + 1):
            product, pairs, one, other = sums[first + size] - sums[first]
            pairs = np.rint(pairs)
            r2 = np.where(pairs >= _FEWEST, product**2 / np.maximum(one * other, 1e-9), 0.0)
            told = -(pairs - 2) * np.log1p(-np.minimum(r2, 1 - 1e-6))
            at = int(told.argmax())
            if told[at] > need:
                yield float(told[at]), first * piece, min(n, (first + size) * piece), at - (n - 1)
        size *= 2


def _sums(now: Real, heard: Mask, before: Real, there: Mask, piece: int) -> NDArray[np.float32]:
    """Return running sums over pieces, at each lag, of products, of pairs, and of both powers over the pairs.

    The place of the past less that of the run goes from 1 − n to m − 1.
    """
    from scipy import fft

    n, m = len(now), len(before)
    size = fft.next_fast_len(n + m - 1, real=True)
    past = [fft.rfft(each.astype(np.float32), size) for each in (before, there, before**2)]
    starts = range(0, n, piece)
    out = np.zeros((len(starts) + 1, 4, n + m - 1), np.float32)
    for i, start in enumerate(starts):
        part = np.zeros((3, n), np.float32)
        here = slice(start, start + piece)
        part[:, here] = now[here], heard[here], now[here] ** 2
        own = [fft.rfft(each, size).conj() for each in part]
        for row, (a, b) in enumerate(((0, 0), (1, 1), (1, 2), (2, 1))):
            lagged = fft.irfft(past[a] * own[b], size)
            out[i + 1, row, : n - 1], out[i + 1, row, n - 1 :] = lagged[size - n + 1 :], lagged[:m]
    return np.cumsum(out, axis=0, out=out)
