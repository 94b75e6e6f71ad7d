"""Tell syndromes: the end whose string stays as it is."""

from samefade.errors import EndsDisagree
from samefade.reconcile.bch.frames import Frames
from samefade.reconcile.bch.message import TAG, unpack_codes
from samefade.reconcile.bch.transcript import Transcript, charge
from samefade.reconcile.framed import FramedAnswerer
from samefade.reconcile.message import pack_bits
from samefade.types import Bits, Ledger


class BchAnswerer(FramedAnswerer[Transcript]):
    """The end that tells the syndromes of its string, once."""

    def __init__(self, bits: Bits, frames: Frames, m: int, errors: int | None, *, choice_tells: bool) -> None:
        """Take the string, its frames, the field, and the errors to correct where that is fixed."""
        super().__init__(bits, Transcript(frames))
        self._frames, self._m, self._errors, self._choice_tells = frames, m, errors, choice_tells

    def _charged(self) -> Ledger:
        return charge(self._bits.ledger, self.transcript, choice_tells=self._choice_tells)

    def _tell(self, body: bytes) -> bytes:
        plan = unpack_codes(body, self._m, self._frames, choice_tells=self._choice_tells)
        theirs = {group.code.t for group in plan.groups}
        if self._errors is not None and theirs != {self._errors}:
            raise EndsDisagree("errors that the BCH code corrects", self._errors, max(theirs))
        self.transcript.plan = plan
        self._next = {TAG}
        return pack_bits(plan.tell(self._matrix))
