"""Tell sketches, frame after frame: the end whose string stays as it is."""

from collections.abc import Callable

import numpy as np

from samefade.errors import EndsDisagree, ProtocolError
from samefade.reconcile.message import pack_bits, unpack, unpack_bits
from samefade.reconcile.sheet import Sheet
from samefade.reconcile.sketch.code import Code
from samefade.reconcile.sketch.message import CHECKS, CLOSE, TAG, TELL, unpack_wanted
from samefade.reconcile.sketch.transcript import Transcript, charge
from samefade.reconcile.tag import CHECK_BYTES, TAG_BYTES, checks, tag
from samefade.types import Bits, Ledger


class SketchAnswerer:
    """The end that tells the sketch of each frame once."""

    def __init__(self, bits: Bits, sheet: Sheet, read: Callable[[bytes], Code]) -> None:
        """Take the string, its frames, and how a code is read from what the other end asks for."""
        self._bits, self._read = bits, read
        self._matrix = sheet.spread(bits.values)
        self._next = {TELL}
        self.transcript = Transcript(sheet)
        self._ledger: Ledger | None = None

    def answer(self, request: bytes) -> bytes:
        """Answer one public request.

        Raises:
            EndsDisagree: When the other string has another length, or the code changes on the way.
            ProtocolError: When the request breaks the rules, or comes out of turn; also when more or fewer frames are
                asked for than before, because only as many places to stop are charged as there are at that step.
        """
        kind, body = unpack(request, self.transcript.sheet.length)
        if kind not in self._next:  # a second sketch of a frame would tell more than is charged
            raise ProtocolError(request="out of turn", kind=kind)
        answer = {TELL: self._tell, TAG: self._tag, CHECKS: self._checks, CLOSE: self._close}[kind](body)
        self.transcript.messages += 2
        return answer

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: as it was, without the frames that were dropped."""
        return self.transcript.sheet.agreed(self._bits, self._matrix, self.transcript.keep, self.ledger)

    @property
    def ledger(self) -> Ledger:
        """Return this end's ledger with everything that the discussion told.

        Raises:
            ProtocolError: When the discussion is not closed yet.
        """
        if self._ledger is None:
            raise ProtocolError(discussion="not closed yet")
        return self._ledger

    def _tell(self, body: bytes) -> bytes:
        transcript, rows = self.transcript, self.transcript.sheet.rows
        wanted = unpack_wanted(body, rows)
        if wanted.first != transcript.asked:
            raise ProtocolError(first_frame=wanted.first, told_so_far=transcript.asked)
        if transcript.step and wanted.last != min(wanted.first + transcript.step, rows):
            raise ProtocolError(frames_asked=wanted.last - wanted.first, frames_asked_before=transcript.step)
        code = self._read(wanted.settings)
        if transcript.code is not None and transcript.code.settings != code.settings:
            raise EndsDisagree("code", transcript.code.settings.hex(), code.settings.hex())
        said = code.tell(self._matrix[wanted.first : wanted.last])
        transcript.heard(code, wanted.first, wanted.last, said)
        self._next = {TAG, TELL} if wanted.last < rows else {TAG}
        return pack_bits(said.ravel())

    def _tag(self, body: bytes) -> bytes:
        transcript = self.transcript
        keep = unpack_bits(body, transcript.sheet.rows).astype(np.bool_)
        before = transcript.keep & (np.arange(len(keep)) < transcript.asked)
        if not keep.any() or (keep & ~before).any():
            raise ProtocolError(frames_kept=int(np.count_nonzero(keep)))
        self._next = {CLOSE, CHECKS} if not transcript.masks and transcript.sheet.rows > 1 else {CLOSE}
        transcript.masks.append(keep)
        transcript.tag_bits += 8 * TAG_BYTES
        return tag(transcript.sheet, self._matrix, keep)

    def _checks(self, body: bytes) -> bytes:
        _empty(body)
        self._next = {TAG}
        self.transcript.tag_bits += 8 * CHECK_BYTES * self.transcript.sheet.rows
        return checks(self.transcript.sheet, self._matrix)

    def _close(self, body: bytes) -> bytes:
        _empty(body)
        self._next = set()
        self._ledger = charge(self._bits.ledger, self.transcript)
        return b""


def _empty(body: bytes) -> None:
    if body:
        raise ProtocolError(body_bytes=len(body))
