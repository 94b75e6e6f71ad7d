"""Yield the lines of a text recording, whatever console wrote it.

Serial monitors on different systems leave UTF-8 with or without a byte order mark, UTF-16, CRLF, ANSI colours
and gzip; all of it is undone here, so that no reader of a format has to know.
Memory is bounded by one block and one line, however large the file.
"""

import gzip
import io
import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from samefade.errors import UnreadableRecording

BLOCK = 1 << 18
LONGEST = 1 << 20  # characters of one line that are kept; no known format comes near

_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\f\r\x1a\x1b")
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


def lines(path: Path) -> Generator[tuple[int, str]]:
    """Yield (line number counted from 1, text without line end and colours) for every line of a file.

    A line longer than a million characters is cut, since only rubbish is that long.

    Raises:
        UnreadableRecording: When the file cannot be opened or read, or its compression is damaged.
    """
    number = 0
    try:
        with closing(_open(path)) as binary:
            text = io.TextIOWrapper(binary, encoding=_encoding(binary.peek(4096)), errors="replace", newline=None)
            for number, line in enumerate(_split(text), start=1):
                yield number, _ANSI.sub("", line) if "\x1b" in line else line
    except OSError as error:  # gzip.BadGzipFile is one
        raise UnreadableRecording(path, reason=error.strerror or str(error)) from error
    except (EOFError, zlib.error) as error:
        raise UnreadableRecording(
            path, line=number + 1, reason="the compressed data is damaged or cut short"
        ) from error


def head(path: Path, count: int = 400) -> list[str]:
    """Return the first lines of a file; an empty list where it cannot be read as text."""
    try:
        with closing(lines(path)) as source:
            return [text for _, text in islice(source, count)]
    except UnreadableRecording:
        return []


def unprintable(text: str) -> bool:
    """Say whether a text holds characters that no console prints: the mark of a binary file."""
    return "\ufffd" in text or "\x00" in text


def _open(path: Path) -> io.BufferedReader:
    plain = path.open("rb")
    if not plain.peek(2).startswith(b"\x1f\x8b"):
        return plain
    # the outer reader closes the inner ones when it is closed
    return io.BufferedReader(cast("io.RawIOBase", _Unzipped(plain)))


class _Unzipped(gzip.GzipFile):
    """A gzip stream that closes the file beneath it."""

    def __init__(self, beneath: BinaryIO) -> None:
        super().__init__(fileobj=beneath)
        self._beneath = beneath

    def close(self) -> None:
        super().close()
        self._beneath.close()


def _encoding(start: bytes) -> str:
    """Guess the encoding from the first bytes: a byte order mark, or zeros in every other place.

    Spreadsheets on Windows still write one byte a character; bytes that no console prints are no text at all.
    """
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > len(start) / 4 and even < len(start) / 16:
        return "utf-16-le"
    if even > len(start) / 4 and odd < len(start) / 16:
        return "utf-16-be"
    return "utf-8-sig" if _utf8(start) or _CONTROLS & set(start) else "cp1252"


def _utf8(start: bytes) -> bool:
    """Say whether bytes are UTF-8, but for a character that is cut at their end."""
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as cut:
        return cut.start >= len(start) - 3
    return True


def _split(text: io.TextIOWrapper) -> Iterator[str]:
    """Cut blocks at line ends; only the unfinished last line is carried over."""
    carry = ""
    while block := text.read(BLOCK):
        pieces = (carry + block).split("\n")
        carry = pieces.pop()[:LONGEST]
        yield from pieces
    if carry:
        yield carry
