"""Write whole numbers in as few bytes as they need: seven bits a byte, the lowest first (LEB128)."""

from samefade.errors import RemoteProtocolError

_LONGEST = 9  # bytes, so at most 2^63


def write_number(out: bytearray, number: int) -> None:
    """Append a number that is not negative."""
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def read_number(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """Return the number that begins at a byte, and where the next one begins.

    Raises:
        RemoteProtocolError: When it ends early, or is longer than numbers are here.
    """
    number = 0
    for i in range(_LONGEST):
        if at + i >= len(data):
            break
        byte = data[at + i]
        number |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return number, at + i + 1
    raise RemoteProtocolError(number="cut off, or too long")


def write_numbers(numbers: list[int]) -> bytes:
    """Return some numbers, each behind the other."""
    out = bytearray()
    for number in numbers:
        write_number(out, number)
    return bytes(out)


def signed(number: int) -> int:
    """Fold a number with a sign into one without (0, -1, 1, -2 … become 0, 1, 2, 3 …)."""
    return 2 * number if number >= 0 else -2 * number - 1


def unsigned(number: int) -> int:
    """Undo `signed`."""
    return number >> 1 if not number & 1 else -(number + 1 >> 1)
