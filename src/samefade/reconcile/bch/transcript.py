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

from dataclasses import dataclass, field
from math import comb, log2

import numpy as np

from samefade.errors import ProtocolError
from samefade.reconcile.bch.choice import useful
from samefade.reconcile.bch.frames import Count, Frames, Plan
from samefade.types import Ledger, Mask


@dataclass
class Transcript:
    """What a listener hears, as far as it must be charged; both ends write the same one.

    Attributes:
        frames: How the string is cut.
        plan: The codes, once they are told.
        masks: Which frames are kept, as each tag request said.
        tag_bits: Bits of all tags sent.
        messages: Requests and answers.
    """

    frames: Frames
    plan: Plan | None = None
    masks: list[Mask] = field(default_factory=list)
    tag_bits: int = 0
    messages: int = 0

    @property
    def keep(self) -> Mask:
        """Return which frames are kept, (rows,)."""
        return self.masks[-1] if self.masks else np.ones(self.frames.rows, np.bool_)

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
    return out.pay("frames dropped", float(transcript.frames.sizes[~keep].sum()) + _which(transcript.masks))


def _which(masks: list[Mask]) -> float:
    """Return the bits that say which frames are kept, mask after mask, and whether there was a second mask."""
    bits, among = 1.0, len(masks[0])
    for mask in masks:
        left = int(np.count_nonzero(mask))
        bits += log2(among + 1) + log2(comb(among, left))
        among = left
    return bits
