"""Guess each symbol from the ones before it, and read the min-entropy off the share of right guesses.

The predictor counts what followed each context of k symbols so far and guesses the most frequent; it has learnt from
the past alone when it guesses, so a short string cannot be over-fitted.
From its successes follow a global and a local guessing probability as in NIST SP 800-90B section 6.3.7 to 6.3.10.
What it cannot see: structure longer than its context, and anything that Eve measured herself.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange, TooFewSamples
from samefade.types import Integer, Mask

ORDERS = (0, 1, 2, 3)
_LEAST = 16


def markov(
    symbols: Integer,
    levels: int,
    order: int | tuple[int, ...] = ORDERS,
    *,
    confidence: float = 0.99,
    local: bool = True,
) -> float:
    """Return the min-entropy per symbol, bits: the least over Markov predictors of the given orders.

    Args:
        symbols: (n,) integers 0 … levels − 1.
        levels: How many levels there are, 2 to 256.
        order: How many symbols a predictor looks back, 0 to 6; several give the least of their estimates.
        confidence: Confidence of the upper bound on the share of right guesses, within (0, 1).
        local: Bound by the longest run of right guesses too, as for symbols that are used one by one; without it
            the answer is for the string as a whole, which may be predictable in places.

    Raises:
        TooFewSamples: When there are fewer than 16 symbols.
        OutOfRange: When a symbol or a parameter is outside its range.
    """
    orders = (order,) if isinstance(order, int) else order
    _check(symbols, levels, orders, confidence)
    values = symbols.astype(np.int64)
    return min(_score(_hits(values, levels, k), levels, confidence, local=local) for k in orders)


def ceiling(n: int, levels: int, *, confidence: float = 0.99) -> float:
    """Return about what `markov` gives for n perfect symbols: it is below log2(levels) because n is finite."""
    p = 1 / levels
    # the longest run of right guesses, expected (Gordon, Schilling and Waterman 1986)
    run = int(np.log(max(2.0, n * (1 - p))) / np.log(levels) + np.euler_gamma / np.log(levels))
    return -float(np.log2(max(upper(p * n, n, confidence), _local(run, n, confidence))))


def _check(symbols: Integer, levels: int, orders: tuple[int, ...], confidence: float) -> None:
    if not 2 <= levels <= 256:
        raise OutOfRange("levels", levels, "2 to 256")
    if not orders or not all(0 <= k <= 6 for k in orders):
        raise OutOfRange("order", orders, "0 to 6")
    if not 0 < confidence < 1:
        raise OutOfRange("confidence", confidence, "between 0 and 1, both excluded")
    if symbols.ndim != 1 or not np.issubdtype(symbols.dtype, np.integer):
        raise OutOfRange("symbols", f"{symbols.dtype} of shape {symbols.shape}", "one row of integers")
    if len(symbols) < _LEAST:
        raise TooFewSamples(have=len(symbols), need=_LEAST)
    if symbols.min() < 0 or symbols.max() >= levels:
        raise OutOfRange("symbols", f"{symbols.min()} to {symbols.max()}", f"0 to {levels - 1}")


def _hits(values: NDArray[np.int64], levels: int, k: int) -> Mask:
    """Return which symbols a predictor of order k guesses right, (n − k,), in order of time."""
    following = values[k:]
    context = np.zeros(len(following), np.int64)
    for back in range(1, k + 1):
        context = context * levels + values[k - back : len(values) - back]
    by_context = np.argsort(context, kind="stable")  # within one context, time goes on
    out = np.empty(len(following), np.bool_)
    out[by_context] = _guess(following[by_context], _begins(context[by_context]), levels) == following[by_context]
    return out


def _begins(context: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each place where its run of equal contexts begins."""
    first = np.concatenate([[True], context[1:] != context[:-1]])
    return np.maximum.accumulate(np.where(first, np.arange(len(context)), 0))


def _guess(following: NDArray[np.int64], begins: NDArray[np.int64], levels: int) -> NDArray[np.int64]:
    """Return the symbol most frequent so far in the same context; −1 where there is no past."""
    best, most = np.full(len(following), -1), np.zeros(len(following), np.int64)
    for symbol in range(levels):
        before = np.concatenate([[0], np.cumsum(following == symbol)])[:-1]
        count = before - before[begins]
        best = np.where(count > most, symbol, best)
        most = np.maximum(most, count)
    return best


def _score(hits: Mask, levels: int, confidence: float, *, local: bool) -> float:
    """Return −log2 of the larger of global, local and blind guessing probability (SP 800-90B 6.3.7, steps 5 to 8)."""
    n, right = len(hits), int(np.count_nonzero(hits))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], hits, [False]]).astype(np.int8)))
    run = int((edges[1::2] - edges[::2]).max()) if len(edges) else 0
    p = max(upper(right, n, confidence), _local(run, n, confidence) if local else 0.0, 1 / levels)
    return max(0.0, -float(np.log2(p)))


def upper(right: float, n: int, confidence: float) -> float:
    """Return the upper confidence bound on the share of right guesses, of which there were `right` in n."""
    from scipy.special import ndtri

    if right == 0:
        return 1 - float((1 - confidence) ** (1 / n))
    p = right / n
    # two-sided, as SP 800-90B's 2.576 for 99 %
    return min(1.0, p + float(ndtri((1 + confidence) / 2)) * float(np.sqrt(p * (1 - p) / (n - 1))))


def _local(run: int, n: int, confidence: float) -> float:
    """Return the p with which a run longer than `run` is absent from n guesses with probability `confidence`."""
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        low, high = (p, high) if _log_absent(p, run + 1, n) > np.log(confidence) else (low, p)
    return high


def _log_absent(p: float, run: int, n: int) -> float:
    """Return the log of the probability that n trials hold no `run` successes in a row (Feller, XIII.7)."""
    q, x = 1 - p, 1.0
    for _ in range(50):
        x = 1 + q * p**run * x ** (run + 1)
        if x * p >= 1 or x > 2:  # the other root: such runs are certain
            return -np.inf
    return float(np.log1p(-p * x) - np.log((run + 1 - run * x) * q) - (n + 1) * np.log(x))
