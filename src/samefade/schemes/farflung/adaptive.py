"""Schemes that choose levels and guards by what calibration shows.

A choice made for every segment of the kept half would have to cross the air, would tell of secret samples, and would
have to be charged. Terms are fixed before the kept samples are measured, so these schemes make one choice for a run.
`Regression.choose` makes one for each segment, where somebody wants that and charges for it.
"""

from dataclasses import dataclass, replace

import numpy as np

from samefade.quantize import Guarded
from samefade.reconcile import Bch, Reconciler, Slices
from samefade.schemes.farflung.exchanged import Exchanged, compared, openly
from samefade.schemes.farflung.regression import GRID, complexity_of, learn, segments
from samefade.schemes.scheme import Quantizer
from samefade.types import Spoken, Terms

_CAREFUL = Guarded(2, 0.8)  # where nothing meets the target


@dataclass(frozen=True, kw_only=True)
class ComplexityAdaptive(Exchanged):
    """Levels and guard by the complexity of segments, under a target of the bit disagreement rate.

    Published (Chen, Zhang and others): LZ76 complexity of LoRa RSSI segments, regression, levels and guard α under a
    target; up to 2.35 times the bits of differential and 1.51 times those of fixed quantisation.
    Ours, because not known to us: everything in `regression`; segments of 32 samples; target and code.

    Attributes:
        size: Samples of a segment.
        target: Share of bits that may differ.
    """

    quantize: Quantizer = Guarded()
    reconcile: Reconciler = Bch(length=255)
    size: int = 32
    target: float = 0.05

    def agree(self, a: Spoken, b: Spoken, seed: bytes = bytes(16)) -> Terms:
        """Learn the regression from spoken segments, and take the choice that it foretells most bits for.

        Raises:
            NotEnough: When there are fewer than 8 whole segments, or there is nothing to learn from.
        """
        terms, fa, fb = openly(self, a, b, seed)
        both = fa.usable & fb.usable
        x, y = (segments(np.asarray(f.values, np.float64), both, self.size) for f in (fa, fb))
        told = learn(x, y)
        mean = float(np.mean([complexity_of(part) for part in x]))
        best = told.choose(mean, self.target) or _CAREFUL
        chosen = {"alpha": best.alpha, "complexity": mean}
        return self.met(a, b, replace(terms, levels=best.levels, thresholds=chosen))


@dataclass(frozen=True, kw_only=True)
class Flora(Exchanged):
    """FLoRa (Han et al., Future Generation Computer Systems 2023).

    Published: adaptive multi-bit quantisation, a sequential fuzzy extractor over slices; no numbers.
    Ours, because not known to us: levels and guard with the most bits of spoken samples of which at most the target
    differ; slices of 127 bits with a BCH code each.

    Attributes:
        target: Share of bits that may differ.
    """

    quantize: Quantizer = Guarded()
    reconcile: Reconciler = Slices(length=127)
    target: float = 0.05

    def agree(self, a: Spoken, b: Spoken, seed: bytes = bytes(16)) -> Terms:
        """Try all choices on spoken samples, and take the one with most bits that meets the target.

        Raises:
            NotEnough: When there is nothing to learn from.
        """
        terms, fa, fb = openly(self, a, b, seed)
        both = fa.usable & fb.usable
        found = [(compared(one, fa, fb, both), one) for one in GRID]
        able = [(bits, one) for (bits, wrong), one in found if bits and wrong <= self.target * bits]
        best = max(able, key=lambda pair: pair[0])[1] if able else _CAREFUL
        return self.met(a, b, replace(terms, levels=best.levels, thresholds={"alpha": best.alpha}))
