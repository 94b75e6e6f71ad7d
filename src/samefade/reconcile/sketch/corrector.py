"""Ask for sketches and correct by them: the end that corrects its string."""

from collections.abc import Generator

import numpy as np

from samefade.reconcile.framed import FramedCorrector
from samefade.reconcile.message import unpack_bits
from samefade.reconcile.sheet import Sheet
from samefade.reconcile.sketch.code import Code
from samefade.reconcile.sketch.message import TELL, Wanted, pack_wanted
from samefade.reconcile.sketch.transcript import Transcript, charge
from samefade.types import Bits, Ledger, Mask


class SketchCorrector(FramedCorrector[Transcript]):
    """The end that corrects its string by the other's sketches.

    Once frames are corrected, its estimate is the errors found over their bits; frames that cannot be corrected are
    left out, so it is then a lower bound.
    """

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

    def _charged(self) -> Ledger:
        return charge(self._bits.ledger, self.transcript)

    def _correct(self) -> Generator[bytes, bytes, Mask]:
        sheet, code = self.transcript.frames, self._code
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
