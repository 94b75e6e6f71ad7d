"""Hold what one end heard, by frame counter, and match two ends by it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from samefade.errors import ConstantSignal, EndsDisagree, NotFinite, OutOfRange, TooFewSamples
from samefade.types import Float, Integer

LEAST = 16  # the same floor as in `reciprocity`: fewer samples have no spectrum to speak of
LARGEST = 2**62


@dataclass(frozen=True, eq=False)
class Heard:
    """What one end heard of the other.

    Attributes:
        numbers: (n,) frame counters, rising, none twice: the same number names the same instant at both ends.
        values: (n,) or (n, k) what was heard, amplitude or dB, one column a tone.
    """

    numbers: Integer
    values: Float

    def __post_init__(self) -> None:
        """Check numbers and values, and keep the values as (n, k).

        Raises:
            EndsDisagree: When there are not as many values as numbers.
            NotFinite: When a value is NaN or infinite.
            OutOfRange: When numbers are not whole, negative, repeated or out of order.
        """
        numbers, values = np.asarray(self.numbers), np.asarray(self.values)
        if numbers.ndim != 1 or not (numbers.dtype.kind in "iu" or numbers.size == 0):
            raise OutOfRange("frame counters", f"{numbers.dtype} {numbers.shape}", "a row of whole numbers")
        if values.ndim not in (1, 2) or len(values) != len(numbers):
            raise EndsDisagree("shape of frame counters and values", numbers.shape, values.shape)
        if values.ndim == 2 and values.shape[1] == 0:
            raise OutOfRange("tones", 0, "at least 1")
        if values.dtype.kind not in "iuf":
            raise OutOfRange("values", values.dtype, "real numbers")
        _check_order(numbers)
        table = values.astype(np.float64).reshape(len(values), 1 if values.ndim == 1 else values.shape[1])
        if bad := int(np.count_nonzero(~np.isfinite(table))):
            raise NotFinite("values heard", bad)
        object.__setattr__(self, "numbers", numbers.astype(np.int64))
        object.__setattr__(self, "values", table)

    def __len__(self) -> int:
        """Return the number of frames heard."""
        return len(self.numbers)

    def __repr__(self) -> str:
        """Give counts and the range of frame counters; never the values."""
        reach = f", frames {self.numbers[0]} to {self.numbers[-1]}" if len(self) else ""
        return f"Heard({len(self)} samples of {self.tones} tones{reach})"

    @property
    def tones(self) -> int:
        """Return the number of tones."""
        return int(self.values.shape[1])

    def late_by(self, lag: int) -> "Heard":
        """Return the same values under counters that are `lag` smaller: what was heard `lag` frames later."""
        kept = self.numbers >= lag
        return Heard(self.numbers[kept] - lag, self.values[kept])


def _check_order(numbers: Integer) -> None:
    if not len(numbers):
        return
    if numbers.min() < 0 or numbers.max() > LARGEST:
        raise OutOfRange("frame counter", int(numbers.min()), "0 to 2^62")
    wrong = numbers[1:] <= numbers[:-1]
    if np.any(wrong):
        at = int(np.argmax(wrong)) + 1
        raise OutOfRange("frame counter", int(numbers[at]), "larger than the one before it, none twice")


class Matched(NamedTuple):
    """Samples that both ends have.

    Attributes:
        numbers: (n,) their frame counters at a.
        a: (n, k) values of the one end.
        b: (n, k) values of the other.
    """

    numbers: Integer
    a: Float
    b: Float


def match(a: Heard, b: Heard) -> Matched:
    """Match by frame counter; numbers that only one end has are lost.

    Raises:
        ConstantSignal: When an end does not vary in any tone over what both have.
        EndsDisagree: When the ends have different numbers of tones.
        TooFewSamples: With fewer than 16 numbers in common.
    """
    if a.tones != b.tones:
        raise EndsDisagree("number of tones", a.tones, b.tones)
    both = match_late(a, b, 0)
    if len(both.numbers) < LEAST:
        raise TooFewSamples(have=len(both.numbers), need=LEAST)
    for name, x in (("a", both.a), ("b", both.b)):
        if not np.any(np.ptp(x, axis=0) > 0):
            raise ConstantSignal(name, float(x.flat[0]))
    return both


def match_late(a: Heard, b: Heard, lag: int) -> Matched:
    """Match a's counter i with b's counter i + lag, whatever there is."""
    late = b.late_by(lag)
    numbers, i, j = np.intersect1d(a.numbers, late.numbers, assume_unique=True, return_indices=True)
    return Matched(numbers, a.values[i], late.values[j])
