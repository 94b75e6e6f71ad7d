"""Read captures of PicoScenes (`.csi`), through csiread, whose support it calls experimental."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.errors import UnreadableRecording
from samefade.files.clock import count_on
from samefade.files.parser import antenna, first_bytes, parsed
from samefade.types import Recording

MAGIC = (0x20150315).to_bytes(4, "little")


@dataclass(frozen=True)
class PicoScenes:
    """Reads captures of PicoScenes."""

    name: str = "picoscenes"
    title: str = "PicoScenes capture (.csi)"

    def can_read(self, path: Path) -> bool:
        """Say whether the file starts with a length and PicoScenes' mark."""
        return first_bytes(path, 8)[4:] == MAGIC

    def read(self, path: Path, *, rx: int = 0, tx: int = 0) -> tuple[Recording, ...]:
        """Return one recording for each transmitter, the one heard most first.

        Args:
            path: The capture.
            rx: Receive antenna.
            tx: Transmit stream.

        Raises:
            MissingExtra: When the extra `nics` is not installed.
            UnreadableRecording: When the file is damaged or holds no packet.
            OutOfRange: When no packet has this antenna or stream.
        """
        if not self.can_read(path):
            raise UnreadableRecording(path, reason="not a PicoScenes capture")
        # first only the sizes, then the values: the parser wants to know how much room they need
        sizes = parsed(path, "Picoscenes", ("raw",), {"CSI": [1, 1, 1]})["raw"]["CSI"]["Info"]
        shape = [int(sizes[name].max()) for name in ("NumTones", "NumTx", "NumRx")]
        if not 0 < shape[0] <= 4096 or not 0 < shape[1] * shape[2] <= 64:  # beyond any card
            raise UnreadableRecording(path, reason=f"damaged: tones and antennas {shape}")
        antenna("tx", tx, shape[1])
        antenna("rx", rx, shape[2])
        raw = parsed(path, "Picoscenes", ("raw",), {"CSI": shape})["raw"]
        info = raw["CSI"]["Info"]
        kind = Counter(info["NumTones"].tolist()).most_common(1)[0][0]
        keep = (info["NumTones"] == kind) & (info["NumRx"] > rx) & (info["NumTx"] > tx)
        lost = Counter({"other packet layout": int((~keep).sum())})
        return _split(raw[keep], int(kind), (tx, rx), lost)


READER = PicoScenes()


def _split(raw: NDArray[Any], tones: int, place: tuple[int, int], lost: Counter[str]) -> tuple[Recording, ...]:
    names = [bytes(address) for address in raw["StandardHeader"]["Addr2"]]
    ranks = {name: i + 1 for i, name in enumerate(dict.fromkeys(names))}
    out = []
    for name, count in Counter(names).most_common():
        mine = raw[np.array([other == name for other in names])]
        others = Counter({"other transmitter": len(names) - count})
        csi = mine["CSI"]["CSI"][:, :tones, place[0], place[1]]
        out.append(
            Recording(
                f"PicoScenes heard node-{ranks[name]}",
                mine["RxSBasic"]["Timestamp"] * 1e-6,
                "card's timestamp (µs)",
                np.ascontiguousarray(csi),
                mine["RxSBasic"]["RSSI"].astype(np.int16),
                count_on(mine["StandardHeader"]["Sequence"].astype(np.float64), 4096),
                mine["CSI"]["SubcarrierIndex"][0, :tones].astype(np.int64),
                None,
                lost + others,
                {"format": "picoscenes", "antennas": f"transmit {place[0]}, receive {place[1]}"},
            )
        )
    return tuple(out)
