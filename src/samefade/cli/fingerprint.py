"""Know a recording again by its samples, whatever file and format they are in."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

import numpy as np

from samefade.types import Float, Recording

_ROWS = 1 << 16  # packets that are looked at together
_FEWEST = 64  # signal strengths in whole dB: fewer may be the same by chance


def fingerprints(recordings: Iterable[Recording]) -> tuple[bytes, ...]:
    """Return the SHA-256 of what each end logged: of the amplitudes of its tones, and of its signal strength.

    Amplitudes as float32, packet after packet: so I and Q as integers, as complex numbers and as amplitudes are the
    same, and clocks, sequence numbers, names and a receiver's gain, which is kept beside the values, do not count.
    A copy that was cut, rounded, scaled or put on another grid is another recording to it.

    Args:
        recordings: What the ends logged.
    """
    return tuple(made for recording in recordings for made in _of(recording))


def _of(recording: Recording) -> Iterator[bytes]:
    raw, rssi = recording.raw, recording.rssi
    if raw is not None:
        said = sha256(b"amplitudes of %d tones" % raw.shape[1])
        for start in range(0, len(raw), _ROWS):
            said.update(np.ascontiguousarray(_amplitude(raw[start : start + _ROWS]), "<f4").tobytes())
        yield said.digest()
    if rssi is not None and len(rssi) >= _FEWEST and np.ptp(rssi) > 0:
        yield sha256(b"signal strength" + np.asarray(rssi, "<f4").tobytes()).digest()


def _amplitude(raw: Float) -> Float:
    if np.iscomplexobj(raw):
        raw = np.stack([raw.real, raw.imag], axis=-1)
    parts = raw.astype(np.float64)
    return np.abs(parts) if parts.ndim == 2 else np.sqrt((parts**2).sum(axis=-1))
