"""Tell which columns of a table are amplitudes of tones, which are phases, and which neither.

A header says it in its words. Without one all columns are amplitudes, or the second half of them phases; a column that
grows with every row is a time or a count then, and which of them nobody told.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from samefade.errors import UnreadableRecording
from samefade.files.columns import CLOCKS, COUNTERS, NEITHER, SENDERS, Columns, columns, number, plain, words
from samefade.files.lines import head

FEWEST = 16  # columns: fewer are a plain table
AMPLITUDE = re.compile(r"amp|mag|abs")
PHASE = re.compile(r"^pha|phase|angle|^arg")
_ASIDE = re.compile(r"rssi|rsrp|dbm|noise|snr|gain|rate|channel|^len|^mcs|^date|bandwidth|antenna")


@dataclass(frozen=True)
class Tones:
    """What the columns of a table of tones hold.

    Attributes:
        shape: Where words part, and what the columns are called.
        amplitudes: Indices of the amplitudes, or where nobody tells of all tones.
        phases: Indices of their phases, in the same order; empty where the header does not tell them.
        numbered: Whether the first row holds the numbers of the columns.
    """

    shape: Columns
    amplitudes: tuple[int, ...]
    phases: tuple[int, ...] = ()
    numbered: bool = False

    @property
    def told(self) -> bool:
        """Say whether a header tells amplitudes by their names."""
        return self.shape.header is not None and any(AMPLITUDE.search(plain(name)) for name in self.shape.names)


def tones(path: Path, time: str | int | None = None) -> Tones:
    """Return which columns hold what.

    Args:
        path: The table.
        time: The column of the time, by its name or its number from 1.

    Raises:
        UnreadableRecording: When there is no such column, or phases do not belong to the amplitudes.
    """
    shape, numbered = _numbered(path, columns(path) or Columns(",", (), None))
    stamp = None if time is None else shape.find(time, path)
    if shape.header is None:
        return Tones(shape, tuple(i for i in range(len(shape.names)) if i != stamp))
    names = [plain(name) for name in shape.names]
    aside = {stamp, *shape.all_called((*CLOCKS, *COUNTERS, *SENDERS))}
    free = [i for i, name in enumerate(names) if i not in aside and name not in NEITHER]
    phases = [i for i in free if PHASE.search(names[i])]
    amplitudes = [i for i in free if AMPLITUDE.search(names[i]) and i not in phases]
    if not amplitudes:
        amplitudes = [i for i in free if i not in phases and not _ASIDE.search(names[i])]
    if phases and [_digits(names[i]) for i in phases] != [_digits(names[i]) for i in amplitudes]:
        why = f"{len(phases)} columns of phases do not belong to {len(amplitudes)} of amplitudes, number by number"
        raise UnreadableRecording(path, reason=f"{why}; write as many of each, with the same numbers in their names")
    if not amplitudes:
        raise UnreadableRecording(path, reason="no column of amplitudes in it; call them amp_0, amp_1 and so on")
    return Tones(shape, tuple(amplitudes), tuple(phases), numbered)


def _digits(name: str) -> list[str]:
    return re.findall(r"\d+", name)


def _numbered(path: Path, shape: Columns) -> tuple[Columns, bool]:
    """Take a first row of the columns' numbers, as data frames are written, for the header that it is."""
    first = next((words(text, shape.delimiter) for text in head(path, 50) if text.strip()), [])
    rest = first[1:] if first[:1] == [""] else first
    if len(rest) < FEWEST or not all(map(number, rest)) or shape.header is not None:
        return shape, False
    counts = [float(word) for word in rest]
    if counts not in ([float(i) for i in range(len(rest))], [float(i + 1) for i in range(len(rest))]):
        return shape, False
    names = tuple(f"tone {word}" if word else "" for word in first)
    return Columns(shape.delimiter, names, tuple(first)), True
