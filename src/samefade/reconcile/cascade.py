"""Cascade: correct errors by asking for parities of blocks, and come back to earlier blocks after every correction.

G. Brassard and L. Salvail, "Secret-key reconciliation by public discussion", EUROCRYPT '93; variants: see
`variants`; what is charged for it: see `charge`.
It assumes that the discussion is authenticated, that errors are fewer than half, and that the seed is chosen in
public after the strings were.
It is not constant in time.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange, TooFewSamples
from samefade.reconcile.answerer import CascadeAnswerer
from samefade.reconcile.corrector import CascadeCorrector
from samefade.reconcile.sheet import Sheet
from samefade.reconcile.variants import Name, variant
from samefade.types import Bits

_SHORTEST_SEED = 16
_FRAMES = (64, 16_384)  # above it the rank of the parities takes too long to count


@dataclass(frozen=True)
class Cascade:
    """Cascade in one of its published variants.

    Attributes:
        variant: Which variant; "yanetal" tells least in long frames.
        frame: The most bits that are corrected together; longer strings are cut into equal frames.
            Long frames tell less, short ones lose less when one cannot be corrected.
        assume_errors_independent: Charge only one direction, as if the positions of the errors said nothing
            about the bits. Errors of quantised samples lie near thresholds, so this is rarely true.

    Raises:
        UnknownName: When no variant has this name.
        OutOfRange: When `frame` is not between 64 and 16,384 bits.
    """

    variant: Name = "yanetal"
    frame: int = 10_000
    assume_errors_independent: bool = False

    def __post_init__(self) -> None:
        """Refuse unknown variants and absurd frames."""
        variant(self.variant)
        if not _FRAMES[0] <= self.frame <= _FRAMES[1]:
            raise OutOfRange("frame", self.frame, f"{_FRAMES[0]} to {_FRAMES[1]} bits")

    def answer(self, bits: Bits, seed: bytes) -> CascadeAnswerer:
        """Return the end whose string stays.

        Args:
            bits: This end's string.
            seed: Public seed of the shuffles, at least 16 bytes, the same at both ends.

        Raises:
            TooFewSamples: When the string is empty.
            OutOfRange: When a value is neither 0 nor 1, or the seed is too short.
        """
        return CascadeAnswerer(bits, self._sheet(bits, seed), independent=self.assume_errors_independent)

    def correct(self, bits: Bits, seed: bytes, estimate: float) -> CascadeCorrector:
        """Return the end that corrects its string.

        Args:
            bits: This end's string.
            seed: Public seed of the shuffles, at least 16 bytes, the same at both ends.
            estimate: Expected share of bits that differ; it sets the block lengths.

        Raises:
            TooFewSamples: When the string is empty.
            OutOfRange: When a value is neither 0 nor 1, the seed too short, or the estimate not within (0, ½).
        """
        if not 0 < estimate < 0.5:
            raise OutOfRange("estimate", estimate, "a bit error rate between 0 and 0.5, both excluded")
        independent = self.assume_errors_independent
        return CascadeCorrector(bits, self._sheet(bits, seed), variant(self.variant), estimate, independent=independent)

    def _sheet(self, bits: Bits, seed: bytes) -> Sheet:
        if not len(bits):
            raise TooFewSamples(have=0, need=1)
        if bits.values.ndim != 1 or not np.isin(bits.values, (0, 1)).all():
            raise OutOfRange("bits", f"array of shape {bits.values.shape}", "one row of values 0 and 1")
        if len(seed) < _SHORTEST_SEED:
            raise OutOfRange("seed", f"{len(seed)} bytes", f"at least {_SHORTEST_SEED} bytes")
        return Sheet(len(bits), self.frame, bytes(seed))
