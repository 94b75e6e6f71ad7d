"""Polar codes: tell the least predictable bits of a transform of the string, and more of them where it was not enough.

Source coding with side information by polar codes: E. Arıkan, "Source polarization" (2010), and S. B. Korada and
R. Urbanke (2010), decoded with lists and a check (I. Tal and A. Vardy, 2015).
The answerer (a) transforms its string x into u = x G and tells those bits of u that the corrector (b) predicts worst,
with a short check; b follows a list of likely strings that fit, and asks for more where none can be believed.
It takes a few messages where Cascade takes dozens, and uses soft information where there is any (`Bits.belief`).
What is charged for it: see `charge`; when b believes what it found: see `decoder`.
It assumes that the discussion is authenticated, and that seed and estimate are public and not chosen by what the
strings are.
It is not constant in time.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange, TooFewSamples
from samefade.reconcile.polar.answerer import PolarAnswerer
from samefade.reconcile.polar.corrector import PolarCorrector
from samefade.reconcile.polar.layout import MOST_LAYERS, Layout
from samefade.types import Bits

_SHORTEST_SEED = 16
_FRAMES, _LISTS, _CHECKS = (64, 16_384), (1, 1024), (8, 32)


@dataclass(frozen=True)
class Polar:
    """Polar code with incremental redundancy and list decoding aided by a check.

    Attributes:
        frame: The most bits that are decoded together; longer layers are cut into equal frames.
            With hard bits longer ones tell no less; with soft information 16,384 bits tell up to 8 % less.
        list_size: How many likely strings the corrector follows at once; half of them take half the time and
            tell 1 % more.
        check: Bits of the check told of each frame; each one halves how often a frame is decoded twice.

    Raises:
        OutOfRange: When `frame` is not between 64 and 16,384 bits, `list_size` not between 1 and 1,024,
            or `check` not between 8 and 32 bits.
    """

    frame: int = 2048
    list_size: int = 64
    check: int = 16

    def __post_init__(self) -> None:
        """Refuse absurd frames, lists and checks."""
        _within("frame", self.frame, _FRAMES)
        _within("list_size", self.list_size, _LISTS)
        _within("check", self.check, _CHECKS)

    def answer(self, bits: Bits, seed: bytes) -> PolarAnswerer:
        """Return the end whose string stays.

        Args:
            bits: This end's string; of `layers` and `values` alone.
            seed: Public seed of the shuffles, at least 16 bytes, the same at both ends.

        Raises:
            TooFewSamples: When the string is empty.
            OutOfRange: When a value is neither 0 nor 1, the layers do not make up the string,
                or the seed is too short.
        """
        return PolarAnswerer(bits, self._layout(bits, seed))

    def correct(self, bits: Bits, seed: bytes, estimate: float) -> PolarCorrector:
        """Return the end that corrects its string.

        Args:
            bits: This end's string; where it has a `belief`, that is what the decoder uses.
            seed: Public seed of the shuffles, at least 16 bytes, the same at both ends.
            estimate: Expected share of bits that differ, known in public; not used where there is a belief.

        Raises:
            TooFewSamples: When the string is empty.
            OutOfRange: When a value is neither 0 nor 1, the layers do not make up the string, the seed is too short,
                the estimate not within (0, ½), or the belief tells of a layer of another length.
            NotFinite: When the belief has a log-likelihood ratio that is not a number.
        """
        if not 0 < estimate < 0.5:
            raise OutOfRange("estimate", estimate, "a bit error rate between 0 and 0.5, both excluded")
        return PolarCorrector(bits, self._layout(bits, seed), self.list_size, estimate)

    def _layout(self, bits: Bits, seed: bytes) -> Layout:
        if not len(bits):
            raise TooFewSamples(have=0, need=1)
        if bits.values.ndim != 1 or not np.isin(bits.values, (0, 1)).all():
            raise OutOfRange("bits", f"array of shape {bits.values.shape}", "one row of values 0 and 1")
        layers = tuple(bits.layers) or (len(bits),)
        if min(layers) < 1 or sum(layers) != len(bits) or len(layers) > MOST_LAYERS:
            raise OutOfRange("layers", layers, f"lengths that add up to {len(bits)}, at most {MOST_LAYERS} of them")
        if len(seed) < _SHORTEST_SEED:
            raise OutOfRange("seed", f"{len(seed)} bytes", f"at least {_SHORTEST_SEED} bytes")
        return Layout(layers, self.frame, self.check, bytes(seed))


def _within(name: str, value: int, bounds: tuple[int, int]) -> None:
    if not bounds[0] <= value <= bounds[1]:
        raise OutOfRange(name, value, f"{bounds[0]:,} to {bounds[1]:,}")
