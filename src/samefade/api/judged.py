"""Ask further judges what the quantised symbols are worth: NIST's estimators, and an attacker who learns to guess.

They see the symbols before any hash, and neither Eve nor the channel: they may refute an account, and never prove one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from samefade.entropy import Guesser, percentiles
from samefade.entropy.sp80090b import Assessment90B, assess90b
from samefade.errors import TooFewSamples
from samefade.types import Integer

KEY_BITS = 256
AT = (5.0, 50.0, 95.0)  # percentiles of the cost
_FEWEST_KEYS = 20  # a fifth percentile needs so many
_ORDERS = ((8, 2), (32, 1))  # levels up to which so many symbols back can be learnt and counted in seconds


class Written(NamedTuple):
    """Symbols in order of time, and how many bits each has."""

    values: NDArray[np.int64]  # (m,)
    bits: NDArray[np.int64]  # (m,)

    def of_commonest(self) -> "tuple[NDArray[np.int64], int]":
        """Return the symbols of the most frequent number of bits, and that number."""
        widths, counts = np.unique(self.bits, return_counts=True)
        width = int(widths[counts.argmax()])
        return self.values[self.bits == width], width

    def string(self) -> NDArray[np.uint8]:
        """Return all symbols as one string of bits, the highest bit of each first."""
        place = np.arange(int(self.bits.max()))[::-1]
        digits = (self.values[:, None] >> place) & 1
        return digits[place < self.bits[:, None]].astype(np.uint8)


@dataclass(frozen=True)
class Guessing:
    """What stretches of the raw symbols cost an attacker who learnt from the first half of the same symbols.

    Attributes:
        keys: How many stretches of 256 bits were priced, all of the second half.
        order: How many symbols she looks back.
        levels: How many levels a symbol has.
        log2_guesses: Percentile → log2 of how many guesses she needs.
    """

    keys: int
    order: int
    levels: int
    log2_guesses: Mapping[float, float]


@dataclass(frozen=True)
class Judged:
    """What the judges say.

    Attributes:
        sp80090b: What was assessed → the ten estimators' results.
        skipped: What was not judged → why.
        guessing: The cost of guessing; None where it cannot be counted.
    """

    sp80090b: Mapping[str, Assessment90B]
    skipped: Mapping[str, str]
    guessing: Guessing | None = None

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        for name in ("sp80090b", "skipped"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers, without any symbol."""
        cost = self.guessing
        told = None if cost is None else {f"{at:g}": guesses for at, guesses in cost.log2_guesses.items()}
        return {
            "sp80090b": {what: found.to_json() for what, found in self.sp80090b.items()},
            "guessing": None
            if cost is None
            else {"keys": cost.keys, "order": cost.order, "levels": cost.levels, "log2_guesses": told},
            "not_judged": dict(self.skipped),
        }


def judge(symbols: Written) -> Judged:
    """Return what the ten estimators of SP 800-90B and a guesser that learns say of symbols.

    Symbols of several widths are judged twice: those of the most frequent width, and all as one string of bits.

    Args:
        symbols: The symbols, before any hash.
    """
    values, width = symbols.of_commonest()
    string = symbols.string()
    asked: dict[str, tuple[Integer, int]] = {f"symbols of {width} bit{'s' if width > 1 else ''}": (values, width)}
    if len(values) < len(symbols.values):
        asked["bits of all symbols"] = (string, 1)
    found: dict[str, Assessment90B] = {}
    skipped: dict[str, str] = {}
    for what, (of, bits) in asked.items():
        try:
            found[what] = assess90b(of, bits)
        except TooFewSamples as few:
            skipped[what] = f"{few.numbers['have']} of them, {few.numbers['need']} needed"
    try:
        cost = _guessing(values, width)
    except TooFewSamples as few:
        skipped["cost of guessing"] = f"{few.numbers['have']} stretches of 256 bits, {few.numbers['need']} needed"
        return Judged(found, skipped)
    if cost is None:
        skipped["cost of guessing"] = f"{2**width} levels, too many to learn what follows what"
    return Judged(found, skipped, cost)


def _guessing(values: NDArray[np.int64], width: int) -> Guessing | None:
    """Learn on the first half, and price the second; None where there are too many levels.

    Raises:
        TooFewSamples: When the second half has fewer than twenty stretches of 256 bits.
    """
    levels = 2**width
    order = next((order for most, order in _ORDERS if levels <= most), None)
    if order is None:
        return None
    length, half = KEY_BITS // width, len(values) // 2
    keys = values[half:][: (len(values) - half) // length * length].reshape(-1, length)
    if len(keys) < _FEWEST_KEYS:
        raise TooFewSamples(have=len(keys), need=_FEWEST_KEYS)
    costs = Guesser.learn([values[:half]], levels, order).cost(keys)
    return Guessing(len(keys), order, levels, MappingProxyType(dict(zip(AT, percentiles(costs, AT), strict=True))))
