"""Speak samples: they may cross the air, and are burnt."""

from collections.abc import Generator
from typing import Any

from samefade.errors import EndsDisagree, RemoteProtocolError
from samefade.presence import Heard, pack_csi, unpack_csi
from samefade.session.packing import expect
from samefade.session.plan import Plan
from samefade.session.script import Hear, Say, Want
from samefade.wire import codes

_PART = 3072  # bytes of samples in a message: short enough for the longest one that a LoRa end takes


def say_spoken(heard: Heard) -> Generator[Want, Any, None]:
    """Send what was heard of the spoken frames, in parts."""
    packed = pack_csi(heard.numbers, heard.values)
    parts = [packed[i : i + _PART] for i in range(0, len(packed), _PART)] or [b""]
    for left, part in zip(range(len(parts) - 1, -1, -1), parts, strict=True):
        yield Say(codes.SPOKEN, (left, part))


def hear_spoken(plan: Plan) -> Generator[Want, Any, Heard]:
    """Take what the other end heard of the spoken frames.

    Raises:
        RemoteProtocolError: When it is malformed or of other frames.
        EndsDisagree: When it has another number of tones.
    """
    parts: list[bytes] = []
    most = 2 + plan.spoken * (8 * plan.tones + 8) // _PART
    left = most
    while left:
        _, said = yield Hear((codes.SPOKEN,))
        now, part = expect(said, int, bytes)
        if not 0 <= now < left or (parts and now != left - 1):
            raise RemoteProtocolError(part=now, expected=left - 1)
        left = now
        parts.append(part)
    numbers, values = unpack_csi(b"".join(parts))
    if len(numbers) and values.shape[1] != plan.tones:
        raise EndsDisagree("tones", plan.tones, values.shape[1])
    if len(numbers) and not plan.first <= numbers[0] <= numbers[-1] <= plan.spoken_last:
        raise RemoteProtocolError(spoken="frames that were not asked for")
    return Heard(numbers, values)
