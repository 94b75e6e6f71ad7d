"""Write and read values as deterministic CBOR (RFC 8949, section 4.2.1): one value, one spelling.

Integers of 64 bits and a sign, byte strings, text, arrays, maps, booleans, null, and floats.
A float always takes eight bytes: this is the one rule stricter than section 4.2.1, so that a board need not shorten it.
Keys of maps are integers, byte strings or text.
"""

import struct

from .errors import Malformed

DEEPEST = 8
_HEADS = {24: 1, 25: 2, 26: 4, 27: 8}
_FLOAT = 27


def encode(value: object) -> bytes:
    """Spell a value.

    Args:
        value: An int from -2^64 to 2^64 - 1, bytes, str, list, tuple, dict, bool, float or None, nested 8 deep at most.

    Raises:
        Malformed: When there is no spelling for it.
    """
    parts: list[bytes] = []
    _write(value, parts, 0)
    return b"".join(parts)


def decode(data: bytes) -> object:
    """Read the one value that fills `data`.

    Raises:
        Malformed: When `data` is not the one deterministic spelling of one value that `encode` can write.
    """
    try:
        value, end = _read(data, 0, 0)
    except IndexError:
        raise Malformed("the input ends early") from None
    if end != len(data):
        raise Malformed("bytes follow the value")
    return value


def _head(major: int, number: int) -> bytes:
    """Spell a head in its shortest form (section 4.2.1, first rule)."""
    major <<= 5
    if number < 24:
        return bytes((major | number,))
    if number < 256:
        return bytes((major | 24, number))
    if number < 65536:
        return struct.pack(">BH", major | 25, number)
    if number < 1 << 32:
        return struct.pack(">BI", major | 26, number)
    if number < 1 << 64:
        return struct.pack(">BQ", major | 27, number)
    raise Malformed("an integer beyond 64 bits")


def _write(value: object, parts: list[bytes], depth: int) -> None:
    if value is None or isinstance(value, bool):
        parts.append(b"\xf6" if value is None else b"\xf5" if value else b"\xf4")
    elif isinstance(value, int):
        parts.append(_head(0, value) if value >= 0 else _head(1, -1 - value))
    elif isinstance(value, (bytes, bytearray)):
        parts.append(_head(2, len(value)))
        parts.append(bytes(value))
    elif isinstance(value, str):
        raw = _text_bytes(value)
        parts.append(_head(3, len(raw)))
        parts.append(raw)
    elif isinstance(value, float):
        parts.append(_float_bytes(value))
    elif depth >= DEEPEST:
        raise Malformed("nested too deep")
    elif isinstance(value, (list, tuple)):
        parts.append(_head(4, len(value)))
        for item in value:
            _write(item, parts, depth + 1)
    elif isinstance(value, dict):
        _write_map(value, parts, depth + 1)
    else:
        raise Malformed("no spelling for this type")


def _write_map(value: dict[object, object], parts: list[bytes], depth: int) -> None:
    """Write a map, its keys in the order of their bytes (section 4.2.1, third rule)."""
    if not all(_is_key(key) for key in value):
        raise Malformed("a key is an integer, bytes or text")
    parts.append(_head(5, len(value)))
    for raw, key in sorted([(encode(key), key) for key in value], key=_first):
        parts.append(raw)
        _write(value[key], parts, depth)


def _first(pair: tuple[bytes, object]) -> bytes:
    return pair[0]


def _is_key(key: object) -> bool:
    return isinstance(key, (int, bytes, str)) and not isinstance(key, bool)  # True == 1: two spellings of one key


def _float_bytes(value: float) -> bytes:
    if value != value or value - value != 0:  # noqa: PLR0124  # a board may lack math.isfinite
        raise Malformed("a float that is no number")
    return b"\xfb" + struct.pack(">d", value)


def _text_bytes(value: str) -> bytes:
    try:
        raw = value.encode()
    except UnicodeError:
        raise Malformed("text that is not Unicode") from None
    _check_utf8(raw)
    return raw


def _read(data: bytes, at: int, depth: int) -> tuple[object, int]:
    """Read the value that begins at `at`; return it and where it ends."""
    first = data[at]
    major, low = first >> 5, first & 31
    if major == 7:
        return _read_simple(data, at, low)
    number, at = _read_number(data, at + 1, low)
    if major < 2:
        return (number if major == 0 else -1 - number), at
    if major < 4:
        return _read_string(data, at, number, text=major == 3)
    if major == 6:
        raise Malformed("a tag")
    if depth >= DEEPEST:
        raise Malformed("nested too deep")
    if number * (major - 3) > len(data) - at:  # an item takes a byte at least: checked before any memory is taken
        raise Malformed("more items than bytes")
    if major == 4:
        return _read_array(data, at, number, depth + 1)
    return _read_map(data, at, number, depth + 1)


def _read_number(data: bytes, at: int, low: int) -> tuple[int, int]:
    if low < 24:
        return low, at
    size = _HEADS.get(low)
    if size is None:
        raise Malformed("an indefinite or reserved length")
    end = at + size
    if end > len(data):
        raise Malformed("the input ends early")
    number = int.from_bytes(data[at:end], "big")
    if number < (24 if size == 1 else 1 << (4 * size)):
        raise Malformed("not the shortest form")
    return number, end


def _read_string(data: bytes, at: int, size: int, *, text: bool) -> tuple[object, int]:
    end = at + size
    if end > len(data):
        raise Malformed("a string longer than the input")
    raw = bytes(data[at:end])
    if not text:
        return raw, end
    _check_utf8(raw)
    return str(raw, "utf-8"), end


def _read_simple(data: bytes, at: int, low: int) -> tuple[object, int]:
    if low in {20, 21}:
        return low == 21, at + 1
    if low == 22:
        return None, at + 1
    if low != _FLOAT or at + 9 > len(data):
        raise Malformed("a simple value or a float that is not spoken here")
    (value,) = struct.unpack(">d", data[at + 1 : at + 9])
    if value != value or value - value != 0:  # noqa: PLR0124  # a board may lack math.isfinite
        raise Malformed("a float that is no number")
    return value, at + 9


def _read_array(data: bytes, at: int, count: int, depth: int) -> tuple[list[object], int]:
    items = []
    for _ in range(count):
        item, at = _read(data, at, depth)
        items.append(item)
    return items, at


def _read_map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[object, object], int]:
    items: dict[object, object] = {}
    before = b""
    for _ in range(count):
        start = at
        key, at = _read(data, start, depth)
        raw = bytes(data[start:at])
        if not _is_key(key) or raw <= before:
            raise Malformed("a key of a wrong type, out of order or twice")
        before = raw
        items[key], at = _read(data, at, depth)
    return items, at


def _check_utf8(raw: bytes) -> None:
    """Refuse what RFC 3629 section 4 does not allow; MicroPython's own decoder lets much of it pass."""
    at, size = 0, len(raw)
    while at < size:
        lead = raw[at]
        at += 1
        if lead < 0x80:
            continue
        more = 1 if 0xC2 <= lead <= 0xDF else 2 if 0xE0 <= lead <= 0xEF else 3 if 0xF0 <= lead <= 0xF4 else 0
        if not more or at + more > size:
            raise Malformed("text that is not UTF-8")
        low, high = _SECOND.get(lead, (0x80, 0xBF))
        if not low <= raw[at] <= high or any(byte & 0xC0 != 0x80 for byte in raw[at : at + more]):
            raise Malformed("text that is not UTF-8")
        at += more


_SECOND = {0xE0: (0xA0, 0xBF), 0xED: (0x80, 0x9F), 0xF0: (0x90, 0xBF), 0xF4: (0x80, 0x8F)}
