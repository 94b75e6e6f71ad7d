"""Tell sketches, frame after frame: the end whose string stays as it is."""

from collections.abc import Callable

from samefade.errors import EndsDisagree, ProtocolError
from samefade.reconcile.framed import FramedAnswerer
from samefade.reconcile.message import pack_bits
from samefade.reconcile.sheet import Sheet
from samefade.reconcile.sketch.code import Code
from samefade.reconcile.sketch.message import TAG, TELL, unpack_wanted
from samefade.reconcile.sketch.transcript import Transcript, charge
from samefade.types import Bits, Ledger


class SketchAnswerer(FramedAnswerer[Transcript]):
    """The end that tells the sketch of each frame once.

    More or fewer frames asked for than before break the rules, because only as many places to stop are charged as there
    are at that step.
    """

    def __init__(self, bits: Bits, sheet: Sheet, read: Callable[[bytes], Code]) -> None:
        """Take the string, its frames, and how a code is read from what the other end asks for."""
        super().__init__(bits, Transcript(sheet))
        self._read = read

    def _charged(self) -> Ledger:
        return charge(self._bits.ledger, self.transcript)

    def _tell(self, body: bytes) -> bytes:
        transcript, rows = self.transcript, self.transcript.frames.rows
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
