"""Two noisy looks at one autoregression, whose best filter is known in closed form."""

import numpy as np
from scipy.signal import lfilter

from samefade.types import Observation, Pair, Spoken

RATE = 10.0


def looks(n, memory=0.95, noise=1.0, seed=0):
    """Return the common signal, (n,), and a pair of what the ends hear of it: first order, variance 1, white noise."""
    rng = np.random.default_rng(seed)
    signal = lfilter([np.sqrt(1 - memory**2)], [1, -memory], rng.standard_normal(n + 1000))[1000:]
    a, b = (signal + noise * rng.standard_normal(n) for _ in "ab")
    heard = np.ones(n, bool)
    return signal, Pair(Observation(10 + a, RATE, heard, "a"), Observation(20 + 3 * b, RATE, heard, "b"))


def spoken(pair):
    return pair.each(lambda x: Spoken(x.values, x.rate, x.mask, x.end, x.unit, x.start))


def wiener(memory, noise, reach=128):
    """Return the best two-sided filter of 2·reach + 1 taps for such a signal in such noise: the normal equations."""
    lags = np.arange(2 * reach + 1)
    power = memory ** np.abs(np.subtract.outer(lags, lags)) + noise**2 * np.eye(len(lags))
    return np.linalg.solve(power, memory ** np.abs(lags - reach))
