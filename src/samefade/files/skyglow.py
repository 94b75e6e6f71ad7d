"""Read the SkyGlow recordings: one MATLAB file with the signal strengths of both ends and a local clock.

Source: Margelis et al., Ad Hoc Networks 2018. `A` is (n, 2) dBm, `T` is (n, 6) year … second.
In `data*.mat` the columns are the two ends; in `data_eave*.mat` they are what Eve logged on her own clock.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from samefade.errors import UnreadableRecording
from samefade.types import Float, Mask, Recording

CLOCK = "local wall clock (seconds since 1970 as if it were UTC)"


@dataclass(frozen=True)
class SkyGlow:
    """Reads the MATLAB files of the SkyGlow recordings."""

    name: str = "skyglow"
    title: str = "SkyGlow .mat"

    def can_read(self, path: Path) -> bool:
        """Say whether this is a MATLAB file with the two arrays."""
        try:
            with path.open("rb") as file:
                if not file.read(19).startswith(b"MATLAB 5.0 MAT-file"):
                    return False
            levels, stamps = _arrays(path)
        except (OSError, UnreadableRecording):
            return False
        return levels.ndim == 2 and levels.shape[1:] == (2,) and stamps.shape == (len(levels), 6)

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return two recordings: both ends, or Eve's two columns, whose meaning the source does not give.

        At the ends a row is one exchange, so `seq` is the row; Eve's rows are her own, so she has none.

        Raises:
            UnreadableRecording: When the arrays are absent, of another shape, or hold no valid row.
        """
        levels, stamps = _arrays(path)
        if levels.ndim != 2 or levels.shape[1:] != (2,) or stamps.shape != (len(levels), 6):
            raise UnreadableRecording(path, reason=f"arrays A {levels.shape} and T {stamps.shape}, not (n, 2), (n, 6)")
        time, timed = _seconds(stamps)
        eve = "eave" in path.name.lower()
        names = ("Eve, column 1", "Eve, column 2") if eve else ("Alice", "Bob")
        ends = (_end(name, levels[:, i], time, timed, eve=eve) for i, name in enumerate(names))
        out = tuple(ends)
        if not all(len(recording) for recording in out):
            raise UnreadableRecording(path, reason=f"no valid row among {len(levels)}")
        return out


READER = SkyGlow()


def _arrays(path: Path) -> tuple["np.ndarray[Any, np.dtype[Any]]", Float]:
    from scipy.io import loadmat

    try:
        found = loadmat(path, variable_names=("A", "T"))
        levels, stamps = np.asarray(found["A"]), np.asarray(found["T"], dtype=np.float64)
    except Exception as failure:  # damaged files make the parser fail in any way
        raise UnreadableRecording(path, reason=f"not a SkyGlow file: {failure}") from failure
    if levels.dtype.kind not in "iuf":
        raise UnreadableRecording(path, reason=f"array A holds {levels.dtype}, not numbers")
    return levels, stamps


def _seconds(stamps: Float) -> tuple[Float, Mask]:
    """Return seconds since 1970 of (year … second) rows, and which rows are dates at all."""
    low, high = (1970, 1, 1, 0, 0, 0), (9999, 12, 31, 23, 59, 61)
    with np.errstate(invalid="ignore"):
        good: Mask = np.all(np.isfinite(stamps) & (stamps >= low) & (stamps <= high), axis=1)
    year, month, day = np.where(good[:, None], stamps, low)[:, :3].astype(np.int64).T
    months = (year - 1970) * 12 + month - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + day - 1
    clock = np.where(good[:, None], stamps, 0.0)[:, 3:] @ (3600.0, 60.0, 1.0)
    return days * 86400.0 + clock, good


def _end(device: str, levels: "np.ndarray[Any, np.dtype[Any]]", time: Float, timed: Mask, *, eve: bool) -> Recording:
    keep = timed & np.isfinite(levels)
    dropped = {"no valid date": int((~timed).sum()), "not a number": int((timed & ~np.isfinite(levels)).sum())}
    return Recording(
        device,
        time[keep],
        CLOCK,
        rssi=levels[keep],
        seq=None if eve else np.flatnonzero(keep),
        dropped={why: count for why, count in dropped.items() if count},
        about={"format": "skyglow", "counter": "none" if eve else "row: the two ends of one exchange share it"},
    )
