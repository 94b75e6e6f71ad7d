"""What one node logged, as heard."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefade.errors import EndsDisagree

Float = NDArray[np.floating[Any]]
Complex = NDArray[np.complexfloating[Any, Any]]
Integer = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Recording:
    """What one node logged: nothing resampled, no line lost in silence.

    Attributes:
        device: Who was heard by whom, as far as the file says; identities are the reader's business.
        time: When each packet was heard, (n,) float64, seconds; need not be even.
        clock: Which clock `time` comes from, in words: "host", "local timestamp (µs, unwrapped)", "declared rate".
        raw: The channel as the chip gave it, or None: integers (n, k, 2) hold I and Q on the last axis
            in the chip's own dtype; complex (n, k); or real (n, k) where only amplitudes were logged.
        rssi: Signal strength, (n,) dBm, or None.
        seq: Sequence number of each packet, (n,) int64, unwrapped, or None where the format has none.
        tones: The index of each of the k subcarriers in the format's own numbering, (k,).
        gain: What must be added to 20·log10|csi| before comparing over time, (n,) dB, or None.
        dropped: Reason → number of lines or packets that were not kept.
        about: Facts of the file worth keeping (format, layout, channel), as text.
    """

    device: str
    time: Float
    clock: str
    raw: NDArray[Any] | None = None
    rssi: Float | Integer | None = None
    seq: Integer | None = None
    tones: Integer | None = None
    gain: Float | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse arrays of different lengths and freeze the mappings."""
        for name in ("raw", "rssi", "seq", "gain"):
            array = getattr(self, name)
            if array is not None and len(array) != len(self.time):
                raise EndsDisagree(f"length of time and {name}", len(self.time), len(array))
        object.__setattr__(self, "dropped", MappingProxyType(dict(self.dropped)))
        object.__setattr__(self, "about", MappingProxyType(dict(self.about)))

    def __len__(self) -> int:
        """Return the number of packets."""
        return len(self.time)

    def __repr__(self) -> str:
        """Say what is held, not the values."""
        shape = "no CSI" if self.raw is None else f"{self.raw.shape[1]} tones"
        rssi = "" if self.rssi is None else ", RSSI"
        return f"Recording({self.device!r}, {len(self)} packets, {shape}{rssi}, {sum(self.dropped.values())} dropped)"

    @property
    def csi(self) -> Complex | None:
        """Return the complex channel (n, k), made on demand; None where only amplitudes or RSSI were logged."""
        if self.raw is None or (np.isrealobj(self.raw) and self.raw.ndim == 2):
            return None
        if np.iscomplexobj(self.raw):
            return self.raw
        out = np.empty(self.raw.shape[:2], np.complex64)
        out.real, out.imag = self.raw[..., 0], self.raw[..., 1]
        return out
