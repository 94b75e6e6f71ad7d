"""Read JSON that anybody may have written: every field is checked, and what is wrong has a short reason.

Network servers write protocol-buffer JSON, in which a field that is zero, false or empty is left out
(ChirpStack v4 `api/proto/integration/integration.proto`; The Things Stack, "Data Formats").
So a field that is absent is zero, and one that is there must have its type.
"""

import binascii
import json
import re
from base64 import b64decode
from datetime import datetime
from typing import Any, NoReturn, TypeVar

MOST_BYTES = 256 * 1024  # of a message; a frame that fifty gateways heard has about 30 KiB
MOST_DEEP = 32  # brackets within brackets; the servers' own messages have at most 8, decoded payloads a few more
_MOST_DIGITS = 20  # of a whole number; a longer one is nothing that we read
_MOST_PAYLOAD = 255  # bytes; more does not fit the length field of a LoRa frame
_BRACKETS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)  # never goes back, so it is linear
_EUI = re.compile(r"[0-9a-fA-F]{16}")

Fields = dict[str, Any]
_T = TypeVar("_T")


class Unreadable(ValueError):
    """A message says nothing that can be used.

    Attributes:
        reason: Why, in a few words; one of a small number of constants, so that it can be counted.
    """

    def __init__(self, reason: str) -> None:
        """Take the reason."""
        self.reason = reason
        super().__init__(reason)


def fields(payload: bytes) -> Fields:
    """Return the members of a JSON object.

    Raises:
        Unreadable: When it is no JSON object, is too large or too deep, names a member twice, or holds a number that
            JSON does not have.
    """
    if len(payload) > MOST_BYTES:
        raise Unreadable("too large")
    if _depth(payload) > MOST_DEEP:
        raise Unreadable("too deep")
    try:
        found = json.loads(
            payload.decode(), object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole,
        )  # fmt: skip
    except Unreadable:
        raise
    except (ValueError, RecursionError):  # a UnicodeDecodeError is a ValueError
        raise Unreadable("not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("not an object")
    return found


def part(within: Fields, name: str) -> Fields:
    """Return a member that is an object; an empty one where it is absent.

    Raises:
        Unreadable: When it is something else.
    """
    return _typed(within.get(name), dict, {}, name)


def parts(within: Fields, name: str, most: int = 64) -> list[Fields]:
    """Return a member that is a list of objects; an empty one where it is absent.

    Raises:
        Unreadable: When it is something else, or has more than `most` entries.
    """
    found = _typed(within.get(name), list, [], name)
    if len(found) > most or not all(isinstance(each, dict) for each in found):
        raise Unreadable(f"bad {name}")
    return found


def text(within: Fields, name: str, most: int = 256) -> str:
    """Return a member that is text; an empty one where it is absent.

    Raises:
        Unreadable: When it is something else, or has more than `most` characters.
    """
    found = _typed(within.get(name), str, "", name)
    if len(found) > most:
        raise Unreadable(f"bad {name}")
    return found


def flag(within: Fields, name: str) -> bool:
    """Return a member that is true or false; false where it is absent.

    Raises:
        Unreadable: When it is something else.
    """
    return _typed(within.get(name), bool, False, name)  # noqa: FBT003 -- what an absent field means


def whole(within: Fields, name: str, least: int, most: int) -> int:
    """Return a member that is a whole number, or such a number in quotes (64 bits are written so); 0 where absent.

    Raises:
        Unreadable: When it is something else, or out of its range.
    """
    found = within.get(name)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= _MOST_DIGITS:
        found = int(found)
    if isinstance(found, float) and found.is_integer():
        found = int(found)  # protocol-buffer JSON allows 1.0
    if found is None:
        found = 0
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise Unreadable(f"bad {name}")
    return found


def number(within: Fields, name: str, least: float, most: float) -> float:
    """Return a member that is a number; 0 where it is absent.

    Raises:
        Unreadable: When it is something else, or out of its range.
    """
    found = within.get(name)
    if found is None:
        return 0.0
    if isinstance(found, bool) or not isinstance(found, int | float) or not least <= found <= most:
        raise Unreadable(f"bad {name}")
    return float(found)


def octets(within: Fields, name: str) -> bytes:
    """Return a member that is bytes in base64 (RFC 4648, section 4); none where it is absent.

    Raises:
        Unreadable: When it is something else, or does not fit into a LoRa frame.
    """
    found = text(within, name, 4 * _MOST_PAYLOAD)
    try:
        decoded = b64decode(found, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(f"bad {name}") from None
    if len(decoded) > _MOST_PAYLOAD:
        raise Unreadable(f"bad {name}")
    return decoded


def eui(within: Fields, name: str) -> str:
    """Return a member that is an EUI-64, in small letters.

    Raises:
        Unreadable: When it is absent or something else.
    """
    found = text(within, name)
    if not _EUI.fullmatch(found):
        raise Unreadable(f"bad {name}")
    return found.lower()


def moment(within: Fields, name: str) -> float:
    """Return a member that is a time (RFC 3339), as seconds since 1970.

    Raises:
        Unreadable: When it is absent, something else, or has no time zone.
    """
    try:
        found = datetime.fromisoformat(text(within, name))
        if found.tzinfo is None:
            raise ValueError
        return found.timestamp()
    except (ValueError, OverflowError):
        raise Unreadable(f"bad {name}") from None


def _typed(found: Any, kind: type[_T], absent: _T, name: str) -> _T:  # noqa: ANN401 -- any JSON value
    if found is None:  # null is "absent" in protocol-buffer JSON
        return absent
    if not isinstance(found, kind):
        raise Unreadable(f"bad {name}")
    return found


def _depth(payload: bytes) -> int:
    """Return how deep brackets stand within brackets, without those in texts."""
    deep = most = 0
    for found in _BRACKETS.finditer(payload):
        first = payload[found.start()]
        deep += first in b"[{"
        deep -= first in b"]}"
        most = max(most, deep)
    return most


def _once(pairs: list[tuple[str, Any]]) -> Fields:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a field twice")
    return found


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= _MOST_DIGITS else _refuse()


def _no_constant(_: str) -> NoReturn:
    _refuse()


def _refuse() -> NoReturn:
    raise Unreadable("a number that is none")
