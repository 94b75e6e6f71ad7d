"""Find the columns of a plain table: where words part, what the header calls them, and which hold signal strength."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from samefade.errors import UnreadableRecording
from samefade.files.lines import head, unprintable

SIGNAL = ("rssi", "rsrp", "rss", "dbm", "pwr", "power", "signal", "amplitude")
NOT_HEARD = re.compile(r"tx_?(power|pwr)|transmit_power|noise|^power_tx|threshold")  # powers that are no channel
COUNTERS = (
    "idx", "index", "seq", "sequence", "counter", "fcnt", "f_cnt", "frame_counter", "seq_no", "seqno", "seq_num",
    "seqnum", "sequence_number", "packet_id", "pkt_id",
)  # fmt: skip
CLOCKS = (
    "time", "timestamp", "t", "seconds", "date_time", "datetime", "time_stamp", "unix_time", "unixtime", "epoch",
    "local_time", "host_time", "rx_time", "received_at", "millis", "micros", "ms", "us", "ts",
)  # fmt: skip
# who sent or heard a row, where one table holds the rows of several
SENDERS = (
    "mac", "addr", "address", "dev_eui", "deveui", "dev_addr", "devaddr", "device", "device_id", "node", "node_id",
    "sender", "source", "src", "transmitter", "station",
)  # fmt: skip
NEITHER = ("no", "no_of_samples", "id", "#", "", "n", "row", "count", "unnamed_0")  # numbers of rows that say nothing
DELIMITERS: tuple[str | None, ...] = (";", "\t", ",", None)  # None is any white space
WIDE = 16  # columns: as many may be subcarriers

_MINUS = str.maketrans("\u2212\u2013", "--")  # spreadsheets write a minus or a dash for a hyphen
_STRENGTH = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*dBm?", re.IGNORECASE)


@dataclass(frozen=True)
class Columns:
    """The shape of a table.

    Attributes:
        delimiter: What parts the words; None is any white space.
        names: What the header calls the columns; their numbers from 1 where there is no header.
        header: The header as it stands in the file, or None.
        preamble: How many lines with words stand before the header, or where there is none before the first row.
    """

    delimiter: str | None
    names: tuple[str, ...]
    header: tuple[str, ...] | None
    preamble: int = 0

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

        Two must be of one kind: RSRP beside RSSI is one end heard in two ways, and no pair.

        Raises:
            UnreadableRecording: When there is a choice; the reason lists the columns.
        """
        names = [plain(name) for name in self.names]
        heard = [i for i, name in enumerate(names) if _kind(name) and not NOT_HEARD.search(name)]
        other = [i for i, name in enumerate(names) if not _known(name)]
        for wanted in (heard, other):
            if 1 <= len(wanted) <= 2 and len({_kind(names[i]) for i in wanted}) == 1:
                return tuple(wanted)
            if wanted:
                break
        wide = "; or is it amplitudes of subcarriers alone? Then --format netstar" if len(self.names) >= WIDE else ""
        raise UnreadableRecording(
            path,
            reason="name the columns of the ends with --column-a and --column-b (in Python, a= and b=); "
            f"there are {self._listed()}{wide}",
        )

    def called(self, kinds: Sequence[str]) -> int | None:
        """Return the index of the one column with one of these names, or None."""
        found = self.all_called(kinds)
        return found[0] if len(found) == 1 else None

    def all_called(self, kinds: Sequence[str]) -> list[int]:
        """Return the indices of the columns with one of these names, whatever their letters and their unit."""
        return [i for i, name in enumerate(self.names) if plain(name) in kinds or _unitless(name) in kinds]

    def _listed(self) -> str:
        names = ", ".join(map(repr, self.names[:20]))
        return names if len(self.names) <= 20 else f"{names} and {len(self.names) - 20} more"


def plain(name: str) -> str:
    """Return a column's name in small letters, its words parted by underscores."""
    return re.sub(r"[^\w#]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", name.strip())).strip("_").lower()


def words(text: str, delimiter: str | None) -> list[str]:
    """Part a line into words, without the quotes and spaces around them; what stands in quotes is not parted."""
    parted = _quoted(text, delimiter) if '"' in text and delimiter else text.split(delimiter)
    return [_mended(word.strip().strip("\"'").strip()) for word in parted]


def _quoted(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:  # rubbish longer than any word
        return text.split(delimiter)


def columns(path: Path) -> Columns | None:
    """Return the shape of a table, or None where the first lines are not one."""
    texts = [text for text in head(path, 50) if text.strip()]
    if not texts or any(unprintable(text) for text in texts) or texts[0].lstrip()[0] in "{[":  # JSON is no table
        return None
    excel = re.fullmatch(r"sep=(.)", texts[0], re.IGNORECASE)  # a line by which spreadsheets name their delimiter
    texts = texts[1:] if excel else texts
    if not texts:
        return None
    for delimiter in (excel[1],) if excel else DELIMITERS:
        rows = [words(text, delimiter) for text in texts]
        width = max((len(row) for row in rows), key=[len(row) for row in rows].count)
        full = [row for row in rows if len(row) == width]
        if (width > 1 or delimiter is None) and 3 * len(full) > 2 * len(rows) and _numeric(full[1:] or full):
            first = rows.index(full[0]) + bool(excel)
            header = None if any(map(number, full[0])) else tuple(full[0])
            if width == 1 and header is None and len(full) < 2:
                return None
            names = tuple(name.lstrip("# ") or name for name in header or ()) or tuple(str(i + 1) for i in range(width))
            return Columns(delimiter, names, header, first)
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


def _kind(name: str) -> str | None:
    """Return the word for signal strength that a plain name holds, or None."""
    return next((word for word in SIGNAL if word in name), None)


def _known(name: str) -> bool:
    return name in (*COUNTERS, *CLOCKS, *SENDERS, *NEITHER, "date") or _unitless(name) in CLOCKS


def _unitless(name: str) -> str:
    first, _, last = plain(name).rpartition("_")
    return first if last in ("s", "sec", "seconds", "ms", "millis", "us", "µs", "μs", "micros", "ns", "utc") else ""


def _mended(word: str) -> str:
    """Write a number as Python reads it: a comma in front of decimals, a printed minus, a unit behind."""
    if not word or word[0].isalpha():
        return word
    if word[0] in "\u2212\u2013":
        word = word.translate(_MINUS)
    if word[-1] in "mMbB" and (found := _STRENGTH.fullmatch(word)):
        word = found[1]
    return word.replace(",", ".") if "," in word and word.count(",") == 1 and number(word.replace(",", ".")) else word
