"""The linear filter that is nearest to a learned restorer: what an account that knows linear filters can speak of.

Guessers of symbols predict linearly and with Gaussian errors. A network is no linear filter: a network gone wrong, or
one made by an enemy, can stir a slow channel until it looks fresh to such guessers, although nothing was added.
So the nearest linear filter is fitted, and what it does not explain earns nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.errors import TooFewSamples
from samefade.types import Feature, Half, Observation

Real = NDArray[np.float64]
_PER_TAP = 4  # fewest samples for each coefficient
_RIDGE = 1e-9  # of the power, so that a signal without noise has one answer, too


@dataclass(frozen=True, eq=False)
class Straight:
    """A linear filter.

    Attributes:
        taps: (2r + 1,) its response, zero lag in the middle.
        offset: What is added.
    """

    taps: Real
    offset: float

    def of(self, x: Observation) -> Real:
        """Return the filtered values, (n,) or (n, m); the edges are filled with the outermost values."""
        values = np.asarray(x.values, np.float64)
        columns = [self._one(column) for column in values.reshape(len(x), -1).T]
        return np.column_stack(columns).reshape(values.shape)

    def explains(self, feature: Feature[Half]) -> float:
        """Return the share of the variance of a feature's usable values that this filter explains, 0 to 1."""
        y = np.ravel(feature.values)[feature.usable].astype(np.float64)
        left = y - np.ravel(self.of(feature.source))[feature.usable]
        return float(np.clip(1 - left.var() / y.var(), 0.0, 1.0)) if np.ptp(y) > 0 else 0.0

    def _one(self, column: Real) -> Real:
        from scipy.signal import fftconvolve

        reach = len(self.taps) // 2
        wide = np.pad(column, reach, mode="edge")
        return np.asarray(fftconvolve(wide, self.taps[::-1], mode="valid") + self.offset)


def straight(feature: Feature[Half], reach: int) -> Straight:
    """Fit the filter by least squares to the usable values of one tone's feature.

    Args:
        feature: What a restorer made, (n,) or (n, 1).
        reach: Samples to either side that it may use.

    Raises:
        TooFewSamples: When there are fewer than four usable values for each coefficient.
    """
    rows = np.flatnonzero(feature.usable[reach : len(feature) - reach]) + reach
    need = _PER_TAP * (2 * reach + 1)
    if len(rows) < need:
        raise TooFewSamples(have=len(rows), need=need)
    x = np.ravel(feature.source.values).astype(np.float64)
    y = np.ravel(feature.values).astype(np.float64)[rows]
    past = np.lib.stride_tricks.sliding_window_view(x - x.mean(), 2 * reach + 1)[rows - reach]
    centre, level = past.mean(axis=0), float(y.mean())
    squares = past.T @ past - len(rows) * np.outer(centre, centre)
    squares += _RIDGE * np.trace(squares) / len(squares) * np.eye(len(squares))
    taps = np.linalg.solve(squares, past.T @ y - len(rows) * centre * level)
    return Straight(taps, float(level - taps @ (centre + x.mean())))
