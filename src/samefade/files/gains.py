"""Say what a receiver's gains did in a log that prints them: one that changes scales the amplitudes of its packets.

Nothing is undone: how the two gains of an ESP32-C5 or C6 scale its CSI is not published beside the format.
"""

from collections.abc import Mapping

import numpy as np

from samefade.files.along import Column, every, pieces
from samefade.types import Float

FACT = "gain"
CHANGES = "changes"


def gains(**columns: Column) -> dict[str, str]:
    """Return the fact about the gains of a recording's packets; none where they are not logged.

    Args:
        columns: What the log calls each gain → its value with each packet.
    """
    logged = {name: column for name, column in columns.items() if every(_finite, column)}
    if not logged or not all(map(len, logged.values())):
        return {}
    named = ", ".join(f"{name} {_between(column)}" for name, column in logged.items())
    changes, last = _changes(*logged.values())
    if not changes:
        return {FACT: f"{named}, the same in all packets"}
    many = "once" if changes == 1 else f"{changes:,} times"
    return {FACT: f"{named}; {CHANGES} {many}, last with packet {last + 1:,}; amplitudes are left as they were scaled"}


def uneven(about: Mapping[str, str]) -> bool:
    """Say whether the facts of a recording tell of a gain that changes."""
    return f"; {CHANGES} " in about.get(FACT, "")


def _finite(piece: Float) -> bool:
    return bool(np.isfinite(piece).all())


def _between(column: Column) -> str:
    ends = [(float(piece.min()), float(piece.max())) for (piece,) in pieces(column)]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _changes(*columns: Column) -> tuple[int, int]:
    """Return how often a packet has other gains than the one before it, and the place of the last such packet."""
    count = last = start = 0
    before: Float = np.zeros((0, len(columns)))
    for piece in pieces(*columns):
        rows = np.concatenate([before, np.column_stack(piece)])
        at = np.flatnonzero((np.diff(rows, axis=0) != 0).any(axis=1)) + 1 - len(before)
        count += len(at)
        last = start + int(at[-1]) if len(at) else last
        start, before = start + len(piece[0]), rows[-1:]
    return count, last
