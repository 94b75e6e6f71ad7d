"""Answer the questions of Cascade: the end whose string stays as it is."""

import numpy as np

from samefade.errors import ProtocolError
from samefade.reconcile.charge import Transcript, charge
from samefade.reconcile.charged import Charged
from samefade.reconcile.message import (
    CHECKS,
    PARITIES,
    TAG,
    pack_bits,
    unpack,
    unpack_bits,
    unpack_blocks,
    unpack_counts,
)
from samefade.reconcile.sheet import Sheet, prefix
from samefade.reconcile.tag import CHECK_BYTES, TAG_BYTES, checks, tag
from samefade.types import BitArray, Bits


class CascadeAnswerer(Charged):
    """The end that tells parities of its string, and writes down which."""

    def __init__(self, bits: Bits, sheet: Sheet, *, independent: bool) -> None:
        """Take the string and its frames."""
        self._bits, self._sheet, self._independent = bits, sheet, independent
        self._matrix = sheet.spread(bits.values)
        self._prefix: dict[int, BitArray] = {}
        self.transcript = Transcript(sheet)

    def answer(self, request: bytes) -> bytes:
        """Answer one public request.

        Raises:
            EndsDisagree: When the other string has another length.
            ProtocolError: When the request breaks the rules.
        """
        kind, body = unpack(request, self._sheet.length)
        if self._ledger is not None:
            raise ProtocolError(request="after the discussion was closed")
        self.transcript.messages += 2
        if kind == PARITIES:
            return self._parities(body)
        if kind == TAG:
            return self._tag(body)
        if kind == CHECKS:
            self.transcript.tag_bits += 8 * CHECK_BYTES * self._sheet.rows
            return checks(self._sheet, self._matrix)
        self.transcript.errors = unpack_counts(body, self._sheet)
        self._ledger = charge(self._bits.ledger, self.transcript, assume_errors_independent=self._independent)
        return b""

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: as it was, without the frames that were dropped."""
        return self._sheet.agreed(self._bits, self._matrix, self.transcript.keep, self.ledger)

    def _parities(self, body: bytes) -> bytes:
        blocks = unpack_blocks(body, self._sheet)
        out = np.zeros(len(blocks.row), np.uint8)
        for turn in np.unique(blocks.turn):
            mine = blocks.turn == turn
            _, row, low, high = blocks.where(mine)
            known = self._known(int(turn))
            out[mine] = known[row, low] ^ known[row, high]
        self.transcript.asked.append(blocks)
        return pack_bits(out)

    def _known(self, turn: int) -> BitArray:
        if turn not in self._prefix:
            self._prefix[turn] = prefix(self._matrix, self._sheet.order(turn))
        return self._prefix[turn]

    def _tag(self, body: bytes) -> bytes:
        self.transcript.keep = unpack_bits(body, self._sheet.rows).astype(np.bool_)
        self.transcript.tag_bits += 8 * TAG_BYTES
        return tag(self._sheet, self._matrix, self.transcript.keep)
