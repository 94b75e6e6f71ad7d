"""Say how many pairs of readings a key takes, and what must be said for it: the price of a short record.

n readings that are worth s bits each leave n·s − z·σ·√n bits: smoothing the min-entropy to ε = 2⁻⁶⁴ takes z = 9.08
standard deviations of the sum of n surprises, and that of a Gaussian reading is σ = log2(e)/√2 = 1.02 bits (T. S. Han
and others, second order of source coding).
Of these the key is paid, what hashing costs, and what every discussion tells whatever its length.

s = β·I(A;B) less what Eve knows. With β = .5 the pairs of the refresh (`lpwan.refresh`) on its simulated links come out
within a quarter: 709, 1,100 and 1,509 where it took 580 to 780, 920 and 1,410, and 2,050 where it declined (fades of 8,
6, 6 and 6 dB, noise of .5, 1, 1.5 and 2 dB; docs/explain/refresh.md). Links that share less than .9 bits a pair were
not among them.
What a discussion says, in bytes, is measured on the same links.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from samefade.errors import OutOfRange
from samefade.lpwan.energy import Radio
from samefade.lpwan.regions import DataRate
from samefade.types import Float

EFFICIENCY = 0.5  # β: what reconciliation keeps of I(A;B); see above
SMOOTHING = 9.08  # standard deviations that a Gaussian exceeds with chance 2⁻⁶⁴
SURPRISE = 1.02  # bits: standard deviation of a Gaussian reading's surprise
LONGEST = 1_280  # pairs that a run of the refresh keeps for its key at most
# bits that a discussion tells whatever its length, measured on strings of 500 to 1,500: tags, the rest, a layer
TAGS, ALWAYS, LAYER = 64, 20, 35
LAYERS = 4  # of 16 levels, the usual number; 8 to 128 were chosen
_LEAST_BLOCK = 12  # bytes: head, offset, tag and length take 11


@dataclass(frozen=True)
class Price:
    """What a key costs beyond its bits.

    Attributes:
        spoken: Pairs that are told to learn the terms of a run.
        hashing: Bits that hashing takes once: 2·log2(1/ε) − 2 of the leftover hash lemma at ε = 2⁻⁶⁴.
        told: Bits that a discussion tells whatever its length.
        up: Bytes that the device says, for each pair, framing and seals and repeats included: 2.9 to 3.9 were measured
            with up to a fifth of the frames lost.
        down: The same of the network: .5 to 1.
        block: Bytes that ride on one frame: the mean where 11 to 30 are spare.
    """

    spoken: int = 256
    hashing: int = 126
    told: int = TAGS + ALWAYS + LAYERS * LAYER
    up: float = 3.3
    down: float = 0.6
    block: int = 18

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        for name in ("spoken", "hashing", "told", "up", "down"):
            if not 0 <= getattr(self, name) <= 1e6:
                raise OutOfRange(name, getattr(self, name), "0 to 1,000,000")
        if not _LEAST_BLOCK <= self.block <= 255:
            raise OutOfRange("block", self.block, f"{_LEAST_BLOCK} to 255 bytes")

    def kept(self, each: ArrayLike, key_bits: float) -> Float:
        """Return how many pairs must be kept for a key, infinite where they are worth nothing.

        Args:
            each: s, bits of one pair, any shape.
            key_bits: Bits of the key.
        """
        return needed(each, key_bits + self.hashing + self.told)

    def on_frames(self, rate: DataRate, payload: int, most: int) -> tuple[int, float]:
        """Return the bytes of a block on a frame, and by how many seconds it becomes longer; 0 bytes: none fits.

        Args:
            rate: Data rate of the frame.
            payload: Bytes that it carries anyway.
            most: Bytes that it may carry.
        """
        size = min(self.block, most - payload)
        if size < _LEAST_BLOCK:
            return 0, 0.0
        return size, rate.time_on_air(payload + size) - rate.time_on_air(payload)

    def heard(self, radio: Radio, down: DataRate) -> float:
        """Return joules for each pair of hearing the network's blocks on empty answers that come anyway."""
        longer = down.time_on_air(self.block, down=True) - down.time_on_air(0, down=True)
        return self.down / self.block * radio.listening(longer)


def needed(each: ArrayLike, bits: float, swing: float = SMOOTHING * SURPRISE) -> Float:
    """Return n with n·s − z·σ·√n = bits, infinite where s is not above 0.

    Args:
        each: s, bits of one reading, any shape.
        bits: That must be paid whatever the length.
        swing: z·σ.
    """
    s = np.maximum(np.asarray(each, np.float64), 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(((swing + np.sqrt(swing**2 + 4 * s * bits)) / (2 * s)) ** 2)
