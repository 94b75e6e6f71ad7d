"""Fit a stationary law to a series: autoregression, also where samples are missing.

Burg's errors, forwards and backwards, find sinusoids in noise that the sample's autocovariance smears (Kay 1988).
A line drawn through a gap is smoother than the channel and would flatter any law fitted to it.
So gaps are filled with samples drawn from the law, given everything that was heard, and the law is fitted again
(stochastic expectation and maximisation; Celeux and Diebolt 1985); of several turns the likeliest counts.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
MOST_ORDER = 32
_PATIENCE = 64
_ROUNDING = 1e-12  # share of a power below which nothing but rounding errors is left
_TURNS = 6
_RIDGE = 1e-9
_PUBLIC = 20_261_122  # a seed: what is drawn serves a fit and is no secret


def autoregression(x: Real, most: int = MOST_ORDER) -> tuple[Real, float]:
    """Return the whitening filter (1, −a_1, … −a_p) and the innovations' deviation, by Burg's recursion.

    The order is Akaike's choice; the search ends where 64 more do not help.
    """
    z = np.asarray(x, np.float64) - x.mean()
    n, variance = len(z), float((x - x.mean()) @ (x - x.mean())) / len(x)
    floor = _ROUNDING * (variance + float(x.mean()) ** 2)
    if variance <= floor:
        return np.ones(1), 1e-12
    past, forward, backward = np.empty(0), z[1:].copy(), z[:-1].copy()
    best = (n * np.log(variance), past, variance)
    for p in range(1, min(most, n // 8) + 1):
        power = float(forward @ forward + backward @ backward)
        reflection = 2 * float(forward @ backward) / max(power, 1e-300)
        past = np.append(past - reflection * past[::-1], reflection)
        variance *= max(1 - reflection**2, 1e-12)
        score = n * np.log(variance) + 2 * p
        if score < best[0]:
            best = score, past, variance
        if variance <= floor:
            break
        if p > MOST_ORDER and p - len(best[1]) >= _PATIENCE:
            break
        forward, backward = forward[1:] - reflection * backward[1:], backward[:-1] - reflection * forward[:-1]
    return np.concatenate([[1.0], -best[1]]), sqrt(best[2])


def completed(x: Real, heard: NDArray[np.bool_], most: int = MOST_ORDER) -> tuple[Real, float, Real]:
    """Return filter and deviation as `autoregression` does, of the samples that were heard, and the series filled in.

    Args:
        x: (n,) samples; those that were not heard begin as lines through their neighbours.
        heard: (n,) which were.
        most: The highest order.
    """
    lost = np.flatnonzero(~heard)
    if not len(lost):
        return (*autoregression(x, most), x)
    rng = np.random.default_rng(_PUBLIC)
    at = np.arange(len(x))
    centre = float(x[heard].mean())
    filled = np.interp(at, at[heard], x[heard] - centre)
    found, least = (*autoregression(filled, most), filled), np.inf
    whiten, deviation = found[:2]
    for _ in range(_TURNS if deviation > _ROUNDING else 0):
        filled = _drawn(filled, lost, whiten, deviation, rng)
        whiten, _ = autoregression(filled, most)
        deviation, surprise = _likely(filled, heard, whiten)
        if surprise < least:
            found, least = (whiten, deviation, filled), surprise
    return (*found[:2], found[2] + centre)


def predictions(x: Real, heard: NDArray[np.bool_], whiten: Real) -> Real:
    """Return what is expected of each sample given those heard before, and the error's deviation for unit innovations.

    Returns:
        (n, 2); the second column is 1 where all of the law's memory was heard.
    """
    from samefade.entropy.strings.gaps_loops import predicted

    out, nobody = np.empty((len(x), 2)), np.full(len(x), -1)
    predicted(x, heard, -whiten[1:], nobody, np.zeros((0, 2), np.int64), out, np.zeros((0, 1, 1)))
    return out


def _likely(x: Real, heard: NDArray[np.bool_], whiten: Real) -> tuple[float, float]:
    """Return the likeliest deviation of innovations, and the surprise by what was heard, nats a sample."""
    said = predictions(x, heard, whiten)[heard]
    deviation = float(np.sqrt((((x[heard] - said[:, 0]) / said[:, 1]) ** 2).mean()))
    order = 2 * (len(whiten) - 1) / (2 * len(said))
    return max(deviation, 1e-12), float(np.log(max(deviation, 1e-300)) + np.log(said[:, 1]).mean() + order)


def _drawn(x: Real, lost: NDArray[np.int64], whiten: Real, deviation: float, rng: np.random.Generator) -> Real:
    """Return the series with lost samples drawn from the law, given all others.

    The inverse of an autoregression's covariance is a band, made of the correlations of its filter.
    """
    from scipy.linalg import cho_solve_banded, cholesky_banded, solve_banded

    p, m = len(whiten) - 1, len(lost)
    lags = np.correlate(whiten, whiten, "full")[p:]  # 0 … p
    near = int((np.searchsorted(lost, lost + p, side="right") - np.arange(m)).max())
    band = np.zeros((near, m))  # lower: row d holds element (i + d, i)
    band[0] = lags[0] * (1 + _RIDGE)
    for d in range(1, near):
        apart = lost[d:] - lost[:-d]
        band[d, : m - d] = np.where(apart <= p, lags[np.minimum(apart, p)], 0.0)
    rest = x.copy()
    rest[lost] = 0.0
    pull = np.convolve(rest, np.concatenate([lags[:0:-1], lags]))[p : p + len(x)][lost]
    factor = cholesky_banded(band, lower=True)
    mean = -cho_solve_banded((factor, True), pull)
    # the covariance is the inverse of L Lᵀ: solve Lᵀ z = normal numbers
    upper = np.zeros_like(factor)
    for d in range(near):
        upper[near - 1 - d, d:] = factor[d, : m - d]
    out = x.copy()
    out[lost] = mean + deviation * solve_banded((0, near - 1), upper, rng.standard_normal(m))
    return out
