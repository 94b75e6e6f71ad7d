"""Bound a whole string by every d-th of its symbols.

A smooth series is predictable from its exact recent past, so the entropy of a symbol given that past is next to
nothing, however many independent values the series holds.
But a string holds at least the entropy of any part of it: H(S_1 … S_n) ≥ H(S_1, S_{1+d}, S_{1+2d} …), for every d.
The largest of these bounds is reported for the whole string.
A series of bandwidth B has 2B independent values a second, and the best d finds about as many.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.following import echoes, following, resembling
from samefade.entropy.gaussian import gaussian
from samefade.entropy.regression import MOST_LAGS
from samefade.errors import ConstantSignal, OutOfRange, TooFewSamples
from samefade.types import Float

SPACINGS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_LEAST_SYMBOLS = 48


def sparse(
    values: Float, edges: Float, *, eve: Float | None = None, published: Float | None = None, confidence: float = 0.99
) -> float:
    """Return the best bound over all spacings, bits for each symbol of the whole string.

    At each spacing the bound is the lesser of the Gaussian one and of what the learning guessers leave.
    The Gaussian bound's confidence is shared out over the spacings tried (Bonferroni), because the best is taken.

    Args:
        values: (n,) samples, evenly spaced.
        edges: (n, levels − 1) thresholds; rows with NaN hold no symbol.
        eve: (n,) or (n, m) what Eve heard at the same times.
        published: (p,) earlier samples that were published: Eve looks for echoes of them, and learns from them.
        confidence: One-sided confidence of the bound.

    Raises:
        TooFewSamples: When there are too few samples even for the closest spacing.
        ConstantSignal: When the samples do not vary.
        NotFinite: When a sample is NaN or infinite.
    """
    x = np.asarray(values, np.float64)
    told = np.empty(0) if published is None else np.asarray(published, np.float64)
    held: NDArray[np.bool_] = np.all(np.isfinite(edges) | np.isinf(edges), axis=1)
    each = 1 - (1 - confidence) / len(SPACINGS)
    best = _share(_Series(x, edges, held, eve, told), each, step=1)
    for step in SPACINGS[1:]:
        if np.count_nonzero(held[::step]) < _LEAST_SYMBOLS:
            break
        try:
            best = max(best, _share(_Series(x, edges, held, eve, told), each, step=step))
        except (TooFewSamples, ConstantSignal, OutOfRange):  # so sparse that nothing can be judged
            break
    return best


class _Series(NamedTuple):
    """What `sparse` is given, checked."""

    x: NDArray[np.float64]
    edges: Float
    held: NDArray[np.bool_]
    eve: Float | None
    told: NDArray[np.float64]


def _share(s: _Series, confidence: float, *, step: int) -> float:
    heard = None if s.eve is None else s.eve[::step]
    each = gaussian(s.x[::step], s.edges[::step], eve=heard, confidence=confidence)
    each = min(each, _followed(s, step=step))
    return each * int(np.count_nonzero(s.held[::step])) / int(np.count_nonzero(s.held))


def _followed(s: _Series, *, step: int) -> float:
    p = len(s.told)
    series = np.concatenate([s.told, s.x])
    # echoes of every sample, also of those between: more than the thinned string itself could tell
    known = echoes(series, beyond=MOST_LAGS * step)
    heard = np.ones(len(series), np.bool_)
    if s.eve is not None:
        theirs = np.asarray(s.eve, np.float64).reshape(len(s.x), -1)
        known = np.hstack([known, np.concatenate([np.zeros((p, theirs.shape[1])), theirs - theirs.mean(axis=0)])])
        heard[:p] = False
    edges = np.concatenate([np.full((p, s.edges.shape[1]), np.nan), s.edges])
    at = slice(p % step, None, step)
    asked = np.full(edges.shape, np.nan)
    asked[at] = edges[at]
    return min(following(series[at], edges[at], known[at], heard[at]), resembling(series, asked, step=step))
