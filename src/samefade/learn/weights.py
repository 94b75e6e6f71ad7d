"""Draw a network's weights, write them in a row, and read them back; this file imports JAX."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from samefade.learn.model import pack, unpack
from samefade.learn.networks import Network
from samefade.learn.recipe import Recipe
from samefade.learn.series import Single


def drawn(recipe: Recipe, rng: np.random.Generator) -> Network:
    """Return an untrained network: weights uniform within one over the root of their inputs, nothing added.

    They are drawn here and not by JAX, which would compile a program for each shape.
    """
    outline = _outline(recipe)
    return _filled(outline, np.concatenate([_uniform(rng, shape).ravel() for shape in _shapes(outline)]))


def to_bytes(recipe: Recipe, network: Network, length: float) -> bytes:
    """Return a network as a model."""
    leaves = [np.ravel(np.asarray(leaf)) for leaf in jax.tree.leaves(eqx.filter(network, eqx.is_array))]
    return pack(recipe.sizes, np.concatenate(leaves), length)


def from_bytes(model: bytes, recipe: Recipe) -> tuple[Network, float]:
    """Return the network of a model that came over the air, and its effective length in samples.

    Raises:
        OutOfRange: When the bytes are no model of this recipe.
    """
    outline = _outline(recipe)
    told = unpack(model, recipe.sizes, sum(int(np.prod(shape)) for shape in _shapes(outline)))
    return _filled(outline, told.weights), told.length


def _outline(recipe: Recipe) -> Network:
    """Return a network of shapes without numbers."""
    outline: Network = eqx.filter_eval_shape(recipe.network, jax.random.key(0))
    return outline


def _shapes(outline: Network) -> list[tuple[int, ...]]:
    return [leaf.shape for leaf in jax.tree.leaves(outline) if _empty(leaf)]


def _filled(outline: Network, numbers: Single) -> Network:
    """Return the network with these numbers, in the order of its fields."""
    arrays, rest = eqx.partition(outline, _empty)
    leaves, tree = jax.tree.flatten(arrays)
    ends = np.cumsum([leaf.size for leaf in leaves])
    parts = zip(leaves, np.split(numbers[: ends[-1]], ends[:-1]), strict=True)
    filled = [jnp.asarray(part.reshape(leaf.shape), jnp.float32) for leaf, part in parts]
    network: Network = eqx.combine(jax.tree.unflatten(tree, filled), rest)
    return network


def _uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Single:
    inputs = int(np.prod(shape[1:]))
    if inputs == 1 and len(shape) < 3:  # what a layer adds
        return np.zeros(shape, np.float32)
    return rng.uniform(-1, 1, shape).astype(np.float32) / np.float32(np.sqrt(inputs))


def _empty(leaf: object) -> bool:
    return isinstance(leaf, jax.ShapeDtypeStruct)
