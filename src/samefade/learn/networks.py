"""The networks and what they are trained for; this file imports JAX, and is imported only where a model is used.

Both are of the size of published community code for this task ("stand-in size": convolutions 1 → 4 → 1, dense layers of
32): the layers of the papers themselves are not in the abstracts, which are all that we know of them.
Each convolution has a way around it, so that the networks begin as something near a linear filter.

Notation: x (w,) a standardised window; m windows in a batch.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

_TINY = 1e-6  # keeps the slope of a standard deviation finite where nothing varies


class Network(eqx.Module):
    """What every network can be asked: an output for a window of each end, and a loss."""

    def from_a(self, x: Array) -> Array:
        """Return the feature of end a's window, (w,)."""
        raise NotImplementedError

    def from_b(self, x: Array) -> Array:
        """Return the feature of end b's window, (w,)."""
        raise NotImplementedError

    def loss(self, fed: tuple[Array, Array], heard: tuple[Array, Array], weight: tuple[Array, Array]) -> Array:
        """Return what training makes small.

        Args:
            fed: Both ends' windows as the network gets them, (m, w) each.
            heard: Both ends' windows as they were.
            weight: How much each sample counts.
        """
        raise NotImplementedError


class Smoother(eqx.Module):
    """Convolutions 1 → c → 1 with a leaky rectifier between, and a way around both."""

    first: eqx.nn.Conv1d
    second: eqx.nn.Conv1d

    def __init__(self, channels: int, kernel: int, key: Array) -> None:
        """Draw the weights."""
        one, two = jax.random.split(key)
        self.first = eqx.nn.Conv1d(1, channels, kernel, padding=kernel // 2, key=one)
        self.second = eqx.nn.Conv1d(channels, 1, 1, key=two)

    def __call__(self, x: Array) -> Array:
        """Return what is made of x, (w,)."""
        return x + self.second(jax.nn.leaky_relu(self.first(x[None])))[0]


class CrossDecoder(Network):
    """A shared encoder, and a decoder for what each end heard: two tasks, each from the other end's noisy window."""

    smooth: Smoother
    encode: eqx.nn.Linear
    decode_a: eqx.nn.Linear
    decode_b: eqx.nn.Linear

    def __init__(self, window: int, hidden: int, channels: int, kernel: int, key: Array) -> None:
        """Draw the weights."""
        keys = jax.random.split(key, 4)
        self.smooth = Smoother(channels, kernel, keys[0])
        self.encode = eqx.nn.Linear(window, hidden, key=keys[1])
        self.decode_a = eqx.nn.Linear(hidden, window, key=keys[2])
        self.decode_b = eqx.nn.Linear(hidden, window, key=keys[3])

    def from_a(self, x: Array) -> Array:
        """Return what end b heard, as far as end a's window tells."""
        return self.decode_b(self.encode(self.smooth(x)))

    def from_b(self, x: Array) -> Array:
        """Return what end a heard, as far as end b's window tells."""
        return self.decode_a(self.encode(self.smooth(x)))

    def loss(self, fed: tuple[Array, Array], heard: tuple[Array, Array], weight: tuple[Array, Array]) -> Array:
        """Return the weighted mean square errors of both decoders, each fed the other end's window."""
        wrong_a = _mean(weight[0], (jax.vmap(self.from_b)(fed[1]) - heard[0]) ** 2)
        return wrong_a + _mean(weight[1], (jax.vmap(self.from_a)(fed[0]) - heard[1]) ** 2)


class Convergent(Network):
    """A convolutional network for each end, whose outputs shall converge, and shall not die."""

    deep_a: tuple[Smoother, Smoother]
    deep_b: tuple[Smoother, Smoother]
    last_a: eqx.nn.Conv1d
    last_b: eqx.nn.Conv1d
    spread: float = eqx.field(static=True)

    def __init__(self, channels: int, kernel: int, spread: float, key: Array) -> None:
        """Draw the weights."""
        keys = jax.random.split(key, 6)
        self.deep_a = (Smoother(channels, kernel, keys[0]), Smoother(channels, kernel, keys[1]))
        self.deep_b = (Smoother(channels, kernel, keys[2]), Smoother(channels, kernel, keys[3]))
        self.last_a = eqx.nn.Conv1d(1, 1, kernel, padding=kernel // 2, key=keys[4])
        self.last_b = eqx.nn.Conv1d(1, 1, kernel, padding=kernel // 2, key=keys[5])
        self.spread = spread

    def from_a(self, x: Array) -> Array:
        """Return end a's feature of its window."""
        deep = self.deep_a[1](self.deep_a[0](x))
        return deep + self.last_a(deep[None])[0]

    def from_b(self, x: Array) -> Array:
        """Return end b's feature of its window."""
        deep = self.deep_b[1](self.deep_b[0](x))
        return deep + self.last_b(deep[None])[0]

    def loss(self, fed: tuple[Array, Array], heard: tuple[Array, Array], weight: tuple[Array, Array]) -> Array:  # noqa: ARG002 -- it compares outputs alone
        """Return the mean square difference of the outputs, and what their deviations lack to 1, squared."""
        z_a, z_b = jax.vmap(self.from_a)(fed[0]), jax.vmap(self.from_b)(fed[1])
        both = weight[0] * weight[1]  # what one end did not hear cannot converge
        lacking = sum(jax.nn.relu(1 - _deviation(both, z)) ** 2 for z in (z_a, z_b))
        return _mean(both, (z_a - z_b) ** 2) + self.spread * lacking


def _mean(weight: Array, x: Array) -> Array:
    return jnp.sum(weight * x) / (jnp.sum(weight) + _TINY)


def _deviation(weight: Array, x: Array) -> Array:
    return jnp.sqrt(_mean(weight, (x - _mean(weight, x)) ** 2) + _TINY)
