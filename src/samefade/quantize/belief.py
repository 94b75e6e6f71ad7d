"""What end b believes of end a's cells, and how cells are spelt in layers of bits.

Layers go from the least significant bit up (set partitioning, Ungerboeck 1982): the first layers are noisy and tell a
lot about where a's value lies inside b's uncertainty, so that all higher bits are almost certain once they are known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree
from samefade.types import BitArray, Float

Real = NDArray[np.float64]
_TAIL = (0.02, 3.0)  # one error in fifty is taken to be three times as wide: real noise has tails
_CERTAIN = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class CellBelief:
    """Probabilities of each cell, symbol by symbol, as `Bits.belief` wants them.

    Attributes:
        chances: (m, 2^w) probability of each cell; components with fewer cells leave the rest zero.
        widths: (m,) how many bits each symbol has.
        first: How many layers are decoded one by one; all higher bits follow together in one more.
    """

    chances: NDArray[np.float32]
    widths: NDArray[np.int64]
    first: int = 3

    def about(self, known: BitArray) -> Float:
        """Return the log-likelihood ratios of the layer after the known ones, in nats, positive for a 0.

        Raises:
            EndsDisagree: When the known bits are not those of whole layers.
        """
        low = np.zeros(len(self.widths), np.int64)
        at = 0
        for layer, planes in enumerate(planes_of(self.widths, self.first)):
            if at == len(known):
                return np.concatenate([self._ratios(plane, low, layer) for plane in planes])
            holders = self.widths > planes[0]
            low[holders] |= known[at : at + np.count_nonzero(holders)].astype(np.int64) << planes[0]
            at += int(sum(np.count_nonzero(self.widths > plane) for plane in planes))
        raise EndsDisagree("number of known bits and of all layers", len(known), at)

    def _ratios(self, plane: int, low: NDArray[np.int64], known: int) -> Float:
        """Return the ratios of one bit plane, given the `known` lowest bits of each symbol."""
        holders = np.flatnonzero(self.widths > plane)
        chances = self.chances[holders]
        n, levels = chances.shape
        # (symbol, higher bits, this bit, bits between, known bits)
        shaped = chances.reshape(n, levels >> (plane + 1), 2, 1 << (plane - known), 1 << known)
        fitting = np.take_along_axis(shaped, low[holders, None, None, None, None], axis=4)[..., 0]
        zero, one = fitting.sum(axis=(1, 3), dtype=np.float64).T + _CERTAIN
        return np.asarray(np.log(zero / one))


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


def chances(expected: Real, deviation: Real, edges: list[Float]) -> NDArray[np.float32]:
    """Return the probability of each cell of each symbol, block after block, (m · K, 2^w).

    Args:
        expected: (m, K) what end b expects of each component.
        deviation: (m, K) standard deviation of its error.
        edges: K arrays of thresholds.
    """
    from scipy.special import ndtr

    m, K = expected.shape
    out = np.zeros((m, K, 1 + max(len(e) for e in edges)), np.float32)
    share, wider = _TAIL
    for k, e in enumerate(edges):
        away = (e[None] - expected[:, k, None]) / deviation[:, k, None]
        below = (1 - share) * ndtr(away) + share * ndtr(away / wider)
        out[:, k, : len(e) + 1] = np.diff(below, axis=1, prepend=0.0, append=1.0)
    return out.reshape(m * K, -1)


def expected_leak(noise: float, edges: Float) -> float:
    """Return the bits that remain open about the cell of a Gaussian component of unit variance at the other end.

    Args:
        noise: Standard deviation of the other end's error, at most 1.
        edges: The component's thresholds.
    """
    from scipy.special import ndtri

    likely = ndtri((np.arange(200) + 0.5) / 200) * np.sqrt(max(0.0, 1 - noise**2))
    each = chances(likely[:, None], np.full((200, 1), noise), [edges]).astype(np.float64)
    return float(-(each * np.log2(np.maximum(each, 1e-30))).sum(axis=1).mean())
