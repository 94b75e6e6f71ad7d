"""Charge a one-way discussion: what its transcript tells a listener, in bits.

The length of a prefix code for the transcript is a sound charge (see `reconcile.charge`). The code is:

- a → b: of each kept frame what its code charges for the sketch.
- b → a: where b stopped asking, where it may stop early: log2 of how many places there are.
- b → a: which of the frames asked for cannot be corrected, a function of both strings: log2(n + 1) for how many, log2
  of the binomial coefficient for which. Where errors lie within a frame is not told.
- b → a: whether a second tag had to be asked for, one bit, and which frames were dropped for it, as above.
- a dropped frame, and one that was never asked for: all its bits, because they earned and are not in the string.
- tags: as many bits as were sent.

The code itself is chosen by an estimate from spoken samples: everybody knows it, so the choice tells nothing.
"""

from dataclasses import dataclass, field
from math import log2

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ProtocolError
from samefade.reconcile.framed import Framed
from samefade.reconcile.sketch.code import Code
from samefade.types import BitArray, Ledger


@dataclass
class Transcript(Framed):
    """What a listener hears, as far as it must be charged; both ends write the same one.

    Attributes:
        code: The code, once frames were asked for.
        asked: Frames asked for so far, from the first on.
        step: Frames of the first request; fewer than all where the corrector may stop early.
        cost: (rows,) what is charged for each frame's sketch.
    """

    code: Code | None = None
    asked: int = 0
    step: int = 0
    cost: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing told."""
        self.cost = np.zeros(self.frames.rows)

    def heard(self, code: Code, first: int, last: int, said: BitArray) -> None:
        """Write down what was said of frames `first` to `last` − 1."""
        if self.code is None:
            self.code, self.step = code, last - first
        self.cost[first:last] = code.cost(said, self.frames.sizes[first:last])
        self.asked = last

    @property
    def told_of(self) -> int:
        """Return of how many frames, from the first on, something was told."""
        return self.asked


def charge(ledger: Ledger, transcript: Transcript) -> Ledger:
    """Return the ledger after paying for the whole discussion.

    Raises:
        ProtocolError: When no frame was asked for.
    """
    if transcript.code is None:
        raise ProtocolError(discussion="nothing was asked")
    keep, rows = transcript.keep, transcript.frames.rows
    out = ledger.pay(f"{transcript.code.name}, a to b", float(transcript.cost[keep].sum()))
    out = out.pay("verification tags", float(transcript.tag_bits))
    if rows == 1:
        return out
    stopped = log2(-(-rows // transcript.step)) if transcript.step < rows else 0.0
    return out.pay("frames dropped", transcript.lost + stopped + transcript.which())
