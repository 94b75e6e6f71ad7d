"""Predict a series from its own past and from what Eve heard, by least squares."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import TooFewSamples

MOST_LAGS = 32
_SAMPLES_A_REGRESSOR = 8


class Prediction(NamedTuple):
    """A series as predicted.

    Attributes:
        mean: (m,) predicted values of the last m samples.
        rss: Residual sum of squares.
        freedom: Degrees of freedom left: samples − regressors.
        order: How many past samples the prediction uses.
    """

    mean: NDArray[np.float64]
    rss: float
    freedom: int
    order: int


def predict(x: NDArray[np.float64], known: NDArray[np.float64], order: int | None) -> Prediction:
    """Predict x[t] from x[t − 1], … and the columns of `known` at t.

    All orders up to the cap come from one QR decomposition; Akaike's criterion (1974) chooses among them.

    Args:
        x: (n,) the series.
        known: (n, m) regressors known at each time, a constant among them.
        order: How many past samples; None lets the criterion choose, up to 32 and an eighth of the samples.

    Raises:
        TooFewSamples: When there are fewer than 8 samples for each regressor.
    """
    least = known.shape[1] + (1 if order is None else order)
    cap = min(MOST_LAGS, len(x) // _SAMPLES_A_REGRESSOR - known.shape[1]) if order is None else order
    if len(x) - max(cap, 0) < _SAMPLES_A_REGRESSOR * least or cap < 0:
        raise TooFewSamples(have=len(x), need=_SAMPLES_A_REGRESSOR * (least + 1))
    y = x[cap:]
    past = np.column_stack([x[cap - k : len(x) - k] for k in range(1, cap + 1)]) if cap else np.empty((len(y), 0))
    q, weight = _orthogonal(np.column_stack([known[cap:], past]), y)
    base = known.shape[1]
    rss = np.maximum(float(y @ y) - np.cumsum(weight**2), 0.0)[base - 1 :]
    best = cap if order is not None else _akaike(rss, len(y), base)
    mean = q[:, : base + best] @ weight[: base + best]
    left = float(((y - mean) ** 2).sum())
    return Prediction(mean, left, len(y) - base - best, best)


def _orthogonal(design: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # unit columns: the decomposition must not depend on the units of Eve's samples
    scale = np.linalg.norm(design, axis=0)
    q, r = np.linalg.qr(design / np.where(scale > 0, scale, 1))
    # a column that repeats the ones before it adds a direction of rounding noise: leave it out
    q = q * (np.abs(np.diag(r)) > 1e-10)
    return q, q.T @ y


def _akaike(rss: NDArray[np.float64], n: int, base: int) -> int:
    floor = np.finfo(np.float64).tiny
    return int(np.argmin(n * np.log(np.maximum(rss, floor)) + 2 * (base + np.arange(len(rss)))))
