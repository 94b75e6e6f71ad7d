"""Keep the record of a polar discussion, and charge it: what its transcript tells a listener, in bits.

Both directions are charged, by the argument of `samefade.reconcile.charge`: any c(t) with Σ 2^-c(t) ≤ 1 over the
transcripts t will do.

- a → b: what is told of a frame is linear in its bits: transformed bits, no two alike, and the check. So it is worth
  as many bits as there are, or all bits of the frame where they are fewer. The long checks, asked only when the whole
  differs, count like tags: all their bits.
- b → a: b never says where it found errors, nor how many. It names the frames that need one more amount, so in each
  layer its requests are a function of how many amounts r each frame needed. r is coded with log2 r(r + 1) bits:
  Σ 1/(r(r + 1)) = 1. A frame that goes on after the strings were found to differ needed r' ≥ 0 more:
  log2 (r' + 1)(r' + 2). How often the tag was asked is coded in the same way.
- the design of a layer decides how large the amounts are. Without soft information it is the public estimate of the bit
  error rate, fixed before the discussion, and says nothing of the string (an estimate that b made of its own string
  would, and must not be used); with it, b computes the design from what it measured: 7 bits.
- tags: as many bits as were sent.
"""

from dataclasses import dataclass, field
from math import log2

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ProtocolError
from samefade.reconcile.polar.layout import CHECK_BYTES, HALF_TAG_BYTES, Layout
from samefade.reconcile.polar.message import Tell
from samefade.reconcile.polar.order import DESIGN_BITS, amounts
from samefade.types import Ledger


@dataclass
class Record:
    """What a listener hears, as far as it must be charged; both ends write the same one.

    Attributes:
        layout: How the string is cut.
        rounds: For each layer, how many amounts each frame was told.
        late: The same, only those after the first tag.
        designs: Design of each layer that was begun, and whether it is soft.
        messages: Requests and answers.
        tags: How often the tag was compared.
        checks: How often all long checks were told.
    """

    layout: Layout
    rounds: list[NDArray[np.int64]] = field(init=False)
    late: list[NDArray[np.int64]] = field(init=False)
    designs: dict[int, tuple[int, bool]] = field(default_factory=dict)
    messages: int = 0
    tags: int = 0
    checks: int = 0

    def __post_init__(self) -> None:
        """Begin with nothing told."""
        layers = range(len(self.layout.layers))
        self.rounds = [np.zeros(len(self.layout.sizes(layer)), np.int64) for layer in layers]
        self.late = [np.zeros(len(self.layout.sizes(layer)), np.int64) for layer in layers]

    def told(self, layer: int, frame: int) -> int:
        """Return how many transformed bits of a frame have been told."""
        rounds = int(self.rounds[layer][frame])
        return self._amounts(layer, frame)[rounds - 1] if rounds else 0

    def add(self, tell: Tell) -> list[tuple[int, int, int]]:
        """Write down a request for more, and return (frame, told before, told after) of each frame named.

        Raises:
            ProtocolError: When the design of a layer changes, or a frame has nothing left to tell.
        """
        if self.designs.setdefault(tell.layer, (tell.design, tell.soft)) != (tell.design, tell.soft):
            raise ProtocolError(layer=tell.layer, design=tell.design)
        named = [int(frame) for frame in np.flatnonzero(tell.frames)]
        before = [self.told(tell.layer, frame) for frame in named]
        rounds = self.rounds[tell.layer]
        for frame in named:
            if rounds[frame] == len(self._amounts(tell.layer, frame)):
                raise ProtocolError(layer=tell.layer, frame=frame, told="everything")
        rounds[tell.frames] += 1
        if self.tags:
            self.late[tell.layer][tell.frames] += 1
        return [(frame, old, self.told(tell.layer, frame)) for frame, old in zip(named, before, strict=True)]

    def opens_with_check(self, layer: int, frame: int) -> bool:
        """Return whether the last answer about a frame ends with its check: the first one, unless it told all."""
        return bool(self.rounds[layer][frame] == 1 and len(self._amounts(layer, frame)) > 1)

    def ranks(self, layer: int) -> NDArray[np.int64]:
        """Return what the answers about each frame of a layer are worth, bits, (frames,)."""
        sizes = self.layout.sizes(layer)
        told = np.array([self.told(layer, frame) for frame in range(len(sizes))])
        told += self.layout.check * (self.rounds[layer] > 0)
        return np.asarray(np.minimum(sizes, told))

    def _amounts(self, layer: int, frame: int) -> tuple[int, ...]:
        return amounts(int(self.layout.sizes(layer)[frame]), self.designs[layer][0], self.layout.check)


def charge(ledger: Ledger, record: Record) -> Ledger:
    """Return the ledger after paying for the whole discussion."""
    told = sum(int(record.ranks(layer).sum()) for layer in record.designs)
    asked = sum(_counts(record.rounds[layer] - record.late[layer]) for layer in record.designs)
    if record.tags > 1:
        asked += sum(_counts(record.late[layer] + 1) for layer in record.designs)
    design = DESIGN_BITS * sum(soft for _, soft in record.designs.values())
    tags = 16 * HALF_TAG_BYTES * record.tags + 8 * CHECK_BYTES * record.checks * record.layout.frames
    out = ledger.pay("polar code, a to b: independent bits and checks", float(told))
    out = out.pay("polar code, b to a: how often more was needed", asked + _counts(np.array([record.tags])))
    if design:
        out = out.pay("polar code, b to a: how much it believes to know", float(design))
    return out.pay("verification tags", float(tags))


def _counts(rounds: NDArray[np.int64]) -> float:
    """Return the bits that say a count of at least 1 each."""
    return float(sum(log2(r * (r + 1)) for r in np.maximum(rounds, 1).tolist()))
