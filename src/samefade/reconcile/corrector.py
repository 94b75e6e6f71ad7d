"""Ask the questions of Cascade: the end that corrects its string."""

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from samefade.errors import ProtocolError, StillDiffers
from samefade.reconcile.asker import Asker, Talk
from samefade.reconcile.charge import Transcript, charge
from samefade.reconcile.message import (
    CHECKS,
    CLOSE,
    PARITIES,
    TAG,
    Blocks,
    pack,
    pack_bits,
    pack_blocks,
    pack_counts,
    unpack_bits,
)
from samefade.reconcile.search import Search
from samefade.reconcile.sheet import Sheet
from samefade.reconcile.tag import CHECK_BYTES, TAG_BYTES, checks, differing, tag
from samefade.reconcile.variants import Variant
from samefade.types import Bits, Ledger, Mask


class CascadeCorrector(Asker[Transcript]):
    """The end that corrects its string by asking for parities."""

    def __init__(self, bits: Bits, sheet: Sheet, variant: Variant, estimate: float, *, independent: bool) -> None:
        """Take the string, its frames, the variant and the expected bit error rate."""
        slots = variant.passes + bool(variant.streak)
        self._bits, self._variant, self._expected, self._independent = bits, variant, estimate, independent
        self._search = Search(sheet, sheet.spread(bits.values), slots)
        self.transcript = Transcript(sheet)
        self._begin(self._discuss())

    @property
    def estimate(self) -> float:
        """Return the bit error rate as found so far: errors corrected over bits."""
        return float(self._search.errors.sum() / self._search.sheet.length)

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: corrected, without the frames that were dropped."""
        return self.transcript.sheet.agreed(self._bits, self._search.bits, self.transcript.keep, self.ledger)

    def _charged(self) -> Ledger:
        return charge(self._bits.ledger, self.transcript, assume_errors_independent=self._independent)

    def _discuss(self) -> Talk:
        yield from self._passes()
        yield from self._halvings()
        yield from self._verify()
        errors = np.where(self.transcript.keep, self._search.errors, 0)
        self.transcript.errors = errors
        yield pack(CLOSE, self._search.sheet.length, pack_counts(errors))

    def _passes(self) -> Talk:
        everyone = np.ones(self._search.sheet.rows, np.bool_)
        for turn in range(self._variant.passes):
            self._search.open(turn, turn, self._sizes(turn), everyone)
            yield from self._parities(self._search.tops(turn))
            yield from self._bisect(list(range(turn + 1)))

    def _halvings(self) -> Talk:
        """Run BICONF: halve each frame at random until a streak of halvings finds no error; no cascade."""
        slot = turn = self._variant.passes
        quiet = np.zeros(self._search.sheet.rows, np.int64)
        while (quiet < self._variant.streak).any():
            active, before = quiet < self._variant.streak, self._search.errors.copy()
            self._search.open(slot, turn, self._sizes(turn), active)
            yield from self._parities(self._search.tops(slot))
            yield from self._bisect([slot])
            quiet = np.where(active, np.where(self._search.errors > before, 0, quiet + 1), quiet)
            turn += 1

    def _bisect(self, slots: list[int]) -> Talk:
        while len((halves := self._search.advance(slots)).row):
            yield from self._parities(halves)

    def _parities(self, blocks: Blocks) -> Talk:
        public = self._search.public(blocks)
        answer = yield pack(PARITIES, self._search.sheet.length, pack_blocks(public))
        self.transcript.asked.append(public)
        self._search.told(blocks, unpack_bits(answer, len(blocks.row)))

    def _verify(self) -> Talk:
        """Compare tags; where the whole differs, drop the frames whose checks differ and compare once more."""
        sheet, bits, keep = self._search.sheet, self._search.bits, self.transcript.keep
        equal = yield from self._same_tag(keep)
        if equal:
            return
        if sheet.rows > 1:
            answer = yield pack(CHECKS, sheet.length)
            self.transcript.tag_bits += 8 * CHECK_BYTES * sheet.rows
            if len(answer) != CHECK_BYTES * sheet.rows:
                raise ProtocolError(bytes=len(answer), expected=CHECK_BYTES * sheet.rows)
            keep = ~differing(checks(sheet, bits), answer)
            if keep.any() and not keep.all() and (yield from self._same_tag(keep)):
                return
        raise StillDiffers(estimate=self.estimate)

    def _same_tag(self, keep: Mask) -> Generator[bytes, bytes, bool]:
        sheet = self._search.sheet
        self.transcript.keep = keep
        answer = yield pack(TAG, sheet.length, pack_bits(keep.astype(np.uint8)))
        self.transcript.tag_bits += 8 * TAG_BYTES
        return answer == tag(sheet, self._search.bits, keep)

    def _sizes(self, turn: int) -> NDArray[np.int64]:
        sizes = self._search.sheet.sizes
        return np.array([self._variant.block(turn, self._expected, int(size)) for size in sizes])
