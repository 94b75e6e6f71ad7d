"""Bound the entropy of quantised samples by the best linear prediction of them.

*Notation.* x_t the samples; μ_t the linear prediction of x_t from its past and from what Eve heard; σ_e the standard
deviation of its error; c a cell of the quantiser.

Given all that, x_t is N(μ_t, σ_e²), an observer guesses the likeliest cell, and is right with probability
P = E[max_c P(c | N(μ_t, σ_e²))]: the average min-entropy is −log2 P (Dodis, Ostrovsky, Reyzin and Smith 2008).
For Gaussian samples no predictor does better than the linear one; the past is taken as known exactly and not only as
symbols, which favours Eve.
Published for keys from channels: M. G. Madiseh 2010, "remove the predictable part".
"""

from math import hypot, log2, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefade.entropy.regression import predict
from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange
from samefade.types import Float

_CELLS_AT_ONCE = 1 << 20
_BATCHES = 20


def gaussian(
    values: Float,
    edges: ArrayLike,
    order: int | None = None,
    *,
    eve: Float | None = None,
    published: Float | None = None,
    confidence: float = 0.99,
) -> float:
    """Return the average min-entropy of a quantised sample given its past and Eve, bits per symbol.

    The probability is the upper confidence bound of its estimate: the error's variance may be smaller than it looks,
    after the degrees of freedom that the fit used up, and the mean over a finite record larger.
    A short record is worth less for it.

    Args:
        values: (n,) samples, evenly spaced.
        edges: The quantiser's thresholds, increasing: (levels − 1,), or (n, levels − 1) where they change with
            time; rows with NaN are not judged.
        order: How many past samples the prediction uses, 0 to 256; None lets Akaike's criterion choose, up to 32.
        eve: (n,) or (n, m) what Eve heard at the same times; her neighbouring samples are used too.
        published: (p,) samples just before the first, which Eve knows.
        confidence: One-sided confidence of the bound, within (0, 1).

    Raises:
        NotFinite: When a sample is NaN or infinite.
        ConstantSignal: When the samples do not vary.
        EndsDisagree: When Eve's samples, or edges for each time, have another length.
        OutOfRange: When thresholds do not increase, or a parameter is outside its range.
        TooFewSamples: When there are fewer than 8 samples for each regressor.
    """
    x = _series(values, "values")
    cells = _edges(edges, len(x))
    if order is not None and not 0 <= order <= 256:
        raise OutOfRange("order", order, "0 to 256")
    if not 0 < confidence < 1:
        raise OutOfRange("confidence", confidence, "between 0 and 1, both excluded")
    if np.ptp(x) == 0:
        raise ConstantSignal("of the feature", float(x[0]))
    before = np.empty(0) if published is None else _series(published, "published")
    known = _known(len(x), eve)
    # Eve's samples of the published time are not needed: the published samples themselves are known
    known = np.concatenate([np.repeat(known[:1], len(before), axis=0), known])
    mean, rss, freedom, _ = predict(np.concatenate([before, x]), known, order)
    judged = min(len(mean), len(x))
    mean, cells = mean[-judged:], cells[-judged:]
    return _bound(mean, cells, _Error.of(rss, freedom, mean, 1e-12 * float(np.ptp(x)), confidence), confidence)


class _Error(NamedTuple):
    """The error's standard deviation: likely, at its lower bound, and when the fit explains more than it seems."""

    likely: float
    low: float
    explained: float  # variance that the prediction may explain beyond what it seems to

    @classmethod
    def of(cls, rss: float, freedom: int, mean: NDArray[np.float64], least: float, confidence: float) -> "_Error":
        from scipy.special import chdtri, ndtri

        variance, spread = rss / freedom, float(mean.var())
        # RSS / σ² is below this with the wanted confidence
        low = rss / float(chdtri(freedom, 1 - confidence))
        # R² is known to 2R(1 − R²)/√n (Fisher 1915)
        total = max(variance + spread, least**2)
        share = 2 * sqrt(spread / total) * (1 - spread / total) / sqrt(freedom)
        explained = min(0.99 * variance, max(0.0, float(ndtri(confidence))) * share * total)
        return cls(max(least, sqrt(variance)), max(least, sqrt(low)), explained)


def _series(values: Float, name: str) -> NDArray[np.float64]:
    x = np.asarray(values, np.float64)
    if x.ndim == 2 and x.shape[1] == 1:
        x = x[:, 0]
    if x.ndim != 1 or not len(x):
        raise OutOfRange(name, f"array of shape {x.shape}", "one row of samples")
    bad = int(np.count_nonzero(~np.isfinite(x)))
    if bad:
        raise NotFinite(name, bad)
    return x


def _edges(edges: ArrayLike, n: int) -> NDArray[np.float64]:
    out = np.asarray(edges, np.float64)
    if out.ndim == 1:
        out = np.broadcast_to(out, (n, len(out)))
    if out.ndim != 2 or not out.shape[1]:
        raise OutOfRange("edges", f"array of shape {out.shape}", "at least one threshold")
    if len(out) != n:
        raise EndsDisagree("number of samples and of rows of edges", n, len(out))
    judged = out[~np.isnan(out).any(axis=1)]
    if not len(judged) or (judged[:, 1:] < judged[:, :-1]).any():
        raise OutOfRange("edges", "missing or out of order", "increasing thresholds")
    return out


def _known(n: int, eve: Float | None) -> NDArray[np.float64]:
    """Return a constant, and Eve's samples at the same time, one earlier and one later."""
    ones = np.ones((n, 1))
    if eve is None:
        return ones
    heard = np.asarray(eve, np.float64).reshape(len(eve), -1)
    if len(heard) != n:
        raise EndsDisagree("number of samples and of Eve's samples", n, len(heard))
    bad = int(np.count_nonzero(~np.isfinite(heard)))
    if bad:
        raise NotFinite("Eve's samples", bad)
    heard = heard - heard.mean(axis=0)
    earlier, later = np.vstack([heard[:1], heard[:-1]]), np.vstack([heard[1:], heard[-1:]])
    return np.hstack([ones, heard, earlier, later])


def _stretched(mean: NDArray[np.float64], variance: float, sigma: float) -> NDArray[np.float64]:
    """Return the predictions with `variance` more: what the error has less, the prediction explains."""
    spread, centre = float(mean.var()), float(mean.mean())
    if spread <= 1e-12 * sigma**2:
        return mean  # nothing but a constant was fitted
    return np.asarray(centre + (mean - centre) * sqrt(1 + variance / spread))


def _guesses(mean: NDArray[np.float64], edges: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Return the probability of the likeliest cell at each time that has edges."""
    from scipy.special import ndtr

    judged = ~np.isnan(edges).any(axis=1)
    if not judged.any():
        raise OutOfRange("edges", "missing", "thresholds for samples that can be predicted")
    mean, edges = mean[judged], edges[judged]
    out = np.empty(len(mean))
    step = max(1, _CELLS_AT_ONCE // (edges.shape[1] + 1))
    for start in range(0, len(mean), step):
        part = slice(start, start + step)
        below = ndtr((edges[part] - mean[part, None]) / sigma)
        out[part] = np.diff(below, axis=1, prepend=0.0, append=1.0).max(axis=1)
    return out


def _bound(mean: NDArray[np.float64], edges: NDArray[np.float64], error: _Error, confidence: float) -> float:
    """Return −log2 of the upper bound on the mean probability of the likeliest cell.

    Three errors are taken as independent: of the error's deviation, of the share that is predicted, and of the mean
    over a finite record, whose neighbours depend on each other: that one from the means of batches.
    """
    guesses = _guesses(mean, edges, error.likely)
    p = float(guesses.mean())
    surer = float(_guesses(mean, edges, error.low).mean()) - p
    left = max(error.low * 1e-3, sqrt(max(0.0, error.likely**2 - error.explained)))
    closer = float(_guesses(_stretched(mean, error.explained, error.likely), edges, left).mean()) - p
    return max(0.0, -log2(min(1.0, p + hypot(surer, closer, _scatter(guesses, confidence)))))


def _scatter(guesses: NDArray[np.float64], confidence: float) -> float:
    from scipy.special import stdtrit

    batches = min(_BATCHES, len(guesses) // 2)
    if batches < 2:
        return 0.0
    means = np.array([part.mean() for part in np.array_split(guesses, batches)])
    return float(stdtrit(batches - 1, confidence) * means.std(ddof=1) / sqrt(batches))
