"""Ask for sketches and correct by them: the end that corrects its string."""

from collections.abc import Generator
from hmac import compare_digest

import numpy as np

from samefade.errors import ProtocolError, StillDiffers
from samefade.reconcile.asker import Asker, Talk
from samefade.reconcile.message import pack, pack_bits, unpack_bits
from samefade.reconcile.sheet import Sheet
from samefade.reconcile.sketch.code import Code
from samefade.reconcile.sketch.message import CHECKS, CLOSE, TAG, TELL, Wanted, pack_wanted
from samefade.reconcile.sketch.transcript import Transcript, charge
from samefade.reconcile.tag import CHECK_BYTES, TAG_BYTES, checks, differing, tag
from samefade.types import Bits, Ledger, Mask


class SketchCorrector(Asker[Transcript]):
    """The end that corrects its string by the other's sketches."""

    def __init__(
        self,
        bits: Bits,
        sheet: Sheet,
        code: Code,
        estimate: float,
        *,
        step: int | None = None,
        enough: int | None = None,
    ) -> None:
        """Take the string, its frames and the code; ask for `step` frames at once, until `enough` bits are common.

        Args:
            bits: This end's string.
            sheet: Its frames.
            code: The code.
            estimate: The expected bit error rate.
            step: Frames asked for at once; None asks for all.
            enough: Bits in corrected frames after which no more are asked for; None goes on to the end.
        """
        self._bits, self._code, self._estimate = bits, code, estimate
        self._step, self._enough = step or sheet.rows, enough
        self._matrix = sheet.spread(bits.values)
        self.transcript = Transcript(sheet)
        self._begin(self._discuss())

    @property
    def estimate(self) -> float:
        """Return the bit error rate: what was expected, and once frames are corrected the errors found over their bits.

        Frames that cannot be corrected are left out, so this is then a lower bound.
        """
        return self._estimate

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: corrected, without the frames that were dropped."""
        return self.transcript.sheet.agreed(self._bits, self._matrix, self.transcript.keep, self.ledger)

    def _charged(self) -> Ledger:
        return charge(self._bits.ledger, self.transcript)

    def _discuss(self) -> Talk:
        keep = yield from self._correct()
        yield from self._verify(keep)
        yield self._request(CLOSE)

    def _correct(self) -> Generator[bytes, bytes, Mask]:
        sheet, code = self.transcript.sheet, self._code
        keep, found = np.zeros(sheet.rows, np.bool_), 0
        for first in range(0, sheet.rows, self._step):
            last = min(first + self._step, sheet.rows)
            answer = yield self._request(TELL, pack_wanted(Wanted(first, last, code.settings)))
            said = unpack_bits(answer, (last - first) * code.told).reshape(last - first, code.told)
            self.transcript.heard(code, first, last, said)
            self._matrix[first:last], errors = code.correct(self._matrix[first:last], said)
            keep[first:last] = errors >= 0
            found += int(errors[errors >= 0].sum())
            if self._enough is not None and sheet.sizes[keep].sum() >= self._enough:
                break
        if keep.any():
            self._estimate = found / float(sheet.sizes[keep].sum())
        return keep

    def _verify(self, keep: Mask) -> Talk:
        """Compare tags; where the whole differs, drop the frames whose checks differ and compare once more."""
        sheet = self.transcript.sheet
        if (yield from self._same_tag(keep)):
            return
        if sheet.rows > 1:
            answer = yield self._request(CHECKS)
            self.transcript.tag_bits += 8 * CHECK_BYTES * sheet.rows
            if len(answer) != CHECK_BYTES * sheet.rows:
                raise ProtocolError(bytes=len(answer), expected=CHECK_BYTES * sheet.rows)
            equal = keep & ~differing(checks(sheet, self._matrix), answer)
            if (equal != keep).any() and (yield from self._same_tag(equal)):
                return
        raise StillDiffers(estimate=self.estimate)

    def _same_tag(self, keep: Mask) -> Generator[bytes, bytes, bool]:
        if not keep.any():
            raise StillDiffers(estimate=self.estimate)
        self.transcript.masks.append(keep)
        answer = yield self._request(TAG, pack_bits(keep.astype(np.uint8)))
        self.transcript.tag_bits += 8 * TAG_BYTES
        return compare_digest(answer, tag(self.transcript.sheet, self._matrix, keep))

    def _request(self, kind: int, body: bytes = b"") -> bytes:
        return pack(kind, self.transcript.sheet.length, body)
