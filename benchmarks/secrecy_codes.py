"""Reconciliation: the bars of `codes`, and how often a frame is still wrong after its verification."""

import numpy as np

from benchmarks import codes
from samefade.errors import AgreementFailed
from samefade.reconcile import Polar, talk
from samefade.types import Bits

Row = dict[str, object]
POINTS = ((256, 0.05), (256, 0.10), (1024, 0.05), (1024, 0.10))
ERRORS, MESSAGES = 1e-3, 6.0
_AT_MOST = 3.0  # errors that a rate may have with 95 %, when none was seen (rule of three)


def rows(frames: int = 1000) -> list[Row]:
    """Return the bars of `codes`, then errors after verification and messages over so many frames a point."""
    made = [row for row in codes.run() if row["bar"] is not None and str(row["what"]).startswith(("polar", "soft"))]
    wrong, messages = 0, []
    for n, rate in POINTS:
        each = [_discussed(n, rate, seed) for seed in range(frames)]
        wrong += sum(not equal for equal, _ in each)
        messages.append(float(np.mean([count for _, count in each])))
    total = frames * len(POINTS)
    share = (_AT_MOST if not wrong else wrong + 2 * (wrong + 1) ** 0.5) / total
    what = f"polar: frames still wrong after verification, {wrong} of {total:,}; the share is at most (95 %)"
    made.append(_row(what, share, ERRORS, f"< {ERRORS:g}", share < ERRORS))
    for (n, rate), count in zip(POINTS, messages, strict=True):
        what = f"polar, {n:,} bits, {rate:.0%}: messages on average, tags included"
        made.append(_row(what, count, MESSAGES, f"≤ {MESSAGES:g}", count <= MESSAGES))
    return made


def _discussed(n: int, rate: float, seed: int) -> tuple[bool, int]:
    """Return whether both ends hold one string after a discussion, and its messages."""
    rng = np.random.default_rng([n, seed])
    values = rng.integers(0, 2, n, dtype=np.uint8)
    heard = values.copy()
    heard[rng.choice(n, round(n * rate), replace=False)] ^= 1
    public = seed.to_bytes(16, "little")
    answerer = Polar().answer(Bits(values), public)
    try:
        fixed, _ = talk(answerer, Polar().correct(Bits(heard), public, rate))
    except AgreementFailed:
        return False, answerer.transcript.messages
    return np.array_equal(fixed.values, values), answerer.transcript.messages


def _row(what: str, ours: float, theirs: float, bar: str, holds: bool) -> Row:  # noqa: FBT001
    return {"what": what, "ours": ours, "theirs": theirs, "ratio": ours / theirs, "bar": bar, "holds": bool(holds)}
