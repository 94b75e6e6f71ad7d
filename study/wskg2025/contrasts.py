"""Paired contrasts of two columns at one place, and the words for them, as the figures about signals use them.

Wilcoxon's signed-rank test of `samefade.bench.paired`, one-sided at the level 0.01, over at least 7 worlds.
A claim that joins several contrasts holds where each of them is seen. Blocks of a recording are not independent.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from samefade.bench import paired
from samefade.study import Mark

FEW = "fewer than 7 worlds"
PUT_IN = "that places get worse in this order was put into the simulation, which cannot test it"


class Contrast(NamedTuple):
    """What was seen of one ordering.

    Attributes:
        mark: Whether the claimed direction was seen.
        x: Median of the first column.
        y: Median of the second one.
    """

    mark: Mark
    x: float
    y: float

    def __str__(self) -> str:
        """Give both medians."""
        return f"{self.x:.3g} against {self.y:.3g}"


def contrast(x: ArrayLike, y: ArrayLike, wanted: Literal["above", "below"] = "above") -> Contrast:
    """Compare two columns of the same worlds; NaN and worlds beyond the shorter column are left out."""
    left, right = (np.asarray(column, np.float64) for column in (x, y))
    n = min(len(left), len(right))
    left, right = left[:n], right[:n]
    both = np.isfinite(left) & np.isfinite(right)
    left, right = left[both], right[both]
    direction = paired(left.tolist(), right.tolist()).direction()
    mark: Mark = "cannot be tested" if direction == "too few pairs" else "holds" if direction == wanted else "differs"
    return Contrast(mark, *(float(np.median(column)) if both.any() else float("nan") for column in (left, right)))


def beyond(x: ArrayLike, value: float, wanted: Literal["above", "below"] = "above") -> Contrast:
    """Compare a column with a number."""
    column = np.asarray(x, np.float64)
    return contrast(column, np.full(len(column), value), wanted)


def joint(seen: Iterable[Contrast | Mark]) -> Mark:
    """Return the mark of a claim that needs every part; a part that cannot be tested leaves it untested."""
    marks: set[Mark] = {one.mark if isinstance(one, Contrast) else one for one in seen}
    if "differs" in marks:
        return "differs"
    return "cannot be tested" if "cannot be tested" in marks or not marks else "holds"


def either(seen: Iterable[Mark]) -> Mark:
    """Return the mark of a claim of which several readings are possible: one that is seen is enough."""
    marks = set(seen)
    return "holds" if "holds" in marks else "differs" if "differs" in marks else "cannot be tested"


def alike(x: ArrayLike, y: ArrayLike, within: float) -> tuple[Mark, float, float]:
    """Say whether the 95 % interval of the mean difference of two columns lies within ± a margin, and give it."""
    left, right = (np.asarray(column, np.float64) for column in (x, y))
    found = paired(left.tolist(), right.tolist())
    if found.direction() == "too few pairs":
        return "cannot be tested", found.low, found.high
    return "holds" if -within <= found.low and found.high <= within else "differs", found.low, found.high


def brief(place: str) -> str:
    """Return a place's name as a sentence of the simulated and of recordings can hold it: "LoS-Short"."""
    return place.removesuffix(", simulated").replace("Range", "")


def told(parts: Iterable[str]) -> str:
    """Join the parts of a sentence."""
    return "; ".join(parts) + "."
