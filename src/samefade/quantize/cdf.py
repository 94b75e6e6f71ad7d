"""Quantise into equally likely levels: thresholds at the quantiles of the distribution function (CDF).

The 2025 paper, Sec. V-A step 3 ("L-level lossless uniform CDF"), with a Gray code after it (`gray`).
Where the quantiles come from is not stated there, and it matters: quantiles of the very
samples that are quantised force every level to occur equally often, and Eve knows that.
"""

from dataclasses import dataclass
from math import lgamma, log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange, TooFewSamples
from samefade.quantize.samples import check_levels, usable
from samefade.types import Feature, Kept, Ledger, Spoken, Symbols, Terms

Real = NDArray[np.float64]


@dataclass(frozen=True)
class Cdf:
    """Equiprobable levels, lossless.

    A value on a threshold belongs to the level above it: intervals are closed below and open above.

    Attributes:
        levels: How many levels, a power of two; `terms.levels` goes first where calibration chose it.
        edges: Where the thresholds come from:
            "record": quantiles of all samples that are quantised; their forced balance is charged;
            "key": quantiles of each run of `key_samples` samples; each run's forced balance is charged, and a rest
            that fills no run is left out;
            "spoken": `terms.edges` of this end, learnt from samples that were burnt; nothing is charged.
        key_samples: Samples a key, for "key".
    """

    levels: int = 4
    edges: Literal["record", "spoken", "key"] = "record"
    key_samples: int = 128

    def quantize(self, x: Feature[Kept], terms: Terms | None = None) -> Symbols:
        """Return the level of every usable sample, 0 to levels − 1.

        Reliability is the distance to the nearest threshold in units of the standard deviation.

        Raises:
            TypeError: When the feature was made of samples that were spoken.
            ConstantSignal: When the usable samples do not vary.
            OutOfRange: When a parameter makes no sense, there is more than one tone, or "spoken" lacks its thresholds.
            TooFewSamples: When there are fewer usable samples than levels, or than one key's.
        """
        x = x.kept
        levels = check_levels(self.levels if terms is None or terms.levels is None else terms.levels)
        index, values = usable(x, least=levels)
        size = self._run(len(values), levels)
        if self.edges == "spoken":
            runs = [(values, _agreed(terms, x.source.end, levels))]
        else:
            runs = [(run, quantiles(run, levels)) for run in np.split(values, range(size, len(values), size))]
            runs = [(run, edges) for run, edges in runs if len(run) == size]
        count = sum(len(run) for run, _ in runs)
        spread = float(values.std())
        return Symbols(
            np.concatenate([np.searchsorted(edges, run, side="right") for run, edges in runs]).astype(np.uint8),
            levels,
            index[:count],
            self._charge(len(runs), size, levels),
            np.concatenate([_distance(run, edges) / spread for run, edges in runs]),
        )

    def _run(self, n: int, levels: int) -> int:
        if self.edges not in ("record", "spoken", "key"):
            raise OutOfRange("edges", self.edges, "'record', 'spoken' or 'key'")
        if self.edges != "key":
            return n
        if self.key_samples < levels:
            raise OutOfRange("key_samples", self.key_samples, f"at least one sample a level: {levels}")
        if n < self.key_samples:
            raise TooFewSamples(have=n, need=self.key_samples)
        return self.key_samples

    def _charge(self, runs: int, size: int, levels: int) -> Ledger:
        if self.edges == "spoken":
            return Ledger()
        told = f"forced balance of {runs} × {size} symbols at {levels} levels"
        return Ledger().pay(told, runs * forced_balance(size, levels))


def edges(x: Feature[Spoken], levels: int) -> tuple[float, ...]:
    """Return the thresholds between `levels` equally likely levels of spoken samples, for `Terms.edges`.

    Raises:
        TypeError: When the feature was not made of spoken samples: thresholds of kept ones would betray them.
        ConstantSignal: When the usable samples do not vary.
        OutOfRange: When `levels` is no power of two from 2 to 256, or there is more than one tone.
        TooFewSamples: When there are fewer usable samples than levels.
    """
    if not isinstance(x.source, Spoken):
        raise TypeError(f"only Spoken samples may set public thresholds, not {type(x.source).__name__}")
    _, values = usable(x, least=check_levels(levels))
    return tuple(float(edge) for edge in quantiles(values, levels))


def quantiles(values: Real, levels: int) -> Real:
    """Return the quantiles i / levels, i = 1 … levels − 1, linearly interpolated, (levels − 1,)."""
    return np.quantile(values, np.arange(1, levels) / levels)


def _distance(values: Real, edges: Real) -> Real:
    """Return the distance of each value to the nearest threshold, (n,)."""
    nearest: Real = np.abs(values - edges[0])
    for edge in edges[1:]:  # one threshold after the other: many times as fast as (n, levels − 1) at once
        np.minimum(nearest, np.abs(values - edge), out=nearest)
    return nearest


def forced_balance(n: int, levels: int) -> float:
    """Return what Eve learns when thresholds are quantiles of the n samples themselves, bits.

    Then level i occurs exactly n_i times, and of all levelsⁿ strings only n! / Π n_i! are left:
    log2(1/P) of the multinomial distribution with equal probabilities.
    The counts follow from n and `levels` alone (where values are tied they may differ; the charge stays).
    """
    below = [-(-(n - 1) * i // levels) for i in range(1, levels)]  # what lies under quantile (n − 1)·i/levels
    counts = np.diff([0, *below, n])
    return (n * log(levels) - lgamma(n + 1) + sum(lgamma(int(c) + 1) for c in counts)) / log(2)


def _agreed(terms: Terms | None, end: str, levels: int) -> Real:
    told = () if terms is None else terms.edges.get(end, ())
    found = np.asarray(told, dtype=np.float64)
    if len(found) != levels - 1:
        raise OutOfRange(f"terms.edges of end {end}", f"{len(found)} thresholds", f"{levels - 1} for {levels} levels")
    if not np.all(np.isfinite(found)) or np.any(np.diff(found) < 0):
        raise OutOfRange(f"terms.edges of end {end}", told, "finite and rising")
    return found
