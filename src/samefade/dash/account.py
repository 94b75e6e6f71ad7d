"""Lay out an account as bars: entropy in, every public bit out, what is left; from left to right is what there is."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Step(NamedTuple):
    """One line of the account with its bar.

    Attributes:
        what: What it is.
        bits: What it adds, or takes where negative.
        left: What there is after it.
        x: Where its bar begins, 0 to 100.
        width: How wide the bar is, 0 to 100.
        kind: "in", "out" or "left".
    """

    what: str
    bits: float
    left: float
    x: float
    width: float
    kind: str


def steps(lines: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Return the lines and, last, what is left; one scale for all bars, from the least balance (or 0) to the most."""
    entries = [(str(line["what"]), float(line["bits"])) for line in lines]
    balances = [0.0]
    for _, bits in entries:
        balances.append(balances[-1] + bits)
    low, high = min(balances), max(balances)
    scale = 100 / (high - low) if high > low else 0.0

    def step(what: str, bits: float, before: float, after: float, kind: str) -> Step:
        return Step(what, bits, after, (min(before, after) - low) * scale, abs(after - before) * scale, kind)

    out = [
        step(what, bits, before, after, "in" if bits > 0 else "out")
        for (what, bits), before, after in zip(entries, balances, balances[1:], strict=False)
    ]
    return [*out, step("left", balances[-1], 0.0, balances[-1], "left")]
