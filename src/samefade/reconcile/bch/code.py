"""Know the primitive narrow-sense binary BCH codes: their generators, and the remainder that is the syndrome.

A. Hocquenghem 1959; R. C. Bose and D. K. Ray-Chaudhuri 1960; S. Lin and D. J. Costello, "Error Control Coding",
2nd edition 2004, chapter 6 and its table of codes.
Notation: α a primitive element of GF(2^m), n = 2^m − 1, g the generator polynomial, t the errors that are corrected.
A polynomial over GF(2) is an integer whose bit i is the coefficient of x^i.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from samefade.types import BitArray

# primitive polynomials with the fewest terms, those of Lin and Costello's tables
_PRIMITIVE = {
    3: 0b1011,
    4: 0b1_0011,
    5: 0b10_0101,
    6: 0b100_0011,
    7: 0b1000_1001,
    8: 0b1_0001_1101,
    9: 0b10_0001_0001,
    10: 0b100_0000_1001,
    11: 0b1000_0000_0101,
}


@dataclass(frozen=True)
class Code:
    """One primitive narrow-sense BCH code of length n = 2^m − 1.

    Attributes:
        m: Degree of the field.
        t: Errors that are corrected: half of the run of consecutive roots, which may exceed what was asked for.
        generator: The generator polynomial g.
    """

    m: int
    t: int
    generator: int

    @property
    def n(self) -> int:
        """Return the length, bits."""
        return (1 << self.m) - 1

    @property
    def redundancy(self) -> int:
        """Return n − k, the bits of a syndrome."""
        return self.generator.bit_length() - 1

    @property
    def k(self) -> int:
        """Return the dimension, bits."""
        return self.n - self.redundancy

    def remainders(self, frames: BitArray) -> BitArray:
        """Return every frame's remainder modulo g, (rows, n − k), the highest power first.

        The first bit of a frame is its highest power, so a microcontroller can shift the bits through a register of
        n − k bits as they come, and XOR g into it whenever a 1 falls out.

        Args:
            frames: (rows, size) of 0 and 1, size at most n; a shorter frame is a shortened code.
        """
        powers = _powers(self)[: frames.shape[1]][::-1]
        # sums of at most 2,047 ones are exact in single precision
        ones = (np.asarray(frames, np.float32) @ powers).astype(np.int32)
        return (ones & 1).astype(np.uint8)


@lru_cache(maxsize=64)
def code(m: int, errors: int) -> Code:
    """Return the code over GF(2^m) whose roots are α, α², …, α^(2·errors), and their conjugates.

    Args:
        m: Degree of the field, 3 to 11.
        errors: Errors to correct, 1 to `most_errors`.
    """
    n, roots, generator = 2**m - 1, set[int](), 1
    for start in range(1, 2 * errors, 2):  # even powers are conjugates of odd ones
        if start not in roots:
            roots.update(_coset(m, start))
            generator = _times(generator, _minimal(m, start))
    run = next(power for power in range(1, n + 1) if power % n not in roots) - 1
    return Code(m, run // 2, generator)


@lru_cache(maxsize=16)
def codes(m: int) -> tuple[Code, ...]:
    """Return every code of length 2^m − 1, the strongest last, but for the one that repeats a single bit."""
    out = [code(m, 1)]
    while out[-1].t < most_errors(m):
        out.append(code(m, out[-1].t + 1))
    return tuple(out)


def most_errors(m: int) -> int:
    """Return how many errors the strongest code corrects, 2^(m−2) − 1: all roots but 1 and the conjugates of α^−1."""
    return (1 << m - 2) - 1


@lru_cache(maxsize=16)
def tables(m: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the powers of α, (n,), and the logarithms to base α of 1 … n, (n + 1,); logarithm 0 stands for nothing."""
    n = 2**m - 1
    power = np.ones(n, np.int32)
    for i in range(1, n):
        doubled = int(power[i - 1]) << 1
        power[i] = doubled ^ _PRIMITIVE[m] if doubled > n else doubled
    logarithm = np.zeros(n + 1, np.int32)
    logarithm[power] = np.arange(n, dtype=np.int32)
    for table in (power, logarithm):
        table.setflags(write=False)
    return power, logarithm


def _coset(m: int, start: int) -> list[int]:
    """Return start, 2·start, 4·start, … modulo n: the powers of α that are conjugates."""
    out = [start]
    while (following := 2 * out[-1] % (2**m - 1)) != start:
        out.append(following)
    return out


@lru_cache(maxsize=1024)
def _minimal(m: int, start: int) -> int:
    """Multiply out Π (x − α^i) over the coset of start: a polynomial over GF(2)."""
    power, logarithm = tables(m)
    coefficients = [1]  # the lowest power first
    for i in _coset(m, start):
        shifted, scaled = [0, *coefficients], [*coefficients, 0]
        scaled = [int(power[(logarithm[c] + i) % (2**m - 1)]) if c else 0 for c in scaled]
        coefficients = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
    return sum(c << i for i, c in enumerate(coefficients))


def _times(a: int, b: int) -> int:
    """Multiply two polynomials over GF(2)."""
    out = 0
    for i in range(b.bit_length()):
        if b >> i & 1:
            out ^= a << i
    return out


@lru_cache(maxsize=8)
def _powers(of: Code) -> NDArray[np.float32]:
    """Return x^0 … x^(n−1) modulo g, (n, n − k), the highest power first."""
    width, rest, rows = of.redundancy, 1, []
    for _ in range(of.n):
        rows.append((rest << (-width % 8)).to_bytes(-(-width // 8), "big"))
        rest <<= 1
        rest ^= of.generator * (rest >> width)
    packed = np.frombuffer(b"".join(rows), np.uint8).reshape(of.n, -1)
    out = np.unpackbits(packed, axis=1, count=width).astype(np.float32)
    out.setflags(write=False)
    return out
