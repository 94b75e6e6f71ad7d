"""Compressive-sensing reconciliation: a few sums of a frame's bits, from which the few errors follow.

LoRa-Key (Xu, Jha and Hu, IEEE Internet of Things Journal 2019) reconciles by compressive sensing; its matrix, the
number of measurements and the decoder are not known to us, and are ours here.
A matrix of real numbers would tell everything: one sum with generic weights names all bits. So the weights are signs.
Even then a sum is worth about ½·log2(πeN/2) bits and not one, and M = 2k·ln N sums for k errors in N bits cost
more than the frame holds as soon as one bit in fifty is wrong; a BCH code tells k·log2(N + 1) bits for the same.
It assumes that the discussion is authenticated, and that the seed is chosen in public after the strings were.
It is not constant in time.
"""

from dataclasses import dataclass
from math import ceil, log

from samefade.errors import OutOfRange
from samefade.reconcile.compressed.code import Sums
from samefade.reconcile.sketch import SketchAnswerer, SketchCorrector, checked, failing
from samefade.types import Bits

_FRAMES = (32, 512)
_PER_ERROR = 2.0  # M = 2k·ln N is what Tropp and Gilbert 2007 find enough in their experiments


@dataclass(frozen=True)
class Compressed:
    """Sums with random signs, told once.

    Attributes:
        frame: The most bits that are summed together, 32 to 512; a longer string is cut into equal frames.
        measurements: Sums of each frame; None lets the corrector choose by its public estimate.
        failure: With `measurements` None, how often a frame may have more errors than the sums are made for.

    Raises:
        OutOfRange: When a parameter makes no sense.
    """

    frame: int = 128
    measurements: int | None = None
    failure: float = 1e-2

    def __post_init__(self) -> None:
        """Refuse absurd parameters."""
        if not _FRAMES[0] <= self.frame <= _FRAMES[1]:
            raise OutOfRange("frame", self.frame, f"{_FRAMES[0]} to {_FRAMES[1]} bits")
        if self.measurements is not None and not 1 <= self.measurements <= self.frame:
            raise OutOfRange("measurements", self.measurements, f"1 to {self.frame}")
        if not 0 < self.failure < 1:
            raise OutOfRange("failure", self.failure, "a probability between 0 and 1, both excluded")

    def answer(self, bits: Bits, seed: bytes) -> SketchAnswerer:
        """Return the end whose string stays.

        Args:
            bits: This end's string.
            seed: Public seed of signs and tags, at least 16 bytes, the same at both ends.

        Raises:
            TooFewSamples: When the string is empty.
            OutOfRange: When a value is neither 0 nor 1, or the seed is too short.
        """
        sheet = checked(bits, seed, self.frame)
        return SketchAnswerer(bits, sheet, lambda settings: Sums.read(settings, sheet.width, sheet.seed))

    def correct(self, bits: Bits, seed: bytes, estimate: float) -> SketchCorrector:
        """Return the end that corrects its string.

        Args:
            bits: This end's string.
            seed: Public seed of signs and tags, at least 16 bytes, the same at both ends.
            estimate: Expected share of bits that differ, known in public; it chooses how many sums are asked for.

        Raises:
            TooFewSamples: When the string is empty.
            OutOfRange: When a value is neither 0 nor 1, the seed is too short, or the estimate not within (0, ½).
        """
        if not 0 < estimate < 0.5:
            raise OutOfRange("estimate", estimate, "a bit error rate between 0 and 0.5, both excluded")
        sheet = checked(bits, seed, self.frame)
        errors = max(1, failing(sheet.width, estimate, self.failure))
        wanted = self.measurements or ceil(_PER_ERROR * errors * log(max(2, sheet.width)))
        return SketchCorrector(bits, sheet, Sums(sheet.width, min(wanted, sheet.width), sheet.seed), estimate)
