"""Charge a Cascade discussion: what its transcript tells a listener, in bits.

Notation: X the answerer's string, E = X xor Y the errors, t the transcript.

The parities that a tells are linear in X; the requests that b makes are a function of those of E, and the
positions of errors may depend on X, because samples near a threshold err more often (Tupkary and
Lütkenhaus 2023). So both directions are charged. Any charge c(t) with Σ 2^-c(t) ≤ 1, as the length of a prefix
code has, is sound even though the key's length l(t) = H − c(t) − 2 log2(1/ε) + 2 depends on the transcript: given t,
the best guess of X is right with probability 2^-H / P(t) at most, so by the leftover hash lemma the distance from a
perfect key is at most Σ P(t)·½·√(2^(l(t) − H) / P(t)) = ε Σ √(P(t) 2^-c(t)) ≤ ε (Cauchy and Schwarz). The code is:

- a → b: the rank over GF(2) of all parities asked, one bit for each independent one;
- b → a: the error pattern of each frame, which determines every request: log2(n + 1) for how many errors there
  were, log2 of the binomial coefficient for where;
- the number of messages, and which frames were dropped, enumerated in the same way;
- tags: as many bits as were sent;
- a dropped frame: all its bits, and once more the rank for what b's requests told (a function of that many
  parities of E).

An end that takes the errors for independent of X charges only its own parities for the kept frames, and says so
in the ledger's assumptions.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from math import lgamma, log, log2

import numpy as np
from numpy.typing import NDArray

from samefade.reconcile.message import Blocks
from samefade.reconcile.rank import parity_rank
from samefade.reconcile.sheet import Sheet
from samefade.types import Ledger, Mask

INDEPENDENT = "bit errors are independent of the secret string (assumed, not measured)"


@dataclass
class Transcript:
    """What a listener hears, as far as it must be charged; both ends write the same one.

    Attributes:
        sheet: The frames and their shuffles.
        asked: Every block whose parity was asked.
        messages: Requests and answers.
        tag_bits: Bits of all tags sent.
        keep: (rows,) which frames are kept.
        errors: (rows,) errors corrected in each frame, as b tells when it closes.
    """

    sheet: Sheet
    asked: list[Blocks] = field(default_factory=list)
    messages: int = 0
    tag_bits: int = 0
    keep: Mask = field(init=False)
    errors: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Keep every frame until told otherwise."""
        self.keep = np.ones(self.sheet.rows, np.bool_)
        self.errors = np.zeros(self.sheet.rows, np.int64)

    @property
    def questions(self) -> int:
        """Return how many parities were asked, independent or not: the count that papers report."""
        return sum(len(blocks.row) for blocks in self.asked)

    def ranks(self) -> NDArray[np.int64]:
        """Return the independent parities told of each frame, (rows,)."""
        blocks = Blocks.join(self.asked)
        return np.array([self._rank(row, blocks.where(blocks.row == row)) for row in range(self.sheet.rows)])

    def _rank(self, row: int, blocks: Blocks) -> int:
        cuts = []
        for turn in np.unique(blocks.turn):
            asked = blocks.turn == turn
            cut = np.unique(np.concatenate([blocks.low[asked], blocks.high[asked]])).astype(np.int64)
            cuts.append((int(turn), cut.tobytes()))
        return _rank_of(self.sheet, row, tuple(cuts))


@lru_cache(maxsize=128)
def _rank_of(sheet: Sheet, row: int, cuts: tuple[tuple[int, bytes], ...]) -> int:
    """Count once what both ends must count, when a replay holds both: it depends on public things alone."""
    known = {turn: np.frombuffer(cut, np.int64) for turn, cut in cuts}
    return parity_rank(int(sheet.sizes[row]), known, lambda turn: sheet.shuffle(turn, row))


def charge(ledger: Ledger, transcript: Transcript, *, assume_errors_independent: bool) -> Ledger:
    """Return the ledger after paying for the whole discussion."""
    sizes, keep, ranks = transcript.sheet.sizes, transcript.keep, transcript.ranks()
    out = ledger.pay("cascade, a to b: independent parities", float(ranks[keep].sum()))
    if assume_errors_independent:
        out += Ledger((), (INDEPENDENT,))
    else:
        where = sum(_pattern(int(n), int(e)) for n, e in zip(sizes[keep], transcript.errors[keep], strict=True))
        out = out.pay("cascade, b to a: positions of the errors", where)
    out = out.pay("cascade, number of messages", log2(transcript.messages + 1))
    out = out.pay("verification tags", float(transcript.tag_bits))
    if len(keep) == 1:
        return out
    lost = float(sizes[~keep].sum() + ranks[~keep].sum())
    return out.pay("frames dropped", lost + _pattern(len(keep), int(np.count_nonzero(~keep))))


def _pattern(n: int, chosen: int) -> float:
    """Return the bits that say how many of n are chosen, and which."""
    return log2(n + 1) + (lgamma(n + 1) - lgamma(chosen + 1) - lgamma(n - chosen + 1)) / log(2)
