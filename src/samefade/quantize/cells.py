"""Quantise the components of a block, each into as many cells as its noise allows.

Cells are about as wide as the error with which the other end knows the component.
Finer ones would only be told in public again; coarser ones throw away what the ends share.
Components with few levels get equally likely ones, whose every string is equally likely; components with many get
equally wide ones, whose errors are alike everywhere.
Thresholds come from spoken samples alone, so nothing is charged for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, log2
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ConstantSignal, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Feature, Float, Kept, Strand, Symbols, Terms

Real = NDArray[np.float64]
MOST_BITS = 8
_EQUIPROBABLE_BITS = 3
_RANGE = 6.0  # standard deviations that equally wide cells cover; the outermost are open


class Lattice(NamedTuple):
    """Values that are whole numbers of steps apart."""

    step: float
    origin: float


@dataclass(frozen=True)
class Cells:
    """The quantiser of components: thresholds from `terms.strands`."""

    @property
    def levels(self) -> int:
        """Return the most levels that a component can have."""
        return 1 << MOST_BITS

    def quantize(self, x: Feature[Kept], terms: Terms | None = None) -> Symbols:
        """Return the cell of every component of every usable block, block after block.

        Raises:
            TypeError: When the feature was made of samples that were spoken.
            OutOfRange: When the terms hold no thresholds for the components of the feature.
            TooFewSamples: When fewer than two blocks are usable.
            NotFinite: When a component is NaN or infinite.
            ConstantSignal: When no component varies.
        """
        x = x.kept
        edges = thresholds(terms)
        if x.values.ndim != 2 or x.values.shape[1] != len(edges):
            raise OutOfRange("feature", f"shape {x.values.shape}", f"{len(edges)} components")
        chosen = np.flatnonzero(x.usable)
        if len(chosen) < 2:
            raise TooFewSamples(have=len(chosen), need=2)
        values = x.values[chosen]
        bad = int(np.count_nonzero(~np.isfinite(values)))
        if bad:
            raise NotFinite(f"components of end {x.source.end}", bad)
        if not np.ptp(values, axis=0).any():
            raise ConstantSignal(x.source.end, float(values[0, 0]))
        cells = cells_of(values, edges)
        index = (chosen[:, None] * len(edges) + np.arange(len(edges))).ravel()
        return Symbols(cells.astype(np.uint8).ravel(), 1 << max(widths(terms)), index)


def cells_of(values: Float, edges: Sequence[Float]) -> NDArray[np.int64]:
    """Return the cell of every component, (m, K): a value on a threshold belongs to the cell above it."""
    return np.column_stack([np.searchsorted(e, v, side="right") for e, v in zip(edges, values.T, strict=True)])


def thresholds(terms: Terms | None) -> list[Float]:
    """Return the thresholds of every component of all strands, in the order of the feature's columns.

    Raises:
        OutOfRange: When there are none.
    """
    edges = [e for strand in (terms.strands if terms is not None else ()) for e in strand.edges]
    if not edges:
        raise OutOfRange("terms.strands", "no thresholds", "components with their thresholds")
    return edges


def widths(terms: Terms | None) -> tuple[int, ...]:
    """Return how many bits each component is worth, in the order of the feature's columns."""
    return tuple((len(edges) + 1).bit_length() - 1 for edges in thresholds(terms))


def widths_of(symbols: Symbols, terms: Terms | None) -> NDArray[np.int64]:
    """Return how many bits each symbol has, (m,)."""
    each = np.asarray(widths(terms), np.int64)
    return np.asarray(each[symbols.index % len(each)])


def allocate(strand: Strand, lattice: Lattice | None = None) -> Strand:
    """Return the strand with thresholds for each component, by its signal-to-noise ratio.

    Args:
        strand: Components of unit variance, with the deviation of the other end's error.
        lattice: On which the values themselves lie, where they lie on one (signal strength in whole dB) and a
            component is a single sample; cells are then whole numbers of steps, with thresholds half-way.
    """
    if lattice is not None and strand.span == 1 and strand.components == 1:
        return replace(strand, edges=(_on_lattice(strand, lattice),))
    return replace(strand, edges=tuple(_edges(float(noise)) for noise in strand.noise))


def _edges(noise: float) -> Real:
    from scipy.special import ndtri

    bits = max(1, ceil(log2(2.5 / noise)))
    if bits <= _EQUIPROBABLE_BITS:
        return np.asarray(ndtri(np.arange(1, 1 << bits) / (1 << bits)))
    bits = min(MOST_BITS, ceil(log2(_RANGE / noise)))
    width = max(noise, _RANGE / (1 << bits))
    return np.asarray(width * (np.arange(1, 1 << bits) - (1 << (bits - 1))), np.float64)


def _on_lattice(strand: Strand, lattice: Lattice) -> Real:
    scale, step = abs(float(strand.basis[0, 0])), lattice.step
    steps = max(1, round(float(strand.noise[0]) / (step * scale)))
    bits = min(MOST_BITS, max(1, ceil(log2(_RANGE / (steps * step * scale)))))
    steps = max(steps, ceil(_RANGE / (step * scale) / (1 << bits)))
    # half-way between two values that occur; the mean lies anywhere between them
    near = np.floor((strand.mean["a"] - lattice.origin) / step)
    offset = (near + 0.5) * step + lattice.origin - strand.mean["a"]
    return np.asarray((offset + steps * step * (np.arange(1, 1 << bits) - (1 << (bits - 1)))) * scale)


def lattice(values: Float) -> Lattice | None:
    """Return the lattice on which all values lie, or None where they lie on none.

    Signal strength comes in whole or half dB; a step counts where values repeat at least eight times on average.
    """
    found = np.unique(np.asarray(values, np.float64))
    if len(found) < 2 or len(found) * 8 > len(values):
        return None
    step = float(np.diff(found).min())
    steps = (found - found[0]) / step
    return Lattice(step, float(found[0])) if np.allclose(steps, np.round(steps), rtol=0, atol=1e-6) else None
