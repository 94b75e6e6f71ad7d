"""Read the console log of esp-csi's `csi_recv`: 25 columns (ESP32, S2, S3, C3) or 15 (C5, C6).

Source: the example's printing code. The list is quoted and comma-separated, imaginary part first.
`id` and `seq` are the sender's counter, a true sequence number; counter and time are printed signed.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from samefade.files.espressif import MISSING, Dialect, collect, stream
from samefade.files.flow import Flow
from samefade.files.layout import UNKNOWN, Packet
from samefade.files.lines import head
from samefade.files.packets import Heard, level, not_data, unstamped
from samefade.files.values import count, tidy
from samefade.types import Recording

NAME = "esp-csi"

_FIRST = re.compile(r"\s*CSI_DATA,-?\d+,[0-9A-Fa-f]{2}:|\s*type,(id|seq),mac,")
_LINE = re.compile(r'CSI_DATA,([^"\[]*),"?\[([^\]"]*)\]"?\s*')
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")
_NAN = float("nan")
_COUNT = 2**32


class Columns(NamedTuple):
    """Where each number stands, counted from `id`; −1 where the chip does not print it."""

    noise: int
    local: int
    state: int
    length: int
    packet: tuple[int, int, int, int] | None
    gains: tuple[int, ...]  # of the Fourier transform and of the amplifier


LONG = Columns(noise=13, local=17, state=20, length=21, packet=(16, 4, 6, 10), gains=())
SHORT = Columns(noise=4, local=8, state=10, length=11, packet=None, gains=(5, 6))


@dataclass(frozen=True)
class EspCsi:
    """Reads logs of esp-csi's `csi_recv` and `csi_recv_router`."""

    name: str = NAME
    title: str = "esp-csi console log"

    def can_read(self, path: Path) -> bool:
        """Say whether one of the first lines is this example's header or data."""
        return any(_FIRST.match(unstamped(text)[0]) for text in head(path, 2000))

    def read(self, path: Path, *, part: str = "all", rate: float | None = None) -> tuple[Recording, ...]:
        """Return one recording for each transmitter, the one heard most first.

        Args:
            path: The log, perhaps compressed with gzip.
            part: "all" keeps the layout that most packets have and counts the others as dropped;
                "lltf" keeps the first 64 pairs of every packet.
            rate: Packets per second, Hz, for a log without a clock that runs.

        Raises:
            OutOfRange: When `part` is neither of the two.
            UnreadableRecording: When no line holds a packet.
        """
        return collect(path, _dialect(path), part, rate)

    def stream(self, path: Path, folder: Path, *, part: str = "all", rate: float | None = None) -> tuple[Flow, ...]:
        """Return the same as flows of batches; the packets wait in a folder on the disk.

        Raises:
            OutOfRange: As `read`.
            UnreadableRecording: As `read`.
        """
        return stream(path, _dialect(path), part, rate, folder)


READER = EspCsi()


def _dialect(path: Path) -> Dialect:
    # a C5 told to force the L-LTF prints 12-bit values; only 15 columns may hold such
    new = any(_new(unstamped(text)[0]) for text in head(path, 2000))
    low, high = (-2048, 2047) if new else (-128, 127)
    return Dialect(NAME, understand, low, high, known=not new)


def _new(text: str) -> bool:
    return text.startswith("CSI_DATA,") and text.partition("[")[0].count(",") == 14


def understand(text: str) -> Heard | str:
    """Turn one line into a packet, or into the reason why it is none."""
    text, stamp = unstamped(text)
    if not text.startswith("CSI_DATA,"):
        return not_data(text)
    match = _LINE.fullmatch(text)
    fields = match[1].split(",") if match else []
    columns = {23: LONG, 13: SHORT}.get(len(fields))
    if match is None or columns is None:
        return "wrong number of columns" if "]" in text else "cut short"
    try:
        return _heard(fields, match[2], columns, stamp) if _MAC.fullmatch(fields[1]) else "damaged field"
    except (ValueError, OverflowError):
        return "damaged field"


def _heard(fields: list[str], values: str, at: Columns, host: float) -> Heard | str:
    """Check one packet's list against its declared length.

    Raises:
        ValueError: When a field is not a number.
    """
    if int(fields[at.state]):
        return "receive error"
    declared = int(fields[at.length])
    body = tidy(values.replace(",", " ").encode("ascii"))
    # an empty place between two commas is a lost value, which tidying would hide
    size = count(body) if values.count(",") == body.count(b" ") else None
    if size is None:
        return "list is not integers"
    if size % 2:
        return "odd count of values"
    if size != declared:
        return MISSING if size < declared else "more values than declared"
    packet = Packet(*(int(fields[i]) for i in at.packet)) if at.packet else UNKNOWN
    local = float(int(fields[at.local]) % _COUNT)
    numbers = (
        level(fields[2]),
        level(fields[at.noise]),
        host,
        _NAN,
        _NAN,
        local,
        float(int(fields[0]) % _COUNT),
        *([float(int(fields[i])) for i in at.gains] or (_NAN, _NAN)),
    )
    return Heard(("STA", fields[1].lower()), packet, numbers, size, declared, body, int(fields[at.length + 1]) != 0)
