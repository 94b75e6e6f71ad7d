"""What coefficients of windows are worth, judged by the series that they were cut from.

Coefficients of one window mix its samples, and the next window's mix others: a tone that is as plain as day in the
series turns from window to window, and no predictor of single coefficients sees it, nor an echo that does not lie on
the grid of windows. So the cells of whole windows are judged as those of `Strata` are: the law and the guessers of the
series' past say what is left of each window (`entropy.assess_cells`), and the least counts.

The small scale of windows as a series (`restore.SmallScale`) says K coefficients in T samples. Of these the K that
depend on each other the least are judged: a string holds at least the entropy of any part of it.
"""

from dataclasses import dataclass, replace
from math import log2

import numpy as np
from numpy.typing import NDArray

from samefade.align import trim
from samefade.entropy import Estimate, assess_cells
from samefade.errors import TooFewSamples
from samefade.restore import Cosine, Principal, SmallScale
from samefade.restore.windows import agreed_basis
from samefade.types import Feature, Kept, Observation, Spoken, Strand, Symbols, Terms

Real = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Windows:
    """How values were made of windows.

    Attributes:
        rows: (K, T) weights of a window's samples in the values that are judged.
        places: (K,) which of a window's values these are.
        values: How many values a window has.
        level: What was taken off the samples.
        lag: By how many samples end b is late.
    """

    rows: Real
    places: NDArray[np.int64]
    values: int
    level: float
    lag: int

    @classmethod
    def of(cls, restorer: object, terms: Terms) -> "Windows | None":
        """Return how a restorer makes values of windows; None where it does not.

        Raises:
            OutOfRange: When the terms hold no basis, or a silly one.
        """
        inner = restorer.of if isinstance(restorer, SmallScale) else restorer
        if not isinstance(inner, (Cosine, Principal)):
            return None
        basis = agreed_basis(terms, inner.span)
        count = len(basis.small)
        if restorer is inner:
            return cls(basis.small, np.arange(count), count, basis.level[0], terms.lag)
        from scipy.linalg import qr

        unit = basis.small / np.linalg.norm(basis.small, axis=1)[:, None]
        apart = np.sort(qr(unit, mode="r", pivoting=True)[1][:count])
        return cls((unit.T @ unit)[apart], apart.astype(np.int64), inner.span, basis.level[0], terms.lag)

    def strand(self, edges: Real) -> Strand:
        """Return the judged values as components, all with the same thresholds."""
        count, span = self.rows.shape
        return Strand(
            direction=np.ones(1),
            mean={"a": self.level},
            span=span,
            basis=self.rows,
            reach=0,
            estimate=np.zeros((count, span)),
            noise=np.ones(count),
            edges=(edges,) * count,
        )

    def series(self, x: Observation) -> Real:
        """Return the samples in step without their level, (n, 1)."""
        x = trim(x, self.lag)
        return np.asarray(x.values, np.float64).reshape(len(x), -1)[:, :1] - self.level


def least_of_windows(
    plain: Estimate,
    symbols: Symbols,
    feature: Feature[Kept],
    windows: Windows,
    *,
    spoken: Spoken | None,
    eve: Kept | None,
    epsilon: float,
) -> Estimate:
    """Return the lesser of what single symbols are worth and of what the windows' cells are.

    Args:
        plain: What single symbols are worth.
        symbols: The symbols.
        feature: What they were made of, window by window.
        windows: How the feature was made of windows.
        spoken: This end's spoken samples, which the eavesdropper knows.
        eve: What the eavesdropper heard meanwhile.
        epsilon: Chance with which the string may be worth less.
    """
    used = np.zeros(len(feature) // windows.values, np.bool_)
    used[symbols.index // windows.values] = True
    judged = int(np.count_nonzero(np.isin(symbols.index % windows.values, windows.places)))
    cells = len(windows.places) * int(np.count_nonzero(used))
    try:
        whole = assess_cells(
            (windows.strand(_edges(symbols, np.asarray(feature.values, np.float64).ravel())),),
            np.asarray(feature.source.values, np.float64).reshape(-1, 1) - windows.level,
            used,
            spoken=np.zeros((0, 1)) if spoken is None else windows.series(spoken),
            eve=None if eve is None else windows.series(eve),
            heard=feature.source.mask,
            epsilon=epsilon,
        )
        # a cell that the quantiser left out counts as known
        gone = (cells - judged) * log2(symbols.levels)
        left = {f"whole windows, {who}": max(0.0, bits * cells - gone) / len(symbols) for who, bits in whole.by.items()}
        more = whole.assumptions[:1]
    except TooFewSamples:
        left, more = {"whole windows: too few samples to judge": 0.0}, ()
    by = {**plain.by, **left}
    return replace(plain, per_symbol=min(by.values()), by=by, assumptions=(*plain.assumptions, *more))


def _edges(symbols: Symbols, values: Real) -> Real:
    """Return thresholds between the levels, (levels − 1,), so that each level has as many values as it has."""
    held = np.sort(values[symbols.index])
    ranks = np.cumsum(np.bincount(symbols.values, minlength=symbols.levels))[:-1]
    return np.asarray((held[np.maximum(ranks - 1, 0)] + held[np.minimum(ranks, len(held) - 1)]) / 2)
