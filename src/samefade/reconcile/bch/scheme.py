"""BCH code-offset reconciliation: one message of syndromes corrects the other end's string.

Y. Dodis, R. Ostrovsky, L. Reyzin and A. Smith, "Fuzzy extractors: how to generate strong keys from biometrics and other
noisy data", SIAM Journal on Computing 38 (2008), section 5.
Their code-offset construction tells X xor a random codeword, their syndrome construction the syndrome of X.
For a linear code each can be computed from the other, so both tell the same n − k bits.
Here the syndrome is told, as the remainder of X modulo the generator polynomial: shifts and XORs only, and no source
of chance is needed.
It assumes that the discussion is authenticated and that errors fall independently of each other. Bursts are spread over
the frames; where there are few frames, they fail more often than the choice of the code expects.
It is not constant in time.
"""

from dataclasses import dataclass

import numpy as np

from samefade.errors import OutOfRange, TooFewSamples, TooManyErrors
from samefade.reconcile.bch.answerer import BchAnswerer
from samefade.reconcile.bch.choice import choose, useful
from samefade.reconcile.bch.code import code, most_errors
from samefade.reconcile.bch.corrector import BchCorrector
from samefade.reconcile.bch.frames import Frames, Plan
from samefade.types import Bits

_LENGTHS = (127, 255, 511, 1023, 2047)
_SHORTEST_SEED = 16


@dataclass(frozen=True)
class Bch:
    """Primitive narrow-sense binary BCH codes, told once: three requests in all, against dozens for Cascade.

    Warning: the syndrome of n − k bits can reveal a frame as a whole when its min-entropy is below n − k, however
    many bits the frame has. The ledger shows it: it goes below zero. Strings from smoothed samples are of this kind.

    Attributes:
        length: Bits in a frame: 127, 255, 511, 1023 or 2047. The last frame of a string may be shorter.
        errors: Errors that the code corrects in each frame, the same at both ends; where a code corrects more at no
            further cost, that one is taken. None lets the corrector choose by its estimate and ask for it.
        failure: With `errors` None, how often a frame may have more errors than its code corrects. A frame that
            cannot be decoded is dropped and costs all its bits. None takes the code that costs least on average: with
            many frames it leaves more than a code that hardly ever fails.
        charge_choice: Charge what the corrector's choice of the code tells. Calibration's estimate comes from samples
            that are spoken in public, so the choice follows from what everybody knows and tells nothing.
            Set this, at both ends, where the estimate was made from secret bits.

    Raises:
        OutOfRange: When `length` is another, `errors` is not between 1 and a quarter of the length, or `failure`
            is not within (0, 1).
    """

    length: int = 255
    errors: int | None = None
    failure: float | None = 1e-3
    charge_choice: bool = False

    def __post_init__(self) -> None:
        """Refuse codes that do not exist."""
        if self.length not in _LENGTHS:
            raise OutOfRange("length", self.length, "one of " + ", ".join(map(str, _LENGTHS)))
        if self.errors is not None and not 1 <= self.errors <= most_errors(self._m):
            raise OutOfRange("errors", self.errors, f"1 to {most_errors(self._m)} for frames of {self.length} bits")
        if self.failure is not None and not 0 < self.failure < 1:
            raise OutOfRange("failure", self.failure, "a probability between 0 and 1, both excluded")

    def answer(self, bits: Bits, seed: bytes) -> BchAnswerer:
        """Return the end whose string stays.

        Args:
            bits: This end's string.
            seed: Public key of the tags, at least 16 bytes, the same at both ends.

        Raises:
            TooFewSamples: When the string is empty.
            OutOfRange: When a value is neither 0 nor 1, the layers do not make up the string, the seed is too short,
                or the syndrome would tell all.
        """
        frames = self._frames(bits, seed)
        t = None if self.errors is None else self._plan(frames, 0.0).groups[0].code.t
        return BchAnswerer(bits, frames, self._m, t, choice_tells=self.charge_choice)

    def correct(self, bits: Bits, seed: bytes, estimate: float) -> BchCorrector:
        """Return the end that corrects its string.

        Args:
            bits: This end's string.
            seed: Public key of the tags, at least 16 bytes, the same at both ends.
            estimate: Expected share of bits that differ; with `errors` None it chooses the code.

        Raises:
            TooFewSamples: When the string is empty.
            TooManyErrors: When every code that is strong enough would tell all.
            OutOfRange: When a value is neither 0 nor 1, the layers do not make up the string, the seed is too short,
                or the estimate not within (0, ½).
        """
        if not 0 < estimate < 0.5:
            raise OutOfRange("estimate", estimate, "a bit error rate between 0 and 0.5, both excluded")
        frames = self._frames(bits, seed)
        plan = self._plan(frames, estimate)
        return BchCorrector(bits, frames, plan, estimate, choice_tells=self.charge_choice)

    @property
    def _m(self) -> int:
        return self.length.bit_length()

    def _frames(self, bits: Bits, seed: bytes) -> Frames:
        if not len(bits):
            raise TooFewSamples(have=0, need=1)
        if bits.values.ndim != 1 or not np.isin(bits.values, (0, 1)).all():
            raise OutOfRange("bits", f"array of shape {bits.values.shape}", "one row of values 0 and 1")
        if bits.layers and sum(bits.layers) != len(bits):
            raise OutOfRange("layers", bits.layers, f"lengths that add up to {len(bits)}")
        if len(seed) < _SHORTEST_SEED:
            raise OutOfRange("seed", f"{len(seed)} bytes", f"at least {_SHORTEST_SEED} bytes")
        return Frames(len(bits), self.length, bytes(seed))

    def _plan(self, frames: Frames, estimate: float) -> Plan:
        """Give the full frames and the last one their codes; a short last frame may be told as a whole."""
        size, last = int(frames.sizes[0]), int(frames.sizes[-1])
        if self.errors is not None:
            fixed = code(self._m, self.errors)
            known = useful(self._m, size)
            if fixed not in known:
                most = f"1 to {known[-1].t}" if known else "none"
                raise OutOfRange("errors", self.errors, f"{most} for a frame of {size} bits: else all would be told")
            return Plan.of(frames, fixed, fixed)
        first = choose(self._m, size, estimate, self.failure)
        if last == size:
            return Plan.of(frames, first, first)
        try:
            return Plan.of(frames, first, choose(self._m, last, estimate, self.failure))
        except TooManyErrors:  # the last frame is too short to keep anything: whatever its code, it is told
            return Plan.of(frames, first, first)
