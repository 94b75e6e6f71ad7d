"""Foretell from a segment's complexity how many bits each quantiser would give and how many would differ.

The idea is published (adaptive quantisation for LoRa, Chen, Zhang and others): the complexity of a segment of RSSI goes
into a regression, which chooses the number of levels and the guard under a target of the bit disagreement rate.
Features beyond the LZ76 complexity, the form of the regression and the grid of choices are not known to us; ours are
the normalised complexity of the segment cut at its median, least squares on its powers 0 to 2, and the grid below.

It assumes that segments of one complexity err alike: noise and speed both raise it, and both lower reciprocity.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.entropy import normalised_complexity
from samefade.errors import EndsDisagree, TooFewSamples
from samefade.quantize import Guarded, gray
from samefade.types import Mask

Real = NDArray[np.float64]
# bands of eight levels touch at α = .159, of four at .337
GRID: tuple[Guarded, ...] = tuple(
    Guarded(levels, alpha)
    for levels, alphas in ((2, (0.0, 0.1, 0.2, 0.3, 0.5, 0.8)), (4, (0.0, 0.1, 0.2, 0.3)), (8, (0.0, 0.05, 0.1, 0.15)))
    for alpha in alphas
)
_LEAST, _POWERS = 8, 3


class Tally(NamedTuple):
    """What a quantiser gave of a segment: bits that both ends kept, and how many of them differ."""

    bits: int
    wrong: int


@dataclass(frozen=True, eq=False)
class Regression:
    """Polynomials of the complexity, one for each choice.

    Attributes:
        choices: The quantisers.
        bits: (choices, 3) coefficients of the bits a sample.
        errors: (choices, 3) coefficients of the share that differs.
        span: Least and greatest complexity seen; beyond, the nearest counts.
    """

    choices: tuple[Guarded, ...]
    bits: Real
    errors: Real
    span: tuple[float, float]

    def foretell(self, complexity: float) -> tuple[Real, Real]:
        """Return bits a sample and the share that differs, of each choice, (choices,) each."""
        z = float(np.clip(complexity, *self.span)) ** np.arange(_POWERS)
        return np.maximum(self.bits @ z, 0.0), np.clip(self.errors @ z, 0.0, 0.5)

    def choose(self, complexity: float, most: float) -> Guarded | None:
        """Return the choice with the most bits of which at most this share is foretold to differ; None where none is.

        Args:
            complexity: Of the segment.
            most: Target of the bit disagreement rate.
        """
        bits, errors = self.foretell(complexity)
        able = np.where(errors <= most, bits, -1.0)
        best = int(able.argmax())
        return self.choices[best] if able[best] > 0 else None


def segments(values: Real, heard: Mask, size: int) -> list[Real]:
    """Return the segments of `size` samples that were heard as a whole and vary; a rest at the end is left out."""
    cut = [slice(i, i + size) for i in range(0, len(values) - size + 1, size)]
    return [values[s] for s in cut if heard[s].all() and np.ptp(values[s]) > 0]


def complexity_of(segment: Real) -> float:
    """Return the normalised LZ76 complexity of a segment cut at its median."""
    return normalised_complexity((segment > np.median(segment)).astype(np.uint8))


def tally(a: Real, b: Real, choice: Guarded) -> Tally:
    """Quantise a segment at both ends, and count what both kept; only of samples that may be compared openly."""
    x, y = choice.cut(a), choice.cut(b)
    both = x.keep & y.keep
    differ = gray(x.level[both], choice.levels) != gray(y.level[both], choice.levels)
    return Tally(len(differ), int(np.count_nonzero(differ)))


def learn(a: list[Real], b: list[Real], choices: tuple[Guarded, ...] = GRID) -> Regression:
    """Learn from segments of both ends that were spoken.

    Args:
        a: End a's segments, whose complexity counts.
        b: End b's, of the same samples.
        choices: The quantisers to choose from.

    Raises:
        EndsDisagree: When the numbers of segments differ.
        TooFewSamples: When there are fewer than 8 segments.
    """
    if len(a) != len(b):
        raise EndsDisagree("number of segments", len(a), len(b))
    if len(a) < _LEAST:
        raise TooFewSamples(have=len(a), need=_LEAST)
    z = np.array([complexity_of(x) for x in a])
    found = np.array([[tally(x, y, one) for one in choices] for x, y in zip(a, b, strict=True)], np.float64)
    length = np.array([len(x) for x in a], np.float64)
    powers = np.asarray(z[:, None] ** np.arange(_POWERS), np.float64)
    bits = _fit(powers, found[:, :, 0] / length[:, None], np.ones_like(found[:, :, 0]))
    share = found[:, :, 1] / np.maximum(found[:, :, 0], 1)
    return Regression(choices, bits, _fit(powers, share, found[:, :, 0]), (float(z.min()), float(z.max())))


def _fit(powers: Real, values: Real, weights: Real) -> Real:
    """Return least-squares coefficients of each column of the values (segments, choices), weighted, (choices, 3)."""
    root = np.sqrt(weights)
    each = zip(values.T, root.T, strict=True)
    return np.array([np.linalg.lstsq(powers * r[:, None], v * r, rcond=None)[0] for v, r in each])
