"""Ask for syndromes and decode them: the end that corrects its string."""

from collections.abc import Generator

import numpy as np

from samefade.reconcile.bch.frames import Frames, Plan
from samefade.reconcile.bch.message import SYNDROMES, pack_codes
from samefade.reconcile.bch.transcript import Transcript, charge
from samefade.reconcile.framed import FramedCorrector
from samefade.reconcile.message import unpack_bits
from samefade.types import Bits, Ledger, Mask


class BchCorrector(FramedCorrector[Transcript]):
    """The end that corrects its string by the other's syndromes.

    After decoding, its estimate counts a frame that cannot be decoded as one error more than its code corrects, so it
    is then a lower bound.
    """

    def __init__(self, bits: Bits, frames: Frames, plan: Plan, estimate: float, *, choice_tells: bool) -> None:
        """Take the string, its frames, the code of each, and the expected bit error rate."""
        self._bits, self._plan, self._estimate, self._choice_tells = bits, plan, estimate, choice_tells
        self._matrix = frames.spread(bits.values)
        self.transcript = Transcript(frames, plan)
        self._begin(self._discuss())

    def _charged(self) -> Ledger:
        return charge(self._bits.ledger, self.transcript, choice_tells=self._choice_tells)

    def _correct(self) -> Generator[bytes, bytes, Mask]:
        answer = yield self._request(SYNDROMES, pack_codes(self._plan, choice_tells=self._choice_tells))
        syndromes = unpack_bits(answer, int(self._plan.told.sum()))
        self._matrix, errors = self._plan.correct(self._matrix, syndromes)
        keep: Mask = errors >= 0
        least = np.concatenate([np.full(g.rows[1] - g.rows[0], g.code.t + 1) for g in self._plan.groups])
        self._estimate = float(np.where(keep, errors, least).sum() / self.transcript.frames.length)
        return keep
