"""Make messages of accounts and masks, and read them with suspicion."""

from math import isfinite
from typing import Any

import numpy as np

from samefade.errors import OutOfRange, RemoteProtocolError
from samefade.types import Float, Ledger, Mask

_MOST_LINES, _LONGEST_TEXT = 200, 2000


def pack_ledger(ledger: Ledger) -> list[Any]:
    """Make an account into plain values."""
    return [[[entry.what, float(entry.bits)] for entry in ledger.entries], list(ledger.assumptions)]


def unpack_ledger(said: Any) -> Ledger:  # noqa: ANN401 -- whatever the other end sent
    """Read an account.

    Raises:
        RemoteProtocolError: When it is not one.
    """
    entries, assumptions = expect(said, list, list)
    if len(entries) > _MOST_LINES or len(assumptions) > _MOST_LINES:
        raise RemoteProtocolError(account_lines=max(len(entries), len(assumptions)))
    ledger = Ledger(assumptions=tuple(_text(line) for line in assumptions))
    for line in entries:
        what, bits = expect(line, str, float)
        if not isfinite(bits):
            raise RemoteProtocolError(account_line="not a finite number")
        ledger = ledger.earn(_text(what), bits) if bits >= 0 else ledger.pay(_text(what), -bits)
    return ledger


def pack_mask(mask: Mask) -> bytes:
    """Pack a mask, eight points a byte."""
    return np.packbits(mask).tobytes()


def unpack_mask(said: bytes, count: int) -> Mask:
    """Read a mask of `count` points.

    Raises:
        RemoteProtocolError: When it has another length.
    """
    if len(said) != -(-count // 8):
        raise RemoteProtocolError(mask_bytes=len(said), expected=-(-count // 8))
    return np.unpackbits(np.frombuffer(said, np.uint8), count=count).astype(bool)


def pack_array(x: Float) -> list[Any]:
    """Make an array into its shape and its numbers, little-endian doubles."""
    return [list(x.shape), np.asarray(x, "<f8").tobytes()]


def unpack_array(said: Any, dimensions: int, most: int) -> Float:  # noqa: ANN401 -- whatever was sent
    """Read an array of finite numbers.

    Args:
        said: What the other end sent.
        dimensions: How many axes it must have.
        most: How many numbers it may have.

    Raises:
        RemoteProtocolError: When it is not such an array.
    """
    shape, raw = expect(said, list, bytes)
    if len(shape) != dimensions or not all(type(n) is int and 0 <= n <= most for n in shape):
        raise RemoteProtocolError(array_shape=str(shape))
    size = int(np.prod(shape, dtype=object)) if shape else 1
    if size > most or len(raw) != 8 * size:
        raise RemoteProtocolError(array_bytes=len(raw), expected=8 * size)
    out = np.frombuffer(raw, "<f8").reshape(shape).astype(np.float64)
    if not np.isfinite(out).all():
        raise RemoteProtocolError(array="not finite")
    return out


def expect(said: Any, *kinds: type) -> tuple[Any, ...]:  # noqa: ANN401 -- whatever the other end sent
    """Return the parts of a message, which must be as many as the kinds and of these kinds.

    Raises:
        RemoteProtocolError: When they are not.
    """
    if not isinstance(said, list | tuple) or len(said) != len(kinds):
        raise RemoteProtocolError(parts="of another number", expected=len(kinds))
    for part, kind in zip(said, kinds, strict=True):
        if type(part) is not kind:  # a bool is an int to isinstance
            raise RemoteProtocolError(part=type(part).__name__, expected=kind.__name__)
    return tuple(said)


def within(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside [low, high].

    Raises:
        OutOfRange: When it is.
    """
    if not low <= value <= high:
        raise OutOfRange(name, value, f"{low:g} to {high:g}")


def _text(said: Any) -> str:  # noqa: ANN401 -- whatever the other end sent
    if type(said) is not str or len(said) > _LONGEST_TEXT:
        raise RemoteProtocolError(text="missing or too long")
    return said
