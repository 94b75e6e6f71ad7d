"""Tell bits of a polar transform: the end whose string stays as it is.

All that it computes are XORs, a CRC and an HMAC: light enough for a microcontroller.
"""

import hmac
from dataclasses import replace

import numpy as np

from samefade.errors import ProtocolError
from samefade.reconcile.charged import Charged
from samefade.reconcile.message import pack_bits
from samefade.reconcile.polar.charge import Record, charge
from samefade.reconcile.polar.layout import HALF_TAG_BYTES, Layout, long_check, short_check, tag, transform
from samefade.reconcile.polar.message import CHECKS, TAG, TELL, unpack, unpack_tell
from samefade.reconcile.polar.order import order_of
from samefade.types import BitArray, Bits


class PolarAnswerer(Charged):
    """The end that tells transformed bits of its string, and writes down how many."""

    def __init__(self, bits: Bits, layout: Layout) -> None:
        """Take the string and how it is cut."""
        self._bits, self._layout = bits, layout
        self._frames: dict[int, list[BitArray]] = {}
        self.transcript = Record(layout)

    def answer(self, request: bytes) -> bytes:
        """Answer one public request.

        Raises:
            EndsDisagree: When the other string has another length, or is cut in another way.
            ProtocolError: When the request breaks the rules.
        """
        kind, body = unpack(request, self._layout)
        if self._ledger is not None:
            raise ProtocolError(request="after the discussion was closed")
        answer = {TELL: self._tell, TAG: self._tag, CHECKS: self._checks}[kind](body)
        self.transcript.messages += 2
        return answer

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: as it was."""
        return replace(self._bits, ledger=self.ledger, belief=None)

    def _tell(self, body: bytes) -> bytes:
        tell = unpack_tell(body, self._layout)
        out = [np.zeros(0, np.uint8)]
        for frame, old, new in self.transcript.add(tell):
            bits = self._frame(tell.layer)[frame]
            out.append(transform(bits)[order_of(len(bits), tell.design, soft=tell.soft)[old:new]])
            if self.transcript.opens_with_check(tell.layer, frame):
                out.append(short_check(bits, self._layout.check))
        return pack_bits(np.concatenate(out))

    def _tag(self, body: bytes) -> bytes:
        """Compare the first half of the tag, and answer with the second; with nothing when the strings differ."""
        if len(body) != HALF_TAG_BYTES:
            raise ProtocolError(bytes=len(body), expected=HALF_TAG_BYTES)
        self.transcript.tags += 1
        first, second = tag(self._layout.seed, self._bits.values)
        if not hmac.compare_digest(first, body):
            return b""
        self._ledger = charge(self._bits.ledger, self.transcript)
        return second

    def _checks(self, body: bytes) -> bytes:
        if body or self.transcript.checks:
            raise ProtocolError(checks="asked twice, or with a body")
        self.transcript.checks += 1
        seed, layers = self._layout.seed, range(len(self._layout.layers))
        return b"".join(
            long_check(seed, layer, frame, bits) for layer in layers for frame, bits in enumerate(self._frame(layer))
        )

    def _frame(self, layer: int) -> list[BitArray]:
        """Return the frames of a layer."""
        if layer not in self._frames:
            self._frames[layer] = [self._bits.values[places] for places in self._layout.places(layer)]
        return self._frames[layer]
