"""Write recordings as the CSV of ESP32-CSI-Tool, so that what is simulated passes through the same reader."""

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from samefade.errors import CannotWrite, NotFinite, OutOfRange
from samefade.types import Float, Recording

COLUMNS = (
    "type,role,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc,fec_coding,sgi,"
    "noise_floor,ampdu_cnt,channel,secondary_channel,local_timestamp,ant,sig_len,rx_state,real_time_set,"
    "real_timestamp,len,CSI_DATA,timestamp"
)
# pairs → sig_mode, bandwidth, stbc, secondary channel: the plainest packet of that size
PACKETS = {64: (0, 0, 0, 1), 128: (1, 0, 0, 1), 192: (1, 1, 0, 1)}


def write(recording: Recording, path: str | Path) -> None:
    """Write one recording; reading it back gives the same I/Q, times and whole-dB signal strengths.

    The file appears complete or not at all; a name that ends in `.gz` is compressed, byte for byte reproducibly.
    Signal strengths are rounded to whole dB, as the chip gives them; a recording without any is written with 0.
    `time` is written as the host's time, and from its first whole second as the chip's.

    Args:
        recording: With `raw` int8 (n, k, 2), I and Q on the last axis.
        path: Where it goes.

    Raises:
        OutOfRange: When `raw` is not int8 (n, k, 2) with 1 to 306 pairs, or times decrease or leave
            0 to 10¹¹ s.
        NotFinite: When a time or a signal strength is NaN or infinite.
        CannotWrite: When the system refuses; what was there before stays.
    """
    raw, path = recording.raw, Path(path)
    if raw is None or raw.dtype != np.int8 or raw.ndim != 3 or raw.shape[2] != 2 or not 1 <= raw.shape[1] <= 306:
        shape = "none" if raw is None else f"{raw.dtype} {raw.shape}"
        raise OutOfRange("raw", shape, "int8 (n, k, 2) with 1 to 306 pairs")
    time = recording.time
    rssi = np.zeros(len(time)) if recording.rssi is None else np.asarray(recording.rssi, dtype=np.float64)
    for name, values in (("time", time), ("rssi", rssi)):
        if not np.isfinite(values).all():
            raise NotFinite(name, int(np.count_nonzero(~np.isfinite(values))))
    if time.size and not (time[0] >= 0 and (np.diff(time) >= 0).all() and time[-1] < 1e11):
        raise OutOfRange("time", f"{time.min():g} to {time.max():g} s", "never decreasing, from 0 to 1e11 s")
    with replaced(path) as file:
        file.write(f"{COLUMNS}\n".encode())
        for line in _lines(recording, time, np.rint(rssi).astype(np.int64)):
            file.write(line.encode("ascii"))


def _lines(recording: Recording, time: Float, rssi: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Iterator[str]:
    raw = recording.raw
    if raw is None or not time.size:
        return
    ht, wide, stbc, secondary = PACKETS.get(raw.shape[1], (0, 0, 0, 0))
    role = next((role for role in ("AP", "STA") if recording.device.startswith(role)), "PASSIVE")
    start = f"CSI_DATA,{role},02:00:00:00:00:01,"
    middle = f",11,{ht},0,{wide},0,1,0,{stbc},0,0,-95,0,6,{secondary},"
    size = 2 * raw.shape[1]
    micros = np.rint((time - np.floor(time[0])) * 1e6).astype(np.int64)
    for i, packet in enumerate(raw):
        values = " ".join(map(str, packet[:, ::-1].ravel().tolist()))  # the file has the imaginary part first
        local = int(micros[i])
        stamp = f"{local % 2**32},0,0,0,1,{max(local, 0) / 1e6:.6f},{size},[{values} ],{float(time[i])!r}\n"
        yield f"{start}{rssi[i]}{middle}{stamp}"


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write to and put it in place only when everything went well.

    Raises:
        CannotWrite: When the system refuses; nothing is left half-written.
    """
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False) as out:
            part = Path(out.name)
            if path.suffix.lower() == ".gz":
                with gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed:  # no name, no clock: same bytes
                    yield packed  # type: ignore[misc]  # a GzipFile is written to like any file
            else:
                yield out
        part.chmod(0o644)
        part.replace(path)
    except OSError as refused:
        raise CannotWrite(path, refused.strerror or str(refused)) from refused
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
