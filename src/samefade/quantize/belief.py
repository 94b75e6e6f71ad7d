"""What end b believes of end a's cells, and how cells are spelt in layers of bits.

Layers go from the least significant bit up (set partitioning, Ungerboeck 1982): the first layers are noisy and tell a
lot about where a's value lies inside b's uncertainty, so that all higher bits are almost certain once they are known.
They also show how wrong b's estimates are just now: after each layer b takes the scale of errors under which the bits
known so far are likeliest, so a channel that became noisier since calibration costs one layer and not all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree
from samefade.types import BitArray, Float

Real = NDArray[np.float64]
Chances = NDArray[np.float32]
SCALES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
_WIDER = 3.0  # some errors are so many times as wide as the others: real noise has tails
_CERTAIN = 1e-9
_EVIDENCE = 8.0  # nats by which another scale must be likelier than what calibration found
_LOOKED_AT = 4000  # symbols from which the scale of errors is found


@dataclass(frozen=True, eq=False, repr=False)
class Likely:
    """What end b expects of the components of one strand.

    Attributes:
        expected: (m, K) what it expects of each component of each block.
        deviation: (m, K) standard deviation of its error.
        edges: K arrays of thresholds.
        tail: Share of errors that are three times as wide as the others.
    """

    expected: Real
    deviation: Real
    edges: Sequence[Float]
    tail: float

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("what an end expects has no serialiser: it is secret")

    def chances(self, scale: float = 1.0, every: int = 1) -> Chances:
        """Return the probability of each cell, (m, K, 2^w), when errors are `scale` times as wide; of every n-th block.

        Components with fewer cells than others leave the rest zero.
        """
        from samefade.quantize.belief_loops import fill

        expected, deviation = self.expected[::every], np.minimum(1.0, scale * self.deviation[::every])
        out = np.zeros((*expected.shape, 1 + max(len(e) for e in self.edges)), np.float32)
        for k, e in enumerate(self.edges):
            mean, spread = (np.ascontiguousarray(x[:, k], np.float64) for x in (expected, deviation))
            fill(mean, spread, np.asarray(e, np.float64), (self.tail, _WIDER), out[:, k])
        return out


@dataclass(frozen=True, eq=False, repr=False)
class CellBelief:
    """Log-likelihood ratios of layer after layer, as `Bits.belief` wants them.

    Attributes:
        likely: What end b expects, strand by strand.
        widths: (ΣK,) how many bits each component has.
        first: How many layers are decoded one by one; all higher bits follow together in one more.
    """

    likely: tuple[Likely, ...]
    widths: NDArray[np.int64]
    first: int = 3

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a belief has no serialiser: it is secret")

    def about(self, known: BitArray) -> Float:
        """Return the log-likelihood ratios of the layer after the known ones, in nats, positive for a 0.

        Raises:
            EndsDisagree: When the known bits are not those of whole layers.
        """
        blocks = len(self.likely[0].expected)
        wide = np.tile(self.widths, blocks)
        low = np.zeros(len(wide), np.int64)
        at = 0
        for layer, planes in enumerate(planes_of(self.widths, self.first)):
            if at == len(known):
                scale = self._scale(low, layer) if layer else 1.0
                given = low.reshape(blocks, -1)
                return np.concatenate([self._ratios(plane, given, layer, scale) for plane in planes])
            holders = wide > planes[0]
            if len(known) - at < np.count_nonzero(holders):
                break
            low[holders] |= known[at : at + np.count_nonzero(holders)].astype(np.int64) << planes[0]
            at += int(sum(np.count_nonzero(wide > plane) for plane in planes))
        raise EndsDisagree("number of known bits and of whole layers", len(known), at)

    def _ratios(self, plane: int, low: NDArray[np.int64], known: int, scale: float) -> Float:
        """Return the ratios of one bit plane, given the `known` lowest bits of each symbol, (blocks, ΣK)."""
        from samefade.quantize.belief_loops import ratio

        out, column = np.zeros(low.shape), 0
        for part in self.likely:
            deviation = np.minimum(1.0, scale * part.deviation)
            for k, edges in enumerate(part.edges):
                if self.widths[column] > plane:
                    mean, spread, given = (
                        np.ascontiguousarray(x) for x in (part.expected[:, k], deviation[:, k], low[:, column])
                    )
                    cuts = np.asarray(edges, np.float64)
                    out[:, column] = ratio(mean, spread, cuts, (part.tail, _WIDER), given, (known, plane))
                column += 1
        return np.asarray(out[:, self.widths > plane].ravel())

    def _chances(self, scale: float, every: int = 1) -> Chances:
        """Return the cells' probabilities of all strands, block after block, (m · ΣK, 2^w)."""
        each = [part.chances(scale, every) for part in self.likely]
        wide = max(part.shape[2] for part in each)
        padded = [np.pad(part, ((0, 0), (0, 0), (0, wide - part.shape[2]))) for part in each]
        return np.concatenate(padded, axis=1).reshape(-1, wide)

    def _scale(self, low: NDArray[np.int64], known: int) -> float:
        """Return the scale of errors under which the `known` lowest bits are likeliest."""
        K = len(self.widths)
        every = max(1, len(low) // _LOOKED_AT)
        seen = low.reshape(-1, K)[::every].ravel()

        @cache
        def surprise(scale: float) -> float:
            chances = self._chances(scale, every)
            folded = chances.reshape(len(seen), -1, min(1 << known, chances.shape[1])).sum(axis=1)
            return -float(np.log(np.take_along_axis(folded, seen[:, None], axis=1) + _CERTAIN).sum())

        best, least = downhill(surprise, SCALES, 1.0)
        return best if least < surprise(1.0) - _EVIDENCE else 1.0


def downhill(score: Callable[[float], float], steps: Sequence[float], start: float) -> tuple[float, float]:
    """Return the step with the least score, and that score, going down from `start` for as long as it falls."""
    at, least = steps.index(start), score(start)
    for way in (-1, 1):
        while 0 <= at + way < len(steps) and (next_score := score(steps[at + way])) < least:
            at, least = at + way, next_score
    return steps[at], least


def planes_of(widths: NDArray[np.int64], first: int) -> list[range]:
    """Return the bit planes of each layer: one each for the first ones, all others together."""
    top = int(widths.max())
    single = [range(plane, plane + 1) for plane in range(min(first, top))]
    return [*single, range(first, top)] if top > first else single


def spell(cells: NDArray[np.uint8], widths: NDArray[np.int64], first: int = 3) -> tuple[BitArray, tuple[int, ...]]:
    """Return the bits of all symbols, layer after layer, and how long each layer is.

    Args:
        cells: (m,) cell numbers.
        widths: (m,) how many bits each symbol has.
        first: How many layers hold one bit plane each.
    """
    layers = [
        np.concatenate([(cells[widths > plane] >> plane) & 1 for plane in planes])
        for planes in planes_of(widths, first)
    ]
    return np.concatenate(layers).astype(np.uint8), tuple(len(layer) for layer in layers)
