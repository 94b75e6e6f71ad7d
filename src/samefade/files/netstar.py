"""Read the CSV of the 2025 paper's data set: no header, one row a packet, amplitudes and perhaps phases in columns."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import isfinite, pi
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from samefade.errors import OutOfRange, UnreadableRecording
from samefade.files.along import table
from samefade.files.clock import by_row
from samefade.files.flow import Flow
from samefade.files.lines import head, lines
from samefade.types import Float, Integer, Recording

NAME = "netstar"
RATE = 10.0  # Hz; the paper's captures, inferred from their length
_BLOCK = 4096  # rows
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
        with TemporaryDirectory(prefix="samefade-") as folder:
            (flow,) = self.stream(path, Path(folder), rate=rate, phases=phases)
            heard = flow.piece(0, flow.packets)
        return (replace(heard, dropped=flow.dropped, about=flow.about),)

    def stream(self, path: Path, folder: Path, *, rate: float = RATE, phases: bool | None = None) -> tuple[Flow, ...]:
        """Return the same as a flow of batches; the rows wait in a folder on the disk.

        Raises:
            UnreadableRecording: As `read`.
            OutOfRange: As `read`.
        """
        sheet, dropped = _table(path, folder)
        if phases and sheet.width % 2:
            raise OutOfRange("phases", phases, f"an even number of columns, not {sheet.width}")
        least, most = _extremes(sheet)
        half = sheet.width // 2
        turn = _turn(least[half:], most[half:]) if sheet.width % 2 == 0 else None
        angles = turn is not None if phases is None else phases
        size = half if angles else sheet.width
        if (least[:size] < 0).any():
            below = sum(int((values[:, :size] < 0).sum()) for values in sheet.blocks())
            raise UnreadableRecording(path, reason=f"{below} amplitudes are negative")
        still = np.flatnonzero(most[:size] == least[:size]) if sheet.rows > 1 else np.array([], dtype=int)
        clock = by_row(np.zeros(0, np.int64), rate)[1]

        def piece(start: int, stop: int) -> Recording:
            values, rows = sheet.values(start, stop)
            amplitude = values[:, :size]
            raw = (
                amplitude * np.exp(1j * (turn or 1.0) * values[:, half:]) if angles else np.ascontiguousarray(amplitude)
            )
            return Recording(_device(path), by_row(rows, rate)[0], clock, raw, tones=np.arange(size))

        about = {
            "format": NAME,
            "columns": "amplitudes and phases" if angles else "amplitudes",
            "null tones": " ".join(map(str, still)),
        }
        return (Flow(sheet.rows, dropped, about, piece),)


READER = NetStar()


def _numbers(text: str) -> list[float] | None:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError:
        return None


@dataclass
class _Sheet:
    """Rows of numbers of one width, with their places among the rows of the file in front, on the disk."""

    path: Path
    width: int
    rows: int = 0
    waiting: list[list[float]] = field(default_factory=list)

    def keep(self, place: int, numbers: list[float]) -> None:
        self.waiting.append([float(place), *numbers])
        self.rows += 1
        if len(self.waiting) == _BLOCK:
            self.flush()

    def flush(self) -> None:
        with self.path.open("ab") as file:
            file.write(np.array(self.waiting).tobytes())
        self.waiting = []

    def values(self, start: int, stop: int) -> tuple[Float, Integer]:
        found = table(self.path, self.width + 1, start, stop)
        return found[:, 1:], found[:, 0].astype(np.int64)

    def blocks(self) -> Iterator[Float]:
        for start in range(0, self.rows, _BLOCK):
            yield self.values(start, min(start + _BLOCK, self.rows))[0]


def _table(path: Path, folder: Path) -> tuple[_Sheet, Counter[str]]:
    """Return the valid rows of the width that most have, and what was dropped why."""
    dropped: Counter[str] = Counter()
    sheets: dict[int, _Sheet] = {}
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
        width = len(numbers)
        sheets.setdefault(width, _Sheet(folder / str(width), width)).keep(row - 1, numbers)
    if not sheets:
        raise UnreadableRecording(path, reason="no row of numbers in it")
    best = max(sheets.values(), key=lambda sheet: sheet.rows)
    best.flush()
    if odd := sum(sheet.rows for sheet in sheets.values()) - best.rows:
        dropped["wrong number of columns"] += odd
    return best, dropped


def _extremes(sheet: _Sheet) -> tuple[Float, Float]:
    """Return the least and the greatest of each column, (k,)."""
    ends = [(values.min(axis=0), values.max(axis=0)) for values in sheet.blocks()]
    return np.min([low for low, _ in ends], axis=0), np.max([high for _, high in ends], axis=0)


def _turn(least: Float, most: Float) -> float | None:
    """Return what makes radians of phases between these; None where these are no phases."""
    if not (least < 0).any():
        return None
    far = float(max(-least.min(), most.max()))
    if far <= pi + 1e-3:
        return 1.0
    return pi / 180 if far <= 180 + 1e-3 else None


def _device(path: Path) -> str:
    end = path.name.lower().partition(".")[0]
    return end.upper() if end in ("ap", "sta") else path.name.partition(".")[0]
