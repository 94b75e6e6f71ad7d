"""Guess each symbol by linear predictors that learn as the record goes on, and count how often they are right.

The Gaussian bound fits one predictor of 32 lags to the whole record and trusts that its errors are Gaussian.
These guessers trust neither: they follow a channel whose motion changes (a chirp), they look further back, they use
what came an echo ago (a period, a replay, also of published samples), and only their right guesses count.
A guesser has learnt from the past alone when it guesses, so it cannot be over-fitted.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.entropy.analog import Known, analogs
from samefade.entropy.markov import upper
from samefade.types import Float, Mask

Real = NDArray[np.float64]

_RIDGE = 1e-9
_BLOCKS = 8  # a window's coefficients are learnt anew as often as this
_CELLS_AT_ONCE = 1 << 20
_LINE = 8  # samples through which a straight line is taken off before analogies are looked for


class Look(NamedTuple):
    """How a guesser looks back: over how many samples, learning from how many (None: all), and what else it uses."""

    order: int
    window: int | None
    known: bool = True


LOOKS = (Look(4, 64, known=False), Look(16, 512), Look(96, None))


def following(x: Real, edges: Real, known: Real, heard: Mask, *, confidence: float = 0.99) -> float:
    """Return the min-entropy of a symbol that the best of the learning guessers leaves, bits.

    It is infinite where the record is too short for any of them to learn.

    Args:
        x: (n,) samples, evenly spaced, published ones first.
        edges: (n, levels − 1) thresholds; rows with NaN are not judged.
        known: (n, m) what is known at each time besides the past: Eve's samples, echoes.
        heard: (n,) False where `known` is not known, so that nothing may be learnt from it.
        confidence: Confidence of the upper bound on the share of right guesses.
    """
    scale = float(x.std())
    if scale == 0:
        return 0.0
    unit, cuts = (x - x.mean()) / scale, (edges - x.mean()) / scale
    return min((_judge(look, unit, cuts, known, heard, confidence) for look in LOOKS), default=np.inf)


def resembling(x: Real, edges: Real, *, step: int = 1, confidence: float = 0.99) -> float:
    """Return the min-entropy of every so many-th symbol that the best guesser by analogy leaves, bits.

    What followed like pasts is learnt from all samples; what is to be guessed is guessed from symbols' samples alone.
    It is infinite where analogies foretell no more than a straight line does.

    Args:
        x: (n,) samples, evenly spaced, published ones first.
        edges: (n, levels − 1) thresholds; rows with NaN are not judged.
        step: How many samples lie from one symbol to the next.
        confidence: Confidence of the upper bound on the share of right guesses.
    """
    judged: Mask = np.asarray(~np.isnan(edges).any(axis=1))
    n, scale = int(np.count_nonzero(judged)), float(x.std())
    if n < 2 or scale == 0 or len(x) < 2 * _LINE * step + 64:
        return np.inf
    lines = np.column_stack([np.ones(len(x)), *(np.roll(x, k * step) for k in range(1, _LINE + 1))])
    lines[: _LINE * step, 1:] = 0.0
    said = lines @ np.linalg.lstsq(lines[_LINE * step :], x[_LINE * step :], rcond=None)[0]
    left = float((x - said).std())
    if left <= _RIDGE * scale:
        return np.inf  # a straight line foretells it
    known = Known(x, (x - said) / left, np.ones(len(x), np.bool_), judged, left)
    best = np.inf
    for mean, spread in analogs(known, step=step):
        right = _right(x[judged], (said + left * mean)[judged], left * spread[judged], edges[judged])
        best = min(best, -float(np.log2(upper(right, n, confidence))))
    return best


def _judge(look: Look, x: Real, edges: Real, known: Real, heard: Mask, confidence: float) -> float:
    design = np.hstack([np.ones((len(x), 1)), _past(x, look.order), known if look.known else known[:, :0]])
    block = (look.window or len(x) // 2) // _BLOCKS
    if block * _BLOCKS < 2 * design.shape[1] or len(x) < 2 * block * _BLOCKS:
        return np.inf
    learn = heard.copy() if look.known else np.ones_like(heard)
    learn[: look.order] = False
    mean, sigma = _predictions(x, design, learn, block, None if look.window is None else _BLOCKS)
    judged = np.isfinite(mean) & ~np.isnan(edges).any(axis=1)
    n = int(np.count_nonzero(judged))
    if n < 2:
        return np.inf
    right = _right(x[judged], mean[judged], sigma[judged], edges[judged])
    return -float(np.log2(upper(right, n, confidence)))


def _past(x: Real, order: int) -> Real:
    out = np.zeros((len(x), order))
    for back in range(1, order + 1):
        out[back:, back - 1] = x[:-back]
    return out


def _predictions(x: Real, design: Real, learn: Mask, block: int, window: int | None) -> tuple[Real, Real]:
    """Return each sample's prediction and its error's deviation, (n,); NaN where nothing was learnt yet."""
    n, q = design.shape
    m = n // block
    rows = np.column_stack([design, x])[: m * block] * learn[: m * block, None]
    parts = rows.reshape(m, block, q + 1)
    total = np.concatenate([np.zeros((1, q + 1, q + 1)), np.cumsum(parts.transpose(0, 2, 1) @ parts, axis=0)])
    count = np.concatenate([[0], np.cumsum(learn[: m * block].reshape(m, block).sum(axis=1))])
    at = np.arange(1, m + 1)  # coefficients learnt before block `at`; the last also serves the rest of the record
    start = np.zeros_like(at) if window is None else np.maximum(at - window, 0)
    gram, seen = total[at] - total[start], count[at] - count[start]
    enough = seen >= min(2 * q, block * _BLOCKS)
    mean, sigma = np.full(n, np.nan), np.full(n, np.nan)
    for i in np.flatnonzero(enough):
        beta, spread = _solve(gram[i], int(seen[i]))
        here = slice(at[i] * block, n if i == m - 1 else (at[i] + 1) * block)
        mean[here], sigma[here] = design[here] @ beta, spread
    return mean, sigma


def _solve(gram: Real, seen: int) -> tuple[Real, float]:
    inner, cross = gram[:-1, :-1], gram[:-1, -1]
    weight = np.diag(inner)
    ridge = np.diag(_RIDGE * weight + _RIDGE * max(float(weight.max()), 1e-300))
    beta = np.asarray(np.linalg.solve(inner + ridge, cross))
    left = float(gram[-1, -1] - 2 * beta @ cross + beta @ inner @ beta)
    return beta, max(1e-9, (max(left, 0.0) / max(1, seen - len(beta))) ** 0.5)


def _right(x: Real, mean: Real, sigma: Real, edges: Real) -> int:
    """Count the symbols that are the likeliest cell of their prediction."""
    from scipy.special import ndtr

    right, step = 0, max(1, _CELLS_AT_ONCE // (edges.shape[1] + 1))
    for start in range(0, len(x), step):
        part = slice(start, start + step)
        below = ndtr((edges[part] - mean[part, None]) / sigma[part, None])
        guess = np.diff(below, axis=1, prepend=0.0, append=1.0).argmax(axis=1)
        right += int(np.count_nonzero(guess == (x[part, None] >= edges[part]).sum(axis=1)))
    return right


def echoes(x: Float, *, beyond: int, most: int = 2) -> Real:
    """Return what came an echo ago, one sample earlier and one later, (n, 3·most); zero where there is no such past.

    An echo's lag is where the autocorrelation beyond the given lag is largest, over at least a tenth of the record.

    Args:
        x: (n,) samples.
        beyond: The largest lag that is looked at elsewhere.
        most: How many echoes.
    """
    z = np.asarray(x, np.float64) - np.mean(x)
    n = len(z)
    out = np.zeros((n, 3 * most))
    lags = np.arange(beyond + 2, n - n // 10)
    if not len(lags):
        return out
    score = np.abs(_autocorrelation(z)[lags]) / (n - lags) * np.sqrt(n - lags)
    for column in range(most):
        lag = int(lags[score.argmax()])
        score[np.abs(lags - lag) <= 1] = -1.0
        for i, shift in enumerate((-1, 0, 1)):
            out[lag + shift :, 3 * column + i] = z[: n - lag - shift]
    return out


def _autocorrelation(z: Real) -> Real:
    from scipy import fft

    size = fft.next_fast_len(2 * len(z), real=True)
    return np.asarray(fft.irfft(np.abs(fft.rfft(z, size)) ** 2, size)[: len(z)])
