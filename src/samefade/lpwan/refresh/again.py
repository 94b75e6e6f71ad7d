"""Find a channel that comes again: a bus on a fixed route hears every day what it heard the day before.

Whoever knows the spoken share then knows much of what is kept later, which no short memory shows.
"""

from collections.abc import Sequence

import numpy as np
from scipy import fft

from samefade.types import Float

_BEYOND = 32  # lags up to here are the autoregression's, in `entropy`
_FEWEST = 48  # pairs of samples at a lag
_CHANCE = 5.0  # deviations of a correlation by chance: of a thousand lags one in a thousand records reaches it


def came_again(places: Sequence[int], values: Sequence[float], first: int, end: int) -> Float | None:
    """Return what was heard one period, two periods … ago, (end − first,), None where nothing comes again.

    The period is the lag at which samples are most alike, beyond the memory of the channel; places of which no earlier
    period was heard get the mean.
    The chance of a correlation is that of a series with the memory of this one (Bartlett's formula).

    Args:
        places: Where there are samples, spoken and kept, from 0 on and increasing.
        values: Their values.
        first: First place of the answer.
        end: One behind its last.
    """
    held = np.zeros(end)
    held[list(places)] = 1.0
    z = np.zeros(end)
    z[list(places)] = np.asarray(values, np.float64) - np.mean(values)
    pairs = np.rint(_with_itself(held))
    r = _with_itself(z) / np.maximum(pairs, 1) / max(float(np.var(values)), 1e-12)
    lags = np.arange(_BEYOND, end)
    lags = lags[pairs[lags] >= _FEWEST]
    if not len(lags):
        return None
    score = np.abs(r[lags]) * np.sqrt(pairs[lags] / (1 + 2 * np.sum(r[1:_BEYOND] ** 2)))
    period = int(lags[score.argmax()])
    if score.max() < _CHANCE:
        return None
    total, count = np.zeros(end), np.zeros(end)
    for back in range(period, end, period):
        total[back:] += z[:-back]
        count[back:] += held[:-back]
    return np.asarray((total / np.maximum(count, 1))[first:])


def _with_itself(x: Float) -> Float:
    """Return Σ x_t x_{t+l} for every lag l."""
    size = fft.next_fast_len(2 * len(x), real=True)
    return np.asarray(fft.irfft(np.abs(fft.rfft(x, size)) ** 2, size)[: len(x)])
