"""Read what an application asks for: ETSI GS QKD 014 V1.1.1, sections 5 and 6; what is malformed is refused.

No refusal repeats what was sent.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from samefade.errors import InputError
from samefade.keys.delivery import CLAIMS

MOST_KEYS = 128  # in one request
MOST_BYTES = 65_536  # of a request's body
MANDATORY = "samefade_claim"  # the one extension that may be mandatory: the lowest claim that will do
_ENC = {"number", "size", "additional_slave_SAE_IDs", "extension_mandatory", "extension_optional"}
_DEC = {"key_IDs", "key_IDs_extension"}


class Malformed(InputError):
    """The request is not one that this server takes."""

    def __init__(self, why: str) -> None:
        """Say why, in words of our own."""
        super().__init__(why=why)
        self.why = why


@dataclass(frozen=True)
class KeyRequest:
    """What a master asks for (section 6.2).

    Attributes:
        number: How many keys.
        size: Bits of each, or None for what the server gives.
        claims: Claim levels that will do.
    """

    number: int = 1
    size: int | None = None
    claims: Sequence[str] = CLAIMS


def from_query(items: Sequence[tuple[str, str]]) -> KeyRequest:
    """Read `number` and `size` from the query of a GET (section 5.2).

    Raises:
        Malformed: When there is anything else, or a value makes no sense.
    """
    values = dict(items)
    if len(values) != len(items) or not values.keys() <= {"number", "size"}:
        raise Malformed("a query names number and size, each once, and nothing else")
    if not all(value.isascii() and value.isdigit() and len(value) < 10 for value in values.values()):
        raise Malformed("number and size shall be whole numbers")
    return _checked({name: int(value) for name, value in values.items()})


def from_body(body: bytes) -> KeyRequest:
    """Read the JSON object of a POST (section 6.2).

    Raises:
        Malformed: When it is none, or asks for what this server does not do.
    """
    asked = _object(body, _ENC)
    if asked.get("additional_slave_SAE_IDs", []) != []:  # max_SAE_ID_count is 0
        raise Malformed("additional_slave_SAE_IDs is not supported: a channel has two ends")
    return _checked(asked, _claims(asked.get("extension_mandatory", [])))


def names_from_query(items: Sequence[tuple[str, str]]) -> list[UUID]:
    """Read the one `key_ID` of a GET (section 5.3).

    Raises:
        Malformed: When it is not there, not alone, or not a UUID.
    """
    if [name for name, _ in items] != ["key_ID"]:
        raise Malformed("a query names one key_ID and nothing else")
    return [_uuid(items[0][1])]


def names_from_body(body: bytes) -> list[UUID]:
    """Read the key IDs of a POST (section 6.4).

    Raises:
        Malformed: When they are not there, too many, not UUIDs, or one comes twice.
    """
    asked = _object(body, _DEC).get("key_IDs")
    if not isinstance(asked, list) or not 1 <= len(asked) <= MOST_KEYS:
        raise Malformed(f"key_IDs shall be an array of 1 to {MOST_KEYS} objects")
    if not all(isinstance(one, dict) and one.keys() <= {"key_ID", "key_ID_extension"} for one in asked):
        raise Malformed("each of key_IDs shall be an object with a key_ID")
    names = [_uuid(one.get("key_ID")) for one in asked]
    if len(set(names)) != len(names):
        raise Malformed("a key_ID comes twice")
    return names


def _object(body: bytes, known: set[str]) -> dict[str, Any]:
    try:
        found = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    if not isinstance(found, dict) or not found.keys() <= known:
        raise Malformed("the body shall be an object of the parameters that the standard names")
    return found


def _checked(asked: Mapping[str, Any], claims: Sequence[str] = CLAIMS) -> KeyRequest:
    number, size = asked.get("number"), asked.get("size")
    for name, value in (("number", number), ("size", size)):
        if value is not None and (type(value) is not int or value < 1):
            raise Malformed(f"{name} shall be a whole number of at least 1")
    if number is not None and number > MOST_KEYS:
        raise Malformed(f"number shall be at most {MOST_KEYS}")
    if size is not None and size % 8:
        raise Malformed("size shall be a multiple of 8")  # section 6.2, in its words
    return KeyRequest(number or 1, size, claims)


def _claims(extensions: object) -> Sequence[str]:
    """Return the claims that a mandatory extension leaves; every other extension is refused (section 6.2)."""
    if not isinstance(extensions, list):
        raise Malformed("extension_mandatory shall be an array of objects")
    claims: Sequence[str] = CLAIMS
    for one in extensions:
        lowest = one.get(MANDATORY) if isinstance(one, dict) and len(one) == 1 else None
        if lowest not in CLAIMS:
            raise Malformed("not all extension_mandatory parameters are supported")
        claims = [claim for claim in claims if claim in CLAIMS[: CLAIMS.index(lowest) + 1]]
    return claims


def _uuid(text: object) -> UUID:
    try:
        if isinstance(text, str) and str(UUID(text)) == text.lower():
            return UUID(text)
    except ValueError:
        pass
    raise Malformed("key_ID shall be a UUID")
