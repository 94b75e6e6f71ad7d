"""Lay out an account as bars: entropy in, every public bit out, what is left; from left to right is what there is."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_LEAST = 1e-9  # bits: below, nothing is to be seen


class Step(NamedTuple):
    """One line of the account with its bar.

    Attributes:
        what: What it is.
        bits: What it adds, or takes where negative.
        left: What there is after it.
        x: Where its bar begins, 0 to 100.
        width: How wide the bar is, 0 to 100.
        kind: "in", "out" or "left".
        zero: Where nothing is, 0 to 100; above 0 where more was paid than there was.
    """

    what: str
    bits: float
    left: float
    x: float
    width: float
    kind: str
    zero: float

    @property
    def told(self) -> str:
        """Return the bits with their sign."""
        return _signed(f"{self.bits:+,.1f}")

    @property
    def left_told(self) -> str:
        """Return what there is after it."""
        return _signed(f"{self.left:,.1f}")


def steps(lines: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Return the lines and, last, what is left; one scale for all bars, from the least balance (or 0) to the most."""
    entries = [(str(line["what"]), float(line["bits"])) for line in lines]
    balances = [0.0]
    for _, bits in entries:
        balances.append(balances[-1] + bits)
    low, high = min(balances), max(balances)
    scale = 100 / (high - low) if high - low > _LEAST else 0.0
    zero = -low * scale

    def step(what: str, bits: float, before: float, after: float, kind: str) -> Step:
        x, width = (min(before, after) - low) * scale, abs(after - before) * scale
        return Step(what, bits, after, x, width, kind, zero)

    out = [
        step(what, bits, before, after, "in" if bits > 0 else "out")
        for (what, bits), before, after in zip(entries, balances, balances[1:], strict=False)
    ]
    return [*out, step("left", balances[-1], 0.0, balances[-1], "left")]


def _signed(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")
