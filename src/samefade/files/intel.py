"""Read logs of the Linux 802.11n CSI Tool (Intel 5300), through csiread.

One record: length (2 bytes, big-endian), code; code 0xBB is a packet with 30 groups of subcarriers.
The parser has put the receive chains in the order of the antennas already.
"""

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.errors import UnreadableRecording
from samefade.files.clock import by_row, count_on, unwrap
from samefade.files.parser import antenna, first_bytes, parsed
from samefade.types import Complex, Float, Integer, Recording

PACKET = 0xBB
GROUPS = 30
FIXED = 20  # bytes of fields before the payload
RSSI_OFFSET = 44.0  # dB, from the tool's own get_total_rss.m
FIELDS = ("timestamp_low", "Nrx", "Ntx", "rssi_a", "rssi_b", "rssi_c", "agc", "csi")


@dataclass(frozen=True)
class Intel:
    """Reads logs of the Linux 802.11n CSI Tool."""

    name: str = "intel5300"
    title: str = "Intel 5300 log (.dat)"

    def can_read(self, path: Path) -> bool:
        """Say whether the first records follow each other as their lengths say, with a packet among them."""
        start = first_bytes(path, 65536)
        codes = [code for code, _ in _records(start)]
        sound = bool(codes) and set(codes) <= {PACKET, 0xC1}
        return sound and PACKET in codes

    def read(self, path: Path, *, rx: int = 0, tx: int = 0, rate: float | None = None) -> tuple[Recording, ...]:
        """Return one recording: what one receive antenna heard of one transmit stream.

        Args:
            path: The log.
            rx: Receive antenna.
            tx: Transmit stream.
            rate: Packets per second, Hz, for logs whose clock stands still.

        Raises:
            MissingExtra: When the extra `nics` is not installed.
            UnreadableRecording: When the file is damaged or holds no packet.
            OutOfRange: When no packet has this antenna or stream.
        """
        data = path.read_bytes()
        records = list(_records(data))
        bodies = [body for code, body in records if code == PACKET]
        if not bodies or max(max(body[8], body[9]) for body in bodies) > 3:
            raise UnreadableRecording(path, reason="no packet in it, or one with more than 3 antennas")
        found = parsed(path, "Intel", FIELDS, nrxnum=3, ntxnum=3, pl_size=0)
        if found["count"] != len(bodies):
            raise UnreadableRecording(path, reason=f"damaged: {len(bodies)} whole packets, {found['count']} parsed")
        most = (int(found["Nrx"].max()), int(found["Ntx"].max()))
        keep = (found["Nrx"] > antenna("rx", rx, most[0])) & (found["Ntx"] > antenna("tx", tx, most[1]))
        whole = sum(3 + len(body) for _, body in records)
        lost = Counter({"not a packet": len(records) - len(bodies), "without this antenna": int((~keep).sum())})
        lost["cut short"] = int(whole < len(data))
        kept = {name: values[keep] for name, values in found.items() if name != "count"}
        time, clock = _time(kept["timestamp_low"].astype(np.float64), np.flatnonzero(keep), rate)
        seq = _sequence(bodies)
        about = {
            "format": self.name,
            "antennas": f"receive {rx} of {most[0]}, transmit {tx} of {most[1]}",
            "counter": "none" if seq is None else "the sequence number in the reserved field",
        }
        csi = np.ascontiguousarray(kept["csi"][:, :, rx, tx])
        rssi = _received(kept)
        seq, gain = None if seq is None else seq[keep], _gain(kept["csi"], rssi)
        return (Recording("Intel 5300", time, clock, csi, rssi, seq, np.arange(GROUPS), gain, +lost, about),)


READER = Intel()


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (code, body without the code) of each whole record."""
    at = 0
    while at + 3 <= len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        if size < 1 or at + 2 + size > len(data):
            return
        code, body = data[at + 2], data[at + 3 : at + 2 + size]
        if code == PACKET and len(body) < FIXED:
            return
        yield code, body
        at += 2 + size


def _time(micros: Float, row: Integer, rate: float | None) -> tuple[Float, str]:
    """Use the card's clock unless it stands still, as in a widely used sample, or a rate is declared."""
    time, joins = unwrap(micros)
    if rate is not None or joins or (len(time) > 1 and np.ptp(time) == 0):
        return by_row(row, rate)
    return time, "card's timestamp (µs, unwrapped)"


def _sequence(bodies: list[bytes]) -> Integer | None:
    """Return the sequence number that some firmware puts into the reserved field; elsewhere the field is constant.

    The card's own counter (bytes 4 and 5) counts what this card logged and cannot match two ends.
    """
    reserved = np.array([struct.unpack_from("<H", body, 6)[0] for body in bodies], dtype=np.float64)
    return count_on(reserved, 2**16) if np.unique(reserved).size > 1 else None


def _received(packets: dict[str, NDArray[Any]]) -> Float:
    """Return the power received by all antennas together, dBm; 0 stands for an antenna that heard nothing."""
    levels = np.column_stack([packets[name] for name in ("rssi_a", "rssi_b", "rssi_c")]).astype(np.float64)
    power = np.where(levels > 0, 10 ** (levels / 10), 0.0).sum(axis=1)
    out: Float = 10 * np.log10(np.maximum(power, 1e-12)) - RSSI_OFFSET - packets["agc"]
    return out


def _gain(csi: Complex, rssi: Float) -> Float:
    """Return the dB to add so that the power over all chains, averaged over groups, equals the received power.

    Source: the scaling of the Linux 802.11n CSI Tool (get_scaled_csi.m), without its noise terms.
    """
    power = np.sum(np.abs(csi) ** 2, axis=(1, 2, 3)) / GROUPS
    out: Float = rssi - 10 * np.log10(np.maximum(power, 1e-12))
    return out
