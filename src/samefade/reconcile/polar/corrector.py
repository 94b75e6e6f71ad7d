"""Ask for bits of a polar transform until the string is found: the end that corrects its string."""

import hmac
from collections.abc import Callable, Generator
from dataclasses import replace
from math import log

import numpy as np

from samefade.errors import NotFinite, OutOfRange, ProtocolError, StillDiffers
from samefade.reconcile.asker import Asker, Talk
from samefade.reconcile.message import unpack_bits
from samefade.reconcile.polar.charge import Record, charge
from samefade.reconcile.polar.decoder import SUREST, Frame
from samefade.reconcile.polar.layout import CHECK_BYTES, Layout, long_check, tag
from samefade.reconcile.polar.message import CHECKS, TAG, TELL, Tell, pack, pack_tell
from samefade.reconcile.polar.order import design_of, order_of
from samefade.types import BitArray, Bits, Float, Ledger


class PolarCorrector(Asker[Record]):
    """The end that corrects its string by asking for more until it can decode every frame."""

    def __init__(self, bits: Bits, layout: Layout, width: int, estimate: float) -> None:
        """Take the string, how it is cut, how many paths to follow, and the expected bit error rate."""
        self._bits, self._layout, self._width, self._expected = bits, layout, width, estimate
        self._found = bits.values.copy()
        self._frames: dict[int, list[Frame]] = {}
        self._checks: dict[tuple[int, int], bytes] = {}
        self.transcript = Record(layout)
        self._begin(self._discuss())

    @property
    def estimate(self) -> float:
        """Return the bit error rate as found so far: bits that had to be changed over bits."""
        return float(np.mean(self._found != self._bits.values))

    @property
    def fixed(self) -> Bits:
        """Return the agreed string: corrected."""
        return replace(self._bits, values=self._found, ledger=self.ledger, belief=None)

    def _charged(self) -> Ledger:
        return charge(self._bits.ledger, self.transcript)

    def _discuss(self) -> Talk:
        layers = range(len(self._layout.layers))
        for layer in layers:
            self._open(layer)
            yield from self._solve(layer, set(range(len(self._frames[layer]))))
        if (yield from self._equal()):
            return
        wrong = yield from self._differing()
        for layer in layers:
            frames = {frame for where, frame in wrong if where == layer}
            if frames:
                self._weigh(layer)
                frames -= {frame for frame in frames if self._try(layer, frame)}
                yield from self._solve(layer, frames)
        if not wrong or not (yield from self._equal()):
            raise StillDiffers(estimate=self.estimate)

    def _open(self, layer: int) -> None:
        """Choose the design of a layer from what is believed of it."""
        ratios, soft = self._ratios(layer), self._bits.belief is not None
        size = np.abs(ratios)
        # the entropy of a bit whose log-likelihood ratio is known
        entropy = float(np.mean(np.log1p(np.exp(-size)) + size / (1 + np.exp(size)))) / log(2)
        design = design_of(entropy)
        self.transcript.designs[layer] = design, soft
        self._frames[layer] = [
            Frame(
                order_of(len(places), design, soft=soft),
                self._width,
                ratios[places - places_start(self._layout, layer)],
            )
            for places in self._layout.places(layer)
        ]

    def _weigh(self, layer: int) -> None:
        """Weigh a layer again, after layers before it have changed."""
        ratios = self._ratios(layer)
        for frame, places in zip(self._frames[layer], self._layout.places(layer), strict=True):
            frame.ratios = ratios[places - places_start(self._layout, layer)]

    def _solve(self, layer: int, open_frames: set[int]) -> Talk:
        """Ask for more of the open frames of a layer until each is believed."""
        design, soft = self.transcript.designs[layer]
        while open_frames:
            named = np.zeros(len(self._frames[layer]), np.bool_)
            named[list(open_frames)] = True
            tell = Tell(layer, design, soft, named)
            answer = yield pack(TELL, self._layout, pack_tell(tell))
            self._hear(tell, answer)
            open_frames -= {frame for frame in open_frames if self._try(layer, frame)}

    def _hear(self, tell: Tell, answer: bytes) -> None:
        steps = [
            (frame, new - old, self._layout.check * self.transcript.opens_with_check(tell.layer, frame))
            for frame, old, new in self.transcript.add(tell)
        ]
        bits = unpack_bits(answer, sum(more + check for _, more, check in steps))
        at = 0
        for number, more, check in steps:
            frame = self._frames[tell.layer][number]
            frame.hear(bits[at : at + more])
            if check:
                frame.check = bits[at + more : at + more + check]
            at += more + check

    def _try(self, layer: int, number: int) -> bool:
        """Decode a frame, and write it down where it is believed."""
        frame = self._frames[layer][number]
        if frame.solve(self._fits(layer, number)) and frame.bits is not None:
            self._found[self._layout.places(layer)[number]] = frame.bits
            return True
        return False

    def _fits(self, layer: int, number: int) -> Callable[[BitArray], bool] | None:
        theirs = self._checks.get((layer, number))
        if theirs is None:
            return None
        return lambda bits: long_check(self._layout.seed, layer, number, bits) == theirs

    def _equal(self) -> Generator[bytes, bytes, bool]:
        """Compare the tag: say one half, hear the other when the first was right."""
        first, second = tag(self._layout.seed, self._found)
        answer = yield pack(TAG, self._layout, first)
        self.transcript.tags += 1
        if answer and not hmac.compare_digest(answer, second):
            raise StillDiffers(estimate=self.estimate)
        return bool(answer)

    def _differing(self) -> Generator[bytes, bytes, list[tuple[int, int]]]:
        """Ask for the long check of every frame, and return the layer and number of those that are wrong."""
        answer = yield pack(CHECKS, self._layout)
        self.transcript.checks += 1
        numbers = [(layer, n) for layer in range(len(self._layout.layers)) for n in range(len(self._frames[layer]))]
        if len(answer) != CHECK_BYTES * len(numbers):
            raise ProtocolError(bytes=len(answer), expected=CHECK_BYTES * len(numbers))
        for at, where in enumerate(numbers):
            self._checks[where] = answer[CHECK_BYTES * at : CHECK_BYTES * (at + 1)]
        return [where for where in numbers if not self._right(*where)]

    def _right(self, layer: int, number: int) -> bool:
        fits, bits = self._fits(layer, number), self._frames[layer][number].bits
        return fits is not None and bits is not None and fits(bits)

    def _ratios(self, layer: int) -> Float:
        """Return the log-likelihood ratios of a layer given the layers before it, nats, bounded."""
        span = self._layout.span(layer)
        if self._bits.belief is None:
            return (1.0 - 2.0 * self._bits.values[span]) * min(SUREST, log(1 / self._expected - 1))
        ratios = np.asarray(self._bits.belief.about(self._found[: span.start]), np.float64)
        if ratios.shape != (self._layout.layers[layer],):
            raise OutOfRange("belief", f"{ratios.shape} ratios", f"one for each of {self._layout.layers[layer]} bits")
        if np.isnan(ratios).any():
            raise NotFinite("belief", int(np.isnan(ratios).sum()))
        return np.clip(ratios, -SUREST, SUREST)


def places_start(layout: Layout, layer: int) -> int:
    """Return where a layer begins in the string."""
    return int(layout.span(layer).start)
