"""Ask for syndromes and decode them: the end that corrects its string."""

from collections.abc import Generator
from hmac import compare_digest

import numpy as np

from samefade.errors import ProtocolError, StillDiffers
from samefade.reconcile.asker import Asker, Talk
from samefade.reconcile.bch.frames import Frames, Plan
from samefade.reconcile.bch.message import CHECKS, CLOSE, SYNDROMES, TAG, pack_codes
from samefade.reconcile.bch.transcript import Transcript, charge
from samefade.reconcile.message import pack, pack_bits, unpack_bits
from samefade.reconcile.tag import CHECK_BYTES, TAG_BYTES, checks, differing, tag
from samefade.types import Bits, Ledger, Mask


class BchCorrector(Asker[Transcript]):
    """The end that corrects its string by the other's syndromes."""

    def __init__(self, bits: Bits, frames: Frames, plan: Plan, estimate: float, *, choice_tells: bool) -> None:
        """Take the string, its frames, the code of each, and the expected bit error rate."""
        self._bits, self._plan, self._estimate, self._choice_tells = bits, plan, estimate, choice_tells
        self._matrix = frames.spread(bits.values)
        self.transcript = Transcript(frames, plan)
        self._begin(self._discuss())

    @property
    def estimate(self) -> float:
        """Return the bit error rate as known so far.

        Before decoding it is what was expected, afterwards the errors found over all bits; a frame that cannot be
        decoded counts as one error more than its code corrects, so this is then a lower bound.
        """
        return self._estimate

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: corrected, without the frames that were dropped."""
        return self.transcript.frames.agreed(self._bits, self._matrix, self.transcript.keep, self.ledger)

    def _charged(self) -> Ledger:
        return charge(self._bits.ledger, self.transcript, choice_tells=self._choice_tells)

    def _discuss(self) -> Talk:
        keep = yield from self._decode()
        yield from self._verify(keep)
        yield self._request(CLOSE)

    def _decode(self) -> Generator[bytes, bytes, Mask]:
        answer = yield self._request(SYNDROMES, pack_codes(self._plan, choice_tells=self._choice_tells))
        syndromes = unpack_bits(answer, int(self._plan.told.sum()))
        self._matrix, errors = self._plan.correct(self._matrix, syndromes)
        keep: Mask = errors >= 0
        least = np.concatenate([np.full(g.rows[1] - g.rows[0], g.code.t + 1) for g in self._plan.groups])
        self._estimate = float(np.where(keep, errors, least).sum() / self.transcript.frames.length)
        return keep

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
