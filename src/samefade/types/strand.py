"""One direction among the tones, and the components of its blocks: public, learnt from spoken samples."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from samefade.types.recording import Float


@dataclass(frozen=True, eq=False)
class Strand:
    """A series of one direction among the tones, cut into blocks of `span` samples with K components each.

    Attributes:
        direction: (k,) weights of the tones, one for a single tone.
        mean: What is taken off the weighted sum, by end.
        span: Samples in a block, T.
        basis: (K, T) components of a block at end a: of unit variance, and uncorrelated as far as is known.
        reach: Samples before and after a block that end b looks at, c.
        estimate: (K, T + 2c) how end b estimates a's components from its own samples.
        noise: (K,) standard deviation of the error of that estimate.
        activity: How far the error's deviation follows how much b's series moves just then: 0 not at all, 1 fully.
        movement: Mean of the logarithm of b's local movement, for `activity`.
        tail: Share of errors that are three times as wide as the others.
        edges: For each component the thresholds of its levels, 2^bits − 1 of them; empty before bits were allocated.
    """

    direction: Float
    mean: dict[str, float]
    span: int
    basis: Float
    reach: int
    estimate: Float
    noise: Float
    activity: float = 0.0
    movement: float = 0.0
    tail: float = 0.01
    edges: tuple[Float, ...] = field(default=())

    __hash__ = None  # type: ignore[assignment]  # arrays cannot be hashed

    def __eq__(self, other: object) -> bool:
        """Say whether every number is the same."""
        if not isinstance(other, Strand):
            return NotImplemented
        mine, theirs = vars(self), vars(other)
        return all(_same(mine[name], theirs[name]) for name in mine)

    @property
    def components(self) -> int:
        """Return K."""
        return len(self.basis)

    @property
    def bits(self) -> tuple[int, ...]:
        """Return how many bits each component is worth in the quantiser."""
        return tuple((len(edges) + 1).bit_length() - 1 for edges in self.edges)


def _same(a: Any, b: Any) -> bool:  # noqa: ANN401 -- a field may be an array, a tuple of arrays, or a plain value
    if isinstance(a, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    return np.array_equal(a, b) if isinstance(a, np.ndarray) else bool(a == b)
