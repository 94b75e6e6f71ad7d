"""Agree on frames that were told once: what every one-way code shares, tags, checks, dropped frames and their price.

The corrector asks for what it needs of the frames, corrects them, and names those that it keeps; tags of the whole, and
where they differ checks of each frame, say which of these are equal.
A code adds what is told of its frames (`_tell`), how they are corrected (`_correct`), and what that costs (`_charged`).
"""

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass, field
from hmac import compare_digest
from math import comb, log2
from typing import Generic, TypeVar

import numpy as np

from samefade.errors import ProtocolError, StillDiffers
from samefade.reconcile.asker import Asker, Talk
from samefade.reconcile.charged import Charged
from samefade.reconcile.message import pack, pack_bits, unpack, unpack_bits
from samefade.reconcile.sheet import Sheet
from samefade.reconcile.tag import CHECK_BYTES, TAG_BYTES, checks, differing, tag
from samefade.types import BitArray, Bits, Ledger, Mask

TELL, TAG, CHECKS, CLOSE = range(4)


@dataclass
class Framed:
    """What a listener hears, as far as it must be charged; both ends write the same one.

    Attributes:
        frames: How the string is cut.
        masks: Which frames are kept, as each tag request said.
        tag_bits: Bits of all tags sent.
        messages: Requests and answers.
    """

    frames: Sheet
    masks: list[Mask] = field(default_factory=list, kw_only=True)
    tag_bits: int = field(default=0, kw_only=True)
    messages: int = field(default=0, kw_only=True)

    @property
    def keep(self) -> Mask:
        """Return which frames are kept, (rows,)."""
        return self.masks[-1] if self.masks else np.ones(self.frames.rows, np.bool_)

    @property
    def told_of(self) -> int:
        """Return of how many frames, from the first on, something was told."""
        return self.frames.rows

    @property
    def lost(self) -> float:
        """Return the bits in dropped frames: they earned and are not in the string."""
        return float(self.frames.sizes[~self.keep].sum())

    def which(self) -> float:
        """Return the bits that say which frames are kept, mask after mask, and whether there was a second mask."""
        bits, among = 1.0, self.told_of
        for mask in self.masks:
            left = int(np.count_nonzero(mask))
            bits += log2(among + 1) + log2(comb(among, left))
            among = left
        return bits


T = TypeVar("T", bound=Framed)


class FramedCorrector(Asker[T], ABC):
    """The end that corrects its string, frame by frame."""

    _bits: Bits
    _matrix: BitArray
    _estimate: float

    @property
    def estimate(self) -> float:
        """Return the bit error rate as known so far: before correcting what was expected, afterwards what was found."""
        return self._estimate

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: corrected, without the frames that were dropped."""
        return self.transcript.frames.agreed(self._bits, self._matrix, self.transcript.keep, self.ledger)

    @abstractmethod
    def _correct(self) -> Generator[bytes, bytes, Mask]:
        """Ask for what the code needs, correct the frames, and return those that could be, (rows,)."""

    def _discuss(self) -> Talk:
        keep = yield from self._correct()
        yield from self._verify(keep)
        yield self._request(CLOSE)

    def _verify(self, keep: Mask) -> Talk:
        """Compare tags; where the whole differs, drop the frames whose checks differ and compare once more."""
        frames = self.transcript.frames
        if (yield from self._same_tag(keep)):
            return
        if frames.rows > 1:
            answer = yield self._request(CHECKS)
            self.transcript.tag_bits += 8 * CHECK_BYTES * frames.rows
            if len(answer) != CHECK_BYTES * frames.rows:
                raise ProtocolError(bytes=len(answer), expected=CHECK_BYTES * frames.rows)
            equal = keep & ~differing(checks(frames, self._matrix), answer)
            if (equal != keep).any() and (yield from self._same_tag(equal)):
                return
        raise StillDiffers(estimate=self.estimate)

    def _same_tag(self, keep: Mask) -> Generator[bytes, bytes, bool]:
        if not keep.any():
            raise StillDiffers(estimate=self.estimate)
        self.transcript.masks.append(keep)
        answer = yield self._request(TAG, pack_bits(keep.astype(np.uint8)))
        self.transcript.tag_bits += 8 * TAG_BYTES
        return compare_digest(answer, tag(self.transcript.frames, self._matrix, keep))

    def _request(self, kind: int, body: bytes = b"") -> bytes:
        return pack(kind, self.transcript.frames.length, body)


class FramedAnswerer(Charged, ABC, Generic[T]):
    """The end whose string stays as it is, and that tells something of each frame once."""

    def __init__(self, bits: Bits, transcript: T) -> None:
        """Take the string, and the empty transcript of its frames."""
        self._bits, self.transcript = bits, transcript
        self._matrix = transcript.frames.spread(bits.values)
        self._next = {TELL}

    @abstractmethod
    def _tell(self, body: bytes) -> bytes:
        """Tell what was asked of the frames, and set what may be asked next."""

    @abstractmethod
    def _charged(self) -> Ledger:
        """Return the ledger with everything that the discussion told."""

    def answer(self, request: bytes) -> bytes:
        """Answer one public request.

        Raises:
            EndsDisagree: When the other string has another length, or the ends use different settings or codes.
            ProtocolError: When the request breaks the rules, or comes out of turn.
        """
        kind, body = unpack(request, self.transcript.frames.length)
        if kind not in self._next:  # telling twice of a frame, perhaps by another code, would tell more than is charged
            raise ProtocolError(request="out of turn", kind=kind)
        answer = {TELL: self._tell, TAG: self._tag, CHECKS: self._checks, CLOSE: self._close}[kind](body)
        self.transcript.messages += 2
        return answer

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: as it was, without the frames that were dropped."""
        return self.transcript.frames.agreed(self._bits, self._matrix, self.transcript.keep, self.ledger)

    def _tag(self, body: bytes) -> bytes:
        transcript, frames = self.transcript, self.transcript.frames
        keep = unpack_bits(body, frames.rows).astype(np.bool_)
        before = transcript.keep & (np.arange(frames.rows) < transcript.told_of)
        if not keep.any() or (keep & ~before).any():
            raise ProtocolError(frames_kept=int(np.count_nonzero(keep)))
        self._next = {CLOSE, CHECKS} if not transcript.masks and frames.rows > 1 else {CLOSE}
        transcript.masks.append(keep)
        transcript.tag_bits += 8 * TAG_BYTES
        return tag(frames, self._matrix, keep)

    def _checks(self, body: bytes) -> bytes:
        _empty(body)
        self._next = {TAG}
        self.transcript.tag_bits += 8 * CHECK_BYTES * self.transcript.frames.rows
        return checks(self.transcript.frames, self._matrix)

    def _close(self, body: bytes) -> bytes:
        _empty(body)
        self._next = set()
        self._ledger = self._charged()
        return b""


def _empty(body: bytes) -> None:
    if body:
        raise ProtocolError(body_bytes=len(body))
