"""What two ends plan to do together, said before they measure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.observe import bridged
from samefade.presence import Heard
from samefade.session.packing import expect, within
from samefade.types import End, Float, Kept, Mask, Spoken
from samefade.wire.cbor import decode, encode
from samefade.wire.errors import Malformed

MOST_SAMPLES, MOST_TONES, LAST_NUMBER = 1_000_000, 512, 2**53
_LEAP = 2**40  # a century at ten thousand frames a second, rounded down


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run.

    Attributes:
        first: First frame counter.
        spoken: How many samples are spoken, to learn terms from.
        kept: How many samples keys are made of, after them and a guard.
        rate: Frames per second, Hz.
        tones: How many tones are heard of each frame.
        unit: "amplitude" or "dBm".
        scheme: The scheme by name.
    """

    first: int
    spoken: int
    kept: int
    rate: float
    tones: int = 1
    unit: str = "amplitude"
    scheme: str = "strata"

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            OutOfRange: When a number does not.
        """
        within("first frame counter", self.first, 0, LAST_NUMBER)
        within("spoken samples", self.spoken, 1, MOST_SAMPLES)
        within("kept samples", self.kept, 0, MOST_SAMPLES)
        within("tones", self.tones, 1, MOST_TONES)
        within("rate", self.rate, 1e-6, 1e6)
        if self.unit not in ("amplitude", "dBm"):
            raise OutOfRange("unit", self.unit, "amplitude or dBm")

    @property
    def spoken_last(self) -> int:
        """Return the last frame counter that is spoken."""
        return self.first + self.spoken - 1

    def after(self, mark: int) -> "Plan":
        """Return the plan moved behind the last frame counter that was ever used."""
        return self if self.first > mark else replace(self, first=mark + 1)

    def refuse_used(self, mark: int) -> None:
        """Refuse frames that were used before, and a leap that would burn all that there are.

        Args:
            mark: The last frame counter that was ever used with this peer.

        Raises:
            OutOfRange: When the first frame counter is one of these.
        """
        if self.first <= mark:
            raise OutOfRange("first frame counter", self.first, f"above {mark}: those before it were used")
        within("first frame counter", self.first, mark + 1, min(mark + _LEAP, LAST_NUMBER - 2 * MOST_SAMPLES))

    def pack(self) -> list[Any]:
        """Make plain values."""
        return [self.first, self.spoken, self.kept, float(self.rate), self.tones, self.unit, self.scheme]

    @classmethod
    def unpack(cls, said: Any) -> "Plan":  # noqa: ANN401 -- whatever the other end sent
        """Read a plan.

        Raises:
            RemoteProtocolError: When it is malformed.
            OutOfRange: When a number makes no sense.
        """
        first, spoken, kept, rate, tones, unit, scheme = expect(said, int, int, int, float, int, str, str)
        return cls(first=first, spoken=spoken, kept=kept, rate=rate, tones=tones, unit=unit, scheme=scheme)

    def half_spoken(self, heard: Heard, end: End) -> Spoken:
        """Put what was heard of the spoken frames on the grid."""
        values, mask = self._grid(heard, self.first, self.spoken)
        return Spoken(values, self.rate, mask, end, self.unit)

    def half_kept(self, heard: Heard, end: End, first: int) -> Kept:
        """Put what was heard of the kept frames, which begin at `first`, on the grid."""
        values, mask = self._grid(heard, first, self.kept)
        return Kept(values, self.rate, mask, end, self.unit, (first - self.first) / self.rate)

    def _grid(self, heard: Heard, first: int, count: int) -> tuple[Float, Mask]:
        """Fill gaps linearly, and mark them."""
        inside = (heard.numbers >= first) & (heard.numbers < first + count)
        where, told = heard.numbers[inside] - first, heard.values[inside]
        mask = np.zeros(count, np.bool_)
        mask[where] = True
        values = bridged(np.arange(count), where, told) if len(where) else np.zeros((count, told.shape[1]))
        return (values[:, 0] if self.tones == 1 else values), mask


def pack_mark(mark: int, roots: Sequence[bytes] = ()) -> bytes:
    """Make what an end says of itself in the handshake.

    Args:
        mark: The last frame counter that it ever used with this peer.
        roots: With identities: names of the secrets of earlier runs that it holds, the newest first; or the one chosen.
    """
    return encode([mark, list(roots)])


def unpack_mark(said: bytes) -> int:
    """Read the other end's mark.

    Raises:
        RemoteProtocolError: When it is malformed.
    """
    return _parameters(said)[0]


def unpack_roots(said: bytes) -> list[bytes]:
    """Read which secrets of earlier runs the other end holds.

    Raises:
        RemoteProtocolError: When it is malformed.
    """
    return _parameters(said)[1]


def _parameters(said: bytes) -> tuple[int, list[bytes]]:
    try:
        mark, roots = expect(decode(said), int, list)
    except Malformed:
        raise RemoteProtocolError(handshake="malformed parameters") from None
    if not 0 <= mark <= LAST_NUMBER or len(roots) > 2 or not all(type(x) is bytes and len(x) <= 16 for x in roots):
        raise RemoteProtocolError(handshake="malformed parameters")
    return mark, roots
