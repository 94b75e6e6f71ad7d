"""Hold the packets of an Espressif log on their way from lines to recordings."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from samefade.files.layout import Layout, Packet
from samefade.types import Float, Integer

# what serial monitors put in front of a line when told to: `idf.py monitor --timestamps`, Arduino's "12:33:44.123 -> "
_STAMP = re.compile(
    r"\[?(\d{4}-\d\d-\d\d[ T])?(\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?"
    r"(?:\s*(?:->|[,;:>|])\s*|\s+)(?=CSI_DATA,)"
)


def unstamped(text: str) -> tuple[str, float]:
    """Return a line without the time that a serial monitor put in front of it, and that time; NaN without a date.

    Without a zone it is taken for UTC: the offset to another log is then found from the signals.
    """
    found = None if text.startswith("CSI_DATA,") else _STAMP.match(text)
    if found is None:
        return text, float("nan")
    try:
        stamp = datetime.fromisoformat(found[1] + found[2]) if found[1] else None
    except ValueError:
        stamp = None
    seconds = float("nan") if stamp is None else (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()
    return text[found.end() :], seconds


def level(text: str) -> float:
    """Return a signal strength, dBm.

    Raises:
        ValueError: When it is not an integer that a signed byte holds.
    """
    value = int(text)
    if not -128 <= value <= 127:
        raise ValueError(text)
    return float(value)


def not_data(text: str) -> str:
    """Name a line that does not start with the data mark."""
    if not text.strip():
        return "blank"
    if text.startswith(("type,role,", "type,id,", "type,seq,")):
        return "header"
    return "damaged start" if "CSI_DATA," in text else "not CSI"


class Heard(NamedTuple):
    """One line that holds a packet: who, how it is laid out, the numbers, and its values still as text."""

    who: tuple[str, str]
    packet: Packet
    numbers: tuple[float, ...]  # as named in NUMBERS, without the line number
    size: int
    declared: int
    body: bytes
    invalid_start: bool = True  # the first two pairs hold no channel


NUMBERS = ("rssi", "noise", "host", "real", "unpadded", "local", "seq", "fft_gain", "agc_gain", "line")


@dataclass
class Group:
    """The packets of one transmitter in one layout: finished blocks, and those that wait to be parsed."""

    size: int
    layout: Layout
    blocks: list[Integer] = field(default_factory=list)
    numbers: list[Float] = field(default_factory=list)
    waiting: list[Heard] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    kept: int = 0

    def keep(self, pairs: Integer, numbers: Float) -> None:
        """Take a finished block: (m, k, 2) values and (m, 10) numbers."""
        self.blocks.append(pairs)
        self.numbers.append(numbers)
        self.kept += len(numbers)
