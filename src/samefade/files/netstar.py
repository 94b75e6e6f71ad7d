"""Read the CSV of the 2025 paper's data set: no header, one row a packet, amplitudes and perhaps phases in columns."""

from collections import Counter
from dataclasses import dataclass
from math import isfinite, pi
from pathlib import Path

import numpy as np

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files.clock import by_row
from samefade.files.lines import head, lines
from samefade.types import Float, Recording

NAME = "netstar"
RATE = 10.0  # Hz; the paper's captures, inferred from their length
FEWEST = 16  # columns: fewer are a plain table


@dataclass(frozen=True)
class NetStar:
    """Reads headerless tables of amplitudes, or of amplitudes followed by phases."""

    name: str = NAME
    title: str = "NetSTAR amplitudes CSV"

    def can_read(self, path: Path) -> bool:
        """Say whether the first lines are many numbers between commas, the same count in each."""
        texts = [text for text in head(path, 20) if text.strip()]
        counts = {text.count(",") for text in texts}
        return len(counts) == 1 and counts.pop() >= FEWEST - 1 and all(_numbers(text) is not None for text in texts)

    def read(self, path: Path, *, rate: float = RATE, phases: bool | None = None) -> tuple[Recording, ...]:
        """Return one recording; amplitudes (n, k), or complex values where phases follow them.

        A row that is dropped leaves a gap in time. Columns that never vary are named as null tones.

        Args:
            path: The table; "ap" or "sta" at the start of its name becomes the device.
            rate: Packets per second, Hz: the file has no clock.
            phases: Whether the second half of the columns are phases, in radians or degrees;
                without it, they are when they lie within a turn and some are negative.

        Raises:
            UnreadableRecording: When no row is valid, or amplitudes are negative.
            OutOfRange: When the rate is not positive, or phases are asked of an odd number of columns.
        """
        values, rows, dropped = _table(path)
        if phases and values.shape[1] % 2:
            raise OutOfRange("phases", phases, f"an even number of columns, not {values.shape[1]}")
        half = values.shape[1] // 2
        turn = _turn(values[:, half:]) if values.shape[1] % 2 == 0 else None
        angles = turn is not None if phases is None else phases
        size = half if angles else values.shape[1]
        amplitude = values[:, :size]
        if (amplitude < 0).any():
            raise UnreadableRecording(path, reason=f"{int((amplitude < 0).sum())} amplitudes are negative")
        still = np.flatnonzero(np.ptp(amplitude, axis=0) == 0) if len(values) > 1 else np.array([], dtype=int)
        raw = amplitude * np.exp(1j * (turn or 1.0) * values[:, half:]) if angles else np.ascontiguousarray(amplitude)
        time, clock = by_row(rows, rate)
        about = {
            "format": NAME,
            "columns": "amplitudes and phases" if angles else "amplitudes",
            "null tones": " ".join(map(str, still)),
        }
        return (Recording(_device(path), time, clock, raw, tones=np.arange(size), dropped=dropped, about=about),)


READER = NetStar()


def _numbers(text: str) -> list[float] | None:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError:
        return None


def _table(path: Path) -> tuple[Float, "np.ndarray[tuple[int], np.dtype[np.int64]]", Counter[str]]:
    """Return the valid rows as (n, columns), their numbers among the rows, and what was dropped why."""
    dropped: Counter[str] = Counter()
    kept: list[Float] = []
    rows: list[int] = []
    row = 0
    for number, text in lines(path):
        if not text.strip():
            dropped["blank"] += 1
            continue
        numbers = _numbers(text)
        if numbers is None and number == 1:
            dropped["header"] += 1
            continue
        row += 1
        if numbers is None or not all(map(isfinite, numbers)):
            dropped["not a number"] += 1
            continue
        kept.append(np.array(numbers))
        rows.append(row - 1)
    width = Counter(map(len, kept)).most_common(1)[0][0] if kept else 0
    good = [i for i, values in enumerate(kept) if len(values) == width]
    if width < 1 or not good:
        raise UnreadableRecording(path, reason="no row of numbers in it")
    if len(good) < len(kept):
        dropped["wrong number of columns"] += len(kept) - len(good)
    return np.array([kept[i] for i in good]), np.array([rows[i] for i in good], dtype=np.int64), dropped


def _turn(values: Float) -> float | None:
    """Return what makes radians of phases; None where these are no phases."""
    if not (values < 0).any():
        return None
    most = float(np.abs(values).max())
    if most <= pi + 1e-3:
        return 1.0
    return pi / 180 if most <= 180 + 1e-3 else None


def _device(path: Path) -> str:
    end = path.name.lower().partition(".")[0]
    return end.upper() if end in ("ap", "sta") else path.name.partition(".")[0]
