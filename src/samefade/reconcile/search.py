"""Find odd blocks and bisect them, all frames and all passes in lockstep.

The corrector knows the parity of its own string up to every position of every pass, and the answerer's at the
positions told so far.
A block whose two parities differ holds an odd number of errors; halving it and asking for the left half's parity
says in which half one of them lies (BINARY), down to one bit, which is flipped.
That flip makes blocks of other passes odd: Cascade.
The search keeps no thread of questions: each round starts again from the odd blocks and walks down through what is
known, so that errors found elsewhere meanwhile never mislead it.
"""

import numpy as np
from numpy.typing import NDArray

from samefade.errors import StillDiffers
from samefade.reconcile.message import Blocks
from samefade.reconcile.sheet import Sheet, prefix
from samefade.types import BitArray, Mask

_UNKNOWN = 2


class Search:
    """The corrector's working state: its string, and what it knows of the other's.

    A pass lies in a slot; slots are as many as passes that cascade, and one for the passes that do not.

    Attributes:
        bits: (rows, width) the string as corrected so far.
        errors: (rows,) bits flipped so far.
    """

    def __init__(self, sheet: Sheet, bits: BitArray, slots: int) -> None:
        """Start with a string laid out on a sheet."""
        shape = (slots, sheet.rows, sheet.width)
        self.sheet = sheet
        self.bits = bits.copy()
        self.errors = np.zeros(sheet.rows, np.int64)
        self._turn = np.zeros(slots, np.int64)
        self._order = np.zeros(shape, np.int32)
        self._place = np.zeros(shape, np.int32)
        self._own = np.zeros((slots, sheet.rows, sheet.width + 1), np.uint8)
        self._told = np.full_like(self._own, _UNKNOWN)
        self._tops: list[Blocks] = [Blocks.join([])] * slots  # `turn` holds the slot in here

    def open(self, slot: int, turn: int, size: NDArray[np.int64], active: Mask) -> None:
        """Begin pass `turn`: shuffle, and cut the active frames into blocks of `size` (rows,) bits."""
        order = self.sheet.order(turn)
        self._turn[slot] = turn
        self._order[slot] = order
        np.put_along_axis(self._place[slot], order, np.arange(self.sheet.width, dtype=np.int32)[None], axis=1)
        self._own[slot] = prefix(self.bits, order)
        self._told[slot] = _UNKNOWN
        self._told[slot, :, 0] = 0
        self._tops[slot] = Blocks.join([self._cut(slot, int(row), int(size[row])) for row in np.flatnonzero(active)])

    def tops(self, slot: int) -> Blocks:
        """Return the blocks of the pass in `slot`."""
        return self._tops[slot]

    def told(self, blocks: Blocks, parities: BitArray) -> None:
        """Learn the other string's parities of blocks of which the beginning is known already."""
        slot, row, low, high = blocks
        # blocks of one frame may follow each other: chain them, each frame from its own beginning
        fresh = self._told[slot, row, low] == _UNKNOWN
        first = np.flatnonzero(~fresh)
        chain = np.bitwise_xor.accumulate(parities)
        lead = first[np.searchsorted(first, np.arange(len(row)), side="right") - 1]
        before = chain[lead] ^ parities[lead] ^ self._told[slot[lead], row[lead], low[lead]]
        self._told[slot, row, high] = chain ^ before

    def advance(self, slots: list[int]) -> Blocks:
        """Flip every bit now known to be wrong, and return the halves whose parity must be asked next.

        Raises:
            StillDiffers: When the answers contradict each other.
        """
        while True:
            tops = Blocks.join([self._tops[slot] for slot in slots])
            leaves, halves = self._walk(tops.where(self._odd(tops)))
            if not len(leaves.row):
                return halves
            self._flip(leaves, slots)
            if (self.errors > self.sheet.sizes).any():
                # true answers show an error once and it is gone; contradictory ones could go on for ever
                raise StillDiffers(estimate=min(1.0, float(self.errors.sum() / self.sheet.length)))

    def public(self, blocks: Blocks) -> Blocks:
        """Return the blocks with their pass in place of the slot."""
        return blocks._replace(turn=self._turn[blocks.turn])

    def _cut(self, slot: int, row: int, size: int) -> Blocks:
        low = np.arange(0, self.sheet.sizes[row], size)
        high = np.minimum(low + size, self.sheet.sizes[row])
        return Blocks(np.full_like(low, slot), np.full_like(low, row), low, high)

    def _odd(self, blocks: Blocks) -> Mask:
        slot, row, low, high = blocks
        known, own = self._told, self._own
        parity = known[slot, row, low] ^ known[slot, row, high] ^ own[slot, row, low] ^ own[slot, row, high]
        return np.asarray(parity == 1)

    def _walk(self, odd: Blocks) -> tuple[Blocks, Blocks]:
        """Walk from odd blocks to the smallest known odd blocks: single bits, and halves still to be asked."""
        leaves, halves = [], []
        while len(odd.row):
            single = odd.high - odd.low == 1
            leaves.append(odd.where(single))
            odd = odd.where(~single)
            left = odd._replace(high=odd.low + (odd.high - odd.low) // 2)
            ask = self._told[left.turn, left.row, left.high] == _UNKNOWN
            halves.append(left.where(ask))
            odd, left = odd.where(~ask), left.where(~ask)
            inside = self._odd(left)
            odd = odd._replace(low=np.where(inside, odd.low, left.high), high=np.where(inside, left.high, odd.high))
        return Blocks.join(leaves), Blocks.join(halves)

    def _flip(self, leaves: Blocks, slots: list[int]) -> None:
        column = self._order[leaves.turn, leaves.row, leaves.low]
        # one error may be found in several passes at once: flip it once
        row, column = np.divmod(np.unique(leaves.row * self.sheet.width + column), self.sheet.width)
        self.bits[row, column] ^= 1
        rows, at = np.unique(row, return_inverse=True)
        np.add.at(self.errors, row, 1)
        change = np.zeros((len(rows), self.sheet.width + 1), np.uint8)
        for slot in slots:
            change[:] = 0
            change[at, self._place[slot, row, column] + 1] = 1
            self._own[slot, rows] ^= np.bitwise_xor.accumulate(change, axis=1)
