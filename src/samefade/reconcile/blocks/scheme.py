"""Short blocks, each with a syndrome and a check of its own; a block that fails is dropped.

Lorakeygen, a tool for LoRa modules, sends for each block the syndrome of a small code and a CRC-8: Hamming(15,11) in
its description, BCH(31,21) in its later version. Of 31 bits 18 are then public, of 15 bits 12; its own count of final
bits is that of the blocks kept, and subtracts none of it.
It assumes that the discussion is authenticated.
It is not constant in time.
"""

from dataclasses import dataclass

from samefade.errors import OutOfRange, TooFewSamples
from samefade.reconcile.bch.choice import useful
from samefade.reconcile.bch.code import code, most_errors
from samefade.reconcile.blocks.code import BlockCode
from samefade.reconcile.sketch import SketchAnswerer, SketchCorrector, checked
from samefade.types import Bits

_LENGTHS = (15, 31, 63, 127)


@dataclass(frozen=True)
class Blocks:
    """BCH syndrome and CRC-8 of every block, told once.

    Attributes:
        length: The most bits of a block: 15, 31, 63 or 127.
        errors: Errors that are corrected in each; `Blocks(15, 1)` is the Hamming code.

    Raises:
        OutOfRange: When there is no such code.
    """

    length: int = 31
    errors: int = 2

    def __post_init__(self) -> None:
        """Refuse codes that do not exist."""
        if self.length not in _LENGTHS:
            raise OutOfRange("length", self.length, "one of " + ", ".join(map(str, _LENGTHS)))
        most = most_errors(self.length.bit_length())
        if not 1 <= self.errors <= most:
            raise OutOfRange("errors", self.errors, f"1 to {most} for blocks of {self.length} bits")

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
        return SketchAnswerer(bits, sheet, lambda settings: BlockCode.read(settings, m, sheet.width))

    def correct(self, bits: Bits, seed: bytes, estimate: float) -> SketchCorrector:
        """Return the end that corrects its string.

        Args:
            bits: This end's string.
            seed: Public key of the tags, at least 16 bytes, the same at both ends.
            estimate: Expected share of bits that differ; the code does not depend on it.

        Raises:
            TooFewSamples: When the string is too short for the code.
            OutOfRange: When a value is neither 0 nor 1, the seed is too short, or the estimate not within (0, ½).
        """
        if not 0 < estimate < 0.5:
            raise OutOfRange("estimate", estimate, "a bit error rate between 0 and 0.5, both excluded")
        sheet, m = checked(bits, seed, self.length), self.length.bit_length()
        chosen = code(m, self.errors)
        if chosen not in useful(m, sheet.width):
            raise TooFewSamples(have=sheet.width, need=chosen.redundancy + 1)
        return SketchCorrector(bits, sheet, BlockCode(sheet.width, chosen), estimate)
