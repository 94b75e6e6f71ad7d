"""Slices: a fuzzy extractor for each part of the string, one after the other, until enough bits are common.

FLoRa (Han et al., Future Generation Computer Systems 2023) reconciles by a "sequential fuzzy extractor" over slices and
reports a higher success rate and a shorter reconciliation; its code, the length of its slices and its rule for stopping
are not known to us, and are ours here: a BCH syndrome for each slice (`reconcile.Bch` is the same told at once), and a
stop after `enough` bits. A slice that cannot be corrected is dropped and costs all its bits; so do those never asked
for, because what they earned is not in the string: stopping early saves messages and no secrecy.
It assumes that the discussion is authenticated, and that errors fall independently of each other.
It is not constant in time.
"""

from dataclasses import dataclass

from samefade.errors import OutOfRange, TooFewSamples, TooManyErrors
from samefade.reconcile.bch.choice import choose, useful
from samefade.reconcile.bch.code import Code
from samefade.reconcile.sketch import SketchAnswerer, SketchCorrector, checked
from samefade.reconcile.slices.code import SliceCode
from samefade.types import Bits

_LENGTHS = (127, 255, 511, 1023)


@dataclass(frozen=True)
class Slices:
    """Sequential slices.

    Attributes:
        length: The most bits of a slice: 127, 255, 511 or 1023.
        failure: How often a slice may have more errors than its code corrects; where no code fails so rarely, the
            strongest is taken that does not tell the whole slice.
        enough: Bits in corrected slices after which no more are asked for; None goes on to the end of the string.

    Raises:
        OutOfRange: When a parameter makes no sense.
    """

    length: int = 127
    failure: float = 1e-2
    enough: int | None = None

    def __post_init__(self) -> None:
        """Refuse absurd parameters."""
        if self.length not in _LENGTHS:
            raise OutOfRange("length", self.length, "one of " + ", ".join(map(str, _LENGTHS)))
        if not 0 < self.failure < 1:
            raise OutOfRange("failure", self.failure, "a probability between 0 and 1, both excluded")
        if self.enough is not None and self.enough < 1:
            raise OutOfRange("enough", self.enough, "at least 1 bit")

    def answer(self, bits: Bits, seed: bytes) -> SketchAnswerer:
        """Return the end whose string stays.

        Args:
            bits: This end's string.
            seed: Public key of the tags, at least 16 bytes, the same at both ends.

        Raises:
            TooFewSamples: When the string is empty.
            OutOfRange: When a value is neither 0 nor 1, or the seed is too short.
        """
        sheet, m = checked(bits, seed, self.length), self.length.bit_length()
        return SketchAnswerer(bits, sheet, lambda settings: SliceCode.read(settings, m, sheet.width))

    def correct(self, bits: Bits, seed: bytes, estimate: float) -> SketchCorrector:
        """Return the end that corrects its string.

        Args:
            bits: This end's string.
            seed: Public key of the tags, at least 16 bytes, the same at both ends.
            estimate: Expected share of bits that differ, known in public; it chooses the code.

        Raises:
            TooFewSamples: When the string is too short for any code.
            OutOfRange: When a value is neither 0 nor 1, the seed is too short, or the estimate not within (0, ½).
        """
        if not 0 < estimate < 0.5:
            raise OutOfRange("estimate", estimate, "a bit error rate between 0 and 0.5, both excluded")
        sheet = checked(bits, seed, self.length)
        code = SliceCode(sheet.width, self._chosen(sheet.width, estimate))
        return SketchCorrector(bits, sheet, code, estimate, step=1, enough=self.enough)

    def _chosen(self, width: int, estimate: float) -> Code:
        m = self.length.bit_length()
        known = useful(m, width)
        if not known:
            raise TooFewSamples(have=width, need=m + 1)
        try:
            return choose(m, width, estimate, self.failure)
        except TooManyErrors:
            return known[-1]
