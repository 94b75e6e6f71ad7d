"""Charge a BCH discussion: what its transcript tells a listener, in bits.

Notation: X the answerer's string, E = X xor Y the errors.

The length of a prefix code for the transcript is a sound charge (see `reconcile.charge`). The code is:

- a → b: of each kept frame its syndrome, n − k independent parities of X; of a shorter frame no more than its length.
- b → a: which frames cannot be decoded, which is a function of X and E: log2(n + 1) for how many, log2 of the binomial
  coefficient for which. Where they lie within a frame is not told, so the positions of errors cost nothing: this is
  what one-way codes have before Cascade.
- b → a: whether a second tag had to be asked for, one bit, and which frames were dropped for it, as above.
- a dropped frame: all its bits.
- tags: as many bits as were sent.
- b → a: which code, when b chose it by an estimate that was made from secret bits: log2 of how many there are to
  choose from, for each size of frame. An estimate from spoken samples is public, and so is what follows from it.
"""

from dataclasses import dataclass
from math import log2

from samefade.errors import ProtocolError
from samefade.reconcile.bch.choice import useful
from samefade.reconcile.bch.frames import Count, Plan
from samefade.reconcile.framed import Framed
from samefade.types import Ledger


@dataclass
class Transcript(Framed):
    """What a listener hears, as far as it must be charged; both ends write the same one.

    Attributes:
        plan: The codes, once they are told.
    """

    plan: Plan | None = None

    @property
    def told(self) -> Count:
        """Return the syndrome bits told of each frame, (rows,)."""
        if self.plan is None:
            raise ProtocolError(discussion="no code is agreed yet")
        return self.plan.told


def charge(ledger: Ledger, transcript: Transcript, *, choice_tells: bool) -> Ledger:
    """Return the ledger after paying for the whole discussion."""
    keep, told = transcript.keep, transcript.told
    out = ledger.pay("bch, a to b: syndromes", float(told[keep].sum()))
    if choice_tells and transcript.plan is not None:
        groups = transcript.plan.groups
        choices = sum(log2(len(useful(group.code.m, group.size)) + 1) for group in groups)
        out = out.pay("bch, b to a: choice of the code", choices)
    out = out.pay("verification tags", float(transcript.tag_bits))
    if len(keep) == 1:
        return out
    return out.pay("frames dropped", transcript.lost + transcript.which())
