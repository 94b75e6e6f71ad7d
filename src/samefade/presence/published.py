"""The rule of the 2025 paper, as a value, to compare with; do not authenticate anything by it.

Basha and Hamdaoui, "Wavelet-Based CSI Reconstruction for Improved Wireless Security Through Channel Reciprocity",
Computers & Security 154 (2025) 104423, Sec. VI and Table I.

The access point restores both series, takes the maximum of their cross-correlation over all lags and the lag where it
lies, and accepts where the correlation is high and the lag small.

The text gives no thresholds ("appropriate threshold values").
Table I gives two averages each: correlation 0.8 and shift 1 for 12 legitimate runs, 0.04 and 330 for 12 replays.
Here the legitimate averages themselves are the default thresholds, the strictest reading; `between` takes the middle.
Table I does not fit its own text: one packet a second for one minute has no shift of 330 samples.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from samefade import metrics
from samefade.errors import OutOfRange, ReplaySuspected
from samefade.presence.heard import Heard, match
from samefade.types import Feature, Float, Integer, Observation, Terms


class Restorer(Protocol):
    """Whatever `restore` has: `CoherentBand` is the paper's, `BandFilter` its plain rival."""

    def restore(self, x: Observation, terms: Terms | None = None) -> Feature[Observation]:
        """Return the restored values."""


@dataclass(frozen=True)
class Peak:
    """The paper's evidence.

    Attributes:
        correlation: The largest correlation over all lags searched.
        lag: Samples by which b is late there.
    """

    correlation: float
    lag: int


@dataclass(frozen=True)
class CorrelationAndShift:
    """Accept where the maximum of the cross-correlation is high and lies at a small shift.

    Attributes:
        correlation: The least correlation, above 0 and up to 1.
        shift: The largest shift, samples.
        most_lag: How far the maximum is looked for, samples either way, at most half the window; the paper's shift of
            330 says that it looked far.
        restore: What smooths both series first; None compares what was heard.
        terms: What that restorer needs (its band), with the rate of the samples.
    """

    correlation: float = 0.8
    shift: int = 1
    most_lag: int = 330
    restore: Restorer | None = None
    terms: Terms | None = None

    def __post_init__(self) -> None:
        """Refuse thresholds that make no sense."""
        if not 0 < self.correlation <= 1:
            raise OutOfRange("correlation", self.correlation, "above 0 and up to 1")
        if not 0 <= self.shift <= self.most_lag:
            raise OutOfRange("shift", self.shift, f"0 to {self.most_lag} samples")
        if self.restore is not None and self.terms is None:
            raise OutOfRange("terms", None, "the restorer's terms")

    @classmethod
    def between(cls, restore: Restorer | None = None, terms: Terms | None = None) -> "CorrelationAndShift":
        """Return the thresholds in the middle of Table I: 0.42 and, by the geometric mean of 1 and 330, 18."""
        return cls(correlation=0.42, shift=18, restore=restore, terms=terms)

    def measure(self, a: Heard, b: Heard) -> Peak:
        """Return the maximum of the cross-correlation, of the first tone.

        Raises:
            ConstantSignal: When an end does not vary.
            EndsDisagree: When the ends have different numbers of tones.
            TooFewSamples: With fewer than 16 frame counters in common, or too few to restore.
        """
        both = match(a, b)
        grid = np.arange(both.numbers[0], both.numbers[-1] + 1)
        x, y = (self._restored(grid, both.numbers, end[:, 0]) for end in (both.a, both.b))
        found = metrics.lagged(x, y, min(self.most_lag, len(x) // 2))
        return Peak(found.peak, found.best)

    def decide(self, evidence: Peak) -> Peak:
        """Return the evidence where both thresholds hold.

        Raises:
            ReplaySuspected: When one of them does not.
        """
        if evidence.correlation >= self.correlation and abs(evidence.lag) <= self.shift:
            return evidence
        raise ReplaySuspected(correlation=evidence.correlation, lag=evidence.lag, threshold=self.correlation)

    def _restored(self, grid: Integer, numbers: Integer, values: Float) -> Float:
        even = np.asarray(np.interp(grid, numbers, values), np.float64)
        if self.restore is None or self.terms is None:
            return even
        # edges stay: a window is short, and the paper compares all of it
        return self.restore.restore(Observation(even, self.terms.rate, np.isin(grid, numbers)), self.terms).values
