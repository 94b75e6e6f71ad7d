"""The records that the transforms return: one array a row, each row sampled as finely as it needs."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from samefade.errors import OutOfRange, TooFewSamples
from samefade.types import Float, Integer
from samefade.wavelet import morlet
from samefade.wavelet.admit import Array, library


@dataclass(frozen=True, eq=False, repr=False)
class Rows:
    """What transforms of n samples have in common.

    Attributes:
        frequency: (S,) Fourier frequency of each row, Hz, descending.
        scale: (S,) s, ascending.
        step: (S,) how many samples of the signal lie between two samples of the row; 1 is the full grid.
        rows: S arrays (…, ⌈n/step⌉); the sample i of a row belongs to sample i·step of the signal.
        cone: (S,) how many samples of the signal at each end lie inside the cone of influence, √2·s.
        n: Length of the signal.
        rate: Samples of the signal per second, Hz.
        voices: Rows an octave.
    """

    frequency: Float
    scale: Float
    step: Integer
    rows: tuple[Array, ...] = field()
    cone: Integer
    n: int
    rate: float
    voices: int

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __repr__(self) -> str:
        """Say what is held, not the values."""
        low, high = self.frequency[-1], self.frequency[0]
        return f"{type(self).__name__}({len(self)} rows from {low:.4g} to {high:.4g} Hz, {self.n} samples)"

    @property
    def valid(self) -> Integer:
        """Return (S,) how many samples of the signal lie outside the cone of each row; 0 if the row has none there."""
        begin, stop = self._bounds
        return np.where(stop > begin, np.maximum(0, self.n - 2 * self.cone), 0)

    def outside(self, row: int) -> slice:
        """Return the samples of one row that lie outside its cone."""
        begin, stop = self._bounds
        return slice(int(begin[row]), int(stop[row]))

    @cached_property
    def _bounds(self) -> tuple[Integer, Integer]:
        """Return where the samples outside the cone begin and stop, two arrays (S,), in samples of each row."""
        begin = np.minimum(-(-self.cone // self.step), -(-self.n // self.step))
        return begin, np.maximum(begin, -(-(self.n - self.cone) // self.step))


@dataclass(frozen=True, eq=False, repr=False)
class Transform(Rows):
    """The wavelet coefficients W(s, t) of a signal whose mean was removed.

    Attributes:
        norm: "L2": white noise has the same power in every row (Torrence and Compo);
            "L1": a sine has its own amplitude in its row (MATLAB).
    """

    norm: str = "L2"

    def inverse(self, rows: Array = None) -> Array:
        """Return the explicit sum over a set of rows, (…, n), without the signal's mean.

        The gain is 1 inside the band of the rows (calibrated numerically, see `samefade.wavelet.inverse`).

        Args:
            rows: (S,) boolean mask or indices of the rows to keep; None keeps all.

        Raises:
            OutOfRange: When a kept row is not on the full grid, or no row is kept.
        """
        from samefade.wavelet.inverse import full_gain

        kept = np.arange(len(self)) if rows is None else np.arange(len(self))[np.asarray(rows)]
        if not len(kept) or np.any(self.step[kept] != 1):
            raise OutOfRange("rows", f"{len(kept)} rows", "at least one, of a transform with grid='full'")
        xp = library(self.rows[0]).xp
        total = xp.zeros_like(xp.real(self.rows[0]))
        for j in kept:
            weight = 1 / (full_gain(self.voices) * morlet.norm(self.scale[j] * self.rate, self.norm))
            total = total + float(2 * weight) * xp.real(self.rows[j])
        return total


@dataclass(frozen=True, eq=False, repr=False)
class Coherence(Rows):
    """The wavelet coherence R²(s, t) of two signals, in `rows`, each between 0 and 1.

    Attributes:
        cross: S arrays like `rows`: the smoothed cross spectrum, up to a factor of each row.
        kernel: Name of the definition.
    """

    cross: tuple[Array, ...] = ()
    kernel: str = "samefade-1"

    @property
    def phase(self) -> tuple[Array, ...]:
        """Return the angle of the smoothed cross spectrum, rad, row by row; positive where a leads."""
        return tuple(_angle(row) for row in self.cross)

    def full(self) -> Array:
        """Return R² on the full grid, (…, S, n).

        Exact where the step is 1 (ask for grid="full"); other rows are interpolated linearly, for plots.
        """
        xp = library(self.rows[0]).xp
        return xp.stack([_stretch(row, int(d), self.n) for row, d in zip(self.rows, self.step, strict=True)], axis=-2)

    def full_phase(self) -> Array:
        """Return the phase on the full grid, (…, S, n), rad; interpolated like `full`."""
        xp = library(self.rows[0]).xp
        pairs = zip(self.cross, self.step, strict=True)
        return xp.stack([_angle(_stretch(row, int(d), self.n)) for row, d in pairs], axis=-2)

    def samples_above(self, level: float) -> Array:
        """Count the samples outside the cone whose R² is above a level, (…, S) integers, in samples of the signal.

        A sample of a row stands for as many samples of the signal as its share of those outside the cone.
        """
        xp = library(self.rows[0]).xp
        begin, stop = self._bounds
        kind, whole = self.rows[0].dtype, xp.asarray(0).dtype  # not every library has 64 bits
        above = [_true(row[..., i:j] > level, kind) for row, i, j in zip(self.rows, begin, stop, strict=True)]
        share = xp.asarray(self.valid / np.maximum(1, stop - begin), dtype=kind)
        return xp.astype(xp.round(xp.stack(above, axis=-1) * share), whole)

    def area(self, level: float = 0.5) -> float:
        """Return the fraction of all (row, sample) cells outside the cone whose R² is above a level.

        Raises:
            TooFewSamples: When every row lies inside its cone.
        """
        self._require_valid()
        xp = library(self.rows[0]).xp
        counts = self.samples_above(level)
        return float(xp.sum(counts)) * len(self) / (float(counts.size) * float(self.valid.sum()))

    def maximum(self) -> float:
        """Return the greatest R² outside the cone.

        Raises:
            TooFewSamples: When every row lies inside its cone.
        """
        self._require_valid()
        xp = library(self.rows[0]).xp
        cells = [row[..., self.outside(j)] for j, row in enumerate(self.rows)]
        return max(float(xp.max(inside)) for inside in cells if inside.shape[-1])

    def _require_valid(self) -> None:
        if not self.valid.any():
            raise TooFewSamples(have=self.n, need=int(2 * self.cone.min() + 1))


def _true(where: Array, kind: Any) -> Array:  # noqa: ANN401 -- a dtype of any library
    """Count what is true along the last axis, as numbers of some kind."""
    if isinstance(where, np.ndarray) and where.ndim == 1:
        return np.asarray(np.count_nonzero(where), dtype=kind)  # many times as fast as a sum
    xp = library(where).xp
    return xp.sum(xp.astype(where, kind), axis=-1)


def _angle(z: Array) -> Array:
    xp = library(z).xp
    return xp.atan2(xp.imag(z), xp.real(z))


def _stretch(row: Array, step: int, n: int) -> Array:
    if step == 1:
        return row
    xp = library(row).xp
    at = np.arange(n) / step
    left = np.minimum(at.astype(np.int64), row.shape[-1] - 1)
    right = np.minimum(left + 1, row.shape[-1] - 1)
    share = xp.asarray(at - left, dtype=xp.real(row).dtype) if hasattr(xp, "real") else at - left
    a, b = (xp.take(row, xp.asarray(index), axis=-1) for index in (left, right))
    return a + (b - a) * share
