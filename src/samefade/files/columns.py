"""Find the columns of a plain table: where words part, what the header calls them, and which hold signal strength."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from samefade.errors import UnreadableRecording
from samefade.files.lines import head, unprintable

SIGNAL = ("rssi", "rsrp", "rss", "dbm", "pwr", "power", "signal", "amplitude")
COUNTERS = ("idx", "index", "seq", "sequence", "counter", "fcnt")
CLOCKS = ("time", "timestamp", "t", "seconds", "time_s")
NEITHER = ("no", "no_of_samples", "id", "#", "n", "row", "count")  # numbers of rows that say nothing
DELIMITERS: tuple[str | None, ...] = (";", "\t", ",", None)  # None is any white space


@dataclass(frozen=True)
class Columns:
    """The shape of a table.

    Attributes:
        delimiter: What parts the words; None is any white space.
        names: What the header calls the columns; their numbers from 1 where there is no header.
        header: The header as it stands in the file, or None.
    """

    delimiter: str | None
    names: tuple[str, ...]
    header: tuple[str, ...] | None

    def find(self, name: object, path: Path) -> int:
        """Return the index of a column by its name, its name in other letters, or its number from 1.

        Raises:
            UnreadableRecording: When there is no such column; the reason lists those that exist.
        """
        wanted = str(name).strip()
        for names in (self.names, tuple(n.lower() for n in self.names)):
            for key in (wanted, wanted.lower()):
                if names.count(key) == 1:
                    return names.index(key)
        if wanted.isdecimal() and 1 <= int(wanted) <= len(self.names):
            return int(wanted) - 1
        raise UnreadableRecording(path, reason=f"no single column {wanted!r}; there are {self._listed()}")

    def ends(self, path: Path) -> tuple[int, ...]:
        """Return the one or two columns that can only be meant as signal strength.

        Raises:
            UnreadableRecording: When there is a choice; the reason lists the columns.
        """
        lower = [name.lower() for name in self.names]
        known = (*COUNTERS, *CLOCKS, *NEITHER)
        for wanted in (
            [i for i, name in enumerate(lower) if any(word in name for word in SIGNAL)],
            [i for i, name in enumerate(lower) if name not in known],
        ):
            if 1 <= len(wanted) <= 2:
                return tuple(wanted)
            if wanted:
                break
        raise UnreadableRecording(
            path,
            reason="name the columns of the ends with --column-a and --column-b (in Python, a= and b=); "
            f"there are {self._listed()}",
        )

    def called(self, kinds: Sequence[str]) -> int | None:
        """Return the index of the one column with one of these names, or None."""
        found = [i for i, name in enumerate(self.names) if name.lower() in kinds]
        return found[0] if len(found) == 1 else None

    def _listed(self) -> str:
        names = ", ".join(map(repr, self.names[:20]))
        return names if len(self.names) <= 20 else f"{names} and {len(self.names) - 20} more"


def words(text: str, delimiter: str | None) -> list[str]:
    """Part a line into words, without the quotes and spaces around them."""
    found = [word.strip().strip("\"'").strip() for word in text.split(delimiter)]
    # tables with semicolons write a decimal comma
    return [word.replace(",", ".") if _decimal_comma(word) else word for word in found] if delimiter == ";" else found


def columns(path: Path) -> Columns | None:
    """Return the shape of a table, or None where the first lines are not one."""
    texts = [text for text in head(path, 50) if text.strip()]
    if not texts or any(unprintable(text) for text in texts):
        return None
    for delimiter in DELIMITERS:
        rows = [words(text, delimiter) for text in texts]
        width = max((len(row) for row in rows), key=[len(row) for row in rows].count)
        full = [row for row in rows if len(row) == width]
        if (width > 1 or delimiter is None) and 3 * len(full) > 2 * len(rows) and _numeric(full[1:] or full):
            header = None if any(map(number, full[0])) else tuple(full[0])
            if width == 1 and header is None and len(full) < 2:
                return None
            names = header or tuple(str(i + 1) for i in range(width))
            return Columns(delimiter, names, header)
    return None


def number(word: str) -> bool:
    """Say whether a word is a finite number."""
    try:
        return abs(float(word)) < float("inf")
    except ValueError:
        return False


def _numeric(rows: list[list[str]]) -> bool:
    """Say whether there is a column of numbers: prose may hold numbers, but not one above the other."""
    return any(5 * sum(map(number, column)) >= 4 * len(rows) for column in zip(*rows, strict=True))


def _decimal_comma(word: str) -> bool:
    return word.count(",") == 1 and number(word.replace(",", "."))
