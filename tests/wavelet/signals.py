"""Two ends that hear one slow fade, each with noise of its own."""

import numpy as np


def ends(n, seed=1, noise=1.0):
    rng = np.random.default_rng(seed)
    fade = np.zeros(n)
    steps = rng.normal(size=n)
    for i in range(1, n):
        fade[i] = 0.97 * fade[i - 1] + steps[i]
    return fade + noise * rng.normal(size=n), fade + noise * rng.normal(size=n)
