"""Reed–Solomon code-offset reconciliation: one message of syndromes, which count wrong bytes and not wrong bits.

I. S. Reed and G. Solomon 1960; as the helper data of a fuzzy extractor: Dodis and others 2008.
Used by RSSignal (SBSeg 2022/23) and, before a convolutional code, by da Cruz et al. 2021; neither code's length and
strength is known to us, so both are ours here.
A byte with one wrong bit costs as much as one with eight: where errors are spread, as those of quantised samples are,
this tells far more than a BCH code; where they come in bursts, it tells less.
It assumes that the discussion is authenticated, and that errors fall independently of each other.
It is not constant in time.
"""

from dataclasses import dataclass

from samefade.errors import OutOfRange, TooFewSamples
from samefade.reconcile.reed_solomon.code import RsCode, most_errors
from samefade.reconcile.sketch import SketchAnswerer, SketchCorrector, checked, failing
from samefade.types import Bits

_SYMBOLS = (3, 255)


@dataclass(frozen=True)
class ReedSolomon:
    """Shortened Reed–Solomon codes over GF(2^8), told once.

    Attributes:
        symbols: The most bytes in a frame, 3 to 255; a longer string is cut into equal frames.
        errors: Bytes that are corrected in each frame; None lets the corrector choose by its public estimate. Where no
            code fails rarely enough, the strongest is taken that does not tell the whole frame.
        failure: With `errors` None, how often a frame may have more wrong bytes than its code corrects.

    Raises:
        OutOfRange: When a parameter makes no sense.
    """

    symbols: int = 255
    errors: int | None = None
    failure: float = 1e-3

    def __post_init__(self) -> None:
        """Refuse codes that do not exist."""
        if not _SYMBOLS[0] <= self.symbols <= _SYMBOLS[1]:
            raise OutOfRange("symbols", self.symbols, f"{_SYMBOLS[0]} to {_SYMBOLS[1]}")
        if self.errors is not None and not 1 <= self.errors <= most_errors(8 * self.symbols):
            raise OutOfRange("errors", self.errors, f"1 to {most_errors(8 * self.symbols)}")
        if not 0 < self.failure < 1:
            raise OutOfRange("failure", self.failure, "a probability between 0 and 1, both excluded")

    def answer(self, bits: Bits, seed: bytes) -> SketchAnswerer:
        """Return the end whose string stays.

        Args:
            bits: This end's string.
            seed: Public key of the tags, at least 16 bytes, the same at both ends.

        Raises:
            TooFewSamples: When the string is empty.
            OutOfRange: When a value is neither 0 nor 1, or the seed is too short.
        """
        sheet = checked(bits, seed, 8 * self.symbols)
        return SketchAnswerer(bits, sheet, lambda settings: RsCode.read(settings, sheet.width))

    def correct(self, bits: Bits, seed: bytes, estimate: float) -> SketchCorrector:
        """Return the end that corrects its string.

        Args:
            bits: This end's string.
            seed: Public key of the tags, at least 16 bytes, the same at both ends.
            estimate: Expected share of bits that differ, known in public; with `errors` None it chooses the code.

        Raises:
            TooFewSamples: When the string is too short for any code.
            OutOfRange: When a value is neither 0 nor 1, the seed is too short, or the estimate not within (0, ½).
        """
        if not 0 < estimate < 0.5:
            raise OutOfRange("estimate", estimate, "a bit error rate between 0 and 0.5, both excluded")
        sheet = checked(bits, seed, 8 * self.symbols)
        most = most_errors(sheet.width)
        if most < 1:
            raise TooFewSamples(have=sheet.width, need=17)
        wanted = self.errors or failing(-(-sheet.width // 8), 1 - (1 - estimate) ** 8, self.failure)
        return SketchCorrector(bits, sheet, RsCode(sheet.width, min(max(1, wanted), most)), estimate)
