"""Train a network on the spoken samples of both ends; this file imports JAX, and is imported only where one is trained.

Adam (Kingma and Ba 2015) with a pace that falls to nothing along a cosine.
All chance comes from the public seed and the number of the step: the same seed and samples give the same bytes on the
same machine, and a training that was killed goes on as if it had not been.
Where JAX finds a GPU, this runs there: nothing here asks for one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from numpy.typing import NDArray

from samefade.errors import TooFewSamples
from samefade.learn.applying import applied, effective_length
from samefade.learn.checkpoint import Checkpoint
from samefade.learn.networks import Network
from samefade.learn.recipe import Recipe
from samefade.learn.series import Marks, Single, standard, taper, windows
from samefade.learn.weights import drawn, to_bytes
from samefade.types import Observation

Progress = Callable[[int, int, float], None]
CHUNK = 50  # steps between two looks at progress, and in one compiled call
_KEPT = 4  # chunks between two checkpoints
_FEWEST = 4  # windows' worth of samples that were heard at both ends


@dataclass(frozen=True)
class Trained:
    """What a training came to.

    Attributes:
        model: The weights, see `samefade.learn.model`.
        losses: Mean loss of each chunk of steps.
        variance: Of the output at each end on what it was trained on, of an input of variance 1; 0 is a dead network.
    """

    model: bytes
    losses: tuple[float, ...]
    variance: tuple[float, float]


def fit(
    recipe: Recipe,
    ends: tuple[Observation, Observation],
    seed: bytes,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
) -> Trained:
    """Train a network.

    Args:
        recipe: Which network, and how.
        ends: Spoken samples of ends a and b, aligned, (n,) or (n, k).
        seed: Public random bytes.
        progress: Called with steps done, steps in all and the last loss.
        checkpoint: Where the state is kept, so that a training that was killed can go on.

    Raises:
        TooFewSamples: When too few samples were heard at both ends, or in no window half of them.
        OutOfRange: When the checkpoint is of another training.
    """
    known = _Data.of(ends, recipe.window)
    state = _begun(recipe, seed)
    stored = None if checkpoint is None else Checkpoint(checkpoint, known.fingerprint(recipe, seed))
    losses: list[float] = []
    if stored is not None:
        state, losses = stored.read(state)
    while len(losses) * CHUNK < recipe.steps:
        state, loss = _trained(recipe, state, known.batches(recipe, seed, len(losses)))
        losses.append(loss)
        done = min(len(losses) * CHUNK, recipe.steps)
        if stored is not None and (len(losses) % _KEPT == 0 or done == recipe.steps):
            stored.write(state, losses)
        if progress is not None:
            progress(done, recipe.steps, loss)
    return _finished(recipe, state[0], known, losses)


_State = tuple[Network, Any]
_Batches = tuple[tuple[Single, Single], tuple[Single, Single], tuple[Marks, Marks]]


@dataclass(frozen=True, eq=False)
class _Data:
    """Both ends' standardised tones, (k, n), and what was heard, (n,)."""

    a: Single
    b: Single
    heard: tuple[Marks, Marks]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, ends: tuple[Observation, Observation], window: int) -> "_Data":
        a, b = ends
        both = a.mask & b.mask
        have, need = int(np.count_nonzero(both)), _FEWEST * window
        if have < need:
            raise TooFewSamples(have=have, need=need)
        counted = np.concatenate(([0], np.cumsum(both)))
        share = counted[window:] - counted[:-window]
        if share.max() < window // 2:
            raise TooFewSamples(have=int(share.max()), need=window // 2)
        return cls(standard(a).values, standard(b).values, (a.mask, b.mask), np.flatnonzero(share >= window // 2))

    def batches(self, recipe: Recipe, seed: bytes, chunk: int) -> _Batches:
        """Draw a chunk of steps, from tones and places at random: what is fed, what was heard, and where it was.

        Each is of both ends, (CHUNK, batch, w).
        """
        rng = np.random.default_rng([*np.frombuffer(seed, np.uint8), chunk])
        shape = (CHUNK, recipe.batch)
        tone = rng.integers(len(self.a), size=shape)[..., None]
        place = rng.choice(self.starts, shape)[..., None] + np.arange(recipe.window)
        told = (self.a[tone, place], self.b[tone, place])
        fed = told
        if recipe.noise:
            added = np.float32(recipe.noise) * rng.standard_normal((2, *told[0].shape), np.float32)
            fed = (told[0] + added[0], told[1] + added[1])
        return fed, told, (self.heard[0][place], self.heard[1][place])

    def fingerprint(self, recipe: Recipe, seed: bytes) -> bytes:
        """Return what tells one training from another."""
        from hashlib import sha256

        parts = (repr(recipe).encode(), jax.__version__.encode(), seed, self.a, self.b, *self.heard)
        digest = sha256()
        for part in parts:
            digest.update(sha256(part if isinstance(part, bytes) else part.tobytes()).digest())
        return digest.digest()


def _optimiser(recipe: Recipe) -> optax.GradientTransformation:
    return optax.adam(optax.cosine_decay_schedule(recipe.pace, recipe.steps))


def _begun(recipe: Recipe, seed: bytes) -> _State:
    network = drawn(recipe, np.random.default_rng(np.frombuffer(seed, np.uint8)))
    memory = jax.eval_shape(_optimiser(recipe).init, eqx.filter(network, eqx.is_array))
    return network, jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), memory)  # Adam begins with nothing


def _trained(recipe: Recipe, state: _State, batches: _Batches) -> tuple[_State, float]:
    network, memory, losses = _steps(recipe, *state, batches)
    return (network, memory), float(np.mean(losses))


@eqx.filter_jit
def _steps(recipe: Recipe, network: Network, memory: Any, batches: _Batches) -> Any:  # noqa: ANN401 -- a tree
    """Take one step of Adam for each batch; the recipe is fixed when this is compiled, and compiled once for each."""
    optimiser, weight = _optimiser(recipe), jnp.asarray(taper(recipe.window), jnp.float32)
    arrays, rest = eqx.partition(network, eqx.is_array)

    def step(state: tuple[Any, Any], batch: Any) -> tuple[tuple[Any, Any], Array]:  # noqa: ANN401 -- a tree
        fed, told, (heard_a, heard_b) = batch

        def loss(arrays: Any) -> Array:  # noqa: ANN401 -- a tree
            trained: Network = eqx.combine(arrays, rest)
            return trained.loss(fed, told, (weight * heard_a, weight * heard_b))

        found, slope = jax.value_and_grad(loss)(state[0])
        change, after = optimiser.update(slope, state[1])
        return (optax.apply_updates(state[0], change), after), found

    (arrays, memory), losses = jax.lax.scan(step, (arrays, memory), batches)
    return eqx.combine(arrays, rest), memory, losses


def _finished(recipe: Recipe, network: Network, known: _Data, losses: list[float]) -> Trained:
    """Pack the network, and look at what it makes of what it was trained on."""
    cut = (windows(known.a, recipe.window), windows(known.b, recipe.window))
    weight = taper(recipe.window)
    found = [_variance(applied(network, x, end_b=end_b), weight) for x, end_b in zip(cut, (False, True), strict=True)]
    model = to_bytes(recipe, network, effective_length(network, cut[0]))
    return Trained(model, tuple(losses), (found[0], found[1]))


def _variance(outputs: Single, weight: Any) -> float:  # noqa: ANN401 -- an array of reals
    mean = np.average(outputs.mean(axis=0), weights=weight)
    return float(np.average(((outputs - mean) ** 2).mean(axis=0), weights=weight))
