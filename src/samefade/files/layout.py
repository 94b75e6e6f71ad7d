"""Know where each subcarrier of an Espressif chip lies in the buffer, and which of them carry nothing.

Source: the subcarrier table of the ESP-IDF Wi-Fi guide (order in the buffer: L-LTF, HT-LTF, STBC-HT-LTF) for
ESP32, S2, S3 and C3; nulls as measured in public captures (HT40 tones run to ±58, not ±57 as the guide says).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LEGACY = 26  # highest active tone of an L-LTF (IEEE 802.11, 20 MHz)
HT20 = 28
HT40 = 58


class Packet(NamedTuple):
    """What decides the layout of a packet: fields of the receive header, with the chip's own codes.

    Attributes:
        secondary: Secondary channel: 0 none, 1 above, 2 below.
        ht: 0 for 11b/g packets, 1 for 11n.
        wide: 0 for 20 MHz, 1 for 40 MHz.
        stbc: 1 with space-time block coding.
    """

    secondary: int
    ht: int
    wide: int
    stbc: int


UNKNOWN = Packet(-1, 0, 0, 0)


@dataclass(frozen=True)
class Layout:
    """How the complex pairs of one packet are laid out.

    Attributes:
        name: The training fields it holds and the secondary channel, or "unknown".
        pairs: Number of complex pairs.
        nulls: Indices of pairs that carry no channel: guard tones, DC, and the invalid first word.
    """

    name: str
    pairs: int
    nulls: tuple[int, ...]


@lru_cache(maxsize=256)
def layout(packet: Packet, pairs: int, *, invalid_start: bool = True) -> Layout:
    """Return the layout of a packet of which so many pairs were printed; 64 pairs of a longer one are its L-LTF.

    Args:
        packet: The fields that decide the layout.
        pairs: How many complex pairs there are.
        invalid_start: Whether the first four bytes, hence pairs 0 and 1, hold no channel (true on the ESP32).
    """
    start = (0, 1) if invalid_start else ()
    fields = _fields(packet)
    for count in (len(fields), 1):
        if fields and sum(len(tones) for _, tones, _ in fields[:count]) == pairs:
            return _describe(packet, pairs, fields[:count], start)
    return Layout("unknown", pairs, tuple(i for i in start if i < pairs))


Field = tuple[str, tuple[int, ...], int]


def _describe(packet: Packet, pairs: int, fields: list[Field], invalid: tuple[int, ...]) -> Layout:
    nulls = set(invalid)
    start = 0
    for _, tones, highest in fields:
        centre = 1 if highest == HT40 else 0  # HT40 leaves −1, 0 and 1 empty
        nulls |= {start + i for i, tone in enumerate(tones) if not centre < abs(tone) <= highest}
        start += len(tones)
    side = ("none", "above", "below")[packet.secondary]
    name = " + ".join(name for name, _, _ in fields) + f", secondary {side}"
    return Layout(name, pairs, tuple(sorted(nulls)))


def _fields(packet: Packet) -> list[Field]:
    """List the training fields with the tone numbers of their pairs, seen from the middle of each field's channel."""
    if packet.secondary not in (0, 1, 2) or (packet.wide and not packet.secondary):
        return []
    legacy = ("L-LTF", _twenty(packet.secondary, 64), LEGACY)
    if not packet.ht:
        return [legacy]
    if packet.wide:
        ht = ("HT-LTF 40", _ends(61, 60) if packet.stbc else _ends(64, 64), HT40)
    else:
        # with STBC the fields lose a tone (below) or two (above) to the buffer's size
        ht = ("HT-LTF 20", _twenty(packet.secondary, (64, 62, 63)[packet.secondary] if packet.stbc else 64), HT20)
    return [legacy, ht, ("STBC-" + ht[0], *ht[1:])] if packet.stbc else [legacy, ht]


def _twenty(secondary: int, count: int) -> tuple[int, ...]:
    """Return tone numbers of a 20 MHz field, relative to the middle of the primary channel."""
    if secondary == 0:
        return _ends(count // 2, count // 2)
    # numbered 0 … 63 of the 40 MHz channel (below) or −count … −1 (above): the primary's middle is ±32
    return tuple(range(-32, count - 32)) if secondary == 2 else tuple(range(32 - count, 32))


def _ends(positive: int, negative: int) -> tuple[int, ...]:
    return (*range(positive), *range(-negative, 0))
