"""Read and write the CSV of ESP32-CSI-Tool: 26 fields, the last a bracketed list, and perhaps the host's time.

Source: the tool's own printing code (ESP-IDF 4.3); pairs are imaginary first in the file, (I, Q) in a recording.
It has no sequence number: losses show only in the time stamps.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from samefade.files.espressif import LLTF_ONLY, MISSING, Dialect, collect, stream
from samefade.files.flow import Flow
from samefade.files.layout import Packet
from samefade.files.lines import head
from samefade.files.packets import Heard, level, not_data, unstamped
from samefade.files.tool_writer import write
from samefade.files.values import count, tidy
from samefade.types import Recording

__all__ = ["READER", "Esp32Tool", "write"]

NAME = "esp32-csi-tool"

_FIRST = re.compile(r"\s*CSI_DATA,(AP|STA|PASSIVE),|\s*type,role,mac,")
_LINE = re.compile(r"(CSI_DATA,[^\[]*),\s*\[([^\[\]]*)\]\s*(?:,([^,]*))?")
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")
_NAN = float("nan")


@dataclass(frozen=True)
class Esp32Tool:
    """Reads logs of ESP32-CSI-Tool."""

    name: str = NAME
    title: str = "ESP32-CSI-Tool CSV"

    def can_read(self, path: Path) -> bool:
        """Say whether one of the first lines is this tool's header or data."""
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
        return collect(path, Dialect(NAME, understand), part, rate)

    def stream(self, path: Path, folder: Path, *, part: str = "all", rate: float | None = None) -> tuple[Flow, ...]:
        """Return the same as flows of batches; the packets wait in a folder on the disk.

        Raises:
            OutOfRange: As `read`.
            UnreadableRecording: As `read`.
        """
        return stream(path, Dialect(NAME, understand), part, rate, folder)


READER = Esp32Tool()


def understand(text: str) -> Heard | str:
    """Turn one line into a packet, or into the reason why it is none."""
    text, stamp = unstamped(text)
    if not text.startswith("CSI_DATA,"):
        return not_data(text)
    match = _LINE.fullmatch(text)
    fields = match[1].split(",") if match else []
    if match is None or len(fields) != 25:
        return "wrong number of columns" if "]" in text else "cut short"
    if fields[1] not in ("AP", "STA", "PASSIVE") or not _MAC.fullmatch(fields[2]):
        return "damaged field"
    try:
        return _heard(fields, match[2], _host((match[3] or "").strip(), stamp))
    except (ValueError, OverflowError):
        return "damaged field"


def _heard(fields: list[str], values: str, host: float) -> Heard | str:
    """Check one packet's list against its declared length.

    Raises:
        ValueError: When a field is not a number.
    """
    if fields[21] != "0":
        return "receive error" if int(fields[21]) else "damaged field"
    declared = int(fields[24])
    body = values.strip().encode("ascii")
    size = count(body)
    if size is None:
        body = tidy(body)
        size = count(body)
    if why := doubt(size, declared):
        return why
    packet = Packet(int(fields[17]), int(fields[5]), int(fields[7]), int(fields[11]))
    numbers = (
        level(fields[3]),
        level(fields[14]),
        host,
        *_real(fields[23]),
        float(int(fields[18])),
        _NAN,
        _NAN,
        _NAN,
    )
    return Heard((fields[1], fields[2].upper()), packet, numbers, size or 0, declared, body)


def doubt(size: int | None, declared: int) -> str | None:
    """Return why a list of so many integers cannot be trusted, or None.

    The firmware may print the L-LTF alone, or half as many amplitudes, while the length still counts all bytes.
    """
    if size is None:
        return "list is not integers"
    if size % 2:
        return "odd count of values"
    if size > declared:
        return "more values than declared"
    return None if size in (declared, LLTF_ONLY) or 2 * size == declared else MISSING


def _host(text: str, stamp: float) -> float:
    seconds = float(text) if text else stamp
    if text and not 0 <= seconds < 1e11:
        raise ValueError(text)
    return seconds


def _real(text: str) -> tuple[float, float]:
    """Return the seconds as printed, and with the fraction as a plain count of microseconds."""
    seconds = float(text)
    if not 0 <= seconds < 1e11:
        raise ValueError(text)
    whole, _, fraction = text.partition(".")
    counted = int(whole) + int(fraction or "0") * 1e-6 if fraction.isdigit() and whole.isdigit() else seconds
    return seconds, counted
