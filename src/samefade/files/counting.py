"""Undo what networks do to a column of counts: it wraps, and rows come twice or late."""

import numpy as np

from samefade.types import Float, Integer

TURNS = (2**8, 2**12, 2**16, 2**32)
ODD = 0.02  # of the rows may come late before a column named like a count is none


def counted(counts: Float) -> tuple[Integer, str] | None:
    """Return counts with their wraps undone, and in words what was met; None where they are no counts.

    Args:
        counts: (n,) the column; NaN where a row tells none, which makes it no count.
    """
    if not (np.isfinite(counts).all() and (counts == np.rint(counts)).all() and np.abs(counts).max() < 2**53):
        return None
    plain = counts.astype(np.int64)
    fitting = [turn for turn in TURNS if counts.min() >= 0 and counts.max() < turn]
    ways = [(plain, ""), *((_on(plain, turn), f", modulo {turn}") for turn in fitting)]
    whole, told = min(ways, key=lambda way: _late(way[0]))
    late = _late(whole)
    twice = len(whole) - np.unique(whole).size
    if late > ODD * len(whole) or 2 * twice > len(whole):
        return None
    return whole, told + (f", {twice} twice" if twice else "") + (f", {late} late" if late else "")


def _late(counts: Integer) -> int:
    return int(np.count_nonzero(np.diff(counts) < 0))


def _on(counts: Integer, turn: int) -> Integer:
    """Add a turn at each step from its last quarter to its first; a row from before the wrap may follow late."""
    high, low = counts >= turn - turn // 4, counts < turn // 4
    up = np.concatenate([[False], high[:-1] & low[1:]])
    down = np.concatenate([[False], low[:-1] & high[1:]])
    turns = np.cumsum(up.astype(np.int64) - down.astype(np.int64))
    out: Integer = counts + turn * turns
    return out
