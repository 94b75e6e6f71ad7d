"""Apply a network to windows; this file imports JAX, and is imported only where a model is used."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from samefade.learn.model import Packed, Sizes, pack, unpack
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
    """Return how many samples the network averages: (Σ h)² / Σ h², h its mean slope in the middle of a window.

    Of a Savitzky–Golay filter this is one over its middle coefficient. It is kept within 1 and a quarter of the window.
    """
    slopes = np.asarray(_slopes(network, jnp.asarray(windows[:_AT_ONCE])), np.float64)
    power = float(np.sum(slopes**2))
    length = float(slopes.sum()) ** 2 / power if power > 0 else 1.0
    return min(max(length, 1.0), windows.shape[1] / 4)


def to_bytes(network: Network, sizes: Sizes, length: float) -> bytes:
    """Return a network's weights as a model."""
    leaves = [np.ravel(np.asarray(leaf)) for leaf in jax.tree.leaves(eqx.filter(network, eqx.is_array))]
    return pack(sizes, np.concatenate(leaves), length)


def from_bytes(model: bytes, sizes: Sizes, shape: Network) -> tuple[Network, float]:
    """Return the network of a model, and its effective length.

    Args:
        model: What was told in public.
        sizes: The sizes that it must have.
        shape: A network of these sizes, of whose arrays only the shapes count.

    Raises:
        OutOfRange: When the bytes are no such model.
    """
    outline, rest = eqx.partition(shape, lambda leaf: isinstance(leaf, jax.ShapeDtypeStruct))
    leaves, tree = jax.tree.flatten(outline)
    ends = np.cumsum([leaf.size for leaf in leaves])
    told: Packed = unpack(model, sizes, int(ends[-1]))
    parts = [
        jnp.asarray(part.reshape(leaf.shape))
        for part, leaf in zip(np.split(told.weights, ends[:-1]), leaves, strict=True)
    ]
    network: Network = eqx.combine(jax.tree.unflatten(tree, parts), rest)
    return network, told.length


@eqx.filter_jit
def _outputs(network: Network, windows: Array, *, end_b: bool) -> Any:  # noqa: ANN401 -- the wrapper has no types
    return jax.vmap(network.from_b if end_b else network.from_a)(windows)


@eqx.filter_jit
def _slopes(network: Network, windows: Array) -> Any:  # noqa: ANN401 -- the wrapper has no types
    middle = windows.shape[1] // 2
    both = (jax.grad(lambda x, f=f: f(x)[middle]) for f in (network.from_a, network.from_b))
    return sum(jax.vmap(slope)(windows).mean(axis=0) for slope in both)
