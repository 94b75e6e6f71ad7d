"""What one guesser leaves of a string."""

from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True)
class Guess:
    """What one guesser leaves of a string.

    Attributes:
        expected: Bits that the law expects the string to surprise by.
        realised: Bits by which it did.
        variance: Variance of that under the law, bits².
        kurtosis: Fourth moment of the standardised innovations: 3 for Gaussian ones.
        each: What the law expects of each component, bits.
    """

    expected: float
    realised: float
    variance: float
    kurtosis: float
    each: tuple[float, ...] = ()

    def smooth(self, deviations: float) -> float:
        """Return the smooth min-entropy, bits, where ε is that many standard deviations away."""
        return max(0.0, min(self.expected, self.realised) - deviations * sqrt(self.variance))

    def __add__(self, other: "Guess") -> "Guess":
        """Add what two independent strings are worth."""
        return Guess(
            self.expected + other.expected,
            self.realised + other.realised,
            self.variance + other.variance,
            max(self.kurtosis, other.kurtosis),
            self.each + other.each,
        )
