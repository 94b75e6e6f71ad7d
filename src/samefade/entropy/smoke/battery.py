"""Run tests of randomness over raw bits, before any hash, as one looks for smoke: seeing none proves nothing.

A test that fails says that the bits are worth less than they are many, and often why.
A test that passes says nothing of a secret: SHA-256 of a counter and one constant, worthless key passes them all.
Of 4,096 keys from smoothed samples the raw bits passed 1.1 % of 188 such tests, and SHA-256(counter, key) of the very
same keys 99.5 %; therefore never test what a hash has touched, and never take a passed test for entropy.
What the bits are worth is for `assess`, and what they cost an attacker for `Guesser`.
Source: NIST SP 800-22 rev. 1a, whose section numbers the tests carry and whose sizes are kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from samefade.entropy.smoke.counts import block_frequency, cumulative_sums, frequency, longest_run, runs
from samefade.entropy.smoke.patterns import approximate_entropy, rank, serial, spectrum
from samefade.errors import OutOfRange, TooFewSamples
from samefade.types import BitArray

WARNING = (
    "Passing these tests is no evidence that bits are secret, and none of their entropy: a hash of a constant passes "
    "them too. Only failing them means something."
)

_LEAST = 100


@dataclass(frozen=True)
class Smoke:
    """What the tests found.

    The p-values are functions of the bits: keep them to yourself where the bits become a key.

    Attributes:
        count: How many bits were looked at.
        p_values: The chance that ideal bits look at least as odd, by test.
        skipped: Tests that were left out, and how many bits they need.
        warning: What the tests do not prove.
    """

    count: int
    p_values: Mapping[str, float] = field(hash=False)
    skipped: Mapping[str, int] = field(hash=False)
    warning: str = WARNING

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        object.__setattr__(self, "p_values", MappingProxyType(dict(self.p_values)))
        object.__setattr__(self, "skipped", MappingProxyType(dict(self.skipped)))

    def failed(self, level: float = 0.01) -> tuple[str, ...]:
        """Return the tests with a p-value below the level; ideal bits fail each in that share of all cases.

        Raises:
            OutOfRange: When the level is no probability.
        """
        if not 0 < level < 1:
            raise OutOfRange("level", level, "between 0 and 1, both excluded")
        return tuple(name for name, p in self.p_values.items() if p < level)

    def to_json(self) -> dict[str, Any]:
        """Return numbers and words for a JSON document, the warning first."""
        return {
            "schema": "samefade.smoke/1",
            "warning": self.warning,
            "bits": self.count,
            "p_values": dict(self.p_values),
            "skipped": dict(self.skipped),
        }


def smoke(bits: BitArray) -> Smoke:
    """Run every test that so many bits allow, at the sizes that SP 800-22 recommends for them.

    Args:
        bits: (n,) raw bits, 0 or 1, before any hash; at least 100.

    Raises:
        TooFewSamples: When there are fewer than 100 bits.
        OutOfRange: When a value is neither 0 nor 1.
    """
    _check(bits)
    n, values = len(bits), bits.astype(np.uint8)
    log = n.bit_length() - 1
    # 2.2.7: M > n/100 so that there are fewer than 100 blocks; 2.11.7: m < log2(n) − 2; 2.12.7: m < log2(n) − 5
    block, strings, context = max(20, n // 100 + 1), min(16, log - 3), min(10, log - 6)
    tests: dict[str, tuple[int, Callable[[], float]]] = {
        "frequency": (_LEAST, lambda: frequency(values)),
        "block frequency": (_LEAST, lambda: block_frequency(values, block)),
        "runs": (_LEAST, lambda: runs(values)),
        "longest run of ones": (128, lambda: longest_run(values)),
        "matrix rank": (38 * 32 * 32, lambda: rank(values)),
        "spectrum": (1000, lambda: spectrum(values)),
        "cumulative sums, forward": (_LEAST, lambda: cumulative_sums(values)),
        "cumulative sums, backward": (_LEAST, lambda: cumulative_sums(values, backward=True)),
        "serial, first difference": (_LEAST, lambda: serial(values, strings)[0]),
        "serial, second difference": (_LEAST, lambda: serial(values, strings)[1]),
        "approximate entropy": (256, lambda: approximate_entropy(values, context)),
    }
    p_values = {name: test() for name, (need, test) in tests.items() if n >= need}
    return Smoke(n, p_values, {name: need for name, (need, _) in tests.items() if n < need})


def _check(bits: BitArray) -> None:
    if bits.ndim != 1 or not (np.issubdtype(bits.dtype, np.integer) or bits.dtype == np.bool_):
        raise OutOfRange("bits", f"{bits.dtype} of shape {bits.shape}", "one row of 0 and 1")
    if len(bits) < _LEAST:
        raise TooFewSamples(have=len(bits), need=_LEAST)
    if bits.min() < 0 or bits.max() > 1:
        raise OutOfRange("bits", "some other value", "0 or 1")
