"""Apply a network to windows; this file imports JAX, and is imported only where a model is used."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from samefade.learn.networks import Network
from samefade.learn.series import Single

_AT_ONCE = 512  # windows: one shape, so that one compilation serves records of every length


def applied(network: Network, windows: Single, *, end_b: bool) -> Single:
    """Return the features of one end's windows, (m, w)."""
    m = len(windows)
    padded = np.zeros((-(-m // _AT_ONCE) * _AT_ONCE, windows.shape[1]), np.float32)
    padded[:m] = windows
    made = [
        np.asarray(_outputs(network, jnp.asarray(part), end_b=end_b))
        for part in np.split(padded, len(padded) // _AT_ONCE)
    ]
    return np.concatenate(made)[:m]


def effective_length(network: Network, windows: Single) -> float:
    """Return how many samples the network averages: (Σ h)² / Σ h², h its mean answer to an impulse amid a window.

    Of a Savitzky–Golay filter this is one over its middle coefficient. It is kept within 1 and a quarter of the window.
    """
    before = windows[:_AT_ONCE]
    after = before.copy()
    after[:, windows.shape[1] // 2] += 1.0
    slope = [applied(network, after, end_b=end) - applied(network, before, end_b=end) for end in (False, True)]
    answer = sum(one.mean(axis=0, dtype=np.float64) for one in slope)
    power = float(np.sum(answer**2))
    length = float(np.sum(answer)) ** 2 / power if power > 0 else 1.0
    return float(min(max(length, 1.0), windows.shape[1] / 4))


@eqx.filter_jit
def _outputs(network: Network, windows: Array, *, end_b: bool) -> Any:  # noqa: ANN401 -- the wrapper has no types
    return jax.vmap(network.from_b if end_b else network.from_a)(windows)
