"""Predict the samples of an autoregression that were heard from all that were heard before: a Kalman filter.

Its state are the samples that were lost, as long as the law still looks back at them; all others are known.

Notation: a the coefficients of the past, σ² = 1 the innovations' variance, M the lost samples within the law's memory,
P their covariance given what was heard, c that of M with the sample to come, v the variance of its error, ε the error
over √v: one standard normal number for each sample that was heard.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from samefade.compiled import compiled

Real = NDArray[np.float64]
Index = NDArray[np.int64]


@compiled
def predicted(x: Real, heard: NDArray[np.bool_], a: Real, owner: Index, limits: Index, out: Real, moved: Real) -> None:
    """Write each prediction and its error's deviation, and how each block, gaps filled, follows its own errors.

    Args:
        x: (n,) samples; those that were not heard are not looked at.
        heard: (n,) which were.
        a: (p,) coefficients: x(t) = Σ a(k) x(t − k) + innovation of unit variance.
        owner: (n,) for each sample that was heard, the block whose news it is; −1 where it is nobody's.
        limits: (m, 2) where a block begins, and by which sample it is wholly known: the one that closes its last gap.
        out: (n, 2) is written: predictions and deviations; a sample that was not heard gets what is expected of it.
        moved: (m, T, T) zeros; row i, column j of a block is written: by what sample i moves with the j-th error.
    """
    p = len(a)
    lost, mean = np.zeros(p + 1, np.int64), np.zeros(p + 1)
    P, c = np.zeros((p + 1, p + 1)), np.zeros(p + 1)
    answer = np.zeros(len(x))
    count, current, news = 0, -1, 0
    for t in range(len(x)):
        count = _forgotten(t - p, lost, mean, P, count)
        said, v = _said(t, x, heard, a, lost[:count], mean, P, c)
        out[t, 0], out[t, 1] = said, sqrt(v)
        if not heard[t]:
            lost[count], mean[count], P[count, count] = t, said, v
            P[:count, count] = c[:count]
            P[count, :count] = c[:count]
            count += 1
            continue
        for i in range(count):
            mean[i] += c[i] * (x[t] - said) / v
            for j in range(count):
                P[i, j] -= c[i] * c[j] / v
        block = owner[t]
        if block >= 0:
            news = news + 1 if block == current else 0
            current = block
            _answered(t, limits[block, 1], sqrt(v), a, lost[:count], c, answer)
            _filled(t, limits[block, 0], heard, answer, moved[block, :, news])


@compiled
def _forgotten(oldest: int, lost: Index, mean: Real, P: Real, count: int) -> int:
    """Drop lost samples from before the law's memory, and return how many are left."""
    gone = 0
    while gone < count and lost[gone] < oldest:
        gone += 1
    left = count - gone
    for i in range(left if gone else 0):
        lost[i], mean[i] = lost[i + gone], mean[i + gone]
        for j in range(left):
            P[i, j] = P[i + gone, j + gone]
    return left


@compiled
def _said(  # noqa: PLR0913, PLR0917 -- the state of a filter, which numba takes apart
    t: int, x: Real, heard: NDArray[np.bool_], a: Real, lost: Index, mean: Real, P: Real, c: Real
) -> tuple[float, float]:
    """Return what is expected of the next sample and its error's variance; write its covariance with the lost ones."""
    said, v = 0.0, 1.0
    for k in range(1, min(len(a), t) + 1):
        if heard[t - k]:
            said += a[k - 1] * x[t - k]
    for i in range(len(lost)):
        said += a[t - lost[i] - 1] * mean[i]
        c[i] = 0.0
        for j in range(len(lost)):
            c[i] += P[i, j] * a[t - lost[j] - 1]
        v += c[i] * a[t - lost[i] - 1]
    return said, v


@compiled
def _answered(t: int, last: int, s: float, a: Real, lost: Index, c: Real, answer: Real) -> None:
    """Write by how much what is expected of samples t … last rises when that of t is one deviation higher."""
    p = len(a)
    answer[t] = s
    for i in range(t + 1, last + 1):
        total = 0.0
        for k in range(1, min(p, i - t) + 1):
            total += a[k - 1] * answer[i - k]
        for j in range(len(lost)):
            if i - lost[j] <= p:
                total += a[i - lost[j] - 1] * c[j] / s
        answer[i] = total


@compiled
def _filled(t: int, start: int, heard: NDArray[np.bool_], answer: Real, out: Real) -> None:
    """Write how the samples of a block follow the error at t, those that were lost on the lines through neighbours."""
    n = len(heard)
    before, after = -1, -1  # the samples heard around a gap
    for i in range(len(out)):
        at = start + i
        if heard[at]:
            before = at
            out[i] = answer[at] if at >= t else 0.0
            continue
        if before < 0 or after < at:
            after = at
            while after < n and not heard[after]:
                after += 1
            before = at
            while before >= 0 and not heard[before]:
                before -= 1
        if before < 0 or after >= n:
            out[i] = 0.0
            continue
        share = (at - before) / (after - before)
        low = answer[before] if before >= t else 0.0
        high = answer[after] if after >= t else 0.0
        out[i] = (1 - share) * low + share * high
