"""Tell syndromes: the end whose string stays as it is."""

import numpy as np

from samefade.errors import EndsDisagree, ProtocolError
from samefade.reconcile.bch.frames import Frames
from samefade.reconcile.bch.message import CHECKS, CLOSE, SYNDROMES, TAG, unpack_codes
from samefade.reconcile.bch.transcript import Transcript, charge
from samefade.reconcile.message import pack_bits, unpack, unpack_bits
from samefade.reconcile.tag import CHECK_BYTES, TAG_BYTES, checks, tag
from samefade.types import Bits, Ledger


class BchAnswerer:
    """The end that tells the syndromes of its string, once."""

    def __init__(self, bits: Bits, frames: Frames, m: int, errors: int | None, *, choice_tells: bool) -> None:
        """Take the string, its frames, the field, and the errors to correct where that is fixed."""
        self._bits, self._m, self._errors, self._choice_tells = bits, m, errors, choice_tells
        self._matrix = frames.spread(bits.values)
        self._next = {SYNDROMES}
        self.transcript = Transcript(frames)
        self._ledger: Ledger | None = None

    def answer(self, request: bytes) -> bytes:
        """Answer one public request.

        Raises:
            EndsDisagree: When the other string has another length, or the ends use different settings.
            ProtocolError: When the request breaks the rules, or comes out of turn.
        """
        kind, body = unpack(request, self.transcript.frames.length)
        if kind not in self._next:  # a second syndrome, of another code, would tell more than is charged
            raise ProtocolError(request="out of turn", kind=kind)
        answer = {SYNDROMES: self._syndromes, TAG: self._tag, CHECKS: self._checks, CLOSE: self._close}[kind](body)
        self.transcript.messages += 2
        return answer

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: as it was, without the frames that were dropped."""
        return self.transcript.frames.agreed(self._bits, self._matrix, self.transcript.keep, self.ledger)

    @property
    def ledger(self) -> Ledger:
        """Return this end's ledger with everything that the discussion told."""
        if self._ledger is None:
            raise ProtocolError(discussion="not closed yet")
        return self._ledger

    def _syndromes(self, body: bytes) -> bytes:
        plan = unpack_codes(body, self._m, self.transcript.frames, choice_tells=self._choice_tells)
        theirs = {group.code.t for group in plan.groups}
        if self._errors is not None and theirs != {self._errors}:
            raise EndsDisagree("errors that the BCH code corrects", self._errors, max(theirs))
        self.transcript.plan = plan
        self._next = {TAG}
        return pack_bits(plan.tell(self._matrix))

    def _tag(self, body: bytes) -> bytes:
        frames, before = self.transcript.frames, self.transcript.keep
        keep = unpack_bits(body, frames.rows).astype(np.bool_)
        if not keep.any() or (keep & ~before).any():
            raise ProtocolError(frames_kept=int(np.count_nonzero(keep)))
        self._next = {CLOSE, CHECKS} if not self.transcript.masks and frames.rows > 1 else {CLOSE}
        self.transcript.masks.append(keep)
        self.transcript.tag_bits += 8 * TAG_BYTES
        return tag(frames, self._matrix, keep)

    def _checks(self, body: bytes) -> bytes:
        _empty(body)
        self._next = {TAG}
        self.transcript.tag_bits += 8 * CHECK_BYTES * self.transcript.frames.rows
        return checks(self.transcript.frames, self._matrix)

    def _close(self, body: bytes) -> bytes:
        _empty(body)
        self._next = set()
        self._ledger = charge(self._bits.ledger, self.transcript, choice_tells=self._choice_tells)
        return b""


def _empty(body: bytes) -> None:
    if body:
        raise ProtocolError(body_bytes=len(body))
