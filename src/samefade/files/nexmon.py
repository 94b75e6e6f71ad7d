"""Read captures of Nexmon CSI (pcap, UDP port 5500), through csiread.

Payload: 0x1111, RSSI, frame control, transmitter, sequence number, core and stream, channel, chip, then CSI.
The value format depends on the chip: pairs of int16 on 43455c0 and 4339, packed floats on 4358 and 4366c0.
"""

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files.clock import count_on
from samefade.files.parser import first_bytes, parsed
from samefade.types import Integer, Mask, Recording

MAGICS = {
    b"\xd4\xc3\xb2\xa1": "<",
    b"\xa1\xb2\xc3\xd4": ">",
    b"\x4d\x3c\xb2\xa1": "<",
    b"\xa1\xb2\x3c\x4d": ">",
}
HEADERS = 42  # Ethernet, IPv4 and UDP
FRONT = 18  # the payload before the CSI
WIDTHS = {64: 20, 128: 40, 256: 80, 512: 160}  # tones → MHz
FIELDS = ("src_addr", "sec", "usec", "seq", "csi", "nano", "core", "spatial")
CHIPS = ("43455c0", "4339", "4358", "4366c0")
FLOATS = {0x4358: "4358", 0xDEAD: "4358", 0x4366: "4366c0", 0x006A: "4366c0"}


@dataclass(frozen=True)
class Nexmon:
    """Reads captures of Nexmon CSI."""

    name: str = "nexmon"
    title: str = "Nexmon capture (.pcap)"

    def can_read(self, path: Path) -> bool:
        """Say whether this is a pcap whose first packets hold Nexmon's mark."""
        start = first_bytes(path, 65536)
        return start[:4] in MAGICS and any(_is_csi(packet) for packet in _packets(start))

    def read(self, path: Path, *, chip: str | None = None, core: int = 0, stream: int = 0) -> tuple[Recording, ...]:
        """Return one recording for each transmitter, the one heard most first.

        Args:
            path: The capture.
            chip: "43455c0", "4339", "4358" or "4366c0"; without it the chip field of the packets decides.
            core: Receive core.
            stream: Spatial stream.

        Raises:
            MissingExtra: When the extra `nics` is not installed.
            UnreadableRecording: When the file is damaged or holds no such packet.
            OutOfRange: When there is no such chip, or nothing was heard by this core in this stream.
        """
        if chip is not None and chip not in CHIPS:
            raise OutOfRange("chip", chip, ", ".join(CHIPS))
        data = path.read_bytes()
        every = list(_packets(data))
        packets = [packet for packet in every if _is_csi(packet)]
        tones = _tones(packets)
        if tones not in WIDTHS:
            raise UnreadableRecording(path, reason=f"{tones} tones in a packet instead of 64, 128, 256 or 512")
        code = int.from_bytes(packets[0][HEADERS + 16 : HEADERS + 18], "little")
        chip = chip or FLOATS.get(code, "43455c0")
        found = parsed(path, "Nexmon", FIELDS, chip=chip, bw=WIDTHS[tones])
        cut = int(24 + sum(16 + len(packet) for packet in every) < len(data))
        if (
            cut and found["count"] == len(packets) + 1
        ):  # the parser takes what is left of the last packet for a whole one
            found = {name: values[:-1] if name not in ("count", "nano") else values for name, values in found.items()}
        count = int(found["count"]) if not cut else min(int(found["count"]), len(packets))
        wanted = (found["core"] == core) & (found["spatial"] == stream)
        if not wanted.any():
            raise OutOfRange("core, stream", f"{core}, {stream}", "a core and a stream that occur in the file")
        lost = Counter(
            {"not CSI": len(every) - count, "cut short": cut, "other antenna or stream": int((~wanted).sum())}
        )
        about = {"format": self.name, "chip": chip, "width": f"{WIDTHS[tones]} MHz", "order": "as the chip gives it"}
        return _split(found, wanted, _rssi(packets, count), lost, about)


READER = Nexmon()


def _packets(data: bytes) -> Iterator[bytes]:
    """Yield the bytes of each whole packet of a pcap file."""
    order = MAGICS.get(data[:4])
    at = 24
    while order and at + 16 <= len(data):
        size = struct.unpack_from(order + "I", data, at + 8)[0]
        if at + 16 + size > len(data):
            return
        yield data[at + 16 : at + 16 + size]
        at += 16 + size


def _is_csi(packet: bytes) -> bool:
    return len(packet) > HEADERS + FRONT and packet[HEADERS : HEADERS + 2] == b"\x11\x11"


def _tones(packets: list[bytes]) -> int:
    """Return the number of tones that most packets have; some carry four bytes more."""
    counts = Counter((len(packet) - HEADERS - FRONT) // 4 // 64 * 64 for packet in packets)
    return counts.most_common(1)[0][0] if counts else 0


def _rssi(packets: list[bytes], count: int) -> Integer | None:
    """Return what the packets say of signal strength; older firmware repeats the mark there instead."""
    values = np.array([packet[HEADERS + 2] for packet in packets], dtype=np.uint8).view(np.int8)
    return None if len(values) != count or (values == 0x11).all() else values.astype(np.int16)


def _split(
    found: dict[str, NDArray[Any]],
    wanted: Mask,
    rssi: Integer | None,
    lost: Counter[str],
    about: dict[str, str],
) -> tuple[Recording, ...]:
    senders, who = np.unique(found["src_addr"], axis=0, return_inverse=True)
    first = [int(np.flatnonzero(who.ravel() == i)[0]) for i in range(len(senders))]
    rank = {int(sender): place + 1 for place, sender in enumerate(np.argsort(first))}
    out = []
    for sender, count in Counter(who.ravel()[wanted].tolist()).most_common():
        mine = wanted & (who.ravel() == sender)
        time = found["sec"][mine] + found["usec"][mine] * (1e-9 if found["nano"] else 1e-6)
        number = found["seq"][mine] >> 4  # the low four bits number fragments (IEEE 802.11)
        seq = count_on(number.astype(np.float64), 4096) if np.unique(number).size > 1 else None
        others = Counter({"other transmitter": int(wanted.sum()) - count})
        level = None if rssi is None else rssi[mine]
        tones = np.arange(found["csi"].shape[1])
        heard = f"Nexmon heard node-{rank[sender]}"
        out.append(
            Recording(heard, time, "host time", found["csi"][mine], level, seq, tones, None, lost + others, about)
        )
    return tuple(out)
